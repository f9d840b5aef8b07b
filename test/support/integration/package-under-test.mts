import { onTestFinished, vi } from 'vitest';

type Trigger = import('../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts').CxoneExpertTrigger;
type Credential = import('../../../credentials/CxoneExpertApi.credentials.ts').CxoneExpertApi;

type LineOf = typeof import('../../../nodes/CxoneExpert/trigger/delivery/batch.ts').lineOf;

/** The classes that n8n would load from the package. */
export interface PackageUnderTest {
	trigger: Trigger;
	credential: Credential;
	/** The deliveries to a node that wait while n8n saves an execution. */
	lineOf: LineOf;
}

let lastLoaded: LineOf | undefined;

/** Loads the package; again after {@link forgetModules} it is as in a new process. */
export async function loadPackage(): Promise<PackageUnderTest> {
	const node = await import('../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts');
	const api = await import('../../../credentials/CxoneExpertApi.credentials.ts');
	const { lineOf } = await import('../../../nodes/CxoneExpert/trigger/delivery/batch.ts');
	// What was loaded just now has its clock from a time that ends with the test: no other one gets it.
	if (lineOf !== lastLoaded && vi.isFakeTimers()) onTestFinished(forgetModules);
	lastLoaded = lineOf;
	return {
		lineOf,
		trigger: new node.CxoneExpertTrigger(),
		credential: new api.CxoneExpertApi(),
	};
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
