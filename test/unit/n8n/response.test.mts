import type { Response } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { BareResponse } from '../../../nodes/CxoneExpert/n8n/response.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';
import {
	bodyOf,
	closeServers,
	given,
	headersOf,
	raw,
	serve,
	statusOf,
} from '../../support/unit/raw-exchange.mts';

const warnings: string[] = [];
beforeEach(() => {
	clearMemory();
	warnings.length = 0;
});
afterEach(closeServers);

function responseOf(response: Response): BareResponse {
	return new BareResponse({
		getResponseObject: () => given(response),
		logger: { warn: (line: string) => warnings.push(line) },
	} as unknown as IWebhookFunctions);
}

describe('BareResponse.send', () => {
	it.each([200, 400, 401, 413, 503])(
		'a response with status %i is empty and gives no hint',
		async (status) => {
			const port = await serve((response) => responseOf(response).send(status));
			const text = await raw(port, '<event/>');
			expect(statusOf(text)).toBe(status);
			expect(bodyOf(text)).toBe('');
			const { date, connection, ...headers } = headersOf(text);
			expect([typeof date, connection]).toEqual(['string', 'close']);
			expect(headers).toEqual({
				'content-length': '0',
				...(status === 503 ? { 'retry-after': '1' } : {}),
			});
		},
	);

	it('a response has the header that was added', async () => {
		const port = await serve((response) => {
			const delivery = responseOf(response);
			delivery.send(200, { 'x-a': 'b' });
		});
		const text = await raw(port);
		expect([statusOf(text), headersOf(text)['x-a'], bodyOf(text)]).toEqual([200, 'b', '']);
	});

	it('the first of two responses is sent', async () => {
		const port = await serve((response) => {
			const delivery = responseOf(response);
			delivery.send(401);
			delivery.send(200);
		});
		expect(statusOf(await raw(port))).toBe(401);
	});

	it('isSent tells whether the response was sent', async () => {
		const seen: boolean[] = [];
		const port = await serve((response) => {
			const delivery = responseOf(response);
			seen.push(delivery.isSent);
			delivery.send(200);
			seen.push(delivery.isSent);
		});
		await raw(port);
		expect(seen).toEqual([false, true]);
	});
});

describe('BareResponse, when n8n has begun its own response', () => {
	it('a response that n8n has begun goes out as it is, and that is reported once', async () => {
		const port = await serve((response) => {
			const delivery = responseOf(response);
			response.status(202);
			response.write('begun by n8n');
			delivery.send(503);
		});
		for (let count = 1; count <= 2; count++) {
			const text = await raw(port);
			expect(statusOf(text)).toBe(202);
			expect(bodyOf(text)).toContain('begun by n8n');
		}
		expect(warnings).toEqual([expect.stringMatching(/had begun its response/)]);
	});
});

describe('BareResponse.interceptN8n', () => {
	/** n8n responds like this; the response to what is reported has `status`. */
	async function intercepted(act: (response: Response) => void, status = 200) {
		const reported: number[] = [];
		const port = await serve((response) => {
			const delivery = responseOf(response);
			delivery.interceptN8n((theirs) => {
				reported.push(theirs);
				delivery.send(status);
			});
			act(response);
		});
		return { text: await raw(port), reported };
	}

	it.each<[string, (response: Response) => void, number]>([
		['json', (response) => response.json({ message: 'Workflow was started' }), 200],
		['send', (response) => response.status(201).send('<p>hello</p>'), 201],
		['end', (response) => response.end('hello'), 200],
		['an error page', (response) => response.status(500).json({ stacktrace: 'secret' }), 500],
	])('a response of n8n by %s is reported and replaced', async (_way, act, theirs) => {
		const { text, reported } = await intercepted(act, 503);
		expect(reported).toEqual([theirs]);
		expect(statusOf(text)).toBe(503);
		expect(bodyOf(text)).toBe('');
		const { date, ...headers } = headersOf(text);
		expect(headers).toEqual({ connection: 'close', 'content-length': '0', 'retry-after': '1' });
		expect(date).toBeDefined();
	});

	it('two responses of n8n are both reported, and one is sent', async () => {
		const { text, reported } = await intercepted((response) => {
			response.json({ first: true });
			response.status(500).json({ second: true });
		});
		expect(reported).toEqual([200, 500]);
		expect(statusOf(text)).toBe(200);
	});

	it('a response of n8n is held back until another is sent in its place', async () => {
		let sent = false;
		const port = await serve((response) => {
			const delivery = responseOf(response);
			delivery.interceptN8n(() => {});
			response.json({});
			sent = response.headersSent;
			setImmediate(() => delivery.send(200));
		});
		expect(statusOf(await raw(port))).toBe(200);
		expect(sent).toBe(false);
	});

	it('a late response of n8n adds no header and does not throw', async () => {
		const reported: number[] = [];
		let thrown: unknown;
		const port = await serve((response) => {
			const delivery = responseOf(response);
			delivery.interceptN8n((theirs) => void reported.push(theirs));
			delivery.send(503);
			try {
				response.setHeader('X-Late', '1');
				response.header('Content-Type', 'text/plain').status(200).send('late');
			} catch (error) {
				thrown = error;
			}
		});
		const text = await raw(port);
		expect(thrown).toBeUndefined();
		expect(statusOf(text)).toBe(503);
		expect(Object.keys(headersOf(text))).not.toContain('x-late');
		expect(reported).toEqual([200]);
	});
});
