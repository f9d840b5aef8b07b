import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { oneAtATime } from '../../shared/one-at-a-time';
import type { Field } from '../core/field';
import { refuseInput } from '../core/input-problem';
import { defineOperation } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { notice, optionsField } from '../input/fields';
import { asText } from '../input/text';
import { changeKeys } from './change-key';

/** Default of "History", in changes. */
const DEFAULT_HISTORY = 10_000;

const queueNotice = notice({
	displayName:
		'An item passes unless this node has let its change through before, in any execution. In queue mode with several workers, two that work at the same moment can both let a change through.',
	name: 'letThroughOnceNotice',
	type: 'notice',
	default: '',
});

const history: Field<number> = {
	property: {
		displayName: 'History',
		name: 'history',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_HISTORY,
		description:
			'How many changes to remember. Choose more than can happen between two runs of a catch-up.',
	},
	read(entered) {
		const number = Math.floor(Number(entered ?? DEFAULT_HISTORY));
		return number >= 1 ? number : DEFAULT_HISTORY;
	},
};

const options = optionsField({ history });

/**
 * Lets each change through once, as an event or as found by a catch-up.
 *
 * Marks are kept where n8n's own Remove Duplicates node keeps them (n8n's database, for this node of
 * this workflow). That node reads and writes them without a lock: two concurrent executions both let a
 * change through, and each loses the marks of the other. Here one execution at a time reads and marks.
 * The lock is in the memory of the process: in queue mode the workers do not share it, and two of them
 * at the same moment are like two Remove Duplicates nodes.
 *
 * A change is marked before the nodes after this one have run. When they fail, the change is let through
 * again if n8n retries that execution ("Retry execution"), and in no other case.
 */
export const letChangeThroughOnce = defineOperation({
	value: 'letThroughOnce',
	name: 'Let Through Once',
	action: 'Let a change through once',
	description:
		'Drop changes that were let through before, whether they came from the trigger or from Page > Get Many Changed Since',
	fields: { queueNotice, options },
	async run(run) {
		const { n8n, item, origin } = run;
		const { json, binary } = n8n.getInputData()[item]!;
		if (changeKeys(json, origin).length === 0) return refuseInput(NO_CHANGE);
		const isNew = (await newItems(run)).has(item);
		return isNew ? [{ json, ...(binary === undefined ? {} : { binary }) }] : [];
	},
});

const NO_CHANGE = {
	message: 'This item names neither a change of a page nor an event',
	description:
		'Connect the CXone Expert Trigger or Page > Get Many Changed Since directly before this node: it needs their fields eventType, eventId and page, or change, id and revision.',
};

/** Decided for all items of a run at the first of them, because n8n's record is large to read. */
const decisions = new WeakMap<IExecuteFunctions, Promise<Set<number>>>();

/** Indexes of the items that are to be let through. */
function newItems(run: OperationContext): Promise<Set<number>> {
	const decided = decisions.get(run.n8n) ?? decide(run);
	decisions.set(run.n8n, decided);
	return decided;
}

/** The change that an item stands for. */
interface Change {
	keys: string[];
	/** The change and the occasion on which it came; absent when n8n has no name for the occasion. */
	pass?: string;
}

async function decide(run: OperationContext): Promise<Set<number>> {
	const { n8n, origin } = run;
	const execution = executionMark(n8n);
	const changes = n8n.getInputData().map(({ json }) => changeOf(json, execution, origin));
	const namesNothing = changes.some(({ keys }) => keys.length === 0);
	// The run stops at the item without a key: mark nothing, so that a second run gets all changes.
	if (namesNothing && !n8n.continueOnFail()) return new Set();
	if (changes.every(({ keys }) => keys.length === 0)) return new Set();
	const node = `${n8n.getWorkflow().id} ${n8n.getNode().id}`;
	const maxChanges = run.read(options).history;
	return await oneAtATime(node, async () => await letThrough(n8n, changes, maxChanges));
}

/** The occasion of an event is its delivery, that of a change found by a catch-up is the execution. */
function changeOf(json: IDataObject, execution: string, origin: string | undefined): Change {
	const keys = changeKeys(json, origin);
	const occasion = asText(json.deliveryId) || execution;
	const isNamed = keys.length > 0 && occasion !== '';
	return isNamed ? { keys, pass: `${keys[0]}@${occasion}` } : { keys };
}

/**
 * What an execution and its retry have in common: the token in the address at which it could be
 * resumed, as a hash. Seen in n8n 2.41.1; n8n 2.8.4 has none.
 */
function executionMark(n8n: IExecuteFunctions): string {
	const address = asText(n8n.getWorkflowDataProxy(0).$execution?.resumeUrl);
	const token = URL.canParse(address) ? new URL(address).search : '';
	return token === '' ? '' : createHash('sha256').update(token).digest('base64url');
}

/** Indexes of the items that are let through; marks their changes. */
async function letThrough(
	n8n: IExecuteFunctions,
	changes: Change[],
	maxChanges: number,
): Promise<Set<number>> {
	const { helpers } = n8n;
	const marks = new Set(changes.flatMap(({ keys, pass }) => [pass ?? [], keys].flat()));
	// A change has a key and a pass.
	const record = { mode: 'entries', maxEntries: 2 * maxChanges } as const;
	const checked = await helpers.checkProcessedAndRecord([...marks], 'node', record);
	const fresh = new Set(checked.new.map(String));
	const passing = passingOf(changes, fresh, n8n.getMode() === 'retry');
	const dropped = droppedPasses(changes, fresh, passing);
	// Where nothing passes, there is nothing that a retry could run again.
	if (passing.size > 0 && dropped.length > 0)
		await helpers.removeProcessed(dropped, 'node', record);
	return passing;
}

/** Each change passes once: when it is new, or in a retry when the same occasion let it through. */
function passingOf(changes: Change[], fresh: Set<string>, isRetry: boolean): Set<number> {
	const hadPassed = ({ pass }: Change) => isRetry && (pass === undefined || !fresh.has(pass));
	const open = new Set(
		changes.flatMap((change) => change.keys.filter((key) => fresh.has(key) || hadPassed(change))),
	);
	const takesOpen = ({ keys }: Change) => keys.filter((key) => open.delete(key)).length > 0;
	return new Set([...changes.keys()].filter((index) => takesOpen(changes[index]!)));
}

/** Passes just recorded for items that do not pass: they must not let them through in a retry. */
function droppedPasses(changes: Change[], fresh: Set<string>, passing: Set<number>): string[] {
	const taken = new Set([...passing].map((index) => changes[index]!.pass));
	const passes = changes.flatMap(({ pass }) => pass ?? []);
	return passes.filter((pass) => fresh.has(pass) && !taken.has(pass));
}
