import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { freePort } from '../local-server.mts';
import { seedSite, type Settings, type Simulator, startSimulator } from '../simulator/index.mts';
import type { ProbeOptions } from './options.mts';
import { type Outcome, probe } from './probe.mts';
import type { Verdict } from './question.mts';
import { findingsOf, reportOf } from './report.mts';

/** Below which a probe may write at a furnished site. */
export const SANDBOX = 'Sandbox/Probes';

const MAIN = fileURLToPath(new URL('../../probe/main.mts', import.meta.url));

export interface Probed {
	outcome: Outcome;
	/** By name of their question. */
	findings: Map<string, Verdict>;
	report: string;
}

/** A site that has everything a probe looks at. */
export async function furnishedSite(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	const { site } = simulator;
	seedSite(site);
	site.createPage(SANDBOX);
	site.bulkImport(1);
	for (const hour of [1, 2]) {
		const at = new Date(Date.UTC(2026, 0, 1, hour));
		site.deletePage(site.createPage(`Gone_${hour}`, { at }).page, { at });
	}
	return simulator;
}

/** With all abilities of a probe by default. */
export async function optionsFor(
	{ url, longTermToken, signingSecret }: Simulator,
	changed: Partial<ProbeOptions> = {},
): Promise<ProbeOptions> {
	const port = await freePort();
	return {
		site: url,
		credential: {
			siteUrl: changed.site ?? url,
			authentication: 'jwt',
			...{ longTermToken, signingSecret },
		},
		below: SANDBOX,
		webhook: `http://localhost:${port}`,
		...{ port, patienceMs: 0 },
		...changed,
	};
}

/** Runs the command with these options, and the environment that it needs. */
export function runCommand({ site, credential, below, webhook, port, patienceMs }: ProbeOptions) {
	const named = { site, below, webhook, port, patience: patienceMs / 1000 };
	const args = Object.entries(named).flatMap(([name, value]) =>
		value === undefined ? [] : [`--${name}`, String(value)],
	);
	const { longTermToken, signingSecret } = credential;
	const env = {
		CXONE_EXPERT_TOKEN: longTermToken,
		CXONE_EXPERT_SIGNING_SECRET: signingSecret,
	};
	return execa(process.execPath, [MAIN, ...args], { env, reject: false });
}

/** Probes a site; waits for its deliveries by what it knows itself, and not for a time. */
export async function probeSite(
	simulator: Simulator,
	options: ProbeOptions,
	say: (line: string) => void = () => {},
): Promise<Probed> {
	const stop = new AbortController().signal;
	const settle = async () => await simulator.idle();
	const outcome = await probe(options, { say, stop, settle });
	const { seen } = outcome;
	const report = seen ? reportOf(seen, '1.2.3') : '';
	return { outcome, report, findings: seen ? findingsOf(seen) : new Map<string, Verdict>() };
}
