import { describe, expect, it } from 'vitest';

import { getUser } from '../../../../nodes/CxoneExpert/actions/user/get.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { GUID, SAMPLE } from '../../../support/unit/user-samples.mts';

const ANONYMOUS =
	'<user anonymous="true" virtual="false" id="2" wikiid="site_1" href="https://site.example/@api/deki/users/2"><nick>Anonymous</nick><username>Anonymous</username><fullname>Anonymous User</fullname><email></email><status>active</status><permissions.user><operations mask="1">LOGIN</operations><role id="1" href="https://site.example/@api/deki/site/roles/1">None</role></permissions.user><permissions.effective><operations mask="1">LOGIN</operations></permissions.effective></user>';

describe('getUser', () => {
	it.each([
		['a number', 6, '6'],
		['current', { mode: 'id', value: 'Current' }, 'current'],
		['a guid', { mode: 'id', value: GUID }, `:${GUID}`],
		['the user of an event', { mode: 'id', value: { id: '6', name: 'x' } }, '6'],
		['a whole item', { mode: 'id', value: { user: { id: '6' } } }, '6'],
		['a name', { mode: 'name', value: 'j.doe@x.de' }, '=j.doe%2540x.de'],
		['a name of digits', { mode: 'name', value: '42' }, '=42'],
		[
			'an odd name',
			{ mode: 'name', value: 'Jörg & Ann/b' },
			'=J%25C3%25B6rg%2520%2526%2520Ann%252Fb',
		],
	])('getUser accepts %s', async (_case, user, key) => {
		const { calls } = await runOperation(getUser, { user }, [SAMPLE]);
		expect(calls[0]!.url.split('?')[0]).toBe(`/users/${key}`);
	});

	it.each([
		['', 'No user is named'],
		[{ mode: 'name', value: ' ' }, 'No user is named'],
		[{ mode: 'id', value: { page: { id: '1' } } }, 'No user is named'],
		['jdoe', 'The entered value is not the ID of a user'],
	])('getUser makes no call for %j', async (user, message) => {
		expect((await refusalOf(getUser, { user })).message).toBe(message);
	});

	it.each([
		[true, '/users/1?exclude=groups%2Cproperties'],
		[false, '/users/1'],
	])(
		'getUser with Simplify %s leaves out only what the item would not have',
		async (simplify, url) => {
			const { calls } = await runOperation(getUser, { user: '1', simplify }, [SAMPLE]);
			expect(calls[0]!.url).toBe(url);
		},
	);

	it('getUser reports a token that is not accepted', async () => {
		const refused = await refusalOf(getUser, { user: 'current' }, [ANONYMOUS]);
		expect(refused.message).toContain('does not accept the token');
		const run = await runOperation(getUser, { user: '2' }, [ANONYMOUS]);
		expect(onlyItem(run)).toMatchObject({ id: '2', name: 'Anonymous', role: 'None' });
	});
});
