import PQueue from 'p-queue';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Chance } from './clock.mts';
import { Loaded, type Output, type Shared } from './contexts.mts';
import type { Execution } from './database.mts';
import type { Process } from './process.mts';

/* How n8n saves an execution and runs its first step, in the order of its workflow-runner. */

export interface Start {
	/** As the process has it that saves the execution, and that runs it outside of queue mode. */
	loaded: Loaded;
	items: INodeExecutionData[];
	mode: Execution['mode'];
	/** No second execution is saved with it. */
	key?: string | undefined;
}

interface Options {
	shared: Shared;
	chance: Chance;
	isQueue: boolean;
	/** Where executions run; of workers or of main processes. */
	runners: () => Process[];
	/** How many run at a time in a process. */
	concurrency: number;
	/** Time that the nodes behind the trigger take, in ms. */
	restMs: number;
	/** One of them writes static data. */
	writesStaticData: boolean;
	onPassed: (execution: Execution) => void;
	note: (line: string) => void;
}

type Input = INodeExecutionData[];
type Context = ReturnType<Loaded['executeContext']>;

/** What n8n keeps of an execution while it runs. */
interface RunData {
	resultData: { runData: object };
	executionData?: { waitingExecution: Record<string, Record<number, { main: Input[] }>> };
}

export class Executions {
	private readonly options: Options;
	private readonly places = new Map<Process, PQueue>();

	constructor(options: Options) {
		this.options = options;
	}

	/** What a trigger starts: static data first, then the execution. Settles when that has ended. */
	async emit(loaded: Loaded, [items = []]: Output, key?: string): Promise<void> {
		const { row, process } = loaded;
		loaded.save();
		const start: Start = { loaded, items, mode: 'trigger', key };
		const execution = await this.save(start).catch((error: unknown) => {
			this.options.note(`what ${row.role} has found is not saved`);
			throw error;
		});
		if (execution === undefined) return;
		await this.begin(execution, this.options.isQueue ? undefined : process);
		await process.outside(execution.ended.promise);
	}

	/** Writes the row. Between the statement and its commit n8n looks into every item. */
	async save(start: Start): Promise<Execution | undefined> {
		const { items, key } = start;
		const { process } = start.loaded;
		const { database } = this.options.shared;
		if (key !== undefined && database.keys.has(key)) return undefined;
		const execution = this.newExecution(start);
		await database.statement(process, 'execution');
		this.lookForBinaryData(items);
		await database.statement(process, 'commit');
		if (key !== undefined && database.keys.has(key)) return undefined;
		if (key !== undefined) database.keys.add(key);
		execution.savedAt = process.time.now;
		execution.id = database.newExecutionId();
		// As the column has them.
		execution.items = items.map(({ json }) => structuredClone(json));
		database.executions.push(execution);
		return execution;
	}

	protected lookForBinaryData(items: INodeExecutionData[]): void {
		for (const item of items) void item.binary;
	}

	/** n8n reads static data for it before it writes the row, and before it saves what `webhook()` has changed. */
	protected newExecution({ loaded, items: input, mode }: Start): Execution {
		const { row, process, isTest } = loaded;
		const { isQueue, shared } = this.options;
		return {
			...{ id: '', row, mode, isTest, savedAt: 0, status: 'new', items: [], passed: [] },
			inMemory: isQueue ? undefined : { input, loaded: new Loaded(shared, row, process, { isTest }) },
			ended: Promise.withResolvers<void>(),
		};
	}

	/** Returns once there is a place for it; it ends later. */
	async begin(execution: Execution, process = this.anyRunner()): Promise<void> {
		if (process === undefined) return;
		execution.process = process;
		const { concurrency } = this.options;
		const place = this.places.get(process) ?? new PQueue({ concurrency });
		this.places.set(process, place);
		const began = Promise.withResolvers<void>();
		void place.add(async () => {
			began.resolve();
			await this.run(execution, process);
		});
		await process.outside(began.promise);
	}

	/** n8n has been started: what was written and had not begun runs now, what had begun has crashed. */
	resume(): void {
		const { database } = this.options.shared;
		for (const execution of database.executions) {
			if (execution.process?.isAlive === true) continue;
			if (execution.status === 'running') execution.status = 'crashed';
			if (execution.status === 'new') void this.begin(execution);
		}
	}

	/** What runs in processes that are alive. */
	get underWay(): Execution[] {
		const { executions } = this.options.shared.database;
		return executions.filter(({ status, process }) => status === 'running' && process?.isAlive);
	}

	private anyRunner(): Process | undefined {
		const runners = this.options.runners();
		return runners.length === 0 ? undefined : this.options.chance.pick(runners);
	}

	private async run(execution: Execution, process: Process): Promise<void> {
		const { chance, note } = this.options;
		await process.sleep(5 + chance.int(20));
		execution.status = 'running';
		const { loaded, input } = this.inMemoryOf(execution, process);
		try {
			await this.runTrigger(execution, loaded, input);
			await this.runRest(execution, loaded);
			execution.status = 'success';
		} catch (error) {
			execution.status = 'error';
			note(`execution failed: ${(error as Error).message}`);
		}
		loaded.save();
		execution.inMemory = undefined;
		execution.ended.resolve();
	}

	private inMemoryOf({ inMemory, row, items }: Execution, process: Process) {
		if (inMemory?.loaded.process === process) return inMemory;
		// A worker of n8n 2.41 begins with empty static data.
		const staticData = process.kind === 'worker' ? {} : undefined;
		const loaded = new Loaded(this.options.shared, row, process, { staticData });
		return { loaded, input: structuredClone(items).map((json) => ({ json })) };
	}

	/** The trigger is the first node, and runs again for the items that it has put off. */
	protected async runTrigger(execution: Execution, loaded: Loaded, input: Input): Promise<void> {
		const result = this.newRunData();
		const waiting = result.executionData?.waitingExecution ?? {};
		let next: Input | undefined = input;
		while (next !== undefined) {
			const context = loaded.executeContext(execution, next, result as never);
			execution.passed.push(...(await this.step(loaded, context)));
			this.options.onPassed(execution);
			next = waiting[loaded.node.name]?.[0]?.main[0];
			delete waiting[loaded.node.name];
		}
	}

	protected newRunData(): RunData {
		const executionData = { contextData: {}, waitingExecution: {}, waitingExecutionSource: {} };
		return { resultData: { runData: {} }, executionData };
	}

	/** @returns what it passes on */
	protected async step(loaded: Loaded, context: Context): Promise<IDataObject[]> {
		const passed = await loaded.process.outside(loaded.type.execute.call(context));
		return (passed[0] ?? []).map(({ json }) => json);
	}

	/** The nodes behind the trigger. */
	protected async runRest(_execution: Execution, { process, workflow }: Loaded): Promise<void> {
		const { restMs, writesStaticData } = this.options;
		await process.sleep(restMs);
		if (writesStaticData) workflow.getStaticData('global').seen = process.time.now;
	}
}
