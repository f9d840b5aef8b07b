import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionsField } from '../fields';
import type { Operation } from '../operation';
import type { OperationRun } from '../run';
import { changeKeys } from './change-key';
import { oneAtATime } from './one-at-a-time';

/** Default of "History", in changes. */
const HISTORY = 10_000;

const queueNotice: INodeProperties = {
	displayName:
		'Each item is let through unless its change was let through before, by this node and in any execution. In queue mode with several workers, two that work at the same moment can both let a change through.',
	name: 'letThroughOnceNotice',
	type: 'notice',
	default: '',
};

const options = optionsField([
	{
		displayName: 'History',
		name: 'history',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: HISTORY,
		description:
			'How many changes to remember. Keep it larger than what can happen between two runs of a catch-up.',
	},
]);

/**
 * Lets each change through once, whichever way it came.
 *
 * It keeps its marks where n8n's own Remove Duplicates node keeps them (n8n's database, for this node
 * of this workflow), but that node reads and writes them without a lock: two executions at once both
 * let a change through, and each loses the marks of the other. Here one execution at a time looks and
 * marks. The lock is in the memory of the process: in queue mode the workers do not share it, and two
 * of them at the same moment are like two Remove Duplicates nodes.
 *
 * A change is marked before the nodes behind this one have run: what they could not do is not let
 * through again.
 */
export const letThroughOnce: Operation = {
	value: 'letThroughOnce',
	name: 'Let Through Once',
	action: 'Let a change through once',
	description:
		'Drop changes that were let through before, as events of the trigger or found by Page > Get Many Changed Since',
	fields: [queueNotice, options],
	async run(run) {
		const { n8n, item, expert } = run;
		const { json, binary } = n8n.getInputData()[item]!;
		if (changeKeys(json).length === 0) return expert.refuse(NO_CHANGE);
		const isNew = (await newItems(run)).has(item);
		return isNew ? [{ json, ...(binary === undefined ? {} : { binary }) }] : [];
	},
};

const NO_CHANGE = {
	message: 'This item names no change of a page and no event',
	description:
		'Connect the CXone Expert Trigger or Page > Get Many Changed Since directly before this node: it needs their fields eventType, eventId and page, or change, id and revision.',
};

/** Decided for all items of a run when the first of them comes: n8n's record is large to read. */
const decisions = new WeakMap<IExecuteFunctions, Promise<Set<number>>>();

/** Indexes of the items that are to be let through. */
function newItems(run: OperationRun): Promise<Set<number>> {
	const decided = decisions.get(run.n8n) ?? decide(run);
	decisions.set(run.n8n, decided);
	return decided;
}

async function decide({ n8n, options }: OperationRun): Promise<Set<number>> {
	const keys = n8n.getInputData().map(({ json }) => changeKeys(json));
	const namesNothing = keys.some((ofItem) => ofItem.length === 0);
	// The run will stop at the item without a key: nothing is marked, so that a second try has it all.
	if (namesNothing && !n8n.continueOnFail()) return new Set();
	const unique = [...new Set(keys.flat())];
	if (unique.length === 0) return new Set();
	const fresh = new Set(await unmarked(n8n, unique, historyOf(options.history)));
	return new Set([...keys.keys()].filter((index) => takesFresh(keys[index]!, fresh)));
}

/** Whether one of the keys is new still; after this none of them is. */
function takesFresh(keys: string[], fresh: Set<string>): boolean {
	return keys.filter((key) => fresh.delete(key)).length > 0;
}

/** Which of the keys are new; they are marked with that. */
async function unmarked(
	n8n: IExecuteFunctions,
	keys: string[],
	maxEntries: number,
): Promise<string[]> {
	const place = `${n8n.getWorkflow().id} ${n8n.getNode().id}`;
	const checked = await oneAtATime(
		place,
		async () =>
			await n8n.helpers.checkProcessedAndRecord(keys, 'node', { mode: 'entries', maxEntries }),
	);
	return checked.new.map(String);
}

function historyOf(entered: unknown): number {
	const number = Math.floor(Number(entered ?? HISTORY));
	return number >= 1 ? number : HISTORY;
}
