import type { IExecuteFunctions, INodeExecutionData, IRunExecutionData } from 'n8n-workflow';

/*
 * Relies on: how n8n keeps what an execution has still to run. Nodes that wait for an input are in
 * `waitingExecution`, by name and run. Once nothing else can be run, n8n runs the first of them with what is there: a
 * node without inputs at once. Where that run fails, the execution has failed, what ran before stays, and "Retry
 * execution" runs it alone.
 *
 * It is run last: after a Wait node, after a retry where a node behind it has failed, and not at all where the last
 * node gives n8n nothing (Split In Batches 1). A Merge node of which one branch brings nothing waits for it.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nothing is put off, and one event that nobody can judge fails the
 * execution of all.
 */

/** On an item that was put off. */
const MARK = 'putOff';

type Waiting = NonNullable<IRunExecutionData['executionData']>;

/** Whether this n8n can run a node once more in an execution. */
export function canRunLater(context: IExecuteFunctions): boolean {
	return waitingOf(context) !== undefined;
}

/** Has n8n run this node once more, with these items, when all else of the execution has run. */
export function runLater(context: IExecuteFunctions, items: INodeExecutionData[]): void {
	const { waitingExecution, waitingExecutionSource } = waitingOf(context)!;
	const { name } = context.getNode();
	waitingExecution[name] = { 0: { main: [items.map((item) => ({ ...item, [MARK]: 'true' }))] } };
	// As for a trigger: no node comes before it.
	waitingExecutionSource![name] = { 0: null as never };
}

/** Whether these items were put off by {@link runLater}, in an execution before, too. */
export function werePutOff(items: INodeExecutionData[]): boolean {
	return items.some((item) => MARK in item);
}

/** The item as it was before it was put off. */
export function asGiven(item: INodeExecutionData): INodeExecutionData {
	const given = { ...item };
	delete given[MARK];
	return given;
}

function waitingOf(context: IExecuteFunctions): Waiting | undefined {
	const { runExecutionData } = context as { runExecutionData?: IRunExecutionData };
	const { executionData } = runExecutionData ?? {};
	const isKnown = executionData?.waitingExecution && executionData.waitingExecutionSource;
	return isKnown ? executionData : undefined;
}
