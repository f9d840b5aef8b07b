import { describe, expect, it } from 'vitest';

import {
	type ApiCall,
	createClient,
	type HttpResponse,
} from '../../../nodes/CxoneExpert/api/client.ts';
import { currentUser, onlyIfAccepted } from '../../../nodes/CxoneExpert/api/token-check.ts';

const USER = '/users/current';
const read: ApiCall = { method: 'GET', path: '/pages/1' };

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

describe('onlyIfAccepted', () => {
	it('onlyIfAccepted asks once, before the first of several calls', async () => {
		const { api, paths } = respondingSite(ACCEPTED);
		const client = onlyIfAccepted(api);
		await Promise.all([client.call(read), client.call(read)]);
		await client.call(read);
		expect(paths).toEqual([USER, read.path, read.path, read.path]);
	});

	it('onlyIfAccepted sends nothing until the site accepts the token', async () => {
		const { api, paths } = respondingSite(ANONYMOUS, { status: 500 }, ACCEPTED);
		const client = onlyIfAccepted(api);
		expect(await client.call(read)).toMatchObject({ failure: { kind: 'anonymous' } });
		expect(await client.call(read)).toMatchObject({ failure: { status: 500 } });
		expect(await client.call(read)).toMatchObject({ ok: true });
		expect(paths).toEqual([USER, USER, USER, read.path]);
	});

	it.each([true, false])('onlyIfAccepted passes on mayHaveWritten (%s)', (mayHaveWritten) => {
		const api = { ...respondingSite().api, mayHaveWritten };
		expect(onlyIfAccepted(api).mayHaveWritten).toBe(mayHaveWritten);
	});
});

describe('currentUser', () => {
	const userWith = (permissions: string) => ({
		body: `<user id="7" anonymous="false"><username>Ann</username>${permissions}</user>`,
	});
	const userOf = async (response: Partial<HttpResponse>) =>
		await currentUser(respondingSite(response).api);

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
