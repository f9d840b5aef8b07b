import { describe, expect, it } from 'vitest';
import { type Intercepted, interceptAt } from '../support/probe/interceptor.mts';
import type { ProbeOptions } from '../support/probe/options.mts';
import { ownOf } from '../support/probe/own.mts';
import { type Outcome, probe } from '../support/probe/probe.mts';
import { furnishedSite, optionsFor, runCommand } from '../support/probe/simulated.mts';
import type { Simulator } from '../support/simulator/index.mts';

/** Ends a probe, whoever runs it. */
type End = () => void;

const calls = (await recordCalls()).filter(isOfInterest);
/** Reading leaves nothing behind. */
const writes = calls.filter(({ isWrite }) => isWrite);

it('a probe makes calls at which it can be interrupted', () => {
	expect(writes.length).toBeGreaterThan(35);
	expect(calls.length).toBeGreaterThan(writes.length);
});

describe.concurrent('a probe', () => {
	it.each(calls)(
		'removes what it has made when it is interrupted at call $position ($method $path)',
		async ({ position }) => {
			const outcome = await endedAt(position, async (options, endBy) => {
				const stop = new AbortController();
				endBy(() => stop.abort());
				return await inThisProcess(options, stop);
			});
			expect(outcome).toMatchObject({ left: [], wasInterrupted: true });
		},
	);

	it.each([
		['SIGINT', 130],
		['SIGTERM', 143],
	] as const)('ends by %s with %i once it has removed what it has made', async (signal, code) => {
		const { position } = writes[Math.floor(writes.length / 2)]!;
		await endedAt(position, async (options, endBy) => {
			const child = runCommand(options);
			endBy(() => child.kill(signal));
			const { exitCode, stderr } = await child;
			expect(exitCode, stderr).toBe(code);
			expect(stderr).toMatch(/Interrupted[^]*removed: [1-9]/);
		});
	});

	it.each([
		['--clean-up', true, expect.stringMatching(/^removed: [1-9]/)],
		['its next run', false, expect.stringMatching(/^remains of an earlier run, removed: [1-9]/)],
	])('that is killed leaves only what %s removes', async (_, cleanUp, said) => {
		const lines: string[] = [];
		const outcome = await endedAt(writes.at(-5)!.position, async (options, endBy) => {
			const child = runCommand(options);
			endBy(() => child.kill('SIGKILL'));
			expect(await child).toMatchObject({ signal: 'SIGKILL' });
			const stop = new AbortController();
			return await inThisProcess({ ...options, cleanUp }, stop, (line) => lines.push(line));
		});
		expect(outcome).toMatchObject({ left: [], wasInterrupted: false });
		expect(lines).toContainEqual(said);
	});
});

async function recordCalls(): Promise<Intercepted[]> {
	const all: Intercepted[] = [];
	await atSite(
		async (options) => await inThisProcess(options),
		(call) => all.push(call),
	);
	return all;
}

/** Of the calls that register one event type after the other, the first and the last. */
function isOfInterest(_: Intercepted, index: number, all: Intercepted[]): boolean {
	const around = [all[index - 1], all[index], all[index + 1]];
	return !around.every((call) => call?.isWrite && call.path.includes('/events/'));
}

/** Runs a probe that is ended at this call, by what it names itself. */
async function endedAt<T>(
	position: number,
	run: (options: ProbeOptions, endBy: (end: End) => void) => Promise<T>,
): Promise<T> {
	let end: End | undefined;
	return await atSite(
		async (options) => await run(options, (given) => (end = given)),
		(call) => {
			if (call.position === position) end?.();
		},
	);
}

/** Runs it at a site of its own, which must be afterwards as it was before. */
async function atSite<T>(
	run: (options: ProbeOptions) => Promise<T>,
	intercept: (call: Intercepted) => void,
): Promise<T> {
	const simulator = await furnishedSite();
	const before = everythingAt(simulator);
	const proxy = await interceptAt(simulator.url, intercept);
	try {
		const options = await optionsFor(simulator, { site: proxy.url });
		const result = await run(options);
		expect(everythingAt(simulator)).toEqual(before);
		const { page, child, leaf, twin, tip } = ownOf(options, '1').paths!;
		for (const path of [page, child, leaf, twin, tip]) {
			expect(simulator.site.pages.redirect(path)).toBeUndefined();
		}
		return result;
	} finally {
		await proxy.close();
		await simulator.close();
	}
}

async function inThisProcess(
	options: ProbeOptions,
	stop = new AbortController(),
	say: (line: string) => void = () => {},
): Promise<Outcome> {
	return await probe(options, { say, stop: stop.signal, settle: async () => {} });
}

/** What people would see. */
function everythingAt(simulator: Simulator) {
	const pages = simulator.site.pages.current.map(
		({ path, title, html, revision, tags, draftState }) => {
			return { path, title, html, revision, tags: [...tags], draftState };
		},
	);
	return { pages, webhooks: simulator.webhooks().filter(({ deleted }) => !deleted) };
}
