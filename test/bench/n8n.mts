import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { figuresTable } from '../support/figures-table.mts';
import { childrenOf } from '../support/programs.mts';
import { Scene } from '../support/e2e/scene.mts';
import { waitUntil } from '../support/wait.mts';
import type { Builds } from './builds.mts';
import { type Figures, inTurn, middle, ratio } from './in-turn.mts';
import { median } from 'simple-statistics';
import { event } from '../support/e2e/published-trigger.mts';
import { Connections, send } from '../support/http.mts';
import { deliveryHeaders, deliveryTimestamp, eventTypeOf } from '../support/simulator/index.mts';

export interface N8nBench extends Load {
	rounds: number;
	engines: string[];
}

/** What the trigger is compared as, by its options. */
const TRIGGERS = {
	saved: {},
	'several when busy': { deliveriesPerExecution: 'severalWhenBusy' },
};

const WEBHOOK_NODE = "n8n's Webhook node";

/** One published workflow, and what came of each round. */
interface Workflow extends Target {
	scene: Scene;
	id: string;
	name: string;
	bursts: Array<Burst & { cpuMs: number }>;
}

/**
 * Responses a second through a real n8n: n8n's own Webhook node, which checks nothing, beside the
 * trigger. Each build has an n8n of its own; all workflows take turns, and each round begins when n8n
 * has run what the one before has left to it.
 */
export async function benchN8n({ all }: Builds, bench: N8nBench): Promise<void> {
	for (const engine of bench.engines) {
		const scenes: Scene[] = [];
		try {
			const workflows: Workflow[] = [];
			for (const { name, tarball } of all) {
				const env = { N8N_EXPRESSION_ENGINE: engine };
				const scene = await Scene.open({}, env, { packageTarball: tarball });
				scenes.push(scene);
				if (workflows.length === 0) workflows.push(await webhookNode(scene));
				for (const trigger of await triggers(scene)) {
					workflows.push({
						...trigger,
						name: all.length > 1 ? `${trigger.name}, ${name}` : trigger.name,
					});
				}
			}
			const subjects = workflows.map((workflow) => ({
				name: workflow.name,
				round: async () => await perSecond(workflow, bench),
			}));
			const figures = await inTurn(subjects, bench.rounds);
			console.log(`\nExpression engine ${engine}, ${bench.concurrency} concurrent\n`);
			console.log(figuresTable(workflows.map((each, index) => row(each, figures, index))));
		} finally {
			for (const scene of scenes) await scene.close();
		}
	}
}

/** @param all of the Webhook node first, then of the triggers of this build, then of the other one */
function row({ name, bursts }: Workflow, all: Figures[], index: number) {
	const count = (of: keyof Burst) => bursts.reduce((sum, each) => sum + each[of], 0);
	const own = all[index]!;
	const other = all[index + Object.keys(TRIGGERS).length];
	const isCompared = index > 0 && other !== undefined;
	return {
		workflow: name,
		'200 a second': middle(own),
		'against the Webhook node': ratio(own, all[0]!).ratio,
		'against the other': isCompared ? ratio(own, other).ratio : undefined,
		'median ms': middle({ name, rounds: bursts.map(({ medianMs }) => medianMs) }),
		'told to retry': count('busy'),
		'no response': count('failed'),
		'CPU ms each': middle({ name, rounds: bursts.map(({ cpuMs }) => cpuMs) }),
	};
}

async function perSecond(workflow: Workflow, load: Load): Promise<number> {
	const pid = workflow.scene.n8n.pid!;
	const before = await cpuSeconds(pid);
	const result = await burst(workflow, load);
	await waitUntil('n8n has run all', () => isIdle(workflow), {
		timeoutMs: 600_000,
		intervalMs: 300,
	});
	const cpuMs = (((await cpuSeconds(pid)) - before) * 1000) / (result.accepted + result.busy);
	workflow.bursts.push({ ...result, cpuMs });
	return result.accepted / result.seconds;
}

function isIdle({ scene, id }: Workflow): boolean {
	const open = `SELECT id FROM execution_entity WHERE "workflowId" = ? AND status IN ('new', 'running') LIMIT 1`;
	return scene.database.rows(open, id).length === 0;
}

