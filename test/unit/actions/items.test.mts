import { describe, expect, it } from 'vitest';

import {
	changedPageItem,
	changedRevisionItem,
	deletedPageItem,
	draftItem,
	fileItem,
	pageItem,
	pageOf,
	placedPageItem,
	resultItem,
	revisionItem,
	savedPageItem,
	subpageItem,
	userItem,
} from '../../../nodes/CxoneExpert/actions/items.ts';
import { rootOf } from '../../support/unit/samples.mts';

/** All that a response can say of a page, and more than an item has. */
const CONTENT = `<uri.ui>https://site.example/Größe</uri.ui><title>A</title><path>Größe</path>
	<summary>S</summary><description>D</description><article>topic</article><language>en</language>
	<tags><tag value="faq"/></tags>
	<user.author id="4"><username>jane</username><email>jane@site.example</email></user.author>
	<date.created>created</date.created><date.edited>edited</date.edited>
	<date.modified>modified</date.modified><date.deleted>deleted</date.deleted>`;
const FULL = rootOf(
	`<page id="1" revision="3" draft.state="active" subpages="true" files="2">${CONTENT}</page>`,
);

const names = { id: '1', title: 'A', path: 'Größe', url: 'https://site.example/Gr%C3%B6%C3%9Fe' };
const author = { id: '4', name: 'jane' };
const situation = { language: 'en', draftState: 'active' };
const times = { editedAt: 'edited', createdAt: 'created' };

const makers = {
	pageItem,
	deletedPageItem,
	placedPageItem,
	savedPageItem: (page: typeof FULL) => savedPageItem(page, true),
	subpageItem,
	revisionItem,
	changedPageItem,
	changedRevisionItem,
	resultItem,
	draftItem,
	fileItem,
	userItem,
};

describe('items of pages', () => {
	it.each<[keyof typeof makers, object]>([
		[
			'pageItem',
			{ ...names, summary: 'S', tags: ['faq'], revision: 3, author, ...situation, ...times },
		],
		['deletedPageItem', { ...names, deletedAt: 'deleted', deleted: true }],
		['placedPageItem', { ...names, createdAt: 'created' }],
		['savedPageItem', { ...names, revision: 3, createdAt: 'created', created: true }],
		[
			'subpageItem',
			{
				...{ ...names, article: 'topic', revision: 3, createdAt: 'created' },
				...{ modifiedAt: 'modified', hasSubpages: true, fileCount: 2 },
			},
		],
		['revisionItem', { ...names, revision: 3, description: 'D', author, ...times }],
		[
			'changedRevisionItem',
			{ ...names, revision: 3, description: 'D', author, ...times, ...situation },
		],
		[
			'changedPageItem',
			{ ...names, tags: ['faq'], ...situation, modifiedAt: 'modified', createdAt: 'created' },
		],
	])(
		'%s has what people use of a page, a dozen fields at most, and no e-mail address',
		(maker, item) => {
			const made = makers[maker](FULL);
			expect(made).toStrictEqual(item);
			expect(Object.keys(made).length).toBeLessThanOrEqual(12);
			expect(Object.keys(made).slice(0, 4)).toEqual(['id', 'title', 'path', 'url']);
		},
	);

	it.each<[keyof typeof makers, object]>([
		['pageItem', {}],
		['deletedPageItem', { deleted: true }],
		['placedPageItem', {}],
		['savedPageItem', { created: true }],
		['subpageItem', {}],
		['revisionItem', {}],
		['changedPageItem', {}],
		['changedRevisionItem', {}],
		['resultItem', { tags: [] }],
		['draftItem', {}],
		['fileItem', {}],
		['userItem', {}],
	])('%s leaves out what the response does not have', (maker, item) => {
		expect(makers[maker](rootOf('<page/>'))).toStrictEqual(item);
	});

	it.each([
		['true', true],
		['false', undefined],
	])('pageItem of a page whose attribute "deleted" is %s: deleted is %s', (attribute, deleted) => {
		const xml = `<page id="1" deleted="${attribute}"><date.deleted>deleted</date.deleted></page>`;
		expect(pageItem(rootOf(xml)).deleted).toBe(deleted);
	});

	it.each([
		['subpages="false"', { hasSubpages: false }],
		['files="0"', { fileCount: 0 }],
		['files="many" revision="-1"', {}],
	])('subpageItem of a page with %s is %j', (attributes, item) => {
		expect(subpageItem(rootOf(`<page.subpage ${attributes}/>`))).toStrictEqual(item);
	});
});

