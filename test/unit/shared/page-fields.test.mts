import { expect, it } from 'vitest';

import { tagKey, tagNames, userOf } from '../../../nodes/CxoneExpert/shared/page-fields.ts';
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
