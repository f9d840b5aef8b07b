import { randomUUID } from 'node:crypto';
import {
	buildEvent,
	eventTypeOf,
	type HttpResponse,
	sendDelivery,
	type SingleDelivery,
	type Subject,
} from '../simulator/index.mts';
import type { Scene } from './scene.mts';
import { expect } from 'vitest';
import type { TextResponse } from '../http.mts';

/** One event on its way; the same object sent twice is a retry. */
export interface Delivery {
	body: string | Uint8Array;
	deliveryId: string;
	/** Text of X-Nexus-Timestamp. */
	timestamp: string;
}

interface EventOptions {
	type?: string;
	subject?: Subject;
	at?: Date;
	/** Name of the user who caused it. */
	by?: string;
}

/** The XML of an event as the site writes it. */
export function eventXml({ site }: Scene, { type, subject, at, by }: EventOptions = {}): string {
	const spec = {
		type: eventTypeOf(type ?? 'page_create'),
		subject: subject ?? { page: { id: 371, path: 'Guides/New_Page' } },
		request: { seq: 1, count: 2, ...(by === undefined ? {} : { by: site.site.user(by) }) },
		...(at === undefined ? {} : { at }),
	};
	return buildEvent(spec, site.settings, site.url).xml;
}

/** A new event, delivered for the first time. */
export function newDelivery(scene: Scene, options: EventOptions = {}): Delivery {
	return { body: eventXml(scene, options), deliveryId: randomUUID(), timestamp: now() };
}

/** Unix seconds as text. */
export function now(offset = 0): string {
	return String(Math.floor(Date.now() / 1000) + offset);
}

/** Sends it as the site would, to the webhook that is registered there; parts can be replaced. */
export async function send(
	scene: Scene,
	delivery: Delivery,
	changes: Partial<SingleDelivery> = {},
): Promise<HttpResponse> {
	return await sendDelivery(scene.host.webhookUrl, {
		...delivery,
		authorization: authorizationAt(scene),
		secret: scene.site.settings.signingSecret,
		...changes,
	});
}

/** The value that the site was given to send. */
export function authorizationAt({ site, host }: Scene): string {
	const webhook = site.webhooks().find(({ url }) => url === host.webhookUrl);
	if (webhook === undefined) throw new Error('the webhook is not registered');
	return webhook.authorizationHeader;
}

/** Headers that Node's HTTP server adds by itself. */
const OF_NODE = ['connection', 'date', 'keep-alive'];

/** The form of every response: a status, no body, and nothing that tells about the inside. */
export function expectResponse({ status, headers, body }: TextResponse, expected: number): void {
	const told = Object.keys(headers).filter((name) => !OF_NODE.includes(name));
	const temporary = expected === 503;
	expect({ status, body, told: told.sort() }).toEqual({
		status: expected,
		body: '',
		told: temporary ? ['content-length', 'retry-after'] : ['content-length'],
	});
	expect(headers['content-length']).toBe('0');
	if (temporary) expect(headers['retry-after']).toMatch(/^\d+$/);
}
