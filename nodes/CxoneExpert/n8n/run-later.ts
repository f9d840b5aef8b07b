import type { IExecuteFunctions, INodeExecutionData, IRunExecutionData } from 'n8n-workflow';

/*
 * Relies on: how n8n stores the nodes that an execution has yet to run. Nodes waiting for input are
 * in `waitingExecution`, by name and run. When nothing else can run, n8n runs the first of them
 * with the input it has; a node without inputs runs at once. If that run fails, the execution
 * fails, earlier runs stay, and "Retry execution" repeats only that run. `contextData` has, by
 * `node:` and name, what a loop is at.
 *
 * It runs last: after a Wait node, after a retry if a later node has failed, and not at all where
 * the last node returns nothing (Split In Batches 1). A Merge node with an empty branch waits for
 * it.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nothing is postponed, and one event that cannot be
 * judged fails the execution of all. Or a loop behind the trigger leaves out what is postponed.
 *
 * Look first at: n8n-core, `workflow-execute`, `waitingExecution`; `SplitInBatchesV3.node`,
 * `getContext`; and whether n8n's new engine (`modules/engine-v2`) is the default.
 */

/** Marks postponed items. */
const MARK = 'putOff';

type Waiting = NonNullable<IRunExecutionData['executionData']>;

/** Whether this n8n can rerun a node within an execution. */
export function canRunLater(context: IExecuteFunctions): boolean {
	return waitingOf(context) !== undefined;
}

/** Reruns this node with these items when everything else in the execution has run. */
export function runLater(context: IExecuteFunctions, items: INodeExecutionData[]): void {
	const { waitingExecution, waitingExecutionSource } = waitingOf(context)!;
	const { name } = context.getNode();
	waitingExecution[name] = { 0: { main: [items.map((item) => ({ ...item, [MARK]: 'true' }))] } };
	// No node precedes this one, as for a trigger.
	waitingExecutionSource![name] = { 0: null as never };
}

/** Whether {@link runLater} postponed these items, even in an earlier execution. */
export function werePutOff(items: INodeExecutionData[]): boolean {
	return items.some((item) => MARK in item);
}

/**
 * Call when the node runs later. A loop behind it has ended, and n8n's Split In Batches would count what comes now
 * among what it has done: nothing would run for it.
 */
export function restartLoops(context: IExecuteFunctions): void {
	const { contextData = {} } = waitingOf(context) ?? {};
	for (const key of Object.keys(contextData)) if (key.startsWith('node:')) delete contextData[key];
}

/** The item as it was before it was postponed. */
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
