import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import PQueue from 'p-queue';
import type { Scene } from '../support/e2e/scene.mts';
import { send } from '../support/http.mts';
import type { Credential, NewWorkflow } from '../support/n8n/client.mts';
import { storedRuns } from '../support/n8n/runs.mts';
import { type Simulator, startSimulator } from '../support/simulator/index.mts';
import { waitFor, waitUntil, waitUntilEmpty } from '../support/wait.mts';
import { clock } from './clock.mts';
import { comparedSetup, pageOf } from './compared.mts';
import type { Execution, Row } from './database.mts';
import type { N8n } from './n8n.mts';
import type { Network, Sent } from './site.mts';
import { World } from './world.mts';

/* Worlds on a real n8n: real time, a site that listens, and for each a workflow of its own. */

/** Times of pages have whole seconds: within two, the documents leave open what comes. */
const BETWEEN_DEEDS_MS = 2100;
/** For as long the site is asked for nothing between two checks. */
const BETWEEN_CHECKS_MS = 1000;
/** Expert waits for no longer; by then a check may have recovered what a delivery brings. */
const LATE_MS = 1000;
/** The trigger may know a credential for ten seconds. */
const CREDENTIAL_MS = 11_000;

/** The n8n of all worlds goes and comes once all of them want it. */
export class SharedN8n {
	readonly scene: Scene;
	/** All at once, those of twenty worlds would be late again and again. */
	readonly deliveries = new PQueue({ concurrency: 2 });
	private worlds = 0;
	private waiting: Array<PromiseWithResolvers<void>> = [];
	private work = async () => {};

	constructor(scene: Scene) {
		this.scene = scene;
	}

	/** For as long as a world lives. */
	async with<T>(live: () => Promise<T>): Promise<T> {
		this.worlds++;
		return await live().finally(() => {
			this.worlds--;
			this.goOn();
		});
	}

	async together(work: () => Promise<void>): Promise<void> {
		this.work = work;
		const gone = Promise.withResolvers<void>();
		this.waiting.push(gone);
		this.goOn();
		await gone.promise;
	}

	private goOn(): void {
		if (this.waiting.length === 0 || this.waiting.length < this.worlds) return;
		const done = this.work();
		for (const each of this.waiting.splice(0)) each.resolve(done);
	}
}

type Simulated = Pick<N8n, 'start' | 'kill' | 'stop' | 'receive' | 'isQueue' | 'isUp' | 'isUpdated'>;
type Publishing = Pick<N8n, 'publish' | 'unpublish' | 'publishVersion'>;

/** What acts do with n8n, at a real one. What takes time is begun in order, and {@link settled} waits for it. */
class RealN8n implements Simulated, Publishing {
	readonly isQueue = false;
	readonly isUpdated = false;
	isUp = true;
	/** Pages of whose deliveries it has taken one later than Expert waits. */
	readonly latePages = new Set<string>();
	/** What acts and stories ask of it, this knows itself. */
	readonly database = this;
	readonly rows: Row[] = [];
	private readonly site: Simulator;
	private readonly shared: SharedN8n;
	private data: ICredentialDataDecryptedObject = {};
	private stored: Credential | undefined;
	private readonly ids = new Map<Row, string>();
	private work = Promise.resolve();
	private readonly underWay = new Set<Promise<unknown>>();

	constructor(site: Simulator, shared: SharedN8n) {
		this.site = site;
		this.shared = shared;
	}

	get executions(): Execution[] {
		return [...this.ids].flatMap(([row, id]) =>
			storedRuns(this.shared.scene.database, id).map(({ items, status }) => {
				// A failed execution has passed nothing on; one by which the trigger tells people something is among them.
				const passed = status === 'success' ? items : [];
				return { row, status, items: passed, passed } as unknown as Execution;
			}),
		);
	}

	get credential(): ICredentialDataDecryptedObject {
		return this.data;
	}

	set credential(data) {
		this.data = data;
		void this.inOrder(async () => await this.storeCredential(data));
	}

	start(): void {
		if (!this.isUp) void this.together(async (n8n) => await n8n.start());
		this.isUp = true;
	}

	kill(): void {
		this.isUp = false;
		void this.together(async (n8n) => await n8n.kill());
	}

	async stop(): Promise<void> {
		this.isUp = false;
		await this.together(async (n8n) => await n8n.stop());
	}

	/** At first all worlds are published before deeds begin, or n8n would be busy with the others. */
	async publish(row: Row): Promise<void> {
		const isNew = !this.ids.has(row);
		row.isPublished = row.isRouted = true;
		const { client } = this.shared.scene;
		await this.inOrder(async () => {
			if (isNew) await this.create(row);
			await client.activate(this.ids.get(row)!);
			if (isNew) await this.shared.together(async () => {});
		});
	}

	async unpublish(row: Row): Promise<void> {
		row.isPublished = row.isRouted = false;
		const { client } = this.shared.scene;
		await this.inOrder(async () => await client.deactivate(this.ids.get(row)!));
	}

	async publishVersion(row: Row, change: () => void): Promise<void> {
		change();
		const { client } = this.shared.scene;
		await this.inOrder(async () => {
			await client.updateWorkflow(this.ids.get(row)!, this.drawn(row));
			await client.activate(this.ids.get(row)!);
		});
	}