async function triggers(scene: Scene): Promise<Workflow[]> {
	const published = Object.entries(TRIGGERS).map(async ([name, additionalOptions]) => {
		const trigger = await scene.published({ events: ['page_create'], additionalOptions });
		const authorization = trigger.webhooks()[0]!.authorizationHeader;
		return { ...targetOf(scene, name, trigger.id), url: trigger.url, authorization };
	});
	return await Promise.all(published);
}

/** It takes whatever comes. */
async function webhookNode(scene: Scene): Promise<Workflow> {
	const path = randomUUID();
	const node = (name: string, type: string, typeVersion: number, parameters: object) => ({
		...{ id: randomUUID(), name, type: `n8n-nodes-base.${type}`, typeVersion, parameters },
		position: [0, 0],
	});
	const start = {
		...node('Webhook', 'webhook', 2.1, { httpMethod: 'POST', path }),
		webhookId: path,
	};
	const { id } = await scene.client.createWorkflow({
		name: WEBHOOK_NODE,
		nodes: [start, node('Next', 'noOp', 1, {})],
		connections: { Webhook: { main: [[{ node: 'Next', type: 'main', index: 0 }]] } },
	});
	await scene.client.activate(id);
	return { ...targetOf(scene, WEBHOOK_NODE, id), url: `${scene.publicUrl}/webhook/${path}` };
}

function targetOf(scene: Scene, name: string, id: string) {
	const secret = scene.site.signingSecret;
	return { scene, id, name, secret, authorization: 'Bearer of-the-bench', url: '', bursts: [] };
}

/** Ticks of /proc in a second; the same on each Linux that Node runs on. */
const TICKS = 100;

/** What a process, its threads and all that it has started have taken so far; NaN where the system does not tell. */
async function cpuSeconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// The name of the program, in brackets, may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
	const children = await Promise.all((await childrenOf(pid).catch(() => [])).map(cpuSeconds));
	return children.reduce((sum, each) => sum + each, fields.length < 15 ? NaN : own);
}

/** Where deliveries go, and what makes them genuine. */
interface Target {
	url: string;
	secret: string;
	authorization: string;
}

interface Load {
	/** Deliveries under way at the same time: each response is followed by the next delivery. */
	concurrency: number;
	seconds: number;
}

interface Burst {
	/** From the first request to the last response. */
	seconds: number;
	/** 200. */
	accepted: number;
	/** Told to retry: 503. */
	busy: number;
	/** Another response, or none. */
	failed: number;
	/** From request to response, of those that were accepted. */
	medianMs: number;
}

/** About as long as the vendor's samples: 0.6 kB. */
const INSIDE =
	'<request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request><create-reason>new-content</create-reason><diff isreparsing="false"><added>0</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff>';

/**
 * Sends genuine deliveries for so many seconds, each a new event with an id, a time and a signature of
 * its own, and waits for the responses to those that are under way then.
 */
async function burst(target: Target, { concurrency, seconds }: Load): Promise<Burst> {
	const connections = new Connections({ keepAlive: true });
	const times: number[] = [];
	const counts = { busy: 0, failed: 0 };
	const started = performance.now();
	const lane = async () => {
		while (performance.now() - started < seconds * 1000) {
			const request = { method: 'POST', ...delivery(target), connections } as const;
			const { status, ms } = await send(target.url, request).catch(() => ({ status: 0, ms: 0 }));
			if (status === 200) times.push(ms);
			else counts[status === 503 ? 'busy' : 'failed'] += 1;
		}
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
	await connections.close();
	return {
		...counts,
		seconds: (performance.now() - started) / 1000,
		accepted: times.length,
		medianMs: times.length > 0 ? median(times) : NaN,
	};
}

function delivery({ secret, authorization }: Target) {
	const body = event({ inside: INSIDE });
	const headers = deliveryHeaders({
		authorization,
		secret,
		timestamp: deliveryTimestamp(),
		eventType: eventTypeOf('page_create').header,
		deliveryId: randomUUID(),
		contentType: 'text/xml',
		body: Buffer.from(body),
	});
	return { body, headers };
}
