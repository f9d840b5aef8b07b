import type { IDataObject, IRun, ITriggerFunctions } from 'n8n-workflow';

/*
 * Relies on: what n8n does with an execution that a trigger starts.
 *
 * - `emit` returns before anything is saved. Its promise resolves when the execution ends,
 *   successful or not, and rejects when n8n could not save it.
 * - An execution's key stops n8n from starting another one with it, even after a crash, as long as
 *   n8n retains the execution. The promise resolves then, too.
 *
 * Seen in n8n 2.41.1. n8n 2.8.4 ignores the key, and never settles the promise of an execution that
 * it could not save. When it changes: a recovered change counts as recovered once its execution
 * begins (trigger/execution/marks.ts), or is started again an hour later, marked `recovered` each
 * time.
 *
 * Look first at: `trigger-execution-context.factory`, `emit`: what becomes of the key, and when
 * does the promise settle?
 */

/**
 * Starts the workflow with these items.
 *
 * @param key identifies the execution across restarts of n8n
 * @returns whether n8n saved the execution; settles when it has ended
 */
export async function emitOnce(
	{ emit, helpers }: ITriggerFunctions,
	items: IDataObject[],
	key: string,
): Promise<boolean> {
	const done = helpers.createDeferredPromise<IRun>();
	emit([helpers.returnJsonArray(items)], undefined, done, key);
	return await done.promise.then(
		() => true,
		() => false,
	);
}
