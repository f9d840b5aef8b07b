import { quickPatientSite } from '../simulator/settings.mts';
import { withCode } from '../n8n/settings.mts';
import { type PostgresServer, startPostgres } from '../n8n/postgres.mts';
import { n8nVersion, node20N8n } from '../n8n/runtime.mts';
import { storedRuns } from '../n8n/runs.mts';
import { lacks } from '../programs.mts';
import { waitUntil } from '../wait.mts';
import { Gate } from './gate.mts';
import { countingWebhook, type Neighbour, rssTrigger, scheduleTrigger } from './neighbours.mts';
import type { PublishedTrigger } from './published-trigger.mts';
import type { Scene } from './scene.mts';
import { asDeployed, LOOKING_OFTEN } from './queue-deployment.mts';
import { type Fates, nameOf, RecoveryScene, unmarked } from './recovery.mts';

/** In one process and with SQLite unless it says otherwise. */
export interface Place {
	postgres?: boolean;
	queue?: boolean;
}

/** Whether the machine has what a scene in another place needs. */
export function isPossible({ postgres, queue }: Place = {}): boolean {
	const isMissing = (postgres && lacks('postgresql')) || (queue && lacks('redis-server', 'nginx'));
	return !isMissing;
}

type Maker = (scene: Scene) => Neighbour | Promise<Neighbour>;

const MAKERS: Record<string, Maker> = {
	'RSS trigger': rssTrigger,
	'Schedule Trigger': scheduleTrigger,
	'Webhook that counts': countingWebhook,
};

/** A workflow with the trigger and a neighbour in it. */
interface Shared {
	workflow: PublishedTrigger;
	neighbour: Neighbour;
	/** What the neighbour had stored when it was last looked at. */
	stored: number;
	/** Its changes that have come so far, or should have. */
	names: string[];
}

interface Outcome extends Omit<Fates, 'cutOff'> {
	isPutBack: boolean;
}

/** n8n 2.41.1 gives workers no static data: whatever a node stores there, n8n saves as all there is. */
export function canCount({ queue }: Place): boolean {
	return !queue || n8nVersion === node20N8n;
}

/** How many pages are made in each round. */
const PAGES = 5;
/** Enough of n8n's log for what it says of one start. */
const LOG_CHARS = 3000;

/** One n8n with a workflow for each neighbour; every page of the site concerns them all. */
export class NeighbourScene {
	readonly recovery: RecoveryScene;
	private readonly shared = new Map<string, Shared>();
	private readonly postgres?: PostgresServer;
	private round = 0;

	private constructor(recovery: RecoveryScene, postgres?: PostgresServer) {
		this.recovery = recovery;
		this.postgres = postgres;
	}

	/** With n8n as it is once it was started again: the start that has published a workflow is another. */
	static async open(place: Place = {}): Promise<NeighbourScene> {
		const postgres = place.postgres && !place.queue ? await startPostgres() : undefined;
		const scene = new NeighbourScene(await open(place, postgres), postgres);
		for (const [name, make] of Object.entries(MAKERS)) {
			if (make !== countingWebhook || canCount(place)) await scene.add(name, make);
		}
		await scene.recovery.end('stop');
		await scene.recovery.start();
		return scene;
	}

	private async add(name: string, make: Maker): Promise<void> {
		const neighbour = await make(this.recovery.scene);
		const beside = neighbour.nodes;
		const workflow = await this.recovery.published({ events: ['page_create'] }, undefined, {
			beside,
		});
		this.shared.set(name, { workflow, neighbour, stored: 0, names: [] });
	}

	/**
	 * Pages are made, delivered and run, each neighbour stores something, and n8n is ended, as often as
	 * it says, with one more page that it misses each time. Waits until that has been recovered.
	 */
	async live(...ends: Array<'stop' | 'kill'>): Promise<void> {
		this.round++;
		await Promise.all(
			[...this.shared.values()].map(async ({ neighbour }) => await neighbour.begin?.()),
		);
		const delivered = this.recovery.makePages(PAGES, `Round_${this.round}`);
		await this.come(delivered);
		await Promise.all([...this.shared].map(async ([name, each]) => await this.stores(name, each)));
		for (const [index, how] of ends.entries()) {
			const path = `Round_${this.round}/Missed_${index}`;
			await this.come(await this.recovery.whileAway(() => this.recovery.makePages(1, path), how));
			await this.calm();
		}
	}

