import { describe, expect, it } from 'vitest';

import {
	apiTime,
	compact,
	numberOf,
	pageUrl,
	siteTime,
} from '../../../nodes/CxoneExpert/api/elements.ts';
import { tagKey, tagNames, userOf } from '../../../nodes/CxoneExpert/api/page-fields.ts';
import {
	changesOf,
	firstArchivedPages,
	listArchivedPages,
	listRevisionsSince,
	oldestFirst,
	readPage,
	revisionChanges,
} from '../../../nodes/CxoneExpert/api/pages.ts';
import type { ApiCall, ApiClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { uninterrupted } from '../../../nodes/CxoneExpert/api/resumable.ts';
import { rootOf } from '../../support/unit/samples.mts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

it('readPage treats a virtual page as one that is not there', async () => {
	const { api } = siteByPath({ '/pages/=A': '<page id="0" virtual="true"/>' });
	await expect(readPage(api, '=A', 'page "A"')).rejects.toMatchObject({
		isNotFound: true,
		message: expect.stringMatching(/ \(404\) while n8n tried to read page "A"$/),
	});
});

it.each([
	['says that there are no more', 'querycount="1"', true],
	['says that there are more', 'querycount="2"', false],
	['does not say how many there are', '', false],
])(
	'firstArchivedPages knows whether a list is complete when it %s',
	async (_case, count, isComplete) => {
		const xml = `<pages.archive ${count}><page.archive id="1"/></pages.archive>`;
		const { api } = siteByPath({ '/archive/pages': xml });
		expect(await firstArchivedPages(api)).toEqual({ entries: [{ '@id': '1' }], isComplete });
	},
);

const since = Date.parse('2026-03-01T10:00:00Z');
const period = { since, until: since + 3_600_000 };
/** A date of the site, this many seconds after the beginning of the period. */
const after = (seconds: number) => new Date(since + seconds * 1000).toISOString();
const page = (dates: string) => rootOf(`<page id="7">${dates}</page>`);
const revision = (number: number, seconds?: number) =>
	rootOf(
		`<page revision="${number}">${seconds === undefined ? '' : `<date.edited>${after(seconds)}</date.edited>`}</page>`,
	);

/** A site with one list, and the queries that it has got. */
function listing(entries: string[], window: (query: ApiCall['query']) => [number, number]) {
	const queries: Array<ApiCall['query']> = [];
	const api: ApiClient = {
		call: async ({ path, query }) => {
			queries.push(query);
			const [from, to] = window(query);
			const name = path.endsWith('revisions') ? 'pages' : 'pages.archive';
			const xml = `<${name} querycount="${entries.length}">${entries.slice(from, to).join('')}</${name}>`;
			return { status: 200, headers: {}, body: xml, document: { name, root: rootOf(xml) } };
		},
	};
	return { api, queries };
}

const paged = (query: ApiCall['query']): [number, number] => {
	const { limit, offset } = query as { limit: number | 'all'; offset: number };
	return limit === 'all' ? [0, Infinity] : [offset, offset + limit];
};

describe('listRevisionsSince', () => {
	/** The newest first: one a minute, the last of them at the end of the period. */
	const all = Array.from({ length: 200 }, (_, index) => {
		const number = 200 - index;
		return `<page revision="${number}"><date.edited>${after((number - 140) * 60)}</date.edited></page>`;
	});
	const numbers = async ({ api }: { api: ApiClient }) =>
		(await listRevisionsSince(api, '7', since)).map((each) => Number(each['@revision']));
	const expected = Array.from({ length: 61 }, (_, index) => 200 - index);

	it('reads 50 at a time, up to one that is older', async () => {
		const site = listing(all, paged);
		expect(await numbers(site)).toEqual(expect.arrayContaining(expected));
		expect(site.queries).toEqual([
			{ limit: 50, offset: 0 },
			{ limit: 50, offset: 50 },
		]);
	});

	it.each([
		['lists the oldest first', [...all].reverse(), paged],
		['has another order within a part', [all[1]!, all[0]!, ...all.slice(2)], paged],
		[
			'begins with an older part',
			[...all.slice(9, 59), ...all.slice(0, 9), ...all.slice(59)],
			paged,
		],
		['has no numbers', all.map((each) => each.replace(/ revision="\d+"/, '')), paged],
		[
			'ignores the offset',
			all,
			(query: ApiCall['query']) =>
				query?.limit === 'all' ? paged(query) : ([0, 50] as [number, number]),
		],
	])('reads all where a site %s', async (_case, entries, window) => {
		expect(await numbers(listing(entries, window))).toHaveLength(200);
	});

	it('ends with the first revision', async () => {
		const site = listing(all.slice(-3), paged);
		expect(await listRevisionsSince(site.api, '7', 0)).toHaveLength(3);
		expect(site.queries).toHaveLength(1);
	});
});

describe('listArchivedPages', () => {
	const all = Array.from(
		{ length: 400 },
		(_, index) =>
			`<page.archive id="${index}"><date.deleted>${after(-index)}</date.deleted></page.archive>`,
	);

	const tree = Array.from(
		{ length: 100 },
		(_, index) =>
			`<page.archive id="tree-${index}"><date.deleted>${after(-999)}</date.deleted></page.archive>`,
	);

	it.each([
		['leaves the list at the first page that is older', all, since - 150_000, 200, 2],
		['reads all where a site lists the oldest first', [...all].reverse(), since - 150_000, 400, 4],
		['reads all of a site whose archive is younger', all, 0, 400, 4],
		[
			'reads on where the first hundred were deleted in one second: the order shows in none of them',
			[...tree, ...all],
			since - 150_000,
			300,
			3,
		],
	])('%s', async (_case, entries, from, count, calls) => {
		const site = listing(entries, paged);
		expect(await uninterrupted(listArchivedPages(site.api, from))).toHaveLength(count);
		expect(site.queries).toHaveLength(calls);
	});
});

describe('the last change of a page', () => {
	it.each([
		['was modified', `<date.modified>${after(5)}</date.modified>`, 5],
		['was edited, where nothing else is said', `<date.edited>${after(6)}</date.edited>`, 6],
	])('the last change of a page is of the time at which it %s', (_case, dates, seconds) => {
		expect(changesOf([page(dates)], period)).toMatchObject([
			{ change: 'edited', at: since + seconds * 1000 },
		]);
	});

	it('the last change of a page is of no time where the site names none', () => {
		expect(changesOf([page('')], period)).toMatchObject([{ change: 'edited', at: 0 }]);
	});

	it.each([
		[-1, 'edited'],
		[0, 'created'],
	])(
		'the last change of a page created %i seconds after the beginning of the period is "%s"',
		(seconds, change) => {
			const created = page(`<date.created>${after(seconds)}</date.created>`);
			expect(changesOf([created], period)).toMatchObject([{ change }]);
		},
	);
});

describe('the revisions of a page', () => {
	it('the revisions within the period are changes of the page, the first of a new page its creation', () => {
		const created = page(`<date.created>${after(1)}</date.created>`);
		const revisions = [revision(2, 20), revision(1, 10), revision(3, 4000), revision(4)];
		const changes = revisionChanges(created, revisions, period);
		expect(changes.map(({ element, change }) => [element['@revision'], change])).toEqual([
			['1', 'created'],
			['2', 'edited'],
		]);
	});

	it('revisions without a number come first', () => {
		const unnumbered = rootOf(`<page><date.edited>${after(30)}</date.edited></page>`);
		const changes = revisionChanges(page(''), [revision(1, 10), unnumbered], period);
		expect(changes.map(({ at }) => at)).toEqual([since + 30_000, since + 10_000]);
		expect(oldestFirst(changes).map(({ at }) => at)).toEqual([since + 10_000, since + 30_000]);
	});
});

it('tagNames and userOf take what some responses have in place of the usual', () => {
	const tags = rootOf('<tags><tag value="a"/><tag><title>b</title></tag><tag/></tags>');
	expect(tagNames(tags)).toEqual(['a', 'b']);
	expect(userOf(rootOf('<user id="4"><nick>ed</nick></user>'))).toEqual({ id: '4', name: 'ed' });
	expect(userOf(rootOf('<user id="4"/>'))).toEqual({ id: '4' });
});

it('tagKey is the same for all spellings of a tag', () => {
	expect(tagKey(' Caf\u0065\u0301 ')).toBe(tagKey('CAFÉ'));
	expect(tagKey('article:guide')).not.toBe(tagKey('guide'));
});

it.each([
	[
		'https://help.example.com/Größe_日本',
		'https://help.example.com/Gr%C3%B6%C3%9Fe_%E6%97%A5%E6%9C%AC',
	],
	['https://help.example.com/A%2FB?mt-draft=true', 'https://help.example.com/A%2FB?mt-draft=true'],
	['/no/site', '/no/site'],
])('pageUrl of %j is %j', (address, expected) => {
	expect(pageUrl(rootOf(`<page><uri.ui>${address}</uri.ui></page>`))).toBe(expected);
});

it.each([
	['0012', 12],
	['999999999999999', 999_999_999_999_999],
	['1000000000000000', undefined],
	['-1', undefined],
	['1.5', undefined],
	['', undefined],
	[undefined, undefined],
])('numberOf of %j is %s', (text, expected) => {
	expect(numberOf(text)).toBe(expected);
});

it('compact leaves out undefined values and empty objects, and nothing else that is empty', () => {
	const object = { zero: 0, text: '', no: false, none: null, list: [], nested: { a: undefined } };
	expect(compact({ ...object, b: undefined, c: {} })).toStrictEqual(object);
});

it('apiTime is in UTC with its fractions cut off, not rounded', () => {
	expect(apiTime(Date.parse('2026-01-30T16:59:45.999Z'))).toBe('2026-01-30T16:59:45Z');
	expect(apiTime(Date.parse('2026-01-30T17:59:45+01:00'))).toBe('2026-01-30T16:59:45Z');
});

it('siteTime parses dates of the site', () => {
	expect(siteTime('2026-01-30T16:59:45Z')).toBe(1769792385000);
	expect(siteTime('soon')).toBeUndefined();
	expect(siteTime(undefined)).toBeUndefined();
});
