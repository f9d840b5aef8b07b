import { afterEach, describe, expect, it } from 'vitest';
import { clearMemory } from '../../nodes/CxoneExpert/memory.ts';
import { CHANGE_KINDS, type ChangeKind, wordOf } from '../../nodes/CxoneExpert/event/change.ts';
import { ExpertError } from '../../nodes/CxoneExpert/api/expert-error.ts';
import { type FoundChanges, siteChanges } from '../../nodes/CxoneExpert/trigger/changes/period-search.ts';
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

it('siteChanges gives a page and all below it as one deletion, and asks nothing more', async () => {
	const simulator = await site();
	const { site: pages } = simulator;
	pages.createPage('A/B/C', { at: at(300) });
	const { pageId } = pages.deletePage('A', { recursive: true, at: at(5) });
	expect(await keys(simulator, ['deleted'])).toEqual([`d:${pageId}`]);
	expect(callsAt(simulator).filter((call) => call.includes('/subpages'))).toEqual([]);
});
