import PQueue from 'p-queue';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ExecuteContext } from '../support/integration/n8n.mts';
import { type Chance, clock } from './clock.mts';
import { Loaded, type Shared } from './contexts.mts';
import type { Execution, Row } from './database.mts';
import type { Process } from './process.mts';

/* How n8n saves an execution and runs its first step, in the order of its workflow-runner. */

export interface Start {
	row: Row;
	/** Saves it, and runs it outside of queue mode. */
	process: Process;
	items: INodeExecutionData[];
	mode: Execution['mode'];
	/** No second execution is saved with it. */
	key?: string | undefined;
}

interface Options {
	shared: Shared;
	chance: Chance;
	/** Where executions run; of workers or of main processes. */
	runners: () => Process[];
	/** How many run at a time in a process. */
	concurrency: number;
	/** Time that the nodes behind the trigger take, in ms. */
	restMs: number;
	onPassed: (execution: Execution) => void;
	note: (line: string) => void;
}

export class Executions {
	private readonly options: Options;
	private readonly places = new Map<Process, PQueue>();

	constructor(options: Options) {
		this.options = options;
	}

	/** Writes the row. Between the statement and its commit n8n looks into every item. */
	async save({ row, process, items, mode, key }: Start): Promise<Execution | undefined> {
		const { database } = this.options.shared;
		if (key !== undefined && database.keys.has(key)) return undefined;
		await database.statement(process, 'execution');
		for (const item of items) void item.binary;
		await process.sleep(1);
		if (key !== undefined && database.keys.has(key)) return undefined;
		if (key !== undefined) database.keys.add(key);
		const execution: Execution = {
			...{ row, mode, savedAt: clock.now, status: 'new', passed: [] },
			// As the column has them.
			items: items.map(({ json }) => structuredClone(json)),
			ended: Promise.withResolvers<void>(),
		};
		database.executions.push(execution);
		return execution;
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
		const { chance, note, restMs, shared } = this.options;
		await process.sleep(5 + chance.int(20));
		execution.status = 'running';
		const { row } = execution;
		// A worker of n8n 2.41 begins with empty static data.
		const staticData = process.kind === 'worker' ? {} : undefined;
		const loaded = new Loaded(shared, row, process, staticData);
		try {
			await this.runTrigger(execution, loaded);
			await process.sleep(restMs);
			execution.status = 'success';
		} catch (error) {
			execution.status = 'error';
			note(`execution failed: ${(error as Error).message}`);
		}
		loaded.save();
		execution.ended.resolve();
	}

	/** The trigger is the first node, and runs again for the items that it has put off. */
	private async runTrigger(execution: Execution, loaded: Loaded): Promise<void> {
		const waitingExecution: Waiting = {};
		const executionData = { contextData: {}, waitingExecution, waitingExecutionSource: {} };
		const result = { resultData: { runData: {} }, executionData };
		let next: Input | undefined = structuredClone(execution.items).map((json) => ({ json }));
		while (next !== undefined) {
			const context = this.contextFor(execution, loaded, next, result);
			const passed = await loaded.process.outside(loaded.type.execute.call(context));
			execution.passed.push(...(passed[0] ?? []).map(({ json }): IDataObject => json));
			this.options.onPassed(execution);
			next = waitingExecution[loaded.node.name]?.[0]?.main[0];
			delete waitingExecution[loaded.node.name];
		}
	}

	private contextFor(execution: Execution, loaded: Loaded, input: Input, result: object) {
		const { node, workflow } = loaded;
		const { executions } = this.options.shared.database;
		const additional = loaded.additional({
			executionId: String(executions.indexOf(execution) + 1),
		});
		const data = { main: [input] };
		const started = { node, data, source: null };
		return loaded.adapt(
			new ExecuteContext(
				...([workflow, node, additional, execution.mode] as const),
				...([result as never, 0, input, data, started] as const),
				[],
			),
		);
	}
}

type Input = INodeExecutionData[];
type Waiting = Record<string, Record<number, { main: Input[] }>>;
