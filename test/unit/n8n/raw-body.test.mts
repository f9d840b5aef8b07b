import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, expect, it, vi } from 'vitest';

import { readBody as readBodyBy } from '../../../nodes/CxoneExpert/n8n/raw-body.ts';
import { RESPONSE_DEADLINE_MS } from '../../../nodes/CxoneExpert/protocol/deadlines.ts';
import { n8nOf } from '../../support/unit/n8n-of.mts';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

afterEach(() => void vi.useRealTimers());

/** A request whose body n8n gives like this, and what is done to its stream. */
function request(n8n: { rawBody?: Buffer; readRawBody?: () => Promise<void> } & Record<string, unknown>) {
	const done: string[] = [];
	const note = (call: string) => () => done.push(call);
	const stream = { unpipe: note('unpipe'), resume: note('resume'), destroy: note('destroy') };
	const read = readBodyBy(
		n8nOf(),
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
	['a text', 'text', 'body incomplete'],
	['the type of what is too large', { type: 'entity.too.large' }, 'body too large'],
])('readBody that n8n rejects with %s discards the rest: $2', async (_case, error, reason) => {
	const { read, done } = request({ readRawBody: async () => await Promise.reject(error) });
	expect(await read).toBe(reason);
	expect(done).toEqual(['unpipe', 'resume']);
});

/** A request whose sender has sent all and left. @param parts what Node still has of it */
function closed(parts: string[], headers: Record<string, string>) {
	const left = parts.map((part) => Buffer.from(part));
	const stream = { destroyed: true, complete: true, readableFlowing: null };
	const readRawBody = vi.fn(async () => {});
	return { ...stream, headers, read: () => left.shift() ?? null, readRawBody };
}

it.each([
	['what is stated', ['<ev', 'ent/>'], { 'content-length': '8' }, Buffer.from('<event/>')],
	['text of unstated length', ['<event/>'], {}, Buffer.from('<event/>')],
	['less than stated', ['<ev'], { 'content-length': '8' }, undefined],
	['nothing, and no length is stated', [], {}, undefined],
])('readBody of a closed request takes no part for the body: left is %s', async (_case, parts, headers, body) => {
	expect(await request(closed(parts, headers)).read).toEqual(body);
});

it.each([
	['leaves the connection of a sender that has sent all', true, []],
	['closes the connection of a sender that goes on', false, ['destroy']],
])('readBody reads nothing of a body that Node has begun to discard, and %s', async (_what, complete, expected) => {
	const readRawBody = vi.fn();
	const { read, done } = request({ readRawBody, readableFlowing: true, complete });
	expect(await read).toBeUndefined();
	expect(readRawBody).not.toHaveBeenCalled();
	expect(done).toEqual(expected);
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
