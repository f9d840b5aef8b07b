import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	attribute,
	children,
	textOf,
	type XmlElement,
} from '../../../nodes/CxoneExpert/api/xml.ts';
import { type Message, parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { listenLocally, type LocalServer } from '../local-server.mts';

/** One attempt of a delivery, as it came. */
export interface Delivery {
	/** The probe's latest action. */
	step: string;
	/** Ms of the monotonic clock. */
	at: number;
	/** Unix ms. */
	receivedAt: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	body: Buffer;
	message: Message;
	/** The status that it got; `held` got none to its end. */
	response: number | 'held';
	/** How long after the change: of a first attempt, how slow the site is. */
	delayMs: number;
	/** When the site gave up one that was held. */
	closedAfterMs?: number;
	/** It was held as long as any is, and the site still waited. */
	wasWaitedFor?: boolean;
}

/** A site that waits this long has no deadline of a second. */
const MAX_HOLD_MS = 8_000;
/** Events without a page can be anyone's, and never end at a busy site. */
const MAX_QUIET = 6;

/** Target of the tunnel: receives deliveries and responds as configured. */
export class DeliveryListener {
	readonly deliveries: Delivery[] = [];
	/** Requests to where a redirect led. */
	followed = 0;

	/** Unguessable address that the site delivers to. */
	readonly path: string;
	private step = 'none';
	private stepAt = 0;
	private server!: LocalServer;
	private planned: number | 'held' | undefined;
	private wasReached = false;
	private readonly names: OwnNames;

	private constructor(names: OwnNames) {
		this.names = names;
		this.path = `/${names.marker}/${randomUUID()}`;
	}

	/** @throws when the port is in use */
	static async open(port: number, names: OwnNames): Promise<DeliveryListener> {
		const listener = new DeliveryListener(names);
		const server = http.createServer((request, response) => {
			listener.take(request, response).catch(() => response.destroy());
		});
		listener.server = await listenLocally(server, port);
		return listener;
	}

	/** On this machine, without the path. */
	get url(): string {
		return this.server.url;
	}

	/** Deliveries of what the probe itself has done. */
	get own(): Delivery[] {
		return this.deliveries.filter((delivery) => this.isOwn(delivery.message));
	}

	/** From now on deliveries are of this step. */
	begin(step: string): void {
		this.step = step;
		this.stepAt = performance.now();
	}

	/** The next delivery of the probe's own changes gets this; those after it 200. */
	respondOnceWith(response: number | 'held' | undefined): void {
		this.planned = response;
	}

	/** Whether a request sent to the public address arrived here. */
	async isReached(send: () => Promise<unknown>): Promise<boolean> {
		this.wasReached = false;
		await send().catch(() => {});
		return this.wasReached;
	}

	/** Waits until none of the probe's own deliveries has arrived for this long, up to a limit. */
	async quiet(patienceMs: number, stop: AbortSignal): Promise<void> {
		const start = performance.now();
		while (!stop.aborted) {
			const last = Math.max(start, this.own.at(-1)?.at ?? 0);
			const end = Math.min(last + patienceMs, start + MAX_QUIET * patienceMs);
			const leftMs = end - performance.now();
			if (leftMs <= 0) return;
			await sleep(leftMs, undefined, { signal: stop }).catch(() => {});
		}
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		const { url = '', headers } = request;
		// The site may store the address in another spelling.
		const below = url.replaceAll(/%2d/gi, '-').split(this.path)[1]?.replace(/\/$/, '');
		if (below === undefined) return void response.writeHead(404).end();
		if (below === '/reached') this.wasReached = true;
		if (below === '/followed') this.followed++;
		if (below !== '' || request.method !== 'POST') return void response.writeHead(200).end();
		const [at, receivedAt] = [performance.now(), Date.now()];
		const body = await buffer(request);
		const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
		const message = parseDelivery(body, headers['content-type']);
		const planned = this.isOwn(message) ? this.planned : undefined;
		if (planned !== undefined) this.planned = undefined;
		const delivery: Delivery = {
			...{ step: this.step, at, delayMs: at - this.stepAt, receivedAt, body, message },
			headers: Object.fromEntries(flat) as Record<string, string>,
			response: planned ?? 200,
		};
		this.deliveries.push(delivery);
		if (delivery.response === 'held') hold(delivery, response);
		else this.respond(delivery.response, response);
	}

	private respond(status: number, response: http.ServerResponse): void {
		const isRedirect = status >= 300 && status < 400;
		const location = isRedirect ? { Location: `${this.path}/followed` } : {};
		response.writeHead(status, { 'Content-Length': 0, ...location }).end();
	}

	/** An event without a page can be anyone's; it counts as ours. */
	private isOwn(message: Message): boolean {
		if (!('events' in message)) return true;
		return message.events.every(({ xml, type }) => {
			const named = ['page', 'root.page', 'source.page'].flatMap((name) => children(xml, name));
			if (named.length === 0) return !type?.startsWith('user');
			return named.some((page) => this.isOwnPage(page));
		});
	}

	private isOwnPage(page: XmlElement): boolean {
		const path = textOf(page, 'path')?.toLowerCase() ?? '';
		return path.includes(this.names.marker) || this.names.ids.has(attribute(page, 'id') ?? '');
	}
}

/** How the probe recognises its own pages. */
export interface OwnNames {
	marker: string;
	ids: Set<string>;
}

/** Starts a response and never ends it, as long as the site waits. */
function hold(delivery: Delivery, response: http.ServerResponse): void {
	response.writeHead(200, { 'Content-Type': 'text/plain' }).write(' ');
	const end = setTimeout(() => {
		delivery.wasWaitedFor = true;
		response.end();
	}, MAX_HOLD_MS);
	response.once('close', () => {
		clearTimeout(end);
		if (!response.writableEnded) delivery.closedAfterMs = performance.now() - delivery.at;
	});
}
