import { beforeEach, describe, expect, it } from 'vitest';

import {
	findReach,
	mayHaveSubpages,
	modifiedAt,
} from '../../../nodes/CxoneExpert/trigger/find-reach.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';
import { rootOf } from '../../support/unit/samples.mts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

beforeEach(clearMemory);

const SITE = 'https://help.example.com';

/** A list of the pages below one. */
const below = (...pages: string[]) =>
	`<subpages totalcount="${pages.length}">${pages.join('')}</subpages>`;
const page = (id: number, subpages?: boolean) =>
	`<page.subpage id="${id}"${subpages === undefined ? '' : ` subpages="${subpages}"`}><date.modified>2026-03-01T10:00:00Z</date.modified></page.subpage>`;
const found = (ids: number[], total = ids.length) =>
	`<pages totalcount="${total}">${ids.map((id) => `<page id="${id}"/>`).join('')}</pages>`;

type Responses = Parameters<typeof siteByPath>[0];

/** A site with page 7 below page 1, which is below the home page; and what `find` gives. */
const twoLevels = (find: Responses[string]): Responses => ({
	'/pages/home/subpages': below(page(1)),
	'/pages/1/subpages': below(page(7)),
	'/pages/home/find': find,
});

/** What is found out, and the paths that were asked for it. */
async function tried(responses: Responses) {
	const { api, calls } = siteByPath(responses);
	return { reach: await findReach(api, SITE), calls };
}

const paths = (calls: string[]) => calls.map((call) => call.split('?')[0]);

describe('findReach', () => {
	it('findReach is "tree" where `find` gives a page two levels down', async () => {
		expect((await tried(twoLevels(found([1, 7])))).reach).toBe('tree');
	});

	it('findReach is "children" where `find` does not give it', async () => {
		expect((await tried(twoLevels(found([1])))).reach).toBe('children');
		expect((await tried(twoLevels(found([])))).reach).toBe('children');
	});

	it('findReach asks for the second of the change and one at either side', async () => {
		const { calls } = await tried(twoLevels(found([7])));
		const query = new URLSearchParams(calls.at(-1)?.split('?')[1]);
		expect(Object.fromEntries(query)).toMatchObject({
			since: '2026-03-01T09:59:59Z',
			upto: '2026-03-01T10:00:01Z',
		});
	});

	it.each([
		['tree', [7]],
		['children', []],
	])('findReach asks a site once, and another site again: "%s"', async (reach, ids) => {
		const { api, calls } = siteByPath(twoLevels(found(ids)));
		expect(await findReach(api, SITE)).toEqual(reach);
		const { length } = calls;
		expect(await findReach(api, SITE)).toEqual(reach);
		expect(calls).toHaveLength(length);
		await findReach(api, 'https://other.example.com');
		expect(calls).toHaveLength(2 * length);
	});

	it('findReach looks on below the next page where one has none, and not where the site says so', async () => {
		const { reach, calls } = await tried({
			'/pages/home/subpages': below(page(1, false), page(2), page(3, true), page(4)),
			'/pages/2/subpages': below(),
			'/pages/3/subpages': below(page(7)),
			'/pages/home/find': found([7]),
		});
		expect(reach).toBe('tree');
		expect(paths(calls)).toEqual([
			'/pages/home/subpages',
			'/pages/2/subpages',
			'/pages/3/subpages',
			'/pages/home/find',
		]);
	});
});

describe('findReach, when nobody can tell yet', () => {
	it.each<[string, Responses]>([
		['the site has no page', { '/pages/home/subpages': below() }],
		[
			'no page is two levels down',
			{ '/pages/home/subpages': below(page(1)), '/pages/1/subpages': below() },
		],
	])('findReach is "tree" while %s, and tries again', async (_case, responses) => {
		expect((await tried(responses)).reach).toBe('tree');
		expect((await tried(twoLevels(found([])))).reach).toBe('children');
	});

	it.each<[string, Responses]>([
		['the site has not given all that it has found', twoLevels(found([1], 2))],
		[
			'the site does not say when the page was changed',
			{ ...twoLevels(found([7])), '/pages/1/subpages': below('<page.subpage id="7"/>') },
		],
	])('findReach is "children", to be safe, while %s, and tries again', async (_case, responses) => {
		expect((await tried(responses)).reach).toBe('children');
		expect((await tried(twoLevels(found([7])))).reach).toBe('tree');
	});

	it('findReach finds the page among some of what the site has found', async () => {
		expect((await tried(twoLevels(found([7], 9)))).reach).toBe('tree');
	});

	it.each(['/pages/home/subpages', '/pages/1/subpages', '/pages/home/find'])(
		'findReach throws what %s does, and tries again',
		async (path) => {
			const failing = { ...twoLevels(found([7])), [path]: { status: 502 } };
			await expect(tried(failing)).rejects.toMatchObject({ status: 502 });
			expect((await tried(twoLevels(found([7])))).reach).toBe('tree');
		},
	);
});

it.each([
	['<page subpages="true"/>', true],
	['<page/>', true],
	['<page subpages="false"/>', false],
])('mayHaveSubpages of %s is %s', (xml, expected) => {
	expect(mayHaveSubpages(rootOf(xml))).toBe(expected);
});

it.each([
	['2026-03-01T10:00:00Z', Date.parse('2026-03-01T10:00:00Z')],
	['yesterday', undefined],
	['', undefined],
])('modifiedAt of a page that was changed "%s" is %s', (date, expected) => {
	expect(modifiedAt(rootOf(`<page><date.modified>${date}</date.modified></page>`))).toBe(expected);
});
