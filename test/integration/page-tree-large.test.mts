import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it, onTestFinished } from 'vitest';
import { byPath, runWith } from '../support/integration/action-node.mts';

/*
 * Each night as large as a site can be, alone in its process, where it has to keep to these limits:
 * TREE_PAGES=20000 NODE_OPTIONS=--max-old-space-size=400 npx vitest run --project integration test/integration/page-tree-large.test.mts
 */

const PAGES = Number(process.env.TREE_PAGES ?? 1000);
const isAlone = process.env.TREE_PAGES !== undefined;
const MB = 1024 * 1024;

const MAX_HEAP_MB = 400;
/** Of the processor for one turn of the event loop: on a busy machine turns wait, too. */
const MAX_TURN_CPU_MS = 100;

async function largeSite(shape: string) {
	const site = spawn(
		process.execPath,
		['test/support/integration/large-site.mts', shape, String(PAGES)],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, NODE_OPTIONS: '' },
		},
	);
	onTestFinished(() => void site.kill());
	const [line] = (await once(site.stdout, 'data')) as [Buffer];
	return { authentication: 'jwt', ...(JSON.parse(line.toString()) as Record<string, string>) };
}

it.each(['deep', 'flat'])(
	'Get Tree gets every page of a large tree (%s)',
	{ timeout: 600_000, retry: isAlone ? 2 : 0 },
	async (shape) => {
		const credential = await largeSite(shape);
		const parameters = { resource: 'page', operation: 'getTree', page: byPath('Tree') };
		await runWith(credential, { parameters: { ...parameters, limit: 1 } });
		globalThis.gc?.();
		const delay = monitorEventLoopDelay({ resolution: 5 });
		const peak = { rss: 0, heap: 0 };
		const before = process.memoryUsage();
		let [usage, maxCpu] = [process.threadCpuUsage(), 0];
		const look = () => {
			const { user, system } = process.threadCpuUsage(usage);
			usage = process.threadCpuUsage();
			maxCpu = Math.max(maxCpu, user + system);
			peak.rss = Math.max(peak.rss, process.memoryUsage().rss);
			peak.heap = Math.max(peak.heap, process.memoryUsage().heapUsed);
		};
		const watch = setInterval(look, 5);
		delay.enable();
		const start = performance.now();
		const items = await runWith(credential, { parameters: { ...parameters, returnAll: true } });
		const ms = Math.round(performance.now() - start);
		// The last turn, too.
		look();
		delay.disable();
		clearInterval(watch);
		const mb = (bytes: number) => Math.round(bytes / MB);
		console.log(
			`${shape}: ${items.length} pages in ${ms} ms; event loop delayed ${Math.round(delay.max / 1e6)} ms at most (99 %: ${Math.round(delay.percentile(99) / 1e6)} ms), with ${Math.round(maxCpu / 1000)} ms of CPU between two turns; heap ${mb(before.heapUsed)} MB before, ${mb(peak.heap)} MB at most; RSS ${mb(before.rss)} MB before, ${mb(peak.rss)} MB at most`,
		);
		expect(items).toHaveLength(PAGES - 1);
		if (!isAlone) return;
		expect(mb(peak.heap)).toBeLessThan(MAX_HEAP_MB);
		expect(maxCpu / 1000).toBeLessThan(MAX_TURN_CPU_MS);
	},
);
