import { describe, expect, it } from 'vitest';

import {
	changedPageItem,
	deletedPageItem,
	pageItem,
	placedPageItem,
	resultItem,
	savedPageItem,
	subpageItem,
} from '../../../nodes/CxoneExpert/actions/page/items.ts';
import { changedRevisionItem, revisionItem } from '../../../nodes/CxoneExpert/actions/revision/items.ts';
import { draftItem } from '../../../nodes/CxoneExpert/actions/draft/items.ts';
import { fileItem } from '../../../nodes/CxoneExpert/actions/file/items.ts';
import { pageOf } from '../../../nodes/CxoneExpert/actions/find-page.ts';
import { userItem } from '../../../nodes/CxoneExpert/actions/user/items.ts';
import type { XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';
import { rootOf } from '../../support/unit/samples.mts';

/** All that a response can say of a page, a draft, a file or a user, and more than an item has. */
const CONTENT = `<uri.ui>https://site.example/Größe</uri.ui><title>A</title><path>Größe</path>
	<summary>S</summary><description>D</description><article>topic</article><language>en</language>
	<tags><tag value="faq"/></tags><filename>a.pdf</filename><alt-text>T</alt-text>
	<contents type="application/pdf" size="9" href="https://site.example/a.pdf"/>
	<user.author id="4"><username>jane</username><email>jane@site.example</email></user.author>
	<date.created>created</date.created><date.edited>edited</date.edited>
	<date.modified>modified</date.modified><date.deleted>deleted</date.deleted>
	<date.last-modified>modified</date.last-modified><date.lastlogin>login</date.lastlogin>
	<username>joe</username><fullname>Joe</fullname><status>active</status>`;
const FULL = rootOf(`<page id="1" revision="3" draft.state="active" subpages="true" files="2">${CONTENT}</page>`);

const names = { id: '1', title: 'A', path: 'Größe', url: 'https://site.example/Gr%C3%B6%C3%9Fe' };
const author = { id: '4', name: 'jane' };
const situation = { articleType: 'topic', language: 'en', draftState: 'active' };
const times = { editedAt: 'edited', createdAt: 'created' };
const [createdAt, modifiedAt, revision] = ['created', 'modified', 3];
const counts = { hasSubpages: true, fileCount: 2 };
const version = { ...names, revision, description: 'D', author, ...times };
const content = { type: 'application/pdf', size: 9, url: 'https://site.example/a.pdf' };
const file = { ...content, name: 'a.pdf', altText: 'T' };
const draftUrl = `${names.url}?mt-draft=true`;
const joe = { name: 'joe', fullName: 'Joe', status: 'active' };

const items: Array<[(element: XmlElement) => object, full: object, bare?: object]> = [
	[pageItem, { ...version, summary: 'S', tags: ['faq'], ...situation, description: undefined }],
	[deletedPageItem, { ...names, deletedAt: 'deleted', deleted: true }, { deleted: true }],
	[placedPageItem, { ...names, createdAt }],
	[savedPageItem, { ...names, revision, createdAt }],
	[subpageItem, { ...names, ...situation, revision, createdAt, modifiedAt, ...counts }],
	[revisionItem, version],
	[changedRevisionItem, { ...version, ...situation }],
	[changedPageItem, { ...names, tags: ['faq'], ...situation, modifiedAt, createdAt }],
	[draftItem, { ...names, draftUrl, state: 'active', revision, ...times, modifiedAt }],
	[fileItem, { ...file, id: '1', revision, description: 'D', modifiedAt }],
	[userItem, { id: '1', ...joe, createdAt, lastLoginAt: 'login' }],
	[resultItem, { title: 'A', modifiedAt, tags: [] }, { tags: [] }],
];

it.each(items.map(([maker, ...rest]) => [maker.name, maker, ...rest] as const))(
	'%s has what people use, and nothing that the response does not have',
	(_name, maker, full, bare = {}) => {
		expect(maker(FULL)).toEqual(full);
		expect(maker(rootOf('<page/>'))).toStrictEqual(bare);
	},
);

it.each([
	['true', true],
	['false', undefined],
])('pageItem of a page whose attribute "deleted" is %s: deleted is %s', (attribute, deleted) => {
	const xml = `<page id="1" deleted="${attribute}"><date.deleted>deleted</date.deleted></page>`;
	expect(pageItem(rootOf(xml)).deleted).toBe(deleted);
});

it('resultItem leaves out a tag without a name', () => {
	const { tags } = resultItem(rootOf('<result><tag>faq</tag><tag/></result>'));
	expect(tags).toEqual(['faq']);
});

describe('pageOf', () => {
	const response = (href: string) => rootOf(`<tags href="${href}"/>`);
	const OF_7 = response('https://site.example/@api/deki/pages/7/tags');

	it('pageOf has the ID by which the page was asked for, whatever the responses say', () => {
		expect(pageOf({ key: '42', label: 'page 42' }, OF_7)).toEqual({ id: '42' });
	});

	it.each([
		['no address', rootOf('<tags/>')],
		['an address that names no page', response('https://site.example/@api/deki/site/tags')],
		['an address that names a page by its path', response('https://site.example/pages/=7/tags')],
	])('pageOf has no ID when the responses have %s', (_case, given) => {
		expect(pageOf({ key: '=A', label: 'page "A"', path: 'A' }, given)).toEqual({ path: 'A' });
	});
});

/** Ends of the addresses of a draft in this state whose address ends like this. */
function urlEnds(state: string, end: string) {
	const address = `https://site.example/A${end.replaceAll('&', '&amp;')}`;
	const draft = `<draft state="${state}"><uri.ui>${address}</uri.ui></draft>`;
	const { url, draftUrl } = draftItem(rootOf(draft));
	return [url, draftUrl].map((each) => each?.replace('https://site.example/A', ''));
}

it.each(['active', 'unpublished'])('draftItem: a draft that is %s has an address of its own', (state) => {
	expect(urlEnds(state, '?mt-draft=true')).toEqual(['', '?mt-draft=true']);
	expect(urlEnds(state, '')).toEqual(['', '?mt-draft=true']);
	expect(urlEnds(state, '?a=1#part')).toEqual(['?a=1#part', '?a=1&mt-draft=true#part']);
});

it.each([
	['', ''],
	['?MT-Draft=True', ''],
	['?a=1&mt-draft=true#part', '?a=1#part'],
	['?a=1&mt-draft=true&b=2', '?a=1&b=2'],
	// These are other parameters.
	['?mt-draft=false', '?mt-draft=false'],
	['?no-mt-draft=true', '?no-mt-draft=true'],
])('draftItem: the url that ends with "%s" is that of the page: "%s"', (end, rest) => {
	expect(urlEnds('inactive', end)).toEqual([rest, undefined]);
});

const seat = (owned: string) => `<license.seat owner="true">${owned}</license.seat>`;
const RIGHTS = '<operations mask="1">LOGIN</operations>';

it.each([
	['<nick>ed</nick>', { name: 'ed' }],
	['<username/><nick>ed</nick>', { name: 'ed' }],
	[seat('True'), { isSeated: true }],
	[seat('false'), { isSeated: false }],
	[seat('1'), { isSeated: false }],
	// The ID of a role differs between sites.
	[`<permissions.user>${RIGHTS}<role id="5">Admin</role></permissions.user>`, { role: 'Admin' }],
])('userItem of a user with %s has %j', (content, item) => {
	expect(userItem(rootOf(`<user id="1">${content}</user>`))).toEqual({ id: '1', ...item });
});
