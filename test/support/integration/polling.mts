import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteData,
	INode,
	INodeExecutionData,
	IRunExecutionData,
	NodeApiError,
	NodeOperationError,
	WorkflowActivateMode,
	WorkflowExecuteMode,
	IWorkflowSettings,
} from 'n8n-workflow';
import type { Settings, Simulator } from '../simulator/index.mts';
import { addRevision } from '../simulator/site/pages.mts';
import { withCause } from './causes.mts';
import { additionalData, ExecuteContext, PollContext, workflowOf } from './n8n.mts';
import { forgetModules, loadPackage } from './package-under-test.mts';
import { credentialFor, openSite } from './scene.mts';
import { present } from '../present.mts';

type Node =
	import('../../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts').CxoneExpertPollingTrigger;

/** All four events. */
export const ALL = ['page_published', 'page_create', 'pagecontent_update', 'page_delete'];

/** The part of n8n's database that a workflow with a polling trigger has. */
export interface PollingRow {
	id: string;
	node: INode;
	/** The last writer wins. */
	staticData: string;
	settings?: IWorkflowSettings;
}

export function rowOf(parameters: IDataObject): PollingRow {
	const node: INode = {
		...{ id: randomUUID(), name: 'Polling', typeVersion: 1, position: [0, 0] },
		type: 'n8n-nodes-cxone-expert.cxoneExpertPollingTrigger',
		parameters: { events: ALL, pageDetails: false, ...parameters } as INode['parameters'],
		credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
	};
	return { id: randomUUID().slice(0, 16), node, staticData: '{}' };
}

/** n8n's side of a polling trigger: real contexts, and polls when a test says so. */
export class Poller {
	readonly row: PollingRow;
	credential: () => ICredentialDataDecryptedObject;
	/** Items of each execution that a poll has started. */
	readonly executions: IDataObject[][] = [];
	/** Output of the trigger's step, in the order of the executions. */
	readonly outputs: IDataObject[][] = [];
	readonly failures: Array<NodeApiError | NodeOperationError> = [];
	readonly hints: string[] = [];
	/** n8n is killed once it has saved static data: the execution is lost. */
	losesExecutions = false;
	/** Another version was published meanwhile: n8n drops what a poll returns. */
	discards = false;
	/** What n8n gives a poll. */
	budgetMs = 300_000;
	private context!: InstanceType<typeof PollContext>;
	/** The node's own cron, which ticks as long as the node is published. */
	tick = () => {};
	private workflow!: ReturnType<typeof workflowOf>;
	/** As loaded by the process that polls. */
	private loaded: Node | undefined;

	constructor(site: Simulator, row: PollingRow) {
		this.row = row;
		this.credential = () => credentialFor(site);
	}

	static async published(site: Simulator, parameters: IDataObject = {}): Promise<Poller> {
		const poller = new Poller(site, rowOf(parameters));
		await poller.publish();
		return poller;
	}

	/** All that has been passed on: `page_create 12`, `pagecontent_update 12 4`. */
	get came(): string[] {
		return this.outputs.flat().map(({ eventType, page }) => {
			const { id, revision } = (page ?? {}) as { id?: string; revision?: number };
			const number = eventType === 'pagecontent_update' ? ` ${revision}` : '';
			return `${eventType as string} ${id}${number}`;
		});
	}

	/** The first poll, whose error stops publishing; then n8n saves static data. */
	async publish(mode: WorkflowActivateMode = 'activate'): Promise<void> {
		await this.load();
		const { credential } = await loadPackage();
		const additional = additionalData('', async () => this.credential(), { credential } as never);
		const node = this.workflow.getNode(this.row.node.name)!;
		const rest = [undefined, undefined, undefined, undefined, undefined] as const;
		this.context = new PollContext(this.workflow, node, additional, 'trigger', mode, ...rest);
		Object.assign(this.context, { getPollBudgetMs: () => this.budgetMs });
		const registerCron = (_cron: object, onTick: () => void) => void (this.tick = onTick);
		Object.assign(this.context.helpers, { registerCron });
		const items = await this.node.poll.call(this.context);
		if (items !== null) await this.emit(items[0]!);
		this.save();
	}

	/** Another version replaces this one, which is published until then. */
	async publishAgain(parameters: IDataObject = {}): Promise<void> {
		this.tick();
		Object.assign(this.row.node.parameters, parameters);
		await this.publish('update');
	}

	/** As n8n updates the package: new code polls with the context of the old one. */
	async updatePackage(): Promise<void> {
		forgetModules();
		this.loaded = undefined;
		await this.loadNode();
	}

	/** As n8n begins and ends: the database stays, the memory is gone. */
	async restart(mode: WorkflowActivateMode = 'init'): Promise<void> {
		forgetModules();
		this.loaded = undefined;
		await this.publish(mode);
	}

