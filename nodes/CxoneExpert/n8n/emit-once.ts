import type { IDataObject, IRun, ITriggerFunctions } from 'n8n-workflow';

/*
 * Relies on: what n8n does with an execution that a trigger starts.
 *
 * - `emit` returns before anything is saved. Its promise is resolved when the execution has ended, well or
 *   not, and rejected when n8n could not save it.
 * - A key that an execution has keeps n8n from starting another one with it, also after n8n was killed, as
 *   long as n8n keeps the execution. Then the promise is resolved as well.
 *
 * Seen in n8n 2.41.1. n8n 2.8.4 does not know the key, and never settles the promise of an execution that
 * it could not save. When it changes: the change of an execution counts as recovered once that has begun
 * (trigger/execution/once.ts), or is started again an hour later, marked `recovered` each time.
 */

/**
 * Starts the workflow with one item.
 *
 * @param key names the execution, across restarts of n8n
 * @returns whether n8n has saved the execution; settled when it has ended
 */
export async function emitOnce(
	{ emit, helpers }: ITriggerFunctions,
	item: IDataObject,
	key: string,
): Promise<boolean> {
	const done = helpers.createDeferredPromise<IRun>();
	emit([helpers.returnJsonArray([item])], undefined, done, key);
	return await done.promise.then(
		() => true,
		() => false,
	);
}
