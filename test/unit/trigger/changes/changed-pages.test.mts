import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type ApiClient, ExpertClient, LARGE_RESPONSES } from '../../../../nodes/CxoneExpert/api/client.ts';
import { ExpertError } from '../../../../nodes/CxoneExpert/api/expert-error.ts';
import { apiTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/memory.ts';
import { changedPages, findReach, reaches } from '../../../../nodes/CxoneExpert/trigger/changes/changed-pages.ts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

// Pauses are over at once.
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout'] });
	vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => {
	vi.useRealTimers();
	clearMemory();
});

const NONE_FOUND = '<pages count="0" totalcount="0"/>';
const subpages = (...pages: string[]) =>
	`<subpages count="${pages.length}" totalcount="${pages.length}">${pages.join('')}</subpages>`;
const page = (id: number, date = '', more = '') =>
	`<page.subpage id="${id}"${more}>${date && `<date.modified>${date}</date.modified>`}</page.subpage>`;
const LEAF = ' subpages="false"';

const twoLevels: Record<string, string> = {
	'/pages/home/find': NONE_FOUND,
	'/pages/home/subpages': subpages(page(1), page(2)),
	'/pages/2/subpages': subpages(page(3, '2026-11-26T10:00:00Z', LEAF)),
};
const SINCE = Date.parse('2026-11-26T09:00:00Z');
const PERIOD = { since: SINCE, until: SINCE + 3_600_000 };

/** Ids of the pages, and what went wrong on the way: each time the search goes on. */
async function found(api: ApiClient) {
	const ids: unknown[] = [];
	const failures: unknown[] = [];
	for await (const part of changedPages(api, 'site', PERIOD)) {
		if (!(part instanceof ExpertError)) ids.push(...part.map((each) => each['@id']));
		else if (failures.push(part) > 20) break;
	}
	return { ids, failures };
}

it('changed pages come although the site never gives what is below one of them to our user', async () => {
	const api = new ExpertClient(async ({ path }) => {
		if (path === '/pages/1/subpages') return { status: 403, headers: {}, body: '<error/>' };
		return { status: 200, headers: {}, body: twoLevels[path] ?? subpages() };
	}, []);
	expect(await found(api)).toEqual({ ids: ['1', '2', '3'], failures: [] });
});

/** Which pages `since` and `upto` leave out: the vendor does not say whether both are part of a period. */
const READINGS: Array<[name: string, isSince: boolean, isUpto: boolean]> = [
	['both', true, true],
	['since', true, false],
	['upto', false, true],
	['neither', false, false],
];

interface Asked {
	query: Record<string, unknown>;
	maxBytes?: number;
}

/** A site whose `find` looks at the whole tree: the first 1,000 pages of some size by the second of their change. */
function siteWith(
	pages: Array<[id: number, second: number]>,
	pageBytes: number,
	[, isSince, isUpto] = READINGS[0]!,
	ignoresUpto = false,
) {
	reaches.set('site', 'tree');
	const asked: Asked[] = [];
	const sent: number[] = [];
	const api = new ExpertClient(
		async ({ path, query = {}, maxBytes }) => {
			if (!path.endsWith('/find')) return { status: 200, headers: {}, body: subpages() };
			asked.push({ query, ...(maxBytes === undefined ? {} : { maxBytes }) });
			const [since, upto = Infinity] = ['since', 'upto'].map((name) =>
				query[name] === undefined ? undefined : Date.parse(String(query[name])),
			) as [number, number | undefined];
			const fitting = pages.filter(([, second]) => {
				const at = SINCE + second * 1000;
				return (isSince ? at >= since : at > since) && (ignoresUpto || (isUpto ? at <= upto : at < upto));
			});
			const inside = fitting.slice(0, 1000);
			const length = inside.length * pageBytes;
			if (maxBytes !== undefined && length > maxBytes) return { status: 200, headers: {}, body: '', isTooLarge: true };
			sent.push(length);
			const text = inside.map(([id, second]) => {
				const modified = apiTime(SINCE + second * 1000);
				const start = `<page id="${id}"><date.modified>${modified}</date.modified><title>`;
				return `${start.padEnd(pageBytes - 15, 'x')}</title></page>`;
			});
			const count = inside.length;
			const body = `<pages count="${count}" totalcount="${count}">${text.join('')}</pages>`;
			return { status: 200, headers: {}, body };
		},
		[],
		{ limits: LARGE_RESPONSES },
	);
	return { api, asked, sent };
}

/** One page a second, from the second after the beginning of the period. */
const eachSecond = (count: number): Array<[id: number, second: number]> =>
	Array.from({ length: count }, (_, index) => [index + 1, index + 1]);

