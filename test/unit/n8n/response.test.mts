import type { Response } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { BareResponse } from '../../../nodes/CxoneExpert/n8n/response.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
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

/** What comes back when n8n and the node respond like this. */
async function responded(act: (response: Response, ours: BareResponse) => void): Promise<string> {
	const port = await serve((response) => {
		const n8n = {
			getResponseObject: () => given(response),
			logger: { warn: (line: string) => warnings.push(line) },
		} as unknown as IWebhookFunctions;
		act(response, new BareResponse(n8n));
	});
	return await raw(port);
}

it('a response that n8n has begun goes out as it is, and that is reported once', async () => {
	for (let count = 1; count <= 2; count++) {
		const text = await responded((n8n, ours) => {
			n8n.status(202).write('begun by n8n');
			ours.send(503);
		});
		expect(statusOf(text)).toBe(202);
		expect(bodyOf(text)).toContain('begun by n8n');
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
	expect([reported, wasSent, statusOf(text), bodyOf(text)]).toEqual([[200, 500], false, 503, '']);
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
	expect(statusOf(text)).toBe(503);
	expect(headersOf(text)).not.toHaveProperty('x-late');
});
