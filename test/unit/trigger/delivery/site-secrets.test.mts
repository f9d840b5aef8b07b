import type { IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	evictSiteSecrets,
	siteSecrets,
} from '../../../../nodes/CxoneExpert/trigger/delivery/site-secrets.ts';

afterEach(() => vi.restoreAllMocks());

const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	longTermToken: 'the.j.wt',
};
const GUID = 'a1b2c3d4-e5f6-7890-abcd-1234567890ab';
const OURS = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';
const webhook = (id: number, url: string, more = '') =>
	`<webhook><id>${id}</id><webhook-url>${url}</webhook-url>${more}</webhook>`;

/** A node whose site gives these responses by path; anything else is not found. */
function nodeAt(responses: Record<string, string>, nodeId = 'node') {
	const paths: string[] = [];
	const request = (_type: string, { url }: IHttpRequestOptions) => {
		const { pathname } = new URL(url);
		const path = pathname.replace('/@api/deki', '');
		paths.push(path);
		const body = responses[path];
		return Promise.resolve({ statusCode: body === undefined ? 404 : 200, headers: {}, body });
	};
	const context = {
		helpers: { httpRequestWithAuthentication: request },
		getNode: () => ({ id: nodeId, credentials: { cxoneExpertApi: { id: '1' } } }),
		getWorkflow: () => ({ id: nodeId }),
	} as unknown as IWebhookFunctions;
	const ask = async () => await siteSecrets(context, credential, OURS);
	return { ask, paths, context };
}

/** Later than any test before, as the clock of a process is. */
let now = 1_000_000_000;

/** A monotonic clock that a test can put forward, in ms. */
function clock() {
	vi.spyOn(performance, 'now').mockImplementation(() => now);
	return { pass: (ms: number) => (now += ms) };
}

describe('siteSecrets', () => {
	it('site secrets come from the webhooks with our address, and from no other', async () => {
		const others = webhook(3, 'https://other.example/hook', '<secret>of-another</secret>');
		const list = `${webhook(1, OURS)}${webhook(2, OURS, `<guid>${GUID}</guid>`)}${others}`;
		const { ask, paths } = nodeAt(
			{
				'/webhooks': `<webhooks>${list}</webhooks>`,
				'/webhooks/1': webhook(1, OURS, '<signing-secret>the-first</signing-secret>'),
				'/webhooks/2': webhook(2, OURS, `<guid>${GUID}</guid><key>the-second</key>`),
			},
			'all',
		);
		expect(await ask()).toEqual({ secrets: ['the-first', 'the-second'], guids: [GUID] });
		expect([...new Set(paths)].toSorted()).toEqual(['/webhooks', '/webhooks/1', '/webhooks/2']);
	});

	it('site secrets count although one webhook is gone meanwhile', async () => {
		const list = `<webhooks>${webhook(1, OURS, '<secret>the-secret</secret>')}</webhooks>`;
		const { ask } = nodeAt({ '/webhooks': list }, 'gone');
		expect(await ask()).toEqual({ secrets: ['the-secret'], guids: [] });
	});

	it('the site is asked once a minute at most, together or one after the other', async () => {
		const { pass } = clock();
		const { ask, paths } = nodeAt({ '/webhooks': '<webhooks/>' }, 'minute');
		const [first, second] = await Promise.all([ask(), ask()]);
		expect(first).toBe(second);
		pass(59_999);
		await ask();
		expect(paths).toHaveLength(1);
		pass(2);
		await ask();
		expect(paths).toHaveLength(2);
	});

	it('a site that refuses is asked once a minute at most, and nothing is thrown', async () => {
		clock();
		const { ask, paths } = nodeAt({}, 'refused');
		expect(await ask()).toEqual({ secrets: [], guids: [] });
		expect(await ask()).toEqual({ secrets: [], guids: [] });
		expect(paths).toHaveLength(1);
	});

	it('each node asks the site for itself', async () => {
		clock();
		const one = nodeAt({}, 'one');
		const two = nodeAt({}, 'two');
		await one.ask();
		await two.ask();
		expect([one.paths.length, two.paths.length]).toEqual([1, 1]);
	});

	it('site secrets of the oldest of more than a thousand nodes are evicted', async () => {
		const { pass } = clock();
		const nodes = Array.from({ length: 1001 }, (_, index) => nodeAt({}, `many-${index}`));
		for (const node of nodes) {
			await node.ask();
			pass(1);
		}
		await nodes[1000]?.ask();
		expect(nodes[1000]?.paths).toHaveLength(1);
		await nodes[0]?.ask();
		expect(nodes[0]?.paths).toHaveLength(2);
	});

	it('evicted site secrets are asked for again', async () => {
		clock();
		const { ask, paths, context } = nodeAt({}, 'forgotten');
		await ask();
		evictSiteSecrets(context, OURS);
		await ask();
		expect(paths).toHaveLength(2);
	});

	it('site secrets are not asked for over an unencrypted connection', async () => {
		const { context, paths } = nodeAt({}, 'http');
		const insecure = { ...credential, siteUrl: 'http://help.example.com' };
		expect(await siteSecrets(context, insecure, OURS)).toEqual({ secrets: [], guids: [] });
		expect(paths).toEqual([]);
	});
});