describe('resultItem', () => {
	it('resultItem has the names that a page has elsewhere', () => {
		const xml = `<result><id>1</id><title>A</title><page id="9"><path>A</path></page><uri>https://site.example/A</uri>
			<type>wiki</type><author>jane</author><preview>P</preview><date.modified>modified</date.modified>
			<tag>faq</tag><tag/><tag>guide</tag><rank>0.75</rank></result>`;
		expect(resultItem(rootOf(xml))).toStrictEqual({
			...{ id: '1', title: 'A', path: 'A', url: 'https://site.example/A', type: 'wiki' },
			...{ author: { name: 'jane' }, preview: 'P', modifiedAt: 'modified' },
			...{ tags: ['faq', 'guide'], rank: 0.75 },
		});
	});

	it.each([
		['1', 1],
		['12.5', 12.5],
		['high', undefined],
		['-1', undefined],
		['.5', undefined],
		['1.', undefined],
		['1e3', undefined],
	])('resultItem: the rank "%s" is %s', (rank, expected) => {
		expect(resultItem(rootOf(`<result><rank>${rank}</rank></result>`)).rank).toBe(expected);
	});
});

describe('pageOf', () => {
	const response = (href: string) => rootOf(`<tags href="${href}"/>`);
	const OF_7 = response('https://site.example/@api/deki/pages/7/tags');
	const OF_8 = response('https://site.example/@api/deki/pages/8/tags');

	it('pageOf has the ID by which the page was asked for, whatever the responses say', () => {
		expect(pageOf({ key: '42', label: 'page 42' }, OF_7)).toEqual({ id: '42' });
	});

	it('pageOf has the path by which the page was asked for, and the ID in the first response', () => {
		const reference = { key: '=42', label: 'page "42"', path: '42' };
		expect(pageOf(reference, rootOf('<tags/>'), OF_7, OF_8)).toEqual({ id: '7', path: '42' });
	});

	it('pageOf has the empty path for the home page', () => {
		expect(pageOf({ key: 'home', label: 'the home page' }, OF_7)).toEqual({ id: '7', path: '' });
	});

	it.each([
		['no address', rootOf('<tags/>')],
		['an address that names no page', response('https://site.example/@api/deki/site/tags')],
		['an address that names a page by its path', response('https://site.example/pages/=7/tags')],
	])('pageOf has no ID when the responses have %s', (_case, given) => {
		expect(pageOf({ key: '=A', label: 'page "A"', path: 'A' }, given)).toEqual({ path: 'A' });
	});
});

/** The url of a draft in this state whose address ends like this. */
function urlEnd(state: string, end: string) {
	const address = `https://site.example/A${end.replaceAll('&', '&amp;')}`;
	const draft = `<draft state="${state}"><uri.ui>${address}</uri.ui></draft>`;
	return draftItem(rootOf(draft)).url;
}

it.each(['active', 'unpublished'])('draftItem: the url of a draft that is %s shows it', (state) => {
	expect(urlEnd(state, '?mt-draft=true')).toBe('https://site.example/A?mt-draft=true');
});

it.each([
	['', ''],
	['?mt-draft=true', ''],
	['?MT-Draft=True', ''],
	['?mt-draft=true#part', '#part'],
	['?a=1&mt-draft=true', '?a=1'],
	['?a=1&mt-draft=true#part', '?a=1#part'],
	['?mt-draft=true&a=1', '?a=1'],
	['?a=1&mt-draft=true&b=2', '?a=1&b=2'],
	// These are other parameters.
	['?mt-draft=false', '?mt-draft=false'],
	['?mt-draft=trueish', '?mt-draft=trueish'],
	['?no-mt-draft=true', '?no-mt-draft=true'],
])(
	'draftItem: without a draft, the url that ends with "%s" is that of the page: "%s"',
	(end, rest) => {
		expect(urlEnd('inactive', end)).toBe(`https://site.example/A${rest}`);
	},
);

it.each([
	[
		'<page.parent id="1"><title>A</title><path>A</path></page.parent>',
		{ page: { id: '1', path: 'A' } },
	],
	['<contents/><page.parent/>', {}],
	[
		'<description>A ball</description><alt-text>Round</alt-text>',
		{ description: 'A ball', altText: 'Round' },
	],
	...['-1', '1.5', 'many', ''].map((size): [string, object] => [
		`<contents type="text/plain" size="${size}"/>`,
		{ type: 'text/plain' },
	]),
])('fileItem of a file with %s has %j', (content, item) => {
	expect(fileItem(rootOf(`<file id="1">${content}</file>`))).toStrictEqual({ id: '1', ...item });
});

const seat = (owned: string) => `<license.seat owner="true">${owned}</license.seat>`;
const RIGHTS = '<operations mask="1">LOGIN</operations>';

it.each([
	['<username>editor</username><nick>ed</nick>', { name: 'editor' }],
	['<nick>ed</nick>', { name: 'ed' }],
	['<username/><nick>ed</nick>', { name: 'ed' }],
	[seat('true'), { isSeated: true }],
	[seat('True'), { isSeated: true }],
	[seat('false'), { isSeated: false }],
	[seat('1'), { isSeated: false }],
	// The ID of a role differs between sites.
	[`<permissions.user>${RIGHTS}<role id="5">Admin</role></permissions.user>`, { role: 'Admin' }],
	[`<permissions.user>${RIGHTS}</permissions.user>`, {}],
])('userItem of a user with %s has %j', (content, item) => {
	expect(userItem(rootOf(`<user id="1">${content}</user>`))).toEqual({ id: '1', ...item });
});
