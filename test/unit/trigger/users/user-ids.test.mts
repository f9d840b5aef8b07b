import { describe, expect, it } from 'vitest';

import {
	findUserIds,
	isAnyWanted,
	wantedUsers,
} from '../../../../nodes/CxoneExpert/trigger/users/user-ids.ts';
import { parameters } from '../../../support/unit/samples.mts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

const wanted = (excludeUsers: string[], ignoreOwnChanges = false) =>
	wantedUsers(
		parameters({ filters: { pathPrefixes: [], languages: [], excludeUsers }, ignoreOwnChanges }),
	);

describe('wantedUsers', () => {
	it.each([
		['ids, which need no look-up', ['7', ' 12 '], []],
		['blank entries', ['', ' '], []],
		['a name with white space around it', [' jane\n'], ['jane']],
		['names that hold digits', ['7up', '-1', '1.5'], ['7up', '-1', '1.5']],
		['a name twice', ['jane', 'bob', 'jane'], ['jane', 'bob']],
		['spellings of one name, of which the last one counts', ['Jane', 'JANE'], ['JANE']],
	])('wantedUsers reads %s', (_case, entries, names) => {
		expect(wanted(entries)).toEqual({ names, own: false });
	});

	it('wantedUsers wants our own user with Ignore Own Changes', () => {
		expect(wanted([], true)).toEqual({ names: [], own: true });
	});
});

it('isAnyWanted is false only without a name and without our own user', () => {
	expect(isAnyWanted({ names: [], own: false })).toBe(false);
	expect(isAnyWanted({ names: ['jane'], own: false })).toBe(true);
	expect(isAnyWanted({ names: [], own: true })).toBe(true);
});

const SELF = '/users/current';
const user = (id: string) => `<user id="${id}" anonymous="false"/>`;
const path = (name: string) => `/users/=${encodeURIComponent(encodeURIComponent(name))}`;

describe('findUserIds', () => {
	it('findUserIds asks nothing when nobody is wanted', async () => {
		const { api, calls } = siteByPath({});
		expect(await findUserIds(api, { names: [], own: false })).toEqual({
			ok: true,
			value: { ids: { excluded: [] }, unknown: [], failure: undefined },
		});
		expect(calls).toEqual([]);
	});

	it('findUserIds finds names and our own user, and asks for no more than it needs', async () => {
		const { api, calls } = siteByPath({
			[SELF]: user('1'),
			[path('jane')]: user('7'),
			[path('a/b ?')]: user('8'),
		});
		expect(await findUserIds(api, { names: ['jane', 'a/b ?'], own: true })).toEqual({
			ok: true,
			value: { ids: { excluded: ['7', '8'], own: '1' }, unknown: [], failure: undefined },
		});
		expect(calls).toEqual([
			SELF,
			'/users/=jane?exclude=groups%2Cproperties',
			'/users/=a%252Fb%2520%253F?exclude=groups%2Cproperties',
		]);
	});

	it('findUserIds names those whom the site does not know, and finds the others', async () => {
		const { api } = siteByPath({ [path('jane')]: user('7') });
		expect(await findUserIds(api, { names: ['nobody', 'jane', 'no one'], own: false })).toEqual({
			ok: true,
			value: { ids: { excluded: ['7'] }, unknown: ['nobody', 'no one'], failure: undefined },
		});
	});

	it.each([
		['refuses', { status: 403 }, { kind: 'http-status', status: 403 }],
		// Only 404 says that nobody has this name.
		['says that it is gone', { status: 410 }, { kind: 'http-status', status: 410 }],
		[
			'gives a web page',
			{ status: 404, body: '<html/>', headers: { 'content-type': 'text/html' } },
			{ kind: 'html', status: 404, isWebPage: true },
		],
		['gives another document', '<users id="7"/>', { kind: 'unexpected', status: 200 }],
		['gives a user without an id', '<user/>', { kind: 'unexpected', status: 200 }],
		['gives nothing', '', { kind: 'unexpected', status: 200 }],
	])(
		'findUserIds finds the others and says why one is missing when the site %s',
		async (_case, response, failure) => {
			const { api } = siteByPath({ [path('jane')]: response, [path('bob')]: user('8') });
			expect(await findUserIds(api, { names: ['jane', 'bob'], own: false })).toEqual({
				ok: true,
				value: {
					ids: { excluded: ['8'] },
					unknown: [],
					failure: { task: 'look-up-users', ...failure },
				},
			});
		},
	);

	it.each([
		['refuses the token', { status: 401 }, { kind: 'anonymous', task: 'check-token' }],
		[
			'does not number its users',
			'<user anonymous="false"/>',
			{ kind: 'unexpected', task: 'find-token-user' },
		],
	])(
		'findUserIds fails as a whole, before it looks up names, when the site %s',
		async (_case, response, failure) => {
			const { api, calls } = siteByPath({ [SELF]: response, [path('jane')]: user('7') });
			expect(await findUserIds(api, { names: ['jane'], own: true })).toEqual({
				ok: false,
				failure,
			});
			expect(calls).toEqual([SELF]);
		},
	);
});