	/** @returns the items that it hands to n8n */
	async poll(): Promise<IDataObject[]> {
		try {
			const items = await this.node.poll.call(this.context);
			if (items === null) return [];
			await this.emit(items[0]!);
			return items[0]!.map(({ json }) => json);
		} catch (error) {
			this.failures.push(withCause(error) as NodeApiError);
			return [];
		}
	}

	/** @returns the items that it shows */
	async fetchTestEvent(): Promise<IDataObject[]> {
		await this.load();
		await this.execute([{ json: {} }], 'manual');
		return this.outputs.pop() ?? [];
	}

	/** n8n saves static data and begins the execution at once. */
	private async emit(items: INodeExecutionData[]): Promise<void> {
		if (this.discards) return;
		this.save();
		if (this.losesExecutions) return;
		this.executions.push(items.map(({ json }) => json));
		await this.execute(items, 'trigger');
	}

	async execute(
		items: INodeExecutionData[],
		mode: WorkflowExecuteMode,
		executionId = randomUUID() as string,
	): Promise<void> {
		const workflow = this.workflowNow();
		const node = workflow.getNode(this.row.node.name)!;
		const data = { main: [items] };
		const execution: IExecuteData = { node, data, source: null };
		const { credential } = await loadPackage();
		const context = new ExecuteContext(
			workflow,
			node,
			{
				...additionalData('', async () => this.credential(), { credential } as never),
				executionId,
			},
			mode,
			{ resultData: { runData: {} } } as unknown as IRunExecutionData,
			...([0, items, data, execution] as const),
			[],
		);
		try {
			const passedOn = await this.node.execute.call(context);
			this.outputs.push(passedOn[0]!.map(({ json }) => json));
		} catch (error) {
			this.failures.push(withCause(error) as NodeApiError);
		}
		this.hints.push(...context.hints.map(({ message }) => message));
	}

	private async load(): Promise<void> {
		await this.loadNode();
		this.workflow = this.workflowNow();
	}

	private async loadNode(): Promise<void> {
		const module = await import('../../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts');
		this.loaded ??= new module.CxoneExpertPollingTrigger();
	}

	private workflowNow() {
		const { id, node, staticData, settings = {} } = this.row;
		const nodes = [structuredClone(node)];
		const stored = JSON.parse(staticData) as IDataObject;
		return workflowOf(this.node as never, {
			id,
			nodes,
			active: true,
			staticData: stored,
			settings,
		});
	}

	private get node(): Node {
		return present(this.loaded, 'node');
	}

	private save(): void {
		if (this.workflow.staticData.__dataChanged !== true) return;
		this.row.staticData = JSON.stringify(this.workflow.staticData);
		this.workflow.staticData.__dataChanged = false;
	}
}

const MINUTE_MS = 60_000;

/** A site that is older than all workflows. */
export async function oldSite(settings: Partial<Settings> = {}): Promise<Simulator> {
	const site = await openSite(settings);
	for (const page of site.site.pages.current) {
		const date = ago(site, 1500);
		Object.assign(page, { created: date, edited: date, modified: date });
		for (const revision of page.revisions) revision.date = date;
	}
	return site;
}

/** Some time ago, by the clock of the site. */
export function ago({ settings }: Simulator, minutes: number): Date {
	return new Date(Date.now() + settings.clockSkewMs - minutes * MINUTE_MS);
}

/** A workflow that was published some hours ago. */
export async function published(
	site: Simulator,
	parameters: IDataObject = {},
	hoursAgo = 4,
): Promise<Poller> {
	site.settings.clockSkewMs -= hoursAgo * 60 * MINUTE_MS;
	const poller = await Poller.published(site, parameters);
	site.settings.clockSkewMs += hoursAgo * 60 * MINUTE_MS;
	// n8n has been restarted since: it knows the time of the site.
	await poller.restart();
	return poller;
}

/** Pages in 40 categories and a fifth as many in the archive, as if they had been there for long. */
export async function largeSite(count: number): Promise<Simulator> {
	const site = await oldSite();
	for (let index = 0; index < 40; index++)
		site.site.createPage(`Category_${index}`, { at: ago(site, 1490) });
	const { pages, users } = site.site;
	const by = users.admin;
	const add = (path: string, at: Date) => {
		const page = pages.add({ path, title: path, by: by.username, at });
		addRevision(page, { html: '', who: { by, at } });
		return page;
	};
	for (let index = 0; index < count; index++) {
		// Five in a second.
		const minutes = 1400 - index / 300;
		add(`Category_${index % 40}/Page_${index}`, ago(site, minutes));
		if (index % 5 > 0) continue;
		const fate = { deleted: true, deletedAt: ago(site, minutes), deletedBy: by.username };
		Object.assign(add(`Gone_${index}`, ago(site, 1450)), { ...fate, deletion: -index });
	}
	return site;
}
