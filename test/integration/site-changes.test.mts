import { afterEach, describe, expect, it } from 'vitest';
import type { ApiCall, ApiClient } from '../../nodes/CxoneExpert/api/client.ts';
import type { XmlElement } from '../../nodes/CxoneExpert/api/xml.ts';
import { clearMemory } from '../../nodes/CxoneExpert/memory.ts';
import { CHANGE_KINDS, type ChangeKind, wordOf } from '../../nodes/CxoneExpert/event/change.ts';
import { ExpertError } from '../../nodes/CxoneExpert/api/expert-error.ts';
import { type FoundChanges, siteChanges } from '../../nodes/CxoneExpert/trigger/changes/site-changes.ts';
import type { Simulator } from '../support/simulator/index.mts';
import { callsAt, clientOf, site } from '../support/unit/simulator-site.mts';

const HOUR = 3_600_000;
/** The site itself, with its home page, is made after this. */
const NOW = Math.floor(Date.now() / 1000) * 1000 - 120_000;
/** A moment of the period that is looked at: from an hour ago until now. */
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000);
const PERIOD = { since: NOW - HOUR, until: NOW };

afterEach(clearMemory);

type Search = ReturnType<typeof siteChanges>;

function searchOf(simulator: Simulator, kinds: readonly ChangeKind[] = CHANGE_KINDS, period = PERIOD): Search {
	const query = { period, kinds: new Set(kinds), wants: () => true };
	return siteChanges({ api: clientOf(simulator), ...query, read: new Map<string, number>() });
}

/** Goes on until it has found all, or a call has failed. */
const goOn = async (steps: Search) => (await steps.next()).value;

/** Keys of what is found, oldest first; a deletion without its time. */
async function keys(...search: Parameters<typeof searchOf>): Promise<string[]> {
	return keysOf(await goOn(searchOf(...search)));
}

function keysOf(found: FoundChanges | ExpertError): string[] {
	if (found instanceof ExpertError) throw found;
	return found.changes.map((change) => wordOf(change).replace(/^(d:\d+):\d+$/, '$1'));
}

describe('siteChanges: what it finds', () => {
	it('siteChanges gives what was changed within the period, at the home page, too, oldest first', async () => {
		const simulator = await site();
		const { site: pages } = simulator;
		const old = pages.createPage('Top', { at: at(300) }).pageId;
		for (const minutes of [61, 60, 20, 5, 0]) pages.editPage(old, { at: at(minutes) });
		pages.editPage('', { at: at(10) });
		const period = { since: NOW - HOUR, until: NOW - 60_000 };
		expect(await keys(simulator, CHANGE_KINDS, period)).toEqual([
			...[`e:${old}:3`, `e:${old}:4`, 'e:1:2', `e:${old}:5`],
		]);
	});

	it('siteChanges leaves out a page that our user may not see or that is gone meanwhile', async () => {
		const simulator = await site();
		const [hidden, gone, seen] = ['Hidden', 'Gone', 'Seen'].map(
			(path) => simulator.site.createPage(path, { at: at(5) }).pageId,
		);
		for (const [id, status] of [
			[hidden, 403],
			[gone, 404],
		]) {
			const path = new RegExp(`/pages/${id}/revisions`);
			simulator.faults.add({ match: { path }, effect: { status } });
		}
		expect(await keys(simulator, ['created'])).toEqual([`c:${seen}`]);
	});
});

describe('siteChanges: a search that was interrupted', () => {
	it.each([
		['that is busy (503)', /revisions/, { status: 503, headers: { 'retry-after': '0' } }],
		['that fails at every call', /./, { status: 502 }],
	])('siteChanges leaves out no page of a site %s', async (_case, path, effect) => {
		const simulator = await site();
		const { pageId } = simulator.site.createPage('Page', { at: at(5) });
		await keys(simulator);
		const steps = searchOf(simulator, ['created']);
		simulator.faults.add({ match: { path: /revisions/, times: 1 }, effect: { status: 500 } });
		await goOn(steps);
		simulator.faults.clear();
		simulator.faults.add({ match: { path }, effect });
		for (let check = 0; check < 4; check++) expect(await goOn(steps)).toBeInstanceOf(ExpertError);
		simulator.faults.clear();
		expect(keysOf(await goOn(steps))).toEqual([`c:${pageId}`]);
	});

	it('siteChanges gives each deletion although pages are restored between two parts of the list', async () => {
		const simulator = await site({ maxPageSize: 10 });
		const { site: pages } = simulator;
		const ids = Array.from({ length: 25 }, (_, index) => {
			const { pageId } = pages.createPage(`Page_${index}`, { at: at(100) });
			pages.deletePage(pageId, { at: at(5) });
			return pageId;
		});
		simulator.faults.add({ match: { path: /archive/, nth: 2, times: 1 }, effect: { status: 502 } });
		const steps = searchOf(simulator, ['deleted']);
		await goOn(steps);
		const [first, ...others] = ids;
		const [last] = others.slice(-1);
		// Whether the oldest or the newest deletion comes first.
		for (const id of [first!, last!]) pages.restorePage(id);
		expect(keysOf(await goOn(steps))).toEqual(expect.arrayContaining(others.slice(0, -1).map((id) => `d:${id}`)));
	});
});