	/** Waits until changes have run beside every neighbour, whatever else runs. */
	private async come(made: string[]): Promise<void> {
		const all = [...this.shared.values()];
		const names = made.map(unmarked);
		for (const each of all) each.names.push(...names);
		const isThere = ({ workflow }: Shared) => {
			const runs = storedRuns(this.recovery.scene.database, workflow.id);
			const ran = runs.filter(({ status }) => status === 'success').flatMap(({ items }) => items);
			return names.every((name) => ran.some((item) => unmarked(nameOf(item)) === name));
		};
		const what = `${names.join(', ')} have come`;
		const found = () => this.found();
		await waitUntil(what, () => all.every(isThere), { intervalMs: 500, found });
	}

	/** What n8n has of each workflow, and what it has logged last. */
	private found(): string {
		const { database, n8n } = this.recovery.scene;
		const runs = [...this.shared].map(([name, { workflow }]) => {
			const stored = storedRuns(database, workflow.id).map(
				({ status, items }) => `${status} ${items.map(nameOf).join(' ')}`,
			);
			return `beside the ${name} ${stored.join(', ')}`;
		});
		return `${runs.join('; ')}\n${n8n.log.slice(-LOG_CHARS)}`;
	}

	/** Waits until a later check has ended, and n8n has run all there is. */
	private async calm(): Promise<void> {
		await this.recovery.calm(...[...this.shared.values()].map(({ workflow }) => workflow));
	}

	private async stores(name: string, each: Shared): Promise<void> {
		// It must be after the deliveries, and goes on by itself.
		each.stored = this.storedNow(each);
		const hasStored = async () => {
			await each.neighbour.nudge?.();
			return this.storedNow(each) > each.stored;
		};
		await waitUntil(`the ${name} has stored something`, hasStored, { intervalMs: 2000 });
		each.stored = this.storedNow(each);
	}

	private storedNow({ workflow, neighbour }: Shared): number {
		return neighbour.stored(this.recovery.scene.database.staticData(workflow.id));
	}

	/** By neighbour, what came of the changes beside it, and whether it still has what it has stored. */
	async outcomes(): Promise<Record<string, Outcome>> {
		const outcomes: Record<string, Outcome> = {};
		for (const [name, each] of this.shared) {
			const { cutOff, ...fates } = await this.recovery.fates(each.workflow, each.names);
			const isPutBack = this.storedNow(each) < each.stored;
			outcomes[name] = { ...fates, isPutBack };
			const changes = `${each.names.length} changes, ${cutOff.length} cut off by n8n`;
			const stored = `it had stored ${each.stored}, and has ${this.storedNow(each)}`;
			console.log(`Beside the ${name}: ${changes}; ${stored}.`, fates);
		}
		return outcomes;
	}

	/**
	 * A workflow in which a webhook counts while a recovered execution runs.
	 *
	 * @returns what the webhook had stored before, during and after it, and with one more call
	 */
	async countDuringRecovery(): Promise<number[]> {
		const { scene } = this.recovery;
		const gate = await Gate.start();
		const counter = await countingWebhook(scene);
		const code = `${gate.code} return $input.all();`;
		const beside = counter.nodes;
		const workflow = await this.recovery.published({ events: ['page_create'] }, code, { beside });
		const stored = () => counter.stored(scene.database.staticData(workflow.id));
		const count = async () => {
			const before = stored();
			await counter.begin!();
			await counter.nudge!();
			await waitUntil('the webhook has counted', () => stored() > before);
			return stored();
		};
		const before = await count();
		const [missed] = await this.recovery.whileAway(() => this.recovery.makePages(1, 'Counted'));
		await gate.waitForArrivals(1);
		await count();
		const during = await count();
		gate.open();
		await this.recovery.until(workflow, [missed!]);
		const seen = [before, during, stored(), await count()];
		await scene.client.deactivate(workflow.id);
		await Promise.all([gate.end(), counter.close!()]);
		return seen;
	}

	async close(): Promise<void> {
		await this.recovery.close();
		for (const { neighbour } of this.shared.values()) await neighbour.close?.();
		await this.postgres?.stop();
	}
}

async function open({ postgres, queue }: Place, server?: PostgresServer): Promise<RecoveryScene> {
	// The quick engine leaves a slow machine time for the rest.
	const env = { GENERIC_TIMEZONE: 'UTC', N8N_EXPRESSION_ENGINE: 'legacy' };
	const { retries, firstBackoffMs, maxBackoffMs, autoDisableAfter } = quickPatientSite;
	const settings = { retries, firstBackoffMs, maxBackoffMs, autoDisableAfter };
	if (!queue)
		return await RecoveryScene.open(settings, { ...withCode, ...env }, { postgres: server });
	const options = { ...asDeployed, settings, postgres, webhooks: 1, workers: 1 };
	return await RecoveryScene.openQueue({
		...options,
		env: { ...asDeployed.env, ...LOOKING_OFTEN, ...env },
	});
}
