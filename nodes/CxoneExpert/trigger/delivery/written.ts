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
 */
export function whenWritten(item: INodeExecutionData, tell: () => void): void {
	Object.defineProperty(item, 'binary', {
		configurable: true,
		enumerable: false,
		get: () => {
			delete item.binary;
			void commit().then(tell);
			return undefined;
		},
		// For a node that adds binary data to the item, where n8n has not looked before.
		set: (value: INodeExecutionData['binary']) => {
			Object.defineProperty(item, 'binary', { value, enumerable: true, writable: true });
		},
	});
}

async function commit(): Promise<void> {
	for (let turn = 0; turn < TURNS_TO_COMMIT; turn++) await sleep(TIME_TO_COMMIT);
}
