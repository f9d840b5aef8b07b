import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { Connections, send } from '../support/http.mts';
import { event } from '../support/e2e/published-trigger.mts';
import type { Scene } from '../support/e2e/scene.mts';
import { childrenOf } from '../support/programs.mts';
import { deliveryHeaders, deliveryTimestamp, eventTypeOf } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';

/** One published workflow: where its deliveries go, and what makes them genuine. */
export interface Subject {
	name: string;
	/** n8n's expression engine. */
	engine: string;
	scene: Scene;
	id: string;
	url: string;
	authorization: string;
}

export interface Load {
	/** Deliveries under way at the same time: each response is followed by the next delivery. */
	concurrency: number;
	/** As many as this, or else for so long. */
	count?: number;
	seconds?: number;
	/** Expert's second, where it matters. */
	timeoutMs?: number;
}

export interface Response {
	/** 0 without a response. */
	status: number;
	ms: number;
	/** Seconds since the first request. */
	at: number;
}

/** About as long as the vendor's samples: 0.6 kB. */
const INSIDE =
	'<request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request><create-reason>new-content</create-reason><diff isreparsing="false"><added>0</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff>';

/** Older than what a trigger looks for by itself. */
const CREATED = new Date(Date.now() - 365 * 24 * 3_600_000);
/** More than n8n ever has left to run, and no more for the site to search. */
const MAX_PAGES = 2_000;

/** Each is a new one, as in an import: what is cached of a page must not be what is measured. */
function newPage({ site }: Scene['site']): string {
	const { pages } = site;
	const path = `Guides/${randomUUID()}`;
	const { id } = pages.add({ path, title: 'A page', by: 'admin', at: CREATED });
	pages.byId.delete(id - MAX_PAGES);
	return String(id);
}

/** A genuine delivery of a new event. */
function newRequest({ scene, authorization }: Subject) {
	const body = event({ page: newPage(scene.site), inside: INSIDE });
	const headers = deliveryHeaders({
		...{ authorization, secret: scene.site.signingSecret, timestamp: deliveryTimestamp() },
		...{ deliveryId: randomUUID(), eventType: eventTypeOf('page_create').header },
		...{ contentType: 'text/xml', body: Buffer.from(body) },
	});
	return { method: 'POST', body, headers } as const;
}

/** Sends genuine deliveries, each a new event with an ID, a time and a signature of its own. */
export async function load(subject: Subject, how: Load): Promise<Response[]> {
	const { concurrency, count = Infinity, seconds = Infinity, timeoutMs } = how;
	const connections = new Connections({ keepAlive: true });
	const responses: Response[] = [];
	const started = performance.now();
	const elapsed = () => (performance.now() - started) / 1000;
	let left = count;
	const lane = async () => {
		while (left-- > 0 && elapsed() < seconds) {
			const request = { ...newRequest(subject), timeoutMs, connections };
			const failed = { status: 0, ms: timeoutMs ?? 0 };
			const { status, ms } = await send(subject.url, request).catch(() => failed);
			responses.push({ status, ms, at: elapsed() });
		}
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
	await connections.close();
	return responses;
}

/** Waits until n8n has run all that was left to it. @throws when an execution has failed */
export async function untilIdle({ scene, id, name }: Subject): Promise<void> {
	const having = (status: string) =>
		scene.database.rows<{ id: string }>(
			`SELECT id FROM execution_entity WHERE "workflowId" = ? AND status IN (${status}) LIMIT 1`,
			id,
		);
	const isIdle = () => having("'new', 'running', 'waiting'").length === 0;
	await waitUntil('n8n has run all', isIdle, { timeoutMs: 600_000, intervalMs: 100 });
	const [failed] = having("'error', 'crashed'");
	if (failed === undefined) return;
	const sql = 'SELECT data FROM execution_data WHERE "executionId" = ?';
	const [saved] = scene.database.rows<{ data: string }>(sql, failed.id);
	throw new Error(`An execution of "${name}" has failed: ${saved?.data.slice(0, 20_000)}`);
}

export interface Pace {
	/** Deliveries, from the first request until n8n has run the last of them. */
	perSecond: number;
	/** Of a processor, for each of them: a busy machine counts less. */
	cpuMs: number;
}

export async function pace(subject: Subject, how: Load): Promise<Pace> {
	const { pid } = subject.scene.n8n;
	const [started, before] = [performance.now(), await cpuMs(pid!)];
	const responses = await load(subject, how);
	await untilIdle(subject);
	const accepted = responses.filter(({ status }) => status === 200).length;
	const seconds = (performance.now() - started) / 1000;
	return { perSecond: accepted / seconds, cpuMs: ((await cpuMs(pid!)) - before) / accepted };
}

/** A tick of /proc: the same on each Linux that Node runs on. */
const TICK_MS = 10;

/** What a process, its threads and all that it has started have taken so far. */
export async function cpuMs(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// The name of the program, in brackets, may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK_MS, 0);
	const children = await Promise.all((await childrenOf(pid).catch(() => [])).map(cpuMs));
	return children.reduce((sum, each) => sum + each, own);
}
