import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { attribute, children, textOf } from '../../../nodes/CxoneExpert/api/xml.ts';
import { type Message, parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { listenLocally, type LocalServer } from '../local-server.mts';
import type { Own } from './own.mts';
import { flat } from './site.mts';

/** One attempt of a delivery, as it came. */
export interface Delivery {
	/** The probe's latest change. */
	step: string;
	/** Unix ms. */
	receivedAt: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	body: Buffer;
	message: Message;
	/** The status that it got. */
	response: number;
}

/** How the probe recognises its own pages. */
type Names = Pick<Own, 'marker' | 'ids'>;

/** Target of the tunnel: receives deliveries and responds as configured. */
export class DeliveryListener {
	readonly deliveries: Delivery[] = [];
	/** Unguessable address that the site delivers to. */
	readonly path: string;
	/** Of the deliveries from now on. */
	step = 'none';
	/** The next delivery of the probe's own changes gets this status; those after it 200. */
	planned: number | undefined;
	private server!: LocalServer;
	private wasReached = false;
	private readonly own: Names;

	private constructor(own: Names) {
		this.own = own;
		this.path = `/${own.marker}/${randomUUID()}`;
	}

	/** @throws when the port is in use */
	static async open(port: number, own: Names): Promise<DeliveryListener> {
		const listener = new DeliveryListener(own);
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
	get ownDeliveries(): Delivery[] {
		return this.deliveries.filter(({ message }) => this.isOwn(message));
	}

	/** Whether a request sent to the public address arrived here. */
	async isReached(send: (path: string) => Promise<unknown>): Promise<boolean> {
		await send(`${this.path}/reached`).catch(() => {});
		return this.wasReached;
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		const { url = '', headers, method } = request;
		// The site may store the address in another spelling.
		const below = url.replaceAll(/%2d/gi, '-').split(this.path)[1]?.replace(/\/$/, '');
		this.wasReached ||= below === '/reached';
		if (below !== '' || method !== 'POST') {
			return void response.writeHead(below === undefined ? 404 : 200).end();
		}
		const receivedAt = Date.now();
		const body = await buffer(request);
		const message = parseDelivery(body, headers['content-type']);
		const planned = this.isOwn(message) ? this.planned : undefined;
		if (planned !== undefined) this.planned = undefined;
		this.deliveries.push({
			...{ step: this.step, receivedAt, headers: flat(headers), body, message },
			response: planned ?? 200,
		});
		response.writeHead(planned ?? 200, { 'Content-Length': 0 }).end();
	}

	/** An event without a page can be anyone's; it counts as ours. */
	private isOwn(message: Message): boolean {
		if (!('events' in message)) return true;
		const ids = Object.values(this.own.ids);
		return message.events.every(({ xml, type }) => {
			const named = ['page', 'root.page', 'source.page'].flatMap((name) => children(xml, name));
			if (named.length === 0) return !type?.startsWith('user');
			return named.some(
				(page) =>
					textOf(page, 'path')?.toLowerCase().includes(this.own.marker) || ids.includes(attribute(page, 'id') ?? ''),
			);
		});
	}
}
