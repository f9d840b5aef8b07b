import { setTimeout as sleep } from 'node:timers/promises';
import { executionItems, isFinished } from '../n8n/executions.mts';
import { type Run, storedRuns } from '../n8n/runs.mts';
import type { Settings } from '../simulator/index.mts';
import { waitUntil } from '../wait.mts';
import type { PublishedTrigger } from './published-trigger.mts';
import { Scene, type SceneOptions, TRIGGER } from './scene.mts';
import { CHECK_MS, OFTEN } from './watch.mts';

/** Longer than Expert waits: an n8n that is busy misses nothing. */
const deliveryTimeoutMs = 10_000;

type Item = Record<string, any>;

/** A change has arrived when the trigger passed it on in a completed execution. */
export interface Fates {
	twice: string[];
	lost: string[];
	/** n8n has cut off its execution, which it lists. */
	cutOff: string[];
}

/** A site, a real n8n, and what is recovered of the changes that were made while it was away. */
export class RecoveryScene {
	readonly scene: Scene;
	/** Executions that n8n had stored and not ended when it was killed. */
	readonly openAtKills: Run[] = [];

	private constructor(scene: Scene) {
		this.scene = scene;
	}

	static async open(
		settings: Partial<Settings> = {},
		env: Record<string, string> = {},
		options: SceneOptions = {},
	): Promise<RecoveryScene> {
		const patient = { autoDisableAfter: 3, ...settings, deliveryTimeoutMs };
		return new RecoveryScene(await Scene.open(patient, env, options));
	}

	/** A workflow that checks every three seconds. */
	async published(parameters: object = {}, code?: string): Promise<PublishedTrigger> {
		const events = ['page_create', 'pagecontent_update', 'page_delete'];
		return await this.scene.published({ events, ...OFTEN, ...parameters }, { code });
	}

	/** Changes made while n8n is off; in the end Expert has disabled the webhook. */
	async whileAway<T>(work: () => T): Promise<T> {
		const { site } = this.scene;
		// What n8n has not confirmed when it stops may come once more: docs/reliability.md.
		await site.idle();
		await this.scene.n8n.stop();
		const result = await this.missed(work);
		await this.scene.n8n.start();
		return result;
	}

	/** Changes made while n8n rejects deliveries; Expert gives up on them at once. */
	async missed<T>(work: () => T): Promise<T> {
		const { site } = this.scene;
		const { retries } = site.settings;
		site.settings.retries = 0;
		const result = work();
		await site.idle();
		site.settings.retries = retries;
		return result;
	}

	/**
	 * Kills n8n mid-work and restarts it. An execution stays "running" forever if its log has its
	 * start but no node yet (n8n: execution-recovery.service, `amend`).
	 */
	async killAndStart(...workflows: PublishedTrigger[]): Promise<void> {
		await this.scene.n8n.kill();
		this.openAtKills.push(...workflows.flatMap((workflow) => workflow.openRuns()));
		await this.scene.n8n.start();
	}

	/** New pages, which make two events each; their names as {@link came} has them. */
	makePages(count: number, prefix: string): string[] {
		return Array.from({ length: count }, (_, index) => {
			const { pageId } = this.scene.site.site.createPage(`${prefix}/Page_${index + 1}`);
			return `+page_create ${pageId}`;
		});
	}

	/** Waits until these changes have arrived and n8n is idle; returns everything that arrived. */
	async until(workflow: PublishedTrigger, wanted: string[], timeoutMs?: number): Promise<string[]> {
		const isThere = () => {
			const all = new Set(this.came(workflow));
			return wanted.every((name) => all.has(name));
		};
		await waitUntil('the changes have come', isThere, { intervalMs: 200, timeoutMs });
		return await this.calm(workflow);
	}

	/** Changes that arrived once a later check has ended. */
	async calm(...workflows: PublishedTrigger[]): Promise<string[]> {
		await sleep(2 * CHECK_MS);
		const cutOff = this.openAtKills.filter(({ status }) => status === 'running');
		for (const workflow of workflows) await workflow.settled(undefined, cutOff);
		return workflows.flatMap((workflow) => this.came(workflow));
	}

	/** Every execution that n8n has stored, by its change, oldest first: `+page_create 12` if recovered. */
	came({ id }: PublishedTrigger): string[] {
		const items = storedRuns(this.scene.database, id).flatMap((run) => run.items);
		// A failed execution that nothing has started has an empty item.
		return items.filter(({ eventType }) => eventType !== undefined).map(nameOf);
	}

	/** The same of what has run to its end. */
	async ended({ id }: PublishedTrigger): Promise<string[]> {
		const executions = await this.scene.client.executionsWithData(id);
		return executions
			.filter((execution) => isFinished(execution) && execution.status === 'success')
			.flatMap((execution) => executionItems(execution, TRIGGER).map(nameOf));
	}

	/** Fates of these changes, named by {@link came}, other than arriving once. */
	async fates(workflow: PublishedTrigger, names: string[]): Promise<Fates> {
		const ended = (await this.ended(workflow)).map(unmarked);
		const runs = storedRuns(this.scene.database, workflow.id);
		const cutOff = runs.filter(({ status }) => status !== 'success').flatMap(({ items }) => items);
		const isListed = new Set(cutOff.map(nameOf).map(unmarked));
		const times = (name: string) => ended.filter((each) => each === name).length;
		const changes = names.map(unmarked);
		const never = changes.filter((name) => times(name) === 0);
		return {
			twice: changes.filter((name) => times(name) > 1),
			lost: never.filter((name) => !isListed.has(name)),
			cutOff: never.filter((name) => isListed.has(name)),
		};
	}

	async close(): Promise<void> {
		await this.scene.close();
	}
}

export function unmarked(name: string): string {
	return name.replace('+', '');
}

/** A change by its event: `+page_create 12` if recovered. */
function nameOf({ eventType, page, recovered }: Item): string {
	const revision = eventType === 'pagecontent_update' ? ` ${page?.revision}` : '';
	return `${recovered === true ? '+' : ''}${eventType} ${page?.id}${revision}`;
}