describe('siteChanges: pages that were deleted with one above them', () => {
	/** `A` with `A/B` and `A/B/C`, which the site lists each, from below; by path, their ids. */
	async function deletedTree(settings: Parameters<typeof site>[0] = {}) {
		const simulator = await site({ archiveEntries: 'pages', ...settings });
		const { site: pages } = simulator;
		const c = pages.createPage('C', { at: at(300) }).pageId;
		pages.movePage('C', 'B/C', { at: at(300) });
		pages.movePage('B', 'A/B', { at: at(300) });
		const [a, b] = [pages.page('A').id, pages.page('A/B').id];
		const deleteAll = () => pages.deletePage(a, { recursive: true, at: at(5) });
		return { simulator, pages, a, b, c, deleteAll };
	}

	const asked = (simulator: Simulator) =>
		callsAt(simulator).flatMap((call) => /archive\/pages\/(\d+)\/subpages/.exec(call)?.[1] ?? []);

	it.each<[settings: Parameters<typeof site>[0], asked: Array<'A' | 'A/B'>]>([
		[{}, ['A']],
		[{ archivedSubpages: 'children' }, ['A', 'A/B']],
		[{ archiveEntries: 'deletions' }, []],
	])(
		'siteChanges gives a page and all below it as one deletion at a site with %j, and asks what went with %j',
		async (settings, of) => {
			const { simulator, a, b, deleteAll } = await deletedTree(settings);
			deleteAll();
			expect(await keys(simulator, ['deleted'])).toEqual([`d:${a}`]);
			expect(asked(simulator)).toEqual(of.map((path) => `${path === 'A' ? a : b}`));
		},
	);

	it('siteChanges gives a page that was deleted by itself, in the same second, too', async () => {
		const { simulator, pages, a, c, deleteAll } = await deletedTree();
		pages.deletePage(c, { at: at(5) });
		deleteAll();
		expect((await keys(simulator, ['deleted'])).sort()).toEqual([`d:${a}`, `d:${c}`].sort());
		expect(asked(simulator)).toEqual([`${a}`]);
	});

	it.each([403, 404])('siteChanges gives each page where the site responds %i to what went with it', async (status) => {
		const { simulator, a, b, c, deleteAll } = await deletedTree();
		deleteAll();
		const path = new RegExp(`archive/pages/${a}/subpages`);
		simulator.faults.add({ match: { path }, effect: { status } });
		// What the page below says still counts.
		expect((await keys(simulator, ['deleted'])).sort()).toEqual([`d:${a}`, `d:${b}`].sort());
		simulator.faults.add({ match: { path: /subpages/ }, effect: { status } });
		expect((await keys(simulator, ['deleted'])).sort()).toEqual([a, b, c].map((id) => `d:${id}`).sort());
	});

	it.each([
		['responds 405', { status: 405 }],
		['responds with nothing', { status: 200, body: 'empty' }],
	] as const)(
		'siteChanges gives each page, after three checks for all of them, where the site %s to what went with one',
		async (_case, effect) => {
			const { simulator, pages, a, b, c, deleteAll } = await deletedTree();
			const other = pages.createPage('Other', { at: at(300) }).pageId;
			const below = pages.createPage('Other/Below', { at: at(300) }).pageId;
			deleteAll();
			pages.deletePage(other, { recursive: true, at: at(4) });
			simulator.faults.add({ match: { path: /\d+\/subpages/ }, effect });
			const steps = searchOf(simulator, ['deleted']);
			for (let check = 0; check < 2; check++) expect(await goOn(steps)).toBeInstanceOf(ExpertError);
			const found = keysOf(await goOn(steps));
			expect(found.sort()).toEqual([a, b, c, other, below].map((id) => `d:${id}`).sort());
		},
	);

	it('siteChanges takes nothing for deleted with a page but what was below it', async () => {
		const { simulator, a, b, c, deleteAll } = await deletedTree();
		deleteAll();
		const entry = (id: number, path: string) => `<page.archive id="${id}"><path>${path}</path></page.archive>`;
		const raw = `<pages.archive>${entry(a, 'A')}${entry(b, 'A/B')}</pages.archive>`;
		simulator.faults.add({
			match: { path: /\d+\/subpages/ },
			effect: { status: 200, body: { raw } },
		});
		expect((await keys(simulator, ['deleted'])).sort()).toEqual([`d:${a}`, `d:${c}`].sort());
	});
});

it('siteChanges reads an entry of an archive of 5,000 no more often than one of 500', async () => {
	expect(await readsPerEntry(100)).toBeLessThanOrEqual(await readsPerEntry(10));
});

/** How often the path of an entry is read, where a tree of 50 pages is deleted and made anew each night. */
async function readsPerEntry(nights: number): Promise<number> {
	let reads = 0;
	const entries = Array.from({ length: nights * 50 }, (_, index): XmlElement => {
		const deleted = new Date(Date.UTC(2020, 0, Math.floor(index / 50))).toISOString();
		const path = index % 50 === 0 ? 'Reports' : `Reports/Page_${index % 50}`;
		return {
			...{ '@id': `${index}`, title: 'Report', 'date.deleted': deleted },
			get path() {
				reads++;
				return path;
			},
		};
	});
	const call = async ({ path, query = {} }: ApiCall) => {
		if (path === '/users/current') return response('user', { '@anonymous': 'false', username: 'a' });
		const [, id] = /^\/archive\/pages\/(\d+)\/subpages$/.exec(path) ?? [];
		const { limit = 0, offset = 0 } = query as Record<string, number>;
		const [start, end] = id ? [Number(id) + 1, Number(id) + 50] : [offset, offset + limit];
		return response('pages.archive', { 'page.archive': entries.slice(start, end) });
	};
	const period = { since: 0, until: Infinity };
	const kinds = new Set(['deleted'] as const);
	const query = { period, kinds, wants: () => true, read: new Map() };
	const found = await goOn(siteChanges({ api: { call } as unknown as ApiClient, ...query }));
	expect(keysOf(found)).not.toEqual([]);
	return reads / entries.length;
}

const response = (name: string, root: XmlElement) => ({ status: 200, document: { name, root } });
