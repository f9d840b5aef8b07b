import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	NodeOperationError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { Chance } from '../../world/clock.mts';
import { Loaded, type Shared } from '../../world/contexts.mts';
import { Database, type Execution, type Row, type Statement } from '../../world/database.mts';
import { Executions } from '../../world/executions.mts';
import type { Process } from '../../world/process.mts';
import { withCause } from './causes.mts';
import type { PackageUnderTest } from './package-under-test.mts';

/** The simulated n8n in real time, around one node of the package; what a test says happens at each step. */
export abstract class Instance {
	readonly row: Row;
	/** The process that has the package. */
	loaded!: PackageUnderTest;
	credential: () => ICredentialDataDecryptedObject;
	/** Output of the trigger in each execution, in the order in which they ended. */
	readonly outputs: IDataObject[][] = [];
	/** Its hints. */
	readonly hints: string[] = [];
	/** n8n's highlighted data of each execution whose first step is through. */
	readonly highlighted: Array<Record<string, string>> = [];
	/** Items for which the trigger's own step runs once more, when all else of their execution has run. */
	readonly putOff: INodeExecutionData[][] = [];
	/** Reading the credential. */
	readCredential: () => Promise<void> = async () => {};
	/** Storing an execution; throws when the database does. */
	store: () => Promise<void> = async () => {};
	/** Committing it: the statements are through by then. */
	commit: () => Promise<void> = async () => {};
	/** Waiting for a free place once the execution is stored. */
	slot: () => Promise<void> = async () => {};
	/** Saving static data of a request, after that. */
	save: () => Promise<void> = async () => {};
	/** Called behind the trigger in an execution that it has started by itself. */
	running: () => Promise<void> = async () => {};
	/** A node after the trigger, which changes the execution's copy of static data. */
	downstream?: (staticData: IDataObject) => void;
	/** An n8n of another version may not run a node once more in an execution. */
	runsLater = true;
	/** Nor look for binary data in what it has written. */
	looksForBinaryData = true;
	/** What other nodes of the execution remember, such as a loop. */
	readonly contextData: Record<string, object> = {};
	readonly database = new DatabaseUnderTest(this);
	readonly shared: Shared = { database: this.database, urlOfN8n: 'https://n8n.example' };
	readonly runner = new ExecutionsUnderTest(this);
	/** Requests that n8n works on, and the executions that they have started. */
	protected readonly underWay = new Set<Promise<unknown>>();

	constructor(row: Row, credential: () => ICredentialDataDecryptedObject) {
		this.row = row;
		this.credential = credential;
	}

	/** The trigger's own step has failed. */
	abstract failed(error: NodeOperationError, isTest: boolean): void;

	/** The workflow as the process has it now. */
	load(isTest = false): Loaded {
		return new Loaded(this.shared, this.row, this.loaded, { isTest });
	}

	track(work: Promise<unknown>): void {
		this.underWay.add(work);
		void work.finally(() => this.underWay.delete(work));
	}
}

const STATEMENTS = {
	credential: 'readCredential',
	execution: 'store',
	commit: 'commit',
	staticData: 'save',
} as const;

class DatabaseUnderTest extends Database {
	private readonly n8n: Instance;

	constructor(n8n: Instance) {
		super();
		this.n8n = n8n;
	}

	/** Several of a test may be one n8n. */
	override newExecutionId(): string {
		return randomUUID();
	}

	override async statement(_process: Process, kind: Exclude<Statement, 'processed'>): Promise<void> {
		await this.n8n[STATEMENTS[kind]]();
		if (kind === 'credential') this.credential = this.n8n.credential();
	}
}

/** What could be one way or another is always the same way. */
class NoChance extends Chance {
	override next(): number {
		return 0;
	}
}

class ExecutionsUnderTest extends Executions {
	private readonly n8n: Instance;

	constructor(n8n: Instance) {
		super({
			...{
				shared: n8n.shared,
				isQueue: false,
				concurrency: Infinity,
				restMs: 0,
				writesStaticData: false,
			},
			...{ chance: new NoChance(0), runners: () => [n8n.loaded] },
			...{ onPassed: () => {}, note: () => {} },
		});
		this.n8n = n8n;
	}

	/**
	 * Runs the trigger's step alone, in an execution with its own copy of static data.
	 *
	 * @returns what it passes on
	 */
	async runStep(
		items: INodeExecutionData[],
		mode: WorkflowExecuteMode,
		id = randomUUID() as string,
	): Promise<IDataObject[]> {
		const loaded = this.n8n.load();
		const execution = { ...this.newExecution({ loaded, items, mode }), id };
		// What it throws is among the failures.
		await this.runTrigger(execution, loaded, items).catch(() => {});
		loaded.save();
		return this.n8n.outputs.at(-1) ?? [];
	}

	override async begin(execution: Execution, process?: Process): Promise<void> {
		await this.n8n.slot();
		if (execution.mode !== 'trigger') this.n8n.track(execution.ended.promise);
		await super.begin(execution, process);
	}

	protected override lookForBinaryData(items: INodeExecutionData[]): void {
		if (this.n8n.looksForBinaryData) super.lookForBinaryData(items);
	}

	protected override newRunData() {
		const { contextData, runsLater } = this.n8n;
		const { executionData, resultData } = super.newRunData();
		if (!runsLater) return { resultData };
		return { resultData, executionData: { ...executionData!, contextData } };
	}

	protected override async step(...given: Parameters<Executions['step']>): Promise<IDataObject[]> {
		const [{ node }, context] = given;
		const { highlighted, hints, outputs, putOff } = this.n8n;
		const { executionData, resultData } = context.runExecutionData;
		try {
			const passed = await super.step(...given);
			outputs.push(passed);
			const later = executionData?.waitingExecution[node.name]?.[0]?.main?.[0];
			if (later) putOff.push(later);
			return passed;
		} catch (error) {
			this.n8n.failed(withCause(error) as NodeOperationError, context.getMode() === 'manual');
			throw error;
		} finally {
			hints.push(...context.hints.map(({ message }) => message));
			highlighted.push(resultData.metadata ?? {});
		}
	}

	protected override async runRest({ mode }: Execution, { workflow }: Loaded): Promise<void> {
		if (mode === 'trigger') await this.n8n.running();
		this.n8n.downstream?.(workflow.staticData);
	}
}
