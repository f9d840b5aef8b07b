import { median } from 'simple-statistics';
import { event } from '../support/e2e/published-trigger.mts';
import { Stage } from './stage.mts';

/* What nginx as in examples/deploy adds to a delivery: n8n alone and through nginx, in turn. */

const perWay = 200;
const ways = ['n8n', 'nginx'] as const;

const stage = await Stage.open();
try {
	await measure(10, 1);
	console.table([await measure(perWay, 1), await measure(perWay, 5)]);
} finally {
	await stage.close();
}

async function measure(count: number, atOnce: number) {
	const times = { n8n: [] as number[], nginx: [] as number[] };
	while (times.nginx.length < count) {
		for (const way of ways) times[way].push(...(await burst(way, atOnce)));
	}
	const [alone, proxied] = ways.map((way) => median(times[way]).toFixed(1));
	const ratio = (median(times.nginx) / median(times.n8n)).toFixed(2);
	return { 'at once': atOnce, 'n8n, median ms': alone, 'nginx, median ms': proxied, ratio };
}

async function burst(way: (typeof ways)[number], atOnce: number): Promise<number[]> {
	const send = stage.sender(stage.published, way);
	const sent = Array.from({ length: atOnce }, async () => {
		const started = performance.now();
		await send({ body: event(), timeoutMs: 10_000 });
		return performance.now() - started;
	});
	return await Promise.all(sent);
}
