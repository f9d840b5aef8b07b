import { describe, expect, it } from 'vitest';

import { numberOf } from '../../../nodes/CxoneExpert/api/elements.ts';
import { tagNames, userOf } from '../../../nodes/CxoneExpert/api/page-fields.ts';
import {
	changesOf,
	firstArchivedPages,
	listArchivedPages,
	listRevisionsSince,
	revisionChanges,
} from '../../../nodes/CxoneExpert/api/pages.ts';
import type { ApiCall, ApiClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { uninterrupted } from '../../../nodes/CxoneExpert/api/resumable.ts';
import { rootOf } from '../../support/unit/samples.mts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

it.each([
	['says that there are no more', 'querycount="1"', true],
	['says that there are more', 'querycount="2"', false],
	['does not say how many there are', '', false],
])('firstArchivedPages knows whether a list is complete when it %s', async (_case, count, isComplete) => {
	const xml = `<pages.archive ${count}><page.archive id="1"/></pages.archive>`;
	const { api } = siteByPath({ '/archive/pages': xml });
	expect(await firstArchivedPages(api)).toEqual({ entries: [{ '@id': '1' }], isComplete });
});

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
		['begins with an older part', [...all.slice(9, 59), ...all.slice(0, 9), ...all.slice(59)], paged],
		['has no numbers', all.map((each) => each.replace(/ revision="\d+"/, '')), paged],
		[
			'ignores the offset',
			all,
			(query: ApiCall['query']) => (query?.limit === 'all' ? paged(query) : ([0, 50] as [number, number])),
		],
	])('reads all where a site %s', async (_case, entries, window) => {
		expect(await numbers(listing(entries, window))).toHaveLength(200);
	});
});

describe('listArchivedPages', () => {
	const all = Array.from(
		{ length: 400 },
		(_, index) => `<page.archive id="${index}"><date.deleted>${after(-index)}</date.deleted></page.archive>`,
	);

	const tree = Array.from(
		{ length: 100 },
		(_, index) => `<page.archive id="tree-${index}"><date.deleted>${after(-999)}</date.deleted></page.archive>`,
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

it.each([
	[-1, 'edited'],
	[0, 'created'],
])('the last change of a page created %i seconds after the beginning of the period is "%s"', (seconds, change) => {
	const created = page(`<date.created>${after(seconds)}</date.created>`);
	expect(changesOf([created], period)).toMatchObject([{ change }]);
});

it('the revisions within the period are changes of the page, the first of a new page its creation', () => {
	const created = page(`<date.created>${after(1)}</date.created>`);
	const revisions = [revision(2, 20), revision(1, 10), revision(3, 4000), revision(4)];
	const changes = revisionChanges(created, revisions, period);
	expect(changes.map(({ element, change }) => [element['@revision'], change])).toEqual([
		['1', 'created'],
		['2', 'edited'],
	]);
});

it('tagNames and userOf take what some responses have in place of the usual', () => {
	const tags = rootOf('<tags><tag value="a"/><tag><title>b</title></tag><tag/></tags>');
	expect(tagNames(tags)).toEqual(['a', 'b']);
	expect(userOf(rootOf('<user id="4"><nick>ed</nick></user>'))).toEqual({ id: '4', name: 'ed' });
	expect(userOf(rootOf('<user id="4"/>'))).toEqual({ id: '4' });
});

it.each([
	['999999999999999', 999_999_999_999_999],
	['1000000000000000', undefined],
	['-1', undefined],
	[undefined, undefined],
])('numberOf of %j is %s', (text, expected) => {
	expect(numberOf(text)).toBe(expected);
});
