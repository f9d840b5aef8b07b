import { afterEach, expect, it } from 'vitest';

import { missedByFind } from '../../../nodes/CxoneExpert/api/find-depth.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

afterEach(clearMemory);

const SITE = 'https://help.example.com';
const NEWEST = '2026-03-01T10:00:00Z';
const OLDER = '2026-02-01T10:00:00Z';

const page = (id: number, modified?: string, more = '') =>
	`<page.subpage id="${id}"${more}>${modified === undefined ? '' : `<date.modified>${modified}</date.modified>`}</page.subpage>`;
const subpages = (...pages: string[]) => `<subpages>${pages.join('')}</subpages>`;
const given = (ids: number[], total = ids.length) =>
	`<pages totalcount="${total}">${ids.map((id) => `<page id="${id}"/>`).join('')}</pages>`;

type Responses = Parameters<typeof siteByPath>[0];

/** A site with pages 7 and 8 below page 1, which is below the home page; and what `find` gives. */
const twoLevels = (find: Responses[string]): Responses => ({
	'/pages/home/subpages': subpages(page(2, NEWEST, ' subpages="false"'), page(1, NEWEST)),
	'/pages/1/subpages': subpages(page(8, NEWEST), page(9), page(7, OLDER)),
	'/pages/home/find': find,
});

const missedAt = async (responses: Responses) => await missedByFind(siteByPath(responses).api, SITE);

it.each([
	['nothing', [1, 7], 2],
	['nothing', [7], 9],
	['what is below the first level', [1], 1],
	['what is below the first level', [], 0],
])('missedByFind names %s where `find` gives %j of %i pages', async (what, ids, total) => {
	const missed = what === 'nothing' ? undefined : expect.stringMatching(/^Pages below the first level are not/);
	expect(await missedAt(twoLevels(given(ids, total)))).toEqual(missed);
});

it('missedByFind looks for the page whose last change is the longest ago, as lists can be late', async () => {
	const { api, calls } = siteByPath(twoLevels(given([7])));
	await missedByFind(api, SITE);
	expect(calls.at(-1)).toBe(
		'/pages/home/find?since=2026-02-01T09%3A59%3A59Z&upto=2026-02-01T10%3A00%3A01Z&include=tags',
	);
});

it.each<[string, Responses]>([
	['the site has not given all that it has found', twoLevels(given([1], 2))],
	['the site has no page', { '/pages/home/subpages': subpages() }],
	['no page is two levels down', { '/pages/home/subpages': subpages(page(1)), '/pages/1/subpages': subpages() }],
	[
		'the site does not say when pages were changed',
		{ ...twoLevels(given([])), '/pages/1/subpages': subpages(page(7)) },
	],
	['a call fails', { ...twoLevels(given([])), '/pages/1/subpages': { status: 500 } }],
])('missedByFind names nothing while %s, and asks again', async (_case, responses) => {
	expect(await missedAt(responses)).toBeUndefined();
	expect(await missedAt(twoLevels(given([])))).toBeDefined();
});

it('missedByFind makes three calls at most, and none at a site that was seen to search the whole tree', async () => {
	for (const [find, expected] of [
		[given([]), [3, 6]],
		[given([7]), [3, 3]],
	] as const) {
		const { api, calls } = siteByPath(twoLevels(find));
		const counts = [];
		for (let time = 0; time < 2; time++) {
			await missedByFind(api, SITE);
			counts.push(calls.length);
		}
		expect(counts).toEqual(expected);
	}
	const { api, calls } = siteByPath(twoLevels(given([7])));
	await missedByFind(api, 'https://other.example.com');
	expect(calls).toHaveLength(3);
});
