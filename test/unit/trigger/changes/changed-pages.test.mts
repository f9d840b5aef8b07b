import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type ApiClient, ExpertClient, LARGE_RESPONSES } from '../../../../nodes/CxoneExpert/api/client.ts';
import { ExpertError } from '../../../../nodes/CxoneExpert/api/expert-error.ts';
import { apiTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { changedPages } from '../../../../nodes/CxoneExpert/trigger/changes/changed-pages.ts';

// Pauses are over at once.
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout'] });
	vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => vi.useRealTimers());

const SINCE = Date.parse('2026-11-26T09:00:00Z');
const PERIOD = { since: SINCE, until: SINCE + 3_600_000 };

/** IDs of the pages, and whether the site has listed all of them. */
async function found(api: ApiClient) {
	const ids: unknown[] = [];
	let isComplete = true;
	for await (const part of changedPages(api, PERIOD)) {
		if (part instanceof ExpertError) throw part;
		ids.push(...part.pages.map((each) => each['@id']));
		isComplete &&= part.isComplete;
	}
	return { ids, isComplete };
}

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
	{ ignoresUpto = false, hidden = 0 } = {},
) {
	const asked: Asked[] = [];
	const sent: number[] = [];
	const api = new ExpertClient(
		async ({ query = {}, maxBytes }) => {
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
			const body = `<pages count="${count}" totalcount="${count + hidden}">${text.join('')}</pages>`;
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

	it('changedPages takes few pages for all, although the site counts some that it does not list', async () => {
		const pages = eachSecond(20);
		const { api, asked } = siteWith(pages, 150, READINGS[0], { hidden: 5 });
		expect(await found(api)).toEqual({ ids: idsOf(pages), isComplete: true });
		expect(asked).toHaveLength(1);
	});

	it('changedPages reads in one piece what was changed within two seconds, however much that is', async () => {
		const burst = Array.from({ length: 300 }, (_, index): [number, number] => [index + 10, 1800]);
		const pages: Array<[number, number]> = [[1, 5], ...burst, [2, 3000]];
		const { api, sent } = siteWith(pages, 1000);
		const { ids } = await found(api);
		expect(once(ids)).toEqual(idsOf(pages));
		expect(Math.max(...sent)).toBeGreaterThanOrEqual(300_000);
	});

	it('changedPages goes on behind two seconds with more pages than the site lists, and says that some are missing', async () => {
		const burst = Array.from({ length: 1001 }, (_, index): [number, number] => [index + 10, 1800]);
		const { api } = siteWith([[1, 5], ...burst, [2, 3000]], 150);
		const { ids, isComplete } = await found(api);
		expect(once(ids)).toEqual(idsOf([[1, 5], ...burst.slice(0, 1000), [2, 3000]]));
		expect(isComplete).toBe(false);
	});

	it('changedPages fails where not even two seconds fit into a response', async () => {
		const tooLarge = { status: 200, headers: {}, body: '', isTooLarge: true };
		const api = new ExpertClient(async () => await Promise.resolve(tooLarge), []);
		await expect(found(api)).rejects.toMatchObject({ kind: 'too-large' });
	});

	it.each([
		['', 300, 700],
		[', of which one slice does not hold all', 40, 10_000],
	])('changedPages downloads all once from a site that ignores upto%s', async (_case, count, bytes) => {
		const pages = eachSecond(count);
		const { api, asked, sent } = siteWith(pages, bytes, READINGS[0], { ignoresUpto: true });
		const { ids } = await found(api);
		expect(ids).toEqual(idsOf(pages));
		expect(sent).toHaveLength(1);
		expect(asked.length).toBeLessThan(15);
	});
});
