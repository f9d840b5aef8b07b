import type { Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';

import { DeliveryResponse } from '../../../../../nodes/CxoneExpert/trigger/delivery/n8n/response.ts';
import {
	bodyOf,
	closeServers,
	given,
	headersOf,
	raw,
	serve,
	statusOf,
} from '../../../../support/unit/raw-exchange.mts';

afterEach(closeServers);

describe('the response of a delivery', () => {
	it.each([200, 400, 401, 413, 503])(
		'is empty and gives no hint with status %i',
		async (status) => {
			const port = await serve((response) => new DeliveryResponse(given(response)).send(status));
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

	it('is sent once when it is given twice: the first one counts', async () => {
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
			delivery.send(401);
			delivery.send(200);
		});
		expect(statusOf(await raw(port))).toBe(401);
	});

	it('knows whether it was sent', async () => {
		const seen: boolean[] = [];
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
			seen.push(delivery.isSent);
			delivery.send(200);
			seen.push(delivery.isSent);
		});
		await raw(port);
		expect(seen).toEqual([false, true]);
	});
});

describe("n8n's own response, intercepted,", () => {
	/** n8n responds like this; what is reported is answered with `status`. */
	async function intercepted(act: (response: Response) => void, status = 200) {
		const reported: number[] = [];
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
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
	])('is reported and replaced when n8n responds with %s', async (_way, act, theirs) => {
		const { text, reported } = await intercepted(act, 503);
		expect(reported).toEqual([theirs]);
		expect(statusOf(text)).toBe(503);
		expect(bodyOf(text)).toBe('');
		const { date, ...headers } = headersOf(text);
		expect(headers).toEqual({ connection: 'close', 'content-length': '0', 'retry-after': '1' });
		expect(date).toBeDefined();
	});

	it('is reported each time and sent once', async () => {
		const { text, reported } = await intercepted((response) => {
			response.json({ first: true });
			response.status(500).json({ second: true });
		});
		expect(reported).toEqual([200, 500]);
		expect(statusOf(text)).toBe(200);
	});

	it('is held back until something is sent in its place', async () => {
		let sent = false;
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
			delivery.interceptN8n(() => {});
			response.json({});
			sent = response.headersSent;
			setImmediate(() => delivery.send(200));
		});
		expect(statusOf(await raw(port))).toBe(200);
		expect(sent).toBe(false);
	});

	it('adds no header and does not throw after ours was sent', async () => {
		const reported: number[] = [];
		let thrown: unknown;
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
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