const idsOf = (pages: Array<[id: number, second: number]>) => pages.map(([id]) => `${id}`);

/** Slices share a second: pages come twice. */
const once = (ids: unknown[]) => [...new Set(ids)];

describe('changedPages, where one response does not hold all', () => {
	it.each(READINGS)('changedPages loses no page where a period includes its ends like this: %s', async (...reading) => {
		const pages = eachSecond(300);
		const { api, asked, sent } = siteWith(pages, 3000, reading);
		expect(once((await found(api)).ids)).toEqual(idsOf(pages));
		// In slices that are short enough to parse; no more is downloaded of any other.
		expect(Math.max(...sent)).toBeLessThanOrEqual(256 * 1024);
		expect(new Set(asked.map(({ maxBytes }) => maxBytes))).toEqual(new Set([256 * 1024]));
		// And in longer ones again after the first five minutes of an hour.
		expect(asked.length).toBeLessThan(30);
	});

	it('changedPages takes a thousand pages for a part, although the site says that they are all', async () => {
		const pages = eachSecond(2500);
		const { api } = siteWith(pages, 150);
		expect(once((await found(api)).ids)).toEqual(idsOf(pages));
	});

	it('changedPages reads in one piece what was changed within two seconds, however much that is', async () => {
		const burst = Array.from({ length: 300 }, (_, index): [number, number] => [index + 10, 1800]);
		const pages: Array<[number, number]> = [[1, 5], ...burst, [2, 3000]];
		const { api, sent } = siteWith(pages, 1000);
		const { ids } = await found(api);
		expect(once(ids)).toEqual(idsOf(pages));
		expect(Math.max(...sent)).toBeGreaterThanOrEqual(300_000);
	});

	it.each([
		['', 300, 700],
		[', of which one slice does not hold all', 40, 10_000],
	])('changedPages downloads all once from a site that ignores upto%s', async (_case, count, bytes) => {
		const pages = eachSecond(count);
		const { api, asked, sent } = siteWith(pages, bytes, READINGS[0], true);
		const { ids } = await found(api);
		expect(ids).toEqual(idsOf(pages));
		expect(sent).toHaveLength(1);
		expect(asked.length).toBeLessThan(15);
	});
});

const SITE = 'https://help.example.com';

/** A page below another one, which was changed at ten. */
const listed = (id: number, more = '') => page(id, '2026-03-01T10:00:00Z', more);
const given = (ids: number[], total = ids.length) =>
	`<pages totalcount="${total}">${ids.map((id) => `<page id="${id}"/>`).join('')}</pages>`;

type Responses = Parameters<typeof siteByPath>[0];

/** A site with page 7 below page 1, which is below the home page; and what `find` gives. */
const sevenBelowOne = (find: Responses[string]): Responses => ({
	'/pages/home/subpages': subpages(listed(1)),
	'/pages/1/subpages': subpages(listed(7)),
	'/pages/home/find': find,
});

const reachAt = async (responses: Responses) => await findReach(siteByPath(responses).api, SITE);

it.each([
	['tree', [1, 7], 2],
	['tree', [7], 9],
	['children', [1], 1],
	['children', [], 0],
])('findReach is "%s" where `find` gives, of a page and one below it, %j of %i', async (reach, ids, total) => {
	expect(await reachAt(sevenBelowOne(given(ids, total)))).toBe(reach);
});

it.each<[string, Responses]>([
	['the site has not given all that it has found', sevenBelowOne(given([1], 2))],
	[
		'the site does not say when the page was changed',
		{ ...sevenBelowOne(given([7])), '/pages/1/subpages': subpages('<page.subpage id="7"/>') },
	],
])('findReach is "children", to be safe, while %s, and tries again', async (_case, responses) => {
	expect(await reachAt(responses)).toBe('children');
	expect(await reachAt(sevenBelowOne(given([7])))).toBe('tree');
});

it('findReach asks a site once, and another site again', async () => {
	const { api, calls } = siteByPath(sevenBelowOne(given([])));
	await findReach(api, SITE);
	const { length } = calls;
	expect(await findReach(api, SITE)).toBe('children');
	expect(calls).toHaveLength(length);
	await findReach(api, 'https://other.example.com');
	expect(calls).toHaveLength(2 * length);
});

it.each<[string, Responses]>([
	['the site has no page', { '/pages/home/subpages': subpages() }],
	['no page is two levels down', { '/pages/home/subpages': subpages(listed(1)), '/pages/1/subpages': subpages() }],
])('findReach is "flat" while %s, and tries again', async (_case, responses) => {
	expect(await reachAt(responses)).toBe('flat');
	expect(await reachAt(sevenBelowOne(given([])))).toBe('children');
});