	/** While n8n is busy or begins, it says so, and the site would not wait for so long. */
	async receive({ webhook, event, headers }: Sent): Promise<number | undefined> {
		const request = { method: 'POST', headers, body: event.body } as const;
		const attempt = async () => {
			const { status } = await send(webhook.url, request).catch(() => ({ status: undefined }));
			if (status !== 503) return { status };
			this.latePages.add(pageOf({ event }));
			return undefined;
		};
		const sentAt = Date.now();
		const responded = this.shared.deliveries.add(async () => {
			const response = await waitFor('n8n takes a delivery', attempt, { intervalMs: 500 });
			if (Date.now() - sentAt > LATE_MS) this.latePages.add(pageOf({ event }));
			return response;
		});
		this.underWay.add(responded);
		void responded.finally(() => this.underWay.delete(responded)).catch(() => {});
		return (await responded)?.status;
	}

	/** Everything that has been begun has ended, and checks have ended that began afterwards. */
	async settled(): Promise<void> {
		await this.work;
		await waitUntilEmpty('n8n has responded', this.underWay);
		await this.site.idle();
		const before = this.site.apiCalls.length;
		await sleep(BETWEEN_DEEDS_MS);
		const isWatched = this.rows.some((row) => row.isPublished && !row.isDisabled);
		if (!this.isUp || !isWatched) return;
		await waitUntil('the trigger has looked', () => this.hasLooked(before));
		const isOpen = ({ status }: Execution) => ['new', 'running'].includes(status);
		const haveEnded = () => !this.database.executions.some(isOpen);
		await waitUntil('the executions have ended', haveEnded, { intervalMs: 200 });
	}

	private hasLooked(before: number): boolean {
		const calls = this.site.apiCalls.slice(before);
		const hasAsked = calls.some(({ path }) => path.endsWith('/webhooks'));
		const isCalm = Date.now() - (calls.at(-1)?.at.getTime() ?? 0) > BETWEEN_CHECKS_MS;
		return hasAsked && isCalm && this.site.openCalls === 0;
	}

	/** After what has been begun before; what fails here fails the world when it next waits. */
	private inOrder(next: () => Promise<void>): Promise<void> {
		this.work = this.work.then(next);
		this.work.catch(() => {});
		return this.work;
	}

	private async together(work: (n8n: Scene['n8n']) => Promise<void>): Promise<void> {
		const { shared } = this;
		await this.inOrder(async () => await shared.together(async () => await work(shared.scene.n8n)));
	}

	private async storeCredential(data: ICredentialDataDecryptedObject): Promise<void> {
		const { client } = this.shared.scene;
		if (this.stored !== undefined) {
			await client.updateCredential(this.stored, data);
			await sleep(CREDENTIAL_MS);
		}
		this.stored ??= await client.createCredential('Site', 'cxoneExpertApi', data);
	}

	private async create(row: Row): Promise<void> {
		const { client, database } = this.shared.scene;
		const { id } = await client.createWorkflow({ name: row.id, ...this.drawn(row) });
		this.ids.set(row, id);
		Object.defineProperty(row, 'staticData', {
			get: () => JSON.stringify(database.staticData(id)),
			set: (data: string) => {
				const text = data.replaceAll("'", "''");
				const sql = `UPDATE workflow_entity SET "staticData" = '${text}' WHERE id = '${id}'`;
				void this.inOrder(async () => database.execute(sql));
			},
		});
	}

	/** With another trigger, without which n8n publishes nothing whose node is disabled. */
	private drawn({ node, isDisabled: disabled }: Row): Pick<NewWorkflow, 'nodes' | 'connections'> {
		const { id, name } = this.stored!;
		const other = (type: string, parameters = {}) => ({
			...{ id: randomUUID(), name: type, type: `n8n-nodes-base.${type}`, typeVersion: 1 },
			...{ position: [0, 200], parameters },
		});
		const trigger = { ...node, disabled, credentials: { cxoneExpertApi: { id, name } } };
		return {
			nodes: [trigger, other('noOp'), other('scheduleTrigger', { rule: { interval: [{}] } })],
			connections: { [node.name]: { main: [[{ node: 'noOp', type: 'main', index: 0 }]] } },
		};
	}
}

const here = new AsyncLocalStorage<RealN8n>();

/** From here on the clock of worlds is real, and each wait is as long as the world needs to settle. */
function useRealTime(): void {
	Object.defineProperty(clock, 'now', { get: Date.now, set: () => {} });
	Object.assign(clock, {
		pass: async () => await here.getStore()!.settled(),
		after: (ms: number, call: () => void) => setTimeout(call, ms),
	});
}

/** Opens a world on the shared n8n, for as long as it is lived in. */
export async function liveReal(
	seed: number,
	shared: SharedN8n,
	live: (world: World) => Promise<string[]>,
): Promise<{ story: string[]; latePages: Set<string> }> {
	useRealTime();
	const setup = comparedSetup(seed);
	let network: Network;
	const site = await startSimulator(setup.site, async (sent) => {
		const status = await network(sent);
		if (status === undefined) throw new Error('socket hang up');
		return { status };
	});
	const n8n = new RealN8n(site, shared);
	const ground = {
		openSite: (_: unknown, given: Network) => {
			network = given;
			return site;
		},
		// It has all that acts and stories ask for.
		openN8n: () => n8n as unknown as N8n,
	};
	try {
		const story = await shared.with(
			async () => await here.run(n8n, async () => await live(new World(seed, ground, setup))),
		);
		return { story, latePages: n8n.latePages };
	} finally {
		await site.close();
	}
}
