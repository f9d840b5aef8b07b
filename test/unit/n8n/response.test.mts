import { createServer } from 'node:http';
import express, { type Response } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { beforeEach, expect, it, onTestFinished } from 'vitest';

import { BareResponse } from '../../../nodes/CxoneExpert/n8n/response.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { listenLocally } from '../../support/local-server.mts';
import { RawConnection } from '../../support/raw-connection.mts';

const warnings: string[] = [];
beforeEach(() => {
	clearMemory();
	warnings.length = 0;
});

/** Everything that comes back when n8n and the node respond like this: a second response would show. */
async function responded(act: (response: Response, ours: BareResponse) => void): Promise<string> {
	const application = express().use((_request, response) => {
		// What n8n puts on each response before it calls the node.
		response.setHeader('X-Hint', 'n8n');
		const n8n = {
			getResponseObject: () => response,
			logger: { warn: (line: string) => warnings.push(line) },
		} as unknown as IWebhookFunctions;
		act(response, new BareResponse(n8n));
	});
	const server = await listenLocally(createServer(application));
	onTestFinished(async () => await server.close());
	const connection = new RawConnection(server.url);
	// Not ended: the server would take that for a client that has gone.
	connection.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
	await connection.closed;
	return connection.received;
}

const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

it('a response that n8n has begun goes out as it is, and that is reported once', async () => {
	for (let count = 1; count <= 2; count++) {
		const text = await responded((n8n, ours) => {
			n8n.status(202).write('begun by n8n');
			ours.send(503);
		});
		expect(statusesOf(text)).toEqual([202]);
		expect(text).toContain('begun by n8n');
	}
	expect(warnings).toEqual([expect.stringMatching(/had begun its response/)]);
});

it('all responses of n8n are reported and held back, until another is sent in their place', async () => {
	const reported: number[] = [];
	let wasSent = false;
	const text = await responded((n8n, ours) => {
		ours.interceptN8n((status) => void reported.push(status));
		n8n.json({ first: true });
		n8n.status(500).json({ stacktrace: 'secret' });
		wasSent = n8n.headersSent;
		ours.send(503);
	});
	expect([reported, wasSent, statusesOf(text)]).toEqual([[200, 500], false, [503]]);
	expect(text).not.toMatch(/secret|x-hint/i);
});

it('a late response of n8n adds no header and does not throw', async () => {
	let thrown: unknown;
	const text = await responded((n8n, ours) => {
		ours.interceptN8n(() => {});
		ours.send(503);
		try {
			n8n.header('X-Late', '1').status(200).send('late');
		} catch (error) {
			thrown = error;
		}
	});
	expect(thrown).toBeUndefined();
	expect(statusesOf(text)).toEqual([503]);
	expect(text).not.toMatch(/x-late/i);
});
