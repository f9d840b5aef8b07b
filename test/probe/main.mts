import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

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
		console.error('Not all that was made has been removed: the next run removes the rest.');
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
	const settle = async () => await sleep(options.patienceMs, undefined, { signal: stop.signal }).catch(() => {});
	const { seen, left } = await probe(options, { say, settle, stop: stop.signal });
	if (seen !== undefined && endedBy === undefined) console.log(reportOf(seen, packageVersion()));
	if (left.length > 0) {
		console.error(`Left at the site, remove it there: ${left.join(', ')}`);
		return 3;
	}
	if (endedBy === undefined) return 0;
	return endedBy === 'SIGTERM' ? 143 : 130;
}

function packageVersion(): string {
	const file = new URL('../../package.json', import.meta.url);
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
