import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import type { Time } from '../../world/clock.mts';
import { Process } from '../../world/process.mts';

type LineOf = typeof import('../../../nodes/CxoneExpert/trigger/delivery/batch.ts').lineOf;

/** A process of n8n that has the package, as its source modules. */
export type PackageUnderTest = Process & {
	/** The deliveries to a node that wait while n8n saves an execution. */
	lineOf: LineOf;
};

/** It goes on where a test has replaced the timers. */
const realTime: Time = {
	get now() {
		return Date.now();
	},
	after: (ms, call) => void delay(ms).then(call),
};

let lastLoaded: LineOf | undefined;

/** Loads the package; again after {@link forgetModules} it is as in a new process. */
export async function loadPackage(): Promise<PackageUnderTest> {
	const delivered = await import('../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts');
	const polled = await import('../../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts');
	const api = await import('../../../credentials/CxoneExpertApi.credentials.ts');
	const { lineOf } = await import('../../../nodes/CxoneExpert/trigger/delivery/batch.ts');
	// What was loaded just now has its clock from a time that ends with the test: no other one gets it.
	if (lineOf !== lastLoaded && vi.isFakeTimers()) onTestFinished(forgetModules);
	lastLoaded = lineOf;
	const load = () => ({ ...delivered, ...polled, ...api });
	return Object.assign(new Process('main', load, realTime), { lineOf });
}

/** Empties the memory of the package's modules. */
export function forgetModules(): void {
	vi.resetModules();
}

/** Moves the monotonic clock that is in use; timers are unaffected. @returns what takes it back */
export function moveClock(ms: number): () => void {
	const clock = performance;
	const { now } = clock;
	clock.now = () => now.call(clock) + ms;
	return () => void (clock.now = now);
}

/**
 * Makes this process look as if it had started some time ago. n8n runs for days, a test file for
 * seconds; the node marks what may have been received before the process started.
 */
export function pretendProcessStarted(msAgo: number): void {
	moveClock(msAgo - performance.now());
}
