import type { IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { readSignatures } from '../../../../nodes/CxoneExpert/trigger/delivery/signature.ts';
import {
	fittingKey,
	forgetSiteSecrets,
	likelyKeys,
	siteSecrets,
} from '../../../../nodes/CxoneExpert/trigger/delivery/signing-hints.ts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

afterEach(() => vi.restoreAllMocks());

const credential: ExpertCredential = { siteUrl: 'https://help.example.com', jwt: 'the.j.wt' };
const GUID = 'a1b2c3d4-e5f6-7890-abcd-1234567890ab';

describe('likelyKeys', () => {
	it('names each key in words that do not show it', () => {
		const keys = likelyKeys({ authorization: 'Bearer the-token', guids: [GUID], credential });
		expect(keys).toEqual([
			{ label: 'the whole Authorization value of the deliveries', key: 'Bearer the-token' },
			{ label: 'the delivery token without its scheme', key: 'the-token' },
			{ label: 'the guid of the webhook', key: GUID },
			{ label: 'the long-term token', key: 'the.j.wt' },
		]);
	});

	it('has the secret of a server token', () => {
		const server: ExpertCredential = { authentication: 'serverToken', tokenSecret: ' s3cret ' };
		expect(
			likelyKeys({ authorization: 'Basic eDp5', guids: [], credential: server }).at(-1),
		).toEqual({ label: 'the secret of the server token', key: 's3cret' });
	});

	it('has the bare long-term token where it was entered with a scheme', () => {
		const keys = likelyKeys({
			authorization: 'Bearer x',
			guids: [],
			credential: { jwt: 'Bearer y' },
		});
		expect(keys.map(({ key }) => key)).toEqual(['Bearer x', 'x', 'y']);
	});

	it('leaves out what is not there: an empty key fits what anybody can sign', () => {
		expect(likelyKeys({ authorization: 'Bearer x', guids: [''], credential: {} })).toHaveLength(2);
	});
});

describe('fittingKey', () => {
	const body = eventBytes('v1');
	const timestamp = '1769792386';
	const keys = likelyKeys({ authorization: 'Bearer the-token', guids: [GUID], credential });
	const fitting = (...secrets: string[]) => {
		const header = secrets.map((secret) => signatureOf(secret, timestamp, body)).join(',');
		return fittingKey(keys, timestamp, body, readSignatures(header));
	};

	it.each(keys.map(({ label, key }) => [label, key]))('finds %s', (label, key) => {
		expect(fitting(key)).toBe(label);
		expect(fitting('another', key)).toBe(label);
	});

	it('finds nothing where none fits', () => {
		expect(fitting('another')).toBeUndefined();
		expect(fitting()).toBeUndefined();
		expect(fittingKey([], timestamp, body, readSignatures(signatureOf('x', timestamp, body)))).toBe(
			undefined,
		);
	});

	it('looks at the exact time and bytes', () => {
		const signatures = readSignatures(signatureOf(GUID, timestamp, body));
		expect(fittingKey(keys, '1769792387', body, signatures)).toBeUndefined();
		expect(fittingKey(keys, timestamp, body.subarray(1), signatures)).toBeUndefined();
	});
});

const OURS = 'https://n8n.example.com/webhook/0b6c4f5e/webhook';
const webhook = (id: number, url: string, more = '') =>
	`<webhook><id>${id}</id><webhook-url>${url}</webhook-url>${more}</webhook>`;

/** A node whose site gives these answers by path; anything else is not found. */
function nodeAt(answers: Record<string, string>, nodeId = 'node') {
	const paths: string[] = [];
	const request = (_type: string, { url }: IHttpRequestOptions) => {
		const { pathname } = new URL(url);
		const path = pathname.replace('/@api/deki', '');
		paths.push(path);
		const body = answers[path];
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
	it('come from the webhooks with our address, listed or whole, and from no other', async () => {
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

	it('count although one webhook is gone meanwhile', async () => {
		const list = `<webhooks>${webhook(1, OURS, '<secret>the-secret</secret>')}</webhooks>`;
		const { ask } = nodeAt({ '/webhooks': list }, 'gone');
		expect(await ask()).toEqual({ secrets: ['the-secret'], guids: [] });
	});

	it('are asked for once a minute at most, together or one after the other', async () => {
		const { pass } = clock();
		const { ask, paths } = nodeAt({ '/webhooks': '<webhooks/>' }, 'minute');
		const [first, second] = await Promise.all([ask(), ask()]);
		expect(first).toBe(second);
		pass(59_999);
		await ask();
		expect(paths).toHaveLength(1);
		pass(1);
		await ask();
		expect(paths).toHaveLength(2);
	});

	it('are asked for once a minute at most where the site refuses, too, and nothing is thrown', async () => {
		clock();
		const { ask, paths } = nodeAt({}, 'refused');
		expect(await ask()).toEqual({ secrets: [], guids: [] });
		expect(await ask()).toEqual({ secrets: [], guids: [] });
		expect(paths).toHaveLength(1);
	});

	it('are asked for by each node', async () => {
		clock();
		const one = nodeAt({}, 'one');
		const two = nodeAt({}, 'two');
		await one.ask();
		await two.ask();
		expect([one.paths.length, two.paths.length]).toEqual([1, 1]);
	});

	it('are dropped, the oldest first, where a thousand nodes are kept', async () => {
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

	it('are dropped when they are to be forgotten', async () => {
		clock();
		const { ask, paths, context } = nodeAt({}, 'forgotten');
		await ask();
		forgetSiteSecrets(context, OURS);
		await ask();
		expect(paths).toHaveLength(2);
	});

	it('are asked for over no unencrypted connection', async () => {
		const { context, paths } = nodeAt({}, 'http');
		const insecure = { ...credential, siteUrl: 'http://help.example.com' };
		expect(await siteSecrets(context, insecure, OURS)).toEqual({ secrets: [], guids: [] });
		expect(paths).toEqual([]);
	});
});
