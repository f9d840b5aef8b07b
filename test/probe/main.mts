import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../support/probe/probe.mts';
import type { Seen } from '../support/probe/seen.mts';

/* `npm run probe`: what it does, and how it ends, is in its usage. */

/* The source of the nodes names its own modules without their ending, as Node would not find them. */
const source = new URL('../../nodes/', import.meta.url).href;
registerHooks({
	resolve: (specifier, context, next) => {
		const isOwn = context.parentURL?.startsWith(source) && specifier.startsWith('.');
		return next(isOwn ? `${specifier}.ts` : specifier, context);
	},
	load: (url, context, next) =>
		next(url, url.startsWith(source) ? { ...context, format: 'module-typescript' } : context),
});
const { readOptions, Refusal, USAGE } = await import('../support/probe/options.mts');
const { probe } = await import('../support/probe/probe.mts');
const { reportOf } = await import('../support/probe/report.mts');

const stop = new AbortController();
let endedBy: NodeJS.Signals | undefined;
let endedAt = Number.NEGATIVE_INFINITY;
const SAME_SIGNAL_MS = 1000;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal));

try {
	process.exitCode = await run();
} catch (error) {
	if (!(error instanceof Refusal)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}

function end(signal: NodeJS.Signals): void {
	// npm passes on what the terminal has sent already.
	if (performance.now() - endedAt < SAME_SIGNAL_MS) return;
	endedAt = performance.now();
	if (stop.signal.aborted) {
		console.error('Not all that was made has been removed: run it again with --clean-up.');
		process.exit(3);
	}
	endedBy = signal;
	console.error('Interrupted: removes what it has made.');
	stop.abort();
}

async function run(): Promise<number> {
	const options = readOptions(process.argv.slice(2), process.env);
	if (options === 'help') {
		console.log(USAGE);
		return 0;
	}
	const say = (line: string) => console.error(line);
	const outcome = await probe(options, { say, stop: stop.signal });
	const { seen, left, wasInterrupted } = outcome;
	if (seen !== undefined && !wasInterrupted) {
		const { below, webhook, patienceMs, out } = options;
		const flags = { below: below !== undefined, webhook: webhook !== undefined };
		const report = reportOf(seen, { version: packageVersion(), ...flags, patienceMs });
		console.log(report);
		if (out !== undefined && !isWritten(out, report)) {
			console.error('The file of --out cannot be written. The report is above.');
		}
	}
	if (left.length > 0) console.error(`Left at the site, remove it there: ${left.join(', ')}`);
	return exitCode(outcome);
}

function isWritten(file: string, text: string): boolean {
	try {
		writeFileSync(file, text);
		return true;
	} catch {
		return false;
	}
}

function exitCode({ seen, left, wasInterrupted }: Outcome): number {
	if (left.length > 0) return 3;
	if (wasInterrupted) return endedBy === 'SIGTERM' ? 143 : 130;
	const gaps = seen === undefined ? [] : gapsIn(seen);
	for (const gap of gaps) console.error(gap);
	return gaps.length > 0 ? 2 : 0;
}

function gapsIn({ stopped, webhookUrl, hasListened, own, deliveries }: Seen): string[] {
	const isStopped = stopped !== undefined;
	const isRefused = !isStopped && webhookUrl !== '' && !hasListened;
	const isDeaf = hasListened && own.paths !== undefined && deliveries.length === 0;
	const gaps: Array<[isThere: boolean, text: string]> = [
		[
			isStopped,
			'The site refused a step or responded in an unknown way. Nothing more was written.',
		],
		[isRefused, 'The site did not register the webhook. The report has its response.'],
		[isDeaf, 'No delivery has come. Can the site reach the address of --webhook?'],
	];
	return gaps.flatMap(([isThere, text]) => (isThere ? [text] : []));
}

function packageVersion(): string {
	const file = fileURLToPath(new URL('../../package.json', import.meta.url));
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
