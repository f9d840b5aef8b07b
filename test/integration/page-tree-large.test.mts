import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
	const program = 'test/support/integration/large-site.mts';
	const site = spawn(process.execPath, [program, shape, String(PAGES)], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, NODE_OPTIONS: '' },
	});
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
		let [usage, maxCpuMs, maxHeapMb] = [process.threadCpuUsage(), 0, 0];
		const look = () => {
			const { user, system } = process.threadCpuUsage(usage);
			usage = process.threadCpuUsage();
			maxCpuMs = Math.max(maxCpuMs, Math.round((user + system) / 1000));
			maxHeapMb = Math.max(maxHeapMb, Math.round(process.memoryUsage().heapUsed / MB));
		};
		const watch = setInterval(look, 5);
		const start = performance.now();
		const items = await runWith(credential, { parameters: { ...parameters, returnAll: true } });
		const ms = Math.round(performance.now() - start);
		// The last turn, too.
		look();
		clearInterval(watch);
		console.log(
			`${shape}: ${items.length} pages in ${ms} ms; at most ${maxCpuMs} ms of CPU between two turns and ${maxHeapMb} MB of heap`,
		);
		expect(items).toHaveLength(PAGES - 1);
		if (!isAlone) return;
		expect(maxHeapMb).toBeLessThan(MAX_HEAP_MB);
		expect(maxCpuMs).toBeLessThan(MAX_TURN_CPU_MS);
	},
);
