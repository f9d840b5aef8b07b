import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	findUsers,
	lookupKey,
	wantedUsers,
} from '../../../../nodes/CxoneExpert/trigger/publish/users.ts';
import { parameters } from '../../../support/unit/samples.mts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

const wantedBy = (excludeUsers: string[], ignoreOwnChanges = false) =>
	wantedUsers(parameters({ filters: { ...parameters().filters, excludeUsers, ignoreOwnChanges } }));

describe('wantedUsers', () => {
	it.each([
		['ids, which need no look-up', ['7', ' 12 '], []],
		['blank entries', ['', ' '], []],
		['a name with white space around it', [' jane\n'], ['jane']],
		['names that hold digits', ['7up', '-1', '1.5'], ['7up', '-1', '1.5']],
		['a name twice', ['jane', 'bob', 'jane'], ['jane', 'bob']],
		['spellings of one name, of which the last one counts', ['Jane', 'JANE'], ['JANE']],
	])('wantedUsers reads %s', (_case, entries, names) => {
		expect(wantedBy(entries)).toEqual({ names, own: false });
	});

	it('wantedUsers wants our own user with Ignore Own Changes', () => {
		expect(wantedBy([], true)).toEqual({ names: [], own: true });
	});
});

const user = (id: string) => `<user id="${id}" anonymous="false"/>`;
const path = (name: string) => `/users/=${encodeURIComponent(encodeURIComponent(name))}`;

describe('findUsers', () => {
	it.each([
		['refuses', { status: 403 }, { kind: 'http-status', status: 403 }],
		[
			'gives a web page',
			{ status: 404, body: '<html/>', headers: { 'content-type': 'text/html' } },
			{ kind: 'html', status: 404 },
		],
		['gives another document', '<users id="7"/>', { kind: 'unexpected', status: 200 }],
		['gives a user without an id', '<user/>', { kind: 'unexpected' }],
		['gives nothing', '', { kind: 'unexpected', status: 200 }],
	])(
		'findUsers finds the others and says why one is missing when the site %s',
		async (_case, response, failure) => {
			const { api } = siteByPath({ [path('jane')]: response, [path('bob')]: user('8') });
			expect(await findUsers(api, { names: ['jane', 'bob'], own: false })).toMatchObject({
				ids: { excluded: ['8'] },
				unknown: [],
				failure: { ...failure, message: expect.stringContaining("'Exclude Users'") },
			});
		},
	);
});

const wanted = { names: ['jane'], own: true };
const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com/',
	longTermToken: 'the.j.wt',
	runAsUser: '=admin',
};

describe('lookupKey', () => {
	it('lookupKey is the same for what leads to the same look-up', () => {
		const key = lookupKey(wanted, credential);
		expect(lookupKey({ ...wanted }, { ...credential, siteUrl: 'help.example.com/A' })).toBe(key);
		expect(lookupKey(wanted, { ...credential, signingSecret: 'other' })).toBe(key);
	});

	it.each([
		['other names', { ...wanted, names: ['bob'] }, credential],
		['one name more', { ...wanted, names: ['jane', 'bob'] }, credential],
		['another wish for our own user', { ...wanted, own: false }, credential],
		['another site', wanted, { ...credential, siteUrl: 'https://other.example.com' }],
		['another token', wanted, { ...credential, longTermToken: 'an.other.one' }],
		['another user of the token', wanted, { ...credential, runAsUser: '=editor' }],
	])('lookupKey differs for %s', (_case, users, other) => {
		expect(lookupKey(users, other)).not.toBe(lookupKey(wanted, credential));
	});

	it('lookupKey is too short to reveal the token', () => {
		expect(lookupKey(wanted, credential)).toMatch(/^[\w-]{8}$/);
	});
});
