import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { lookupKey, wantedUsers } from '../../../../nodes/CxoneExpert/trigger/state/filter-users.ts';
import { parameters } from '../../../support/unit/samples.mts';

const wantedBy = (excludeUsers: string[], ignoreOwnChanges = false) =>
	wantedUsers(parameters({ filters: { ...parameters().filters, excludeUsers, ignoreOwnChanges } }));

it.each([
	['ids, which need no look-up', ['7', '12'], []],
	['a name', ['jane'], ['jane']],
	['names that hold digits', ['7up', '-1', '1.5'], ['7up', '-1', '1.5']],
	['spellings of one name, of which the last one counts', ['Jane', 'JANE'], ['JANE']],
])('wantedUsers reads %s', (_case, entries, names) => {
	expect(wantedBy(entries)).toEqual({ names, own: false });
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
		['another wish for our own user', { ...wanted, own: false }, credential],
		['another site', wanted, { ...credential, siteUrl: 'https://other.example.com' }],
		['another token', wanted, { ...credential, longTermToken: 'an.other.one' }],
		['another user of the token', wanted, { ...credential, runAsUser: '=editor' }],
	])('lookupKey differs for %s', (_case, users, other) => {
		expect(lookupKey(users, other)).not.toBe(lookupKey(wanted, credential));
	});
});
