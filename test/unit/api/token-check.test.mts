import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import {
	type ApiCall,
	type ApiClient,
	type ApiResponse,
	createClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import { type Result, success } from '../../../nodes/CxoneExpert/api/result.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';
import { watchMaps } from '../../support/memory/maps.mts';

const MINUTE = 60_000;
const USER = '/users/current';
const read: ApiCall = { method: 'GET', path: '/pages/1' };

/** Imported again for each test: the module caches which tokens were accepted. */
let tokenCheck: typeof import('../../../nodes/CxoneExpert/api/token-check.ts');

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['Date', 'performance'] });
	vi.resetModules();
	tokenCheck = await import('../../../nodes/CxoneExpert/api/token-check.ts');
});
afterEach(() => void vi.useRealTimers());

/** A site that accepts every token. */
class AcceptingSite implements ApiClient {
	readonly mayHaveWritten = false;
	readonly paths: string[] = [];

	async call({ path }: ApiCall): Promise<Result<ApiResponse>> {
		this.paths.push(path);
		const xml = readXml('<user anonymous="false"><username>Ann</username></user>', 1000);
		if (!xml.ok) throw new Error('not read');
		return success({ status: 200, headers: {}, body: '', document: xml.value });
	}
}

const ACCEPTED = { body: '<user anonymous="false"/>' };
const ANONYMOUS = { body: '<user anonymous="true"/>' };
const PAGE = { body: '<page id="1"/>' };

/** A client whose site returns these responses in turn, then pages; and the paths that it called. */
function respondingSite(...responses: Array<Partial<HttpResponse>>) {
	const paths: string[] = [];
	const api = createClient(
		async ({ path }) => {
			paths.push(path);
			return { status: 200, headers: {}, body: '', ...(responses[paths.length - 1] ?? PAGE) };
		},
		Infinity,
		[],
	);
	return { api, paths };
}

const credentialOf = (longTermToken: string): ExpertCredential => ({
	siteUrl: 'https://site.example',
	authentication: 'jwt',
	longTermToken,
});

describe('onlyIfAccepted', () => {
	it('onlyIfAccepted checks a token again after ten minutes, not sooner', async () => {
		const site = new AcceptingSite();
		const client = tokenCheck.onlyIfAccepted(site, credentialOf('token'));
		await client.call(read);
		vi.advanceTimersByTime(10 * MINUTE - 1);
		await client.call(read);
		expect(site.paths).toEqual([USER, read.path, read.path]);
		vi.advanceTimersByTime(1);
		await client.call(read);
		expect(site.paths.slice(3)).toEqual([USER, read.path]);
	});

	it('onlyIfAccepted evicts a token that was checked ten minutes ago', async () => {
		const maps = watchMaps();
		const use = async (longTermToken: string) =>
			await tokenCheck.onlyIfAccepted(new AcceptingSite(), credentialOf(longTermToken)).call(read);
		for (let number = 0; number < 20; number++) await use(`token ${number}`);
		const caches = [...maps].filter(({ size }) => size >= 20);
		expect(caches).toHaveLength(1);
		vi.advanceTimersByTime(10 * MINUTE);
		await use('another token');
		expect(caches.map(({ size }) => size)).toEqual([1]);
	});

	it.each([401, 403])(
		'onlyIfAccepted reports after %i that the token has expired since it was checked',
		async (status) => {
			const { api, paths } = respondingSite(ACCEPTED, PAGE, { status }, ANONYMOUS, ANONYMOUS);
			const client = tokenCheck.onlyIfAccepted(api, credentialOf('token'));
			await client.call(read);
			vi.advanceTimersByTime(5_000);
			expect(await client.call(read)).toMatchObject({ failure: { kind: 'anonymous' } });
			expect(paths).toEqual([USER, read.path, read.path, USER]);
			// It is not cached as accepted any more.
			expect(await client.call(read)).toMatchObject({ failure: { kind: 'anonymous' } });
			expect(paths.slice(4)).toEqual([USER]);
		},
	);

	it('onlyIfAccepted returns a 403 as it is when the token is still accepted', async () => {
		const { api, paths } = respondingSite(ACCEPTED, PAGE, { status: 403 }, ACCEPTED);
		const client = tokenCheck.onlyIfAccepted(api, credentialOf('token'));
		await client.call(read);
		vi.advanceTimersByTime(5_000);
		expect(await client.call(read)).toMatchObject({ failure: { status: 403 } });
		expect(paths).toEqual([USER, read.path, read.path, USER]);
	});

	it.each([
		['less than five seconds after the last check', 4_999, 403],
		['after a status other than 401 and 403', 5_000, 404],
	])('onlyIfAccepted does not check the token again %s', async (_case, pauseMs, status) => {
		const { api, paths } = respondingSite(ACCEPTED, PAGE, { status }, ACCEPTED);
		const client = tokenCheck.onlyIfAccepted(api, credentialOf('token'));
		await client.call(read);
		vi.advanceTimersByTime(pauseMs);
		expect(await client.call(read)).toMatchObject({ failure: { status } });
		expect(paths).toEqual([USER, read.path, read.path]);
	});

	it('onlyIfAccepted sends nothing when the site does not accept the token', async () => {
		const { api, paths } = respondingSite(ANONYMOUS);
		const result = await tokenCheck.onlyIfAccepted(api, credentialOf('token')).call(read);
		expect(result).toMatchObject({ failure: { kind: 'anonymous' } });
		expect(paths).toEqual([USER]);
	});

	it.each([true, false])('onlyIfAccepted passes on mayHaveWritten (%s)', (mayHaveWritten) => {
		const api = { ...respondingSite().api, mayHaveWritten };
		const client = tokenCheck.onlyIfAccepted(api, credentialOf('token'));
		expect(client.mayHaveWritten).toBe(mayHaveWritten);
	});
});

