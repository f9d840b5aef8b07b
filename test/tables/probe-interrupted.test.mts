import { describe, expect, it } from 'vitest';
import type { ProbeOptions } from '../support/probe/options.mts';
import { ownOf } from '../support/probe/own.mts';
import { probe } from '../support/probe/probe.mts';
import { furnishedSite, optionsFor, runCommand } from '../support/probe/simulated.mts';
import type { Simulator } from '../support/simulator/index.mts';

/** Of the calls that register one event type after the other, the last. */
const lines = (await recordLines()).filter((line) => !/^event-(?!user_update)/.test(line));

it('a probe makes calls at which it can be interrupted', () => expect(lines.length).toBeGreaterThan(35));

describe.concurrent('a probe', () => {
	it.each(lines)('removes what it has made when it is interrupted after %s', async (line) => {
		const outcome = await atSite(async (options) => {
			const stop = new AbortController();
			return await inThisProcess(options, (said) => said === line && stop.abort(), stop.signal);
		});
		expect(outcome).toMatchObject({ left: [], wasInterrupted: true });
	});

	it.each([
		['SIGINT', 130],
		['SIGTERM', 143],
	] as const)('ends by %s with %i once it has removed what it has made', async (signal, code) => {
		await atSite(async (options) => {
			const { exitCode, stderr } = await endedBy(signal, options);
			expect(exitCode, stderr).toBe(code);
			expect(stderr).toMatch(/Interrupted[^]*removed: [1-9]/);
		});
	});

	it('that is killed leaves only what its next run removes', async () => {
		const said: string[] = [];
		const outcome = await atSite(async (options) => {
			expect(await endedBy('SIGKILL', options)).toMatchObject({ signal: 'SIGKILL' });
			return await inThisProcess(options, (line) => said.push(line));
		});
		expect(outcome).toMatchObject({ left: [], wasInterrupted: false });
		expect(said[0]).toMatch(/^remains of an earlier run, removed: [1-9]/);
	});
});

async function recordLines(): Promise<string[]> {
	const said: string[] = [];
	await atSite(async (options) => await inThisProcess(options, (line) => said.push(line)));
	return said;
}

/** The command, which gets this signal once it has moved its pages. */
async function endedBy(signal: NodeJS.Signals, options: ProbeOptions) {
	const child = runCommand(options);
	child.stderr.on('data', (text: Buffer) => {
		if (text.includes('move: 200')) child.kill(signal);
	});
	return await child;
}

/** Runs it at a site of its own, which must be afterwards as it was before. */
async function atSite<T>(run: (options: ProbeOptions) => Promise<T>): Promise<T> {
	const simulator = await furnishedSite();
	const before = everythingAt(simulator);
	try {
		const options = await optionsFor(simulator);
		const result = await run(options);
		expect(everythingAt(simulator)).toEqual(before);
		const { moved, ...paths } = ownOf(options, '1').paths!;
		for (const path of Object.values(paths)) {
			expect(simulator.site.pages.redirect(path)).toBeUndefined();
			expect(simulator.site.pages.redirect(moved + path.slice(paths.page.length))).toBeUndefined();
		}
		return result;
	} finally {
		await simulator.close();
	}
}

async function inThisProcess(
	options: ProbeOptions,
	say: (line: string) => unknown,
	stop = new AbortController().signal,
) {
	return await probe(options, { say: (line) => void say(line), stop, settle: async () => {} });
}

/** What people would see. */
function everythingAt(simulator: Simulator) {
	const pages = simulator.site.pages.current.map(({ path, title, html, revision, tags, draftState }) => {
		return { path, title, html, revision, tags: [...tags], draftState };
	});
	return { pages, webhooks: simulator.webhooks() };
}
