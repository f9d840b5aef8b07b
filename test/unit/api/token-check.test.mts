import { describe, expect, it } from 'vitest';

import type { HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { currentUser } from '../../../nodes/CxoneExpert/api/token-check.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('currentUser', () => {
	const userWith = (permissions: string) => ({
		body: `<user id="7" anonymous="false"><username>Ann</username>${permissions}</user>`,
	});
	const userOf = async (response: Partial<HttpResponse>) =>
		await currentUser(siteByPath({ '/users/current': response }).api);

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
		expect(await userOf(userWith(permissions))).toEqual({ id: '7', name: 'Ann', isAdmin });
	});

	it('currentUser accepts a user without ID and name', async () => {
		expect(await userOf({ body: '<user anonymous="false"/>' })).toEqual({
			id: undefined,
			name: 'unknown',
			isAdmin: false,
		});
	});

	it.each([
		['401', { status: 401 }],
		['403', { status: 403 }],
		['the user Anonymous', { body: '<user anonymous="true"/>' }],
		['a user that may be anonymous', { body: '<user/>' }],
	])('currentUser reports a rejected token for %s', async (_case, response) => {
		await expect(userOf(response)).rejects.toMatchObject({ kind: 'anonymous' });
	});

	it.each([
		['another document', { body: '<users/>' }, { kind: 'unexpected' }],
		['an empty body', { body: '' }, { kind: 'unexpected' }],
		['404', { status: 404 }, { kind: 'http-status', status: 404 }],
		['no response', { status: 0 }, { kind: 'unreachable' }],
	])('currentUser throws what the site has responded: %s', async (_case, response, error) => {
		const message = expect.stringMatching(/ while n8n tried to check the token$/);
		await expect(userOf(response)).rejects.toMatchObject({ ...error, message });
	});
});
