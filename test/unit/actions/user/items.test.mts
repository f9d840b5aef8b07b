import { expect, it } from 'vitest';

import { userItem } from '../../../../nodes/CxoneExpert/actions/user/items.ts';
import { rootOf } from '../../../support/unit/samples.mts';
import { ITEM, SAMPLE } from '../../../support/unit/user-samples.mts';

const item = (content: string) => userItem(rootOf(`<user id="1">${content}</user>`));

it('userItem has the fields of the sample of the specification', () => {
	expect(userItem(rootOf(SAMPLE))).toEqual(ITEM);
});

it('userItem leaves out what the response does not have', () => {
	expect(userItem(rootOf('<user/>'))).toStrictEqual({});
});

it.each([
	['<username>editor</username><nick>ed</nick>', 'editor'],
	['<nick>ed</nick>', 'ed'],
	['<username/><nick>ed</nick>', 'ed'],
])('userItem: the name of %s is "%s"', (content, name) => {
	expect(item(content)).toEqual({ id: '1', name });
});

it.each([
	['true', true],
	['True', true],
	['false', false],
	['1', false],
])('userItem: isSeated of a license.seat "%s" is %s', (seat, isSeated) => {
	expect(item(`<license.seat owner="true">${seat}</license.seat>`)).toEqual({ id: '1', isSeated });
});

it('userItem names the role, whose ID differs between sites, and no rights', () => {
	const rights = '<operations mask="1">LOGIN</operations>';
	expect(item(`<permissions.user>${rights}<role id="5">Admin</role></permissions.user>`)).toEqual({
		id: '1',
		role: 'Admin',
	});
	expect(item(`<permissions.user>${rights}</permissions.user>`)).toEqual({ id: '1' });
});

it('userItem has the full name and the e-mail address that the site gives', () => {
	expect(item('<fullname>Jane Doe</fullname><email>jane@site.example</email>')).toEqual({
		...{ id: '1', fullName: 'Jane Doe', email: 'jane@site.example' },
	});
});
