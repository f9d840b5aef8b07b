import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';

/**
 * What a file makes of each job in a thread of its own, in their order. There time and chance are virtual, and vitest
 * needs the real ones.
 *
 * @param file beside this one; it posts a message for each job, and then ends its thread
 */
export async function inThread<Result>(file: string, jobs: unknown[]): Promise<Result[]> {
	const worker = new Worker(new URL(file, import.meta.url), { workerData: jobs });
	const results: Result[] = [];
	for await (const [result] of on(worker, 'message', { close: ['exit'] })) {
		results.push(result as Result);
	}
	expect(results, 'worlds that have come to their end').toHaveLength(jobs.length);
	return results;
}
