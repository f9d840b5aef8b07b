import crypto from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { setImmediate, setTimeout as realDelay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { beforeEach, vi } from 'vitest';
import { log } from '../support/integration/log.mts';
import { processedItems } from '../support/integration/n8n.mts';
import { openScene, type Scene, type SceneOptions } from '../support/integration/scene.mts';
import type { Watch } from '../support/integration/watch.mts';
import type { HttpResponse, WebhookState } from '../support/simulator/index.mts';
import { forgetModules, pretendProcessStarted } from './package.mts';

/* The clock, the scene and the recorder that both tapes share. */

const START = Date.UTC(2026, 0, 15, 9);
const DAY_MS = 86_400_000;
/** Headers that Node's HTTP server adds by itself. */
const OF_NODE = ['connection', 'date', 'keep-alive'];

/** Calls of the node that have no response yet. */
const calling = new Set<ClientRequest>();

subscribe('http.client.request.start', (message) => {
	const { request } = message as { request: ClientRequest };
	calling.add(request);
	request.once('close', () => calling.delete(request));
});

/** Call once in each file: from the start of a scene on time passes only when the tape says so. */
export function startTape(): void {
	// First in, last out: the scene closes while its clock still stands.
	beforeEach(() => {
		randomness = seeded(1);
		stopClock();
	});
}

/** The simulated site makes tokens and ids of them. */
let randomness = seeded(1);
Object.assign(crypto, {
	randomBytes: (size: number) =>
		Buffer.from(Array.from({ length: size }, () => randomness() * 256)),
});
syncBuiltinESMExports();

function stopClock(): void {
	const toFake = ['Date', 'setTimeout', 'clearTimeout', 'performance'] as const;
	vi.useFakeTimers({ now: START - DAY_MS, toFake: [...toFake] });
	vi.advanceTimersByTime(DAY_MS);
	pretendProcessStarted(DAY_MS);
	forgetModules();
}

/** How often a tape has waited by itself. */
let waits = 0;

/** What is under way between sender, node and site comes to where it needs time to pass. */
export async function settle(): Promise<void> {
	waits++;
	await quiet(10);
	waits++;
}

/** Nobody waits for a call, for so many rounds of all that this process does. */
async function quiet(rounds: number, isOver: () => boolean = () => false): Promise<void> {
	for (let round = 0; round < rounds && !isOver(); round++) {
		for (let turn = 0; turn < 10; turn++) await setImmediate();
		await realDelay(1);
		if (calling.size > 0) round = 0;
	}
}

/** In small steps, so that what a timer begins can go on before the next one is due. */
export async function pass(ms: number, stepMs = 50): Promise<void> {
	for (let passed = 0; passed < ms; passed += stepMs) {
		await vi.advanceTimersByTimeAsync(stepMs);
		await settle();
	}
}

/** Minutes or hours, in which nothing is under way. */
export async function passMinutes(minutes: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(minutes * 60_000);
	await settle();
}

/** Where nothing goes on without it, the time passes until the next timer. */
async function ended<T>(work: Promise<T>): Promise<T> {
	let isOver = false;
	const end = () => void (isOver = true);
	work.then(end, end);
	for (;;) {
		const before = waits;
		await quiet(80, () => isOver || waits > before);
		if (isOver) return await work;
		if (waits === before) await vi.advanceTimersToNextTimerAsync();
	}
}

/** A scene whose ids are those of its number, and what is written of it. */
export class Take {
	readonly scene: Scene;
	/** What the store of processed items has; the last one that was opened is used. */
	private readonly processed = processedItems();
	private readonly file: string;
	private readonly last = new Map<string, string>();
	/** What the site was told to send; it depends on the address of the site. */
	private readonly tokens = new Set<string>();
	private steps = 0;
	watch?: Watch;

	private constructor(scene: Scene, file: string) {
		this.scene = scene;
		this.file = file;
	}

	static async open(file: string, title: string, options: SceneOptions = {}): Promise<Take> {
		const parameters = { events: ['*'], ...options.parameters };
		const scene = await openScene({ ...options, parameters });
		const { row } = scene.host;
		Object.assign(row, { id: 'workflow00000001' });
		row.node.id = '10000000-0000-4000-8000-000000000001';
		row.node.webhookId = '20000000-0000-4000-8000-000000000002';
		// What happens at the site makes events that nobody but the tape delivers.
		scene.site.pauseDeliveries();
		const take = new Take(scene, file);
		take.write(`\n=== ${title}`);
		return take;
	}

	/** Runs it to its end, and writes all that it has caused. */
	async step(title: string, work: () => Promise<unknown>): Promise<void> {
		const { host, site } = this.scene;
		const before = this.counts();
		this.write(`\n--- ${++this.steps} ${title}`);
		const outcome = await ended(work()).catch((error: unknown) => ({ thrown: told(error) }));
		await ended(host.idle());
		await settle();
		for (const each of [outcome].flat()) this.outcome(each);
		const lists = this.lists();
		for (const [name, list] of Object.entries(lists)) {
			for (const entry of list.slice(before[name])) this.write(`${name} ${json(entry)}`);
		}
		this.change('webhooks', site.webhooks().map(ofWebhook));
		this.change('stored', this.stored());
	}

	/** Written when it is no longer as it was. */
	private change(name: string, value: unknown): void {
		const line = `${name} ${json(value)}`;
		if (this.last.get(name) !== line) this.write(line);
		this.last.set(name, line);
	}

	private counts(): Record<string, number> {
		return Object.fromEntries(
			Object.entries(this.lists()).map(([name, list]) => [name, list.length]),
		);
	}

	private lists(): Record<string, unknown[]> {
		const { host, site } = this.scene;
		return {
			call: site.apiCalls.map(({ method, path, query, body, status }) => ({
				...{ method, path, query, body, status },
			})),
			log: log.lines.map(({ level, all }) => `${level} ${withoutStack(all)}`),
			execution: host.executions,
			passedOn: host.outputs,
			highlighted: host.highlighted,
			hint: host.hints,
			failure: host.failures,
			lost: host.lostExecutions.map(told),
			thrownByWebhook: host.thrown.map(told),
			failedByWatch: (this.watch?.failures ?? []).map(told),
			warning: [...host.production.warnings, ...host.test.warnings].map(told),
		};
	}

	private outcome(outcome: unknown): void {
		const { status, headers, body } = (outcome ?? {}) as Partial<HttpResponse>;
		if (status === undefined) return this.write(`result ${json(outcome ?? null)}`);
		const kept = Object.entries(headers ?? {}).filter(([name]) => !OF_NODE.includes(name));
		this.write(`response ${json([status, Object.fromEntries(kept.sort()), body])}`);
	}

	/** Names and numbers; the form of a record may change. */
	private stored() {
		const data = JSON.parse(this.scene.host.row.staticData) as Record<string, IDataObject>;
		const names = Object.entries(data).flatMap(([part, entries]) =>
			Object.keys(entries ?? {}).map((key) => `${part}/${key}`),
		);
		const { rows } = this.processed;
		const marks = [...rows.values()].reduce((sum, row) => sum + row.length, 0);
		return { names: names.sort(), rows: rows.size, marks, keys: this.scene.host.keys.size };
	}

	private noteTokens(): void {
		const sent = this.scene.site.apiCalls.map(({ body }) => AUTHORIZATION.exec(body)?.[1]);
		for (const token of sent) if (token !== undefined) this.tokens.add(token);
	}

	private write(line: string): void {
		const { site, host } = this.scene;
		this.noteTokens();
		const plain = [
			[site.longTermToken, '<jwt>'],
			...Object.entries({ site: site.url, n8n: host.url }).flatMap(([name, url]) => [
				[url, `<${name}>`],
				[encodeURIComponent(url), `<${name} encoded>`],
				[new URL(url).host, `<host of ${name}>`],
			]),
			...[...this.tokens].map((token, index) => [token, `<token ${index + 1}>`]),
		]
			.reduce((text, [value, name]) => text.replaceAll(value!, name!), line)
			// A pause of some milliseconds is no difference.
			.replaceAll(/("receivedAt":"[^"]{16})[^"]*/g, '$1');
		appendFileSync(this.file, `${plain}\n`);
	}
}

/** What a webhook is registered with. */
const AUTHORIZATION = /<authorization-header>(.*?)<\//;

const json = (value: unknown) => JSON.stringify(value) ?? 'undefined';

function withoutStack(text: string): string {
	return text.replaceAll(/\n\s+at .*/g, '').replaceAll(/\s*\n\s*/g, ' ');
}

function told(error: unknown): unknown {
	const { message, description, httpCode } = error as Error & IDataObject;
	return { message, description, httpCode };
}

function ofWebhook({ id, url, active, events, consecutiveFailures, ...rest }: WebhookState) {
	const { authorizationHeader, disabledReason } = rest;
	return { id, url, active, events, consecutiveFailures, disabledReason, authorizationHeader };
}

/** An empty file of this name. */
export function newTape(name: string): string {
	const folder = process.env.TAPE ?? '.cache/tape';
	mkdirSync(folder, { recursive: true });
	const file = path.join(folder, `${name}.txt`);
	writeFileSync(file, '');
	return file;
}

/** The same numbers from 0 to 1 in each run. */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
