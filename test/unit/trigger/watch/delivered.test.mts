import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExpertEvent, Message } from '../../../../nodes/CxoneExpert/event/parse.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { startServing } from '../../../../nodes/CxoneExpert/trigger/publish/address.ts';
import { openGap, WatchedDelivery } from '../../../../nodes/CxoneExpert/trigger/watch/delivered.ts';
import { changeAt } from '../../../../nodes/CxoneExpert/trigger/ledger/arrival.ts';
import { Ledger } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { changesAt } from '../../../../nodes/CxoneExpert/trigger/watch/progress.ts';
import type { TriggerParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { n8nOf, type NodeState, nodeState } from '../../../support/unit/delivery-context.mts';
import { parameters } from '../../../support/unit/samples.mts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** When all changes here were made: not long ago, or they would not be kept. */
const NOW = Date.now();
const iso = (ms: number) => new Date(ms).toISOString();

beforeEach(() => {
	clearMemory();
	vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => void vi.useRealTimers());

/** Edits of one page are minutes apart: within seconds they count as one. */
const timeOf = (revision: number) => NOW + (revision - 4) * MINUTE;
/** An edit of page 371. */
const edited = (revision: number, at = timeOf(revision)): ExpertEvent => ({
	type: 'pagecontent_update',
	xml: { '@datetime': iso(at), page: { '@id': '371' }, revision: `${revision}` },
});
/** A change that leaves no date at the page: it cannot be recovered. */
const moved: ExpertEvent = {
	type: 'page_move',
	xml: { '@datetime': iso(NOW), page: { '@id': '371' } },
};
const SITE = 'https://help.example.com';
const changeOf = (revision: number) =>
	changeAt(SITE, { kind: 'e', subject: `371:${revision}`, at: timeOf(revision) });

const message = (...events: ExpertEvent[]): Message => ({ rawXml: '<event/>', events });
const unreadable: Message = { rawXml: 'x', unreadable: 'it is not XML' };

const SINCE_YESTERDAY = { publishedAt: NOW - DAY, cursor: NOW - DAY };

/** A delivery to a node whose workflow is published and watched. */
function watched(state: Partial<NodeState> = {}, recoverMissedChanges = true) {
	const n8n = n8nOf(nodeState(state));
	const changes = changesAt(n8n);
	changes.progress = { ...SINCE_YESTERDAY };
	const ledger = new Ledger();
	return {
		n8n,
		ledger,
		changes,
		/** It comes to a workflow with these parameters. */
		delivery: (given: Message, changed: Partial<TriggerParameters> = {}) =>
			new WatchedDelivery(given, ledger, SITE, {
				n8n,
				parameters: parameters({ recoverMissedChanges, ...changed }),
				now: NOW,
			}),
		/** The change was recovered. */
		recover: (revision: number) => ledger.note(changeOf(revision), 'recovered', NOW / 1000),
	};
}

describe('WatchedDelivery', () => {
	it('withoutRecovered leaves out the events whose change was recovered, and no others', () => {
		const { delivery, recover } = watched();
		recover(4);
		recover(5);
		const given = message(edited(3), edited(4), moved);
		expect(delivery(given).withoutRecovered(given)).toEqual(message(edited(3), moved));
		const all = message(edited(5));
		expect(delivery(all).withoutRecovered(all)).toBeUndefined();
		expect(delivery(unreadable).withoutRecovered(unreadable)).toBe(unreadable);
	});

	it('a delivery has the changes that a recovery could find, and no others', () => {
		const given = message(edited(4), moved, edited(5));
		expect(watched().delivery(given).changes).toEqual([changeOf(4), changeOf(5)]);
		expect(watched().delivery(unreadable).changes).toEqual([]);
	});

	it.each<[string, Partial<NodeState>, boolean]>([
		['with Watch: Recover Missed Changes off', {}, false],
		['in a test', { mode: 'manual' }, true],
	])('a delivery has nothing to do with recovery %s', (_case, state, isOn) => {
		const { delivery, recover } = watched(state, isOn);
		recover(4);
		const given = message(edited(4));
		expect(delivery(given).changes).toEqual([]);
		expect(delivery(given).withoutRecovered(given)).toBe(given);
	});

	it('a delivery has no changes to recover where nobody watches', () => {
		const { delivery, changes } = watched();
		delete changes.progress;
		expect(delivery(message(edited(4))).changes).toEqual([]);
	});

	it('a delivery goes by the progress that another process has stored', () => {
		const progress = { publishedAt: NOW - HOUR, cursor: NOW - HOUR };
		const staticData = { 'cxoneExpertWatch:n': { progress } };
		const { delivery, changes } = watched({ id: 'n', staticData });
		delete changes.progress;
		expect(delivery(message(edited(4))).changes).toEqual([changeOf(4)]);
	});
});

describe('WatchedDelivery.arrived: the first text of a page', () => {
	/** Whether a delivery of these events shows that the site sends it, to a workflow for these types. */
	function showsFirstTexts(events: string[], ...delivered: ExpertEvent[]): boolean {
		const { delivery, ledger, changes } = watched();
		for (const [index, event] of delivered.entries()) {
			const one = delivery(message(event), { events, allEvents: false });
			const claim = ledger.claim({
				...{ id: `${index}`, name: `${index}`, isNamedByEvents: true, isSigned: true },
				...{ changes: one.changes, time: NOW / 1000, isOutsideWindow: false },
			});
			expect(claim).not.toBeTypeOf('string');
			one.arrived(true);
		}
		return changes.firstTextsOf === SITE;
	}
	const by = (signature: string, revision = 1): ExpertEvent => {
		const { type, xml } = edited(revision);
		return { type, xml: { ...xml, request: { signature } } };
	};
	const edits = ['pagecontent_update'];

	it.each<[string, boolean, ExpertEvent]>([
		['of revision 1', true, by('POST:pages/*/contents')],
		['of revision 0', true, by('POST:pages/*/contents', 0)],
		['of revision 2', false, by('POST:pages/*/contents', 2)],
		['that published a draft', false, by('POST:drafts/*/publish')],
		['that names no call', false, edited(1)],
		['that names no page', false, { type: 'pagecontent_update', xml: { '@datetime': iso(NOW) } }],
		['of something else', false, { ...by('POST:pages/*/contents'), type: 'page_move' }],
	])('an edit %s shows it to a workflow for edits alone: %s', (_case, expected, event) => {
		expect(showsFirstTexts(edits, event)).toBe(expected);
	});

	it('an edit alone does not show it to a workflow that gets Page Created, too', () => {
		const both = [...edits, 'page_create'];
		expect(showsFirstTexts(both, by('POST:pages/*/contents'))).toBe(false);
		const created = { ...edited(1), type: 'page_create' };
		expect(showsFirstTexts(both, created, by('POST:pages/*/contents'))).toBe(true);
	});

	it('what cannot be read shows nothing', () => {
		const { delivery, changes } = watched();
		delivery(unreadable, { events: edits }).arrived(true);
		expect(changes.firstTextsOf).toBeUndefined();
	});
});

describe('WatchedDelivery.arrived: the cursor of a process that takes deliveries and watches nothing', () => {
	/** How far the watch has got after a delivery of these events. */
	function progressAfter(
		events: ExpertEvent[],
		{ isOld = true, isServing = false, cursor = 0 } = {},
	) {
		const { delivery, n8n, changes } = watched();
		changes.progress = { publishedAt: 0, cursor };
		if (isServing) startServing(n8n, 'https://n8n.example.com/webhook/a/webhook');
		vi.advanceTimersByTime(isOld ? HOUR + 1 : HOUR);
		delivery(message(...events)).arrived(true);
		return changes.progress;
	}

	it.each<[string, ExpertEvent[], Parameters<typeof progressAfter>[1], cursor: number]>([
		[
			'follows the newest change a day behind',
			[edited(4, NOW - HOUR), edited(5, NOW), edited(3, NOW - DAY)],
			{},
			NOW - DAY,
		],
		['never goes back', [edited(4)], { cursor: NOW }, NOW],
		['stays where no event tells of a change that can be recovered', [moved], { cursor: 7 }, 7],
		['is left to the watch where there is one', [edited(4)], { isServing: true }, 0],
		['stays in the first hour: n8n may tell the address later', [edited(4)], { isOld: false }, 0],
	])('the cursor %s', (_what, events, process, cursor) => {
		expect(progressAfter(events, process)).toEqual({ publishedAt: 0, cursor });
	});
});

it.each<[string, Partial<NodeState>, object]>([
	['makes the next look ask the site', {}, { missingAt: expect.any(Number) as number }],
	['does nothing in a test', { mode: 'manual' }, {}],
])('openGap %s', (_what, state, expected) => {
	const { n8n, changes } = watched(state);
	openGap(n8n);
	expect(changes.progress).toEqual({ ...SINCE_YESTERDAY, ...expected });
});

it('openGap does nothing where nobody watches', () => {
	const { n8n, changes } = watched();
	delete changes.progress;
	openGap(n8n);
	expect(changes.progress).toBeUndefined();
});
