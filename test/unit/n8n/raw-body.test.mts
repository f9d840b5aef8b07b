import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, expect, it, vi } from 'vitest';

import { readBody as readBodyBy } from '../../../nodes/CxoneExpert/n8n/raw-body.ts';
import { RESPONSE_DEADLINE_MS } from '../../../nodes/CxoneExpert/figures/delivery-figures.ts';
import { n8nOf, nodeState } from '../../support/unit/delivery-context.mts';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

afterEach(() => void vi.useRealTimers());

/** A request whose body n8n gives like this, and what is done to its stream. */
function request(n8n: { rawBody?: Buffer; readRawBody?: () => Promise<void> }) {
	const done: string[] = [];
	const note = (call: string) => () => done.push(call);
	const stream = { unpipe: note('unpipe'), resume: note('resume'), destroy: note('destroy') };
	const read = readBodyBy(
		n8nOf(nodeState()),
		{ ...stream, ...n8n } as unknown as Request,
		performance.now() + RESPONSE_DEADLINE_MS,
	);
	return { read, done };
}

it.each(['x', ''])('readBody does not read twice what n8n has read already (%j)', async (text) => {
	const readRawBody = vi.fn();
	const rawBody = Buffer.from(text);
	expect(await request({ rawBody, readRawBody }).read).toEqual(rawBody);
	expect(readRawBody).not.toHaveBeenCalled();
});

it.each([
	['a status of 413', { status: 413 }, 'body too large'],
	['a statusCode of 413', { statusCode: 413 }, 'body too large'],
	['the type of what is too large', { type: 'entity.too.large' }, 'body too large'],
	['a text', 'text', 'body incomplete'],
])('readBody that n8n rejects with %s discards the rest: $2', async (_case, error, reason) => {
	const { read, done } = request({ readRawBody: async () => await Promise.reject(error) });
	expect(await read).toBe(reason);
	expect(done).toEqual(['unpipe', 'resume']);
});

it('readBody gives up a body that stays away, and closes the connection', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	const { read, done } = request({ readRawBody: async () => await new Promise(() => {}) });
	await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS + 9999);
	expect(done).toEqual([]);
	await vi.advanceTimersByTimeAsync(1);
	expect(await read).toBe('body incomplete');
	expect(done).toEqual(['destroy']);
});
