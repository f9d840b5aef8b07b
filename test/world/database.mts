import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { workflowOf } from '../support/integration/n8n.mts';
import { clock } from './clock.mts';
import type { Loaded } from './contexts.mts';
import type { Process } from './process.mts';

/* What is in n8n's database, which all of its processes share and which outlives them. */

/** Which of the two triggers starts a workflow. */
export type Role = 'delivered' | 'polled';

/** A workflow with one trigger. */
export class Row {
	readonly id = randomUUID().slice(0, 16);
	readonly role: Role;
	readonly node: INode;
	/** Beside it. */
	readonly others: INode[] = [];
	settings: IWorkflowSettings = {};
	/** The column, as JSON text: the last writer wins. */
	staticData = '{}';
	/** How often n8n has saved it. */
	saves = 0;
	isPublished = false;
	/** In the version that is published. */
	isDisabled = false;
	/** The row of its route. */
	isRouted = false;
	/** n8n was killed while it published this, and does it when it starts. */
	isPending = false;
	/** How the last activation failed; n8n begins again only with what was activated. */
	failure: { text: string; isOfStart: boolean } | undefined;
	/** For the polling trigger. */
	readonly pollEveryMinutes: number;
	/** When it was published, or another version of it. */
	readonly publishedAt: number[] = [];
	/** When it was taken down for another version. */
	readonly takenDownAt: number[] = [];
	/** When publishing it has succeeded. */
	readonly activatedAt: number[] = [];
	/** When n8n could not save what a poll had found. */
	readonly unsavedAt: number[] = [];
	/** When polls have succeeded. */
	readonly polledAt: number[] = [];
	/** When its node got another name. */
	readonly renamedAt: number[] = [];

	constructor(role: Role, parameters: IDataObject, pollEveryMinutes = 5) {
		this.role = role;
		this.pollEveryMinutes = pollEveryMinutes;
		const type = role === 'polled' ? 'cxoneExpertPollingTrigger' : 'cxoneExpertTrigger';
		this.node = {
			...{ id: randomUUID(), name: role, typeVersion: 1, position: [0, 0] },
			...{ webhookId: randomUUID(), type: `n8n-nodes-cxone-expert.${type}` },
			parameters: parameters as INode['parameters'],
			credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
		};
	}

	get events(): string[] {
		return this.node.parameters.events as string[];
	}

	/** A fresh copy of the column. */
	loadStaticData(): IDataObject {
		return JSON.parse(this.staticData) as IDataObject;
	}

	/** n8n's object for this workflow, on the given static data. */
	toWorkflow(nodeType: INodeType, staticData: IDataObject) {
		const nodes = structuredClone([this.node, ...this.others]);
		const { id, settings } = this;
		return workflowOf(nodeType, { id, nodes, active: true, staticData, settings });
	}
}

export interface Execution {
	id: string;
	row: Row;
	/** What starts it, as its row has it. */
	items: IDataObject[];
	mode: WorkflowExecuteMode;
	/** Somebody listens for a test event. */
	isTest: boolean;
	savedAt: number;
	status: 'new' | 'running' | 'success' | 'error' | 'crashed';
	/** What the process that has saved it runs it with; another one reads its row. */
	inMemory?: { loaded: Loaded; input: INodeExecutionData[] } | undefined;
	/** In which process it runs or ran. */
	process?: Process;
	/** What its first step has passed on. */
	passed: IDataObject[];
	/** Settles when it has ended; not if its process is killed. */
	ended: PromiseWithResolvers<void>;
}

export type Statement = 'credential' | 'execution' | 'commit' | 'staticData' | 'processed';

/** Times of statements in ms. */
const USUAL: Record<Statement, number> = {
	credential: 2,
	execution: 3,
	commit: 1,
	staticData: 1,
	processed: 2,
};

export class Database {
	readonly rows: Row[] = [];
	readonly executions: Execution[] = [];
	/** Deduplication keys of executions. */
	readonly keys = new Set<string>();
	/** The store of processed items. */
	readonly processed = new Map<string, string[]>();
	credential: ICredentialDataDecryptedObject = {};
	private delays = USUAL;
	private readonly failing = new Map<Statement, number>();
	private executionCount = 0;
	/** Until when it was or will be in trouble. */
	private troubledUntil = 0;

	newExecutionId(): string {
		return String(++this.executionCount);
	}

	/** Carries out one statement for a process; of a dead one neither it nor what follows happens. */
	async statement(process: Process, kind: Statement): Promise<void> {
		await process.sleep(this.delays[kind]);
		if (clock.now < (this.failing.get(kind) ?? 0)) throw new Error('SQLITE_BUSY: database is locked');
	}

	slow(delays: Partial<Record<Statement, number>>, forMs: number): void {
		this.delays = { ...USUAL, ...delays };
		this.troubledFor(forMs);
		clock.after(forMs, () => (this.delays = USUAL));
	}

	fail(kinds: Statement[], forMs: number): void {
		this.troubledFor(forMs);
		for (const kind of kinds) this.failing.set(kind, clock.now + forMs);
	}

	recover(): void {
		this.delays = USUAL;
		this.failing.clear();
	}

	wasTroubledSince(time: number): boolean {
		return this.troubledUntil > time;
	}

	private troubledFor(ms: number): void {
		this.troubledUntil = Math.max(this.troubledUntil, clock.now + ms);
	}

	/** Is slow, or refuses something. */
	get isTroubled(): boolean {
		return this.delays !== USUAL || [...this.failing.values()].some((until) => until > clock.now);
	}
}
