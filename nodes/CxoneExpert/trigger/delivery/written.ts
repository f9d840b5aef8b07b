import { type INodeExecutionData, sleep } from 'n8n-workflow';

/** Ms between n8n's last statement for an execution and the moment from which we count it as saved. */
const TIME_TO_COMMIT = 50;
/** Turns of the event loop in that time, each of at least so long: a busy n8n needs them. */
const TURNS_TO_COMMIT = 5;

/**
 * Tells when n8n has written the execution that starts with this item, which can be long before it
 * says so: under a concurrency limit n8n writes the execution, then waits for a free place, maybe
 * for minutes. It is safe meanwhile: after a restart n8n runs what it had not come to.
 *
 * n8n has no call for this. But after the statements that write an execution, and before it commits
 * them, it looks for binary data in the items (`ExecutionPersistence.create` in n8n 2.41). A
 * version that does not look there tells nothing here, and the answer waits as if this did not exist.
 *
 * @returns takes it back: nothing is told any more, nor kept in memory for it
 */
export function whenWritten(item: INodeExecutionData, tell: () => void): () => void {
	const listener: Listener = { tell };
	listeners.set(item, listener);
	Object.defineProperty(item, 'binary', watched);
	return () => delete listener.tell;
}

/** Without `tell` nobody wants to know any more. */
interface Listener {
	tell?: () => void;
}

const listeners = new WeakMap<INodeExecutionData, Listener>();

/**
 * The same for all items: with functions of its own each would get a hidden class of its own in V8,
 * which keeps all that the functions know in memory until the next full garbage collection.
 */
const watched: PropertyDescriptor & ThisType<INodeExecutionData> = {
	configurable: true,
	enumerable: false,
	get() {
		delete this.binary;
		const listener = listeners.get(this);
		if (listener !== undefined) void tellAfterCommit(listener);
		return undefined;
	},
	// For a node that adds binary data to the item, where n8n has not looked before.
	set(value: INodeExecutionData['binary']) {
		Object.defineProperty(this, 'binary', { value, enumerable: true, writable: true });
	},
};

async function tellAfterCommit(listener: Listener): Promise<void> {
	for (let turn = 0; turn < TURNS_TO_COMMIT && listener.tell; turn++) await sleep(TIME_TO_COMMIT);
	listener.tell?.();
}
