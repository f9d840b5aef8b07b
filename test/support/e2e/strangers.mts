import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { sendDelivery } from '../simulator/index.mts';
import { event } from './published-trigger.mts';

/*
 * Requests that the proxies of examples/deploy let through although n8n has never accepted their
 * Authorization.
 */

/** The Authorization value that a trigger accepts. */
export const KNOWN = `Bearer ${'of-a-published-trigger-'.repeat(2)}`;

/** n8n with such a trigger. */
export function acceptKnown(response: ServerResponse): void {
	const isKnown = response.req.headers.authorization === KNOWN;
	response.writeHead(isKnown ? 200 : 401, { 'Content-Length': 0 }).end();
}

/** Ways to write the address of one trigger. */
const SPELLINGS = ['/an-id/webhook', '/an-id/webhook/', '/an-id%2Fwebhook', '//an-id/webhook'];

/** As in the examples: at once, then every second. */
const [BURST, PER_SECOND] = [9, 2];

/** The common prefix of all JWTs. */
const BEGINNING = KNOWN.slice(0, 30);

/** 40 strangers, however they spell the address; then what n8n has accepted once. */
export async function expectStrangersHeldBack(proxyUrl: string): Promise<void> {
	const post = async (authorization: string, path = '/an-id/webhook') => {
		const delivery = { body: event(), secret: 'any', authorization, timeoutMs: 20_000 };
		return await sendDelivery(`${proxyUrl}/webhook${path}`, delivery);
	};
	const began = performance.now();
	expect((await post(KNOWN)).status).toBe(200);
	const tries = SPELLINGS.flatMap((path) =>
		Array.from({ length: 10 }, async (_, index) => await post(`${BEGINNING} wrong ${index}`, path)),
	);
	const responses = await Promise.all(tries);
	const [passed, held] = [401, 503].map((code) => responses.filter(({ status }) => status === code));
	const seconds = (performance.now() - began) / 1000;
	expect(passed!.length).toBeLessThanOrEqual(BURST + PER_SECOND * (seconds + 1));
	expect(passed!.length + held!.length).toBe(responses.length);
	for (const { headers, body } of held!) {
		expect({ again: headers['retry-after'], body }).toEqual({ again: '1', body: '' });
	}
	const known = await Promise.all(Array.from({ length: 30 }, async () => await post(KNOWN)));
	expect(known.map(({ status }) => status)).toEqual(known.map(() => 200));
}