describe('isStillAccepted', () => {
	it('isStillAccepted checks a token again after five seconds, not sooner', async () => {
		const { api, paths } = respondingSite(ACCEPTED, ANONYMOUS);
		const credential = credentialOf('token');
		expect(await tokenCheck.isStillAccepted(api, credential)).toEqual({ ok: true, value: true });
		vi.advanceTimersByTime(4_999);
		expect(await tokenCheck.isStillAccepted(api, credential)).toEqual({ ok: true, value: true });
		expect(paths).toHaveLength(1);
		vi.advanceTimersByTime(1);
		expect(await tokenCheck.isStillAccepted(api, credential)).toHaveProperty('ok', false);
	});

	it('isStillAccepted keeps the result of a check when the next one gets no response', async () => {
		const { api } = respondingSite(ACCEPTED, { status: 0, networkCode: 'ECONNRESET' });
		const client = tokenCheck.onlyIfAccepted(api, credentialOf('token'));
		await tokenCheck.isStillAccepted(api, credentialOf('token'));
		vi.advanceTimersByTime(5_000);
		expect(await tokenCheck.isStillAccepted(api, credentialOf('token'))).toMatchObject({
			failure: { kind: 'unreachable' },
		});
		expect(await client.call(read)).toHaveProperty('ok', true);
	});
});

describe('currentUser', () => {
	const userWith = (permissions: string) => ({
		body: `<user id="7" anonymous="false"><username>Ann</username>${permissions}</user>`,
	});
	const userOf = async (response: Partial<HttpResponse>) =>
		await tokenCheck.currentUser(respondingSite(response).api);

	it.each([
		['the role Admin', '<permissions.user><role id="5">Admin</role></permissions.user>', true],
		[
			'the operation ADMIN',
			'<permissions.user><operations>READ,ADMIN</operations></permissions.user>',
			true,
		],
		['another role', '<permissions.user><role>Contributor</role></permissions.user>', false],
		[
			'an operation with a similar name',
			'<permissions.user><operations>READ,ADMINISTER</operations></permissions.user>',
			false,
		],
		['no permissions', '', false],
	])('currentUser of a user with %s has isAdmin $2', async (_case, permissions, isAdmin) => {
		expect(await userOf(userWith(permissions))).toEqual({
			ok: true,
			value: { id: '7', name: 'Ann', isAdmin },
		});
	});

	it('currentUser accepts a user without ID and name', async () => {
		expect(await userOf({ body: '<user anonymous="false"/>' })).toEqual({
			ok: true,
			value: { id: undefined, name: 'unknown', isAdmin: false },
		});
	});

	it.each([
		['401', { status: 401 }],
		['403', { status: 403 }],
		['the user Anonymous', { body: '<user anonymous="true"/>' }],
		['a user that may be anonymous', { body: '<user/>' }],
	])('currentUser reports a rejected token for %s', async (_case, response) => {
		expect(await userOf(response)).toEqual({
			ok: false,
			failure: { kind: 'anonymous', task: 'check-token' },
		});
	});

	it.each([
		['another document', { body: '<users/>' }, { kind: 'unexpected' }],
		['an empty body', { body: '' }, { kind: 'unexpected' }],
		['404', { status: 404 }, { kind: 'http-status', status: 404 }],
		['no response', { status: 0 }, { kind: 'unreachable' }],
	])('currentUser returns the failure for %s', async (_case, response, failure) => {
		expect(await userOf(response)).toEqual({
			ok: false,
			failure: { ...failure, task: 'check-token' },
		});
	});
});
