import { expect, it } from 'vitest';

import {
	archivedPageItem,
	tagKey,
	tagNames,
	userOf,
} from '../../../nodes/CxoneExpert/api/page-fields.ts';
import { rootOf } from '../../support/unit/samples.mts';

it.each([
	[
		'<tags><tag value="article:guide"/><tag><title>review</title></tag><tag/></tags>',
		['article:guide', 'review'],
	],
	['<tags/>', []],
])('tagNames of %s is %j', (xml, names) => {
	expect(tagNames(rootOf(xml))).toEqual(names);
});

it('tagNames of a page without tags in it is undefined', () => {
	expect(tagNames(undefined)).toBeUndefined();
});

it.each([
	[
		'<user id="4"><nick>ed</nick><username>editor</username><fullname>Edda Editor</fullname><email>e@x.example</email></user>',
		{ id: '4', name: 'editor', fullName: 'Edda Editor' },
	],
	['<user id="4"><nick>ed</nick></user>', { id: '4', name: 'ed' }],
	['<user id="4"/>', { id: '4' }],
])('userOf of %s leaves the email address out', (xml, user) => {
	expect(userOf(rootOf(xml))).toEqual(user);
});

it('userOf of nobody is undefined', () => {
	expect(userOf(undefined)).toBeUndefined();
});

it('tagKey is the same for all spellings of a tag', () => {
	expect(tagKey(' Caf\u0065\u0301 ')).toBe(tagKey('CAFÉ'));
	expect(tagKey('article:guide')).not.toBe(tagKey('guide'));
});

it('archivedPageItem has when a page was deleted, and by whom where the archive says so', () => {
	const page = '<title>Old</title><path>A</path><date.deleted>2026-03-01T10:00:00Z</date.deleted>';
	const item = { id: '7', title: 'Old', path: 'A', deletedAt: '2026-03-01T10:00:00Z' };
	expect(archivedPageItem(rootOf(`<page.archive id="7">${page}</page.archive>`))).toEqual(item);
	const user = '<user.deleted id="4"><username>jane</username></user.deleted>';
	expect(archivedPageItem(rootOf(`<page.archive id="7">${page}${user}</page.archive>`))).toEqual({
		...item,
		deletedBy: { id: '4', name: 'jane' },
	});
});
