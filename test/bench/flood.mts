import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantileSorted } from 'simple-statistics';
import { Nginx } from '../support/e2e/proxies.mts';
import { Scene } from '../support/e2e/scene.mts';
import { figuresTable } from '../support/figures-table.mts';
import { Connections, send } from '../support/http.mts';
import { onFreePort } from '../support/local-server.mts';
import type { Build, Builds } from './builds.mts';
import { newRequest, publishTrigger, untilIdle, type Workflow } from './workflows.mts';

/** Expert waits so long for a response. */
const SECOND_MS = 1_000;
/** Who floods. */
const CONNECTIONS = 20;
/** A connection of theirs is not quicker: sent at full speed, the flood takes n8n's processors by itself. */
const FLOOD_PAUSE_MS = 50;
/** Between two genuine deliveries. */
const PAUSE_MS = 500;

interface Way {
	way: string;
	throughNginx: boolean;
	/** The Authorization of the next request of the flood; there is none without. */
	forge?: () => string;
}

const WAYS: Way[] = [
	{ way: 'nginx, no flood', throughNginx: true },
	{ way: 'no proxy, one token', throughNginx: false, forge: () => 'Bearer wrong' },
	{ way: 'nginx, one token', throughNginx: true, forge: () => 'Bearer wrong' },
	{ way: 'nginx, a new token each', throughNginx: true, forge: () => `Bearer ${randomUUID()}` },
];

/**
 * A flood of deliveries with a wrong token, and genuine ones beside it: how many of those are answered in
 * time at their first attempt, without a proxy and behind examples/deploy/nginx.conf.
 */
export async function benchFlood({ all }: Builds, seconds: number, engines: string[]) {
	for (const engine of engines) {
		const { scene, nginx } = await openBehindNginx(engine, all[0]!);
		try {
			const stage = { engine, pageDetails: false, remembered: 0 };
			const workflow = await publishTrigger(scene, 'in a burst', stage);
			// Compiled, its credential read, and known to nginx, before it counts.
			for (let count = 0; count < 5; count++) await send(workflow.url, newRequest(workflow));
			const rows = [];
			for (const way of WAYS) {
				await untilIdle(workflow);
				rows.push(await round(workflow, way, seconds));
			}
			console.log(`\nExpression engine ${engine}, ${CONNECTIONS} connections, ${seconds} s\n`);
			console.log(figuresTable(rows));
		} finally {
			await nginx.close();
			await scene.close();
		}
	}
}

async function openBehindNginx(engine: string, { tarball }: Build) {
	return await onFreePort(async (port) => {
		const publicUrl = `http://127.0.0.1:${port}`;
		const env = { WEBHOOK_URL: `${publicUrl}/`, N8N_EXPRESSION_ENGINE: engine };
		const scene = await Scene.open({}, env, { packageTarball: tarball, publicUrl });
		return { scene, nginx: await Nginx.start({ port, upstream: scene.n8n.baseUrl }) };
	});
}

async function round(workflow: Workflow, { way, throughNginx, forge }: Way, seconds: number) {
	const { scene } = workflow;
	const url = throughNginx
		? workflow.url
		: workflow.url.replace(scene.publicUrl, scene.n8n.baseUrl);
	const end = performance.now() + seconds * 1000;
	const [forged, genuine] = await Promise.all([
		forge ? flood({ ...workflow, url }, forge, end) : [],
		deliver({ ...workflow, url }, end),
	]);
	const times = genuine.map(({ ms }) => ms).sort((a, b) => a - b);
	return {
		way,
		'forged, a second': forged.length / seconds,
		'at n8n, a second': forged.filter((status) => status === 401).length / seconds,
		genuine: genuine.length,
		'in time': genuine.filter(({ status, ms }) => status === 200 && ms < SECOND_MS).length,
		'p50, ms': quantileSorted(times, 0.5),
		'p95, ms': quantileSorted(times, 0.95),
		'slowest, ms': times.at(-1),
	};
}

/** The statuses of all that was sent until the end. */
async function flood(workflow: Workflow, forge: () => string, end: number): Promise<number[]> {
	const statuses: number[] = [];
	const connections = new Connections({ keepAlive: true });
	const lane = async () => {
		while (performance.now() < end) {
			const request = { ...newRequest({ ...workflow, authorization: forge() }), connections };
			const response = send(workflow.url, request).catch(() => ({ status: 0 }));
			const [{ status }] = await Promise.all([response, sleep(FLOOD_PAUSE_MS)]);
			statuses.push(status);
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, lane));
	await connections.close();
	return statuses;
}

/** One genuine delivery after the other, each once: what a retry would save does not count. */
async function deliver(workflow: Workflow, end: number) {
	const sent: Array<Promise<{ status: number; ms: number }>> = [];
	const connections = new Connections({ keepAlive: true });
	while (performance.now() < end) {
		const began = performance.now();
		const request = { ...newRequest(workflow), connections };
		const response = send(workflow.url, request).catch(() => ({ status: 0, ms: 0 }));
		sent.push(response.then(({ status }) => ({ status, ms: performance.now() - began })));
		await sleep(PAUSE_MS);
	}
	const responses = await Promise.all(sent);
	await connections.close();
	return responses;
}
