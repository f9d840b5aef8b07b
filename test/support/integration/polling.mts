import type {
	IDataObject,
	INodeExecutionData,
	NodeOperationError,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { type Loaded, type RegisterCron } from '../../world/contexts.mts';
import { Row } from '../../world/database.mts';
import type { Settings, Simulator } from '../simulator/index.mts';
import { withCause } from './causes.mts';
import { Instance } from './instance.mts';
import { forgetModules, loadPackage } from './package-under-test.mts';
import { nameOf, setDates } from './recovery.mts';
import { credentialFor, openSite } from './scene.mts';

/** All four events. */
export const ALL = ['page_published', 'page_create', 'pagecontent_update', 'page_delete'];

export function rowOf(parameters: IDataObject): Row {
	const row = new Row('polled', { events: ALL, pageDetails: false, ...parameters });
	row.node.name = 'Polling';
	return row;
}

/** n8n around one polling trigger, which polls when a test says so. */
export class Poller extends Instance {
	readonly failures: NodeOperationError[] = [];
	/** n8n is killed once it has saved static data: the execution is lost. */
	losesExecutions = false;
	/** Another version was published meanwhile: n8n drops what a poll returns. */
	discards = false;
	/** What n8n gives a poll. */
	budgetMs = 300_000;
	/** The node's own cron, which ticks as long as the node is published. */
	tick = () => {};
	private published!: Loaded;
	private context!: ReturnType<Loaded['pollContext']>;

	constructor(site: Simulator, row: Row) {
		super(row, () => credentialFor(site));
	}

	static async published(site: Simulator, parameters: IDataObject = {}): Promise<Poller> {
		const poller = new Poller(site, rowOf(parameters));
		await poller.publish();
		return poller;
	}

	/** Items of each execution that a poll has started. */
	get executions(): IDataObject[][] {
		return this.database.executions.map(({ items }) => items);
	}

	/** All that has been passed on: `page_create 12`, `pagecontent_update 12 4`. */
	get came(): string[] {
		return this.outputs.flat().map(nameOf);
	}

	/** The first poll, whose error stops publishing; then n8n saves static data. */
	async publish(mode: WorkflowActivateMode = 'activate'): Promise<void> {
		this.loaded ??= await loadPackage();
		this.published = this.load();
		const registerCron: RegisterCron = (_cron, onTick) => {
			this.tick = () => void onTick(new Date());
		};
		this.context = this.published.pollContext(mode, registerCron, () => this.budgetMs);
		await this.pollOnce();
		this.published.save();
	}

	/** Another version replaces this one, which is published until then. */
	async publishAgain(parameters: IDataObject = {}): Promise<void> {
		this.tick();
		Object.assign(this.row.node.parameters, parameters);
		await this.publish('update');
	}

	/** As n8n begins and ends: the database stays, the memory is gone. */
	async restart(mode: WorkflowActivateMode = 'init'): Promise<void> {
		forgetModules();
		this.loaded = await loadPackage();
		await this.publish(mode);
	}

	/** @returns the items that it hands to n8n */
	async poll(): Promise<IDataObject[]> {
		try {
			return await this.pollOnce();
		} catch (error) {
			this.failed(withCause(error) as NodeOperationError);
			return [];
		}
	}

	/** @returns the items that it shows */
	async fetchTestEvent(): Promise<IDataObject[]> {
		this.loaded ??= await loadPackage();
		await this.execute([{ json: {} }], 'manual');
		return this.outputs.pop() ?? [];
	}

	async execute(items: INodeExecutionData[], mode: WorkflowExecuteMode, executionId?: string): Promise<void> {
		await this.runner.runStep(items, mode, executionId);
	}

	failed(error: NodeOperationError): void {
		this.failures.push(error);
	}

	private async pollOnce(): Promise<IDataObject[]> {
		const items = await this.loaded.polling.poll.call(this.context);
		if (items === null) return [];
		if (this.losesExecutions) this.published.save();
		else if (!this.discards) await this.runner.emit(this.published, items);
		return items.flat().map(({ json }) => json);
	}
}

const MINUTE_MS = 60_000;

/** A site that is older than all workflows. */
export async function oldSite(settings: Partial<Settings> = {}): Promise<Simulator> {
	const site = await openSite(settings);
	for (const page of site.site.pages.current) setDates(page, ago(site, 1500));
	return site;
}

/** Some time ago, by the clock of the site. */
export function ago({ settings }: Simulator, minutes: number): Date {
	return new Date(Date.now() + settings.clockSkewMs - minutes * MINUTE_MS);
}

/** A workflow that was published some hours ago. */
export async function published(site: Simulator, parameters: IDataObject = {}, hoursAgo = 4): Promise<Poller> {
	site.settings.clockSkewMs -= hoursAgo * 60 * MINUTE_MS;
	const poller = await Poller.published(site, parameters);
	site.settings.clockSkewMs += hoursAgo * 60 * MINUTE_MS;
	// n8n has been restarted since: it knows the time of the site.
	await poller.restart();
	return poller;
}
