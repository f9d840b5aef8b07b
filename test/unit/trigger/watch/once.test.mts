import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { changeAt } from '../../../../nodes/CxoneExpert/trigger/ledger/arrival.ts';
import { ledgerOf } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { addressOf } from '../../../../nodes/CxoneExpert/trigger/publish/address.ts';
import { changesAt } from '../../../../nodes/CxoneExpert/trigger/watch/node-changes.ts';
import { withoutKnownChanges } from '../../../../nodes/CxoneExpert/trigger/watch/once.ts';
import { ProcessedItems } from '../../../support/processed-items.mts';
import { type NodeState, nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';

const occurredAt = '2026-01-30T16:59:45Z';
/** Edits of one page are minutes apart: within a second they count as one. */
const timeOf = (revision: number, seconds = 0) =>
	new Date(Date.parse(occurredAt) + (revision - 4) * 60_000 + seconds * 1000).toISOString();

let node: NodeState;
let store: ProcessedItems;
let credential: () => Promise<ExpertCredential>;

beforeEach(() => {
	vi.useFakeTimers();
	node = nodeState({ credential: async () => await credential() });
	store = new ProcessedItems();
	store.access = async () => await new Promise((resolve) => void setTimeout(resolve, 1));
	credential = async () => ({ siteUrl: 'https://help.example.com' });
});
afterEach(() => void vi.useRealTimers());

/** An edit as a delivery brings it. */
const edited = (revision = 4, changed: IDataObject = {}): INodeExecutionData => ({
	json: {
		...{ eventId: `event ${revision}`, eventType: 'pagecontent_update' },
		...{ occurredAt: timeOf(revision), page: { id: '371', revision }, ...changed },
	},
});
/** The same edit as the watch recovers it. */
const recovered = (revision = 4, changed: IDataObject = {}): INodeExecutionData =>
	edited(revision, { eventId: `recovered:e:371:${revision}`, recovered: true, ...changed });

/** An execution of the node with these items: which of them pass, and what the log says. */
async function run(items: INodeExecutionData[], parameters: IDataObject = {}) {
	const { context, log } = executionAt(node, { parameters, store });
	const passing = withoutKnownChanges(context, items);
	await vi.advanceTimersByTimeAsync(10_000);
	return { passed: await passing, warnings: log.warn };
}

const passed = async (...items: INodeExecutionData[]) => (await run(items)).passed;

describe('withoutKnownChanges: a change comes in one way', () => {
	it('a change that was delivered does not pass as recovered', async () => {
		expect(await passed(edited())).toHaveLength(1);
		expect(await passed(recovered())).toEqual([]);
	});

	it('a change that was recovered passes neither as delivered nor as recovered again', async () => {
		expect(await passed(recovered())).toHaveLength(1);
		expect(await passed(edited())).toEqual([]);
		expect(await passed(recovered())).toEqual([]);
	});

	it('two genuine deliveries of one change both pass, and a third one', async () => {
		for (let count = 0; count < 3; count++) expect(await passed(edited())).toHaveLength(1);
	});

	it('of several items those whose change has come are left out, and the others keep their order', async () => {
		await passed(recovered(4), recovered(6));
		const items = [3, 4, 5, 6, 7].map((revision) => edited(revision));
		expect(await passed(...items)).toEqual([items[0], items[2], items[4]]);
	});

	it('a recovered change that is marked passes: its own execution may have recorded it before', async () => {
		await passed(recovered());
		const marked = recovered(4, { redelivered: true });
		expect(await passed(marked)).toEqual([marked]);
	});

	it('of a delivery and a recovery that wait for the store together the first passes', async () => {
		const contexts = [1, 2, 3].map(() => executionAt(node, { store }).context);
		const [other, first, second] = [edited(9), edited(), recovered()].map(
			async (item, index) => await withoutKnownChanges(contexts[index]!, [item]),
		);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await other).toHaveLength(1);
		expect(await first).toHaveLength(1);
		expect(await second).toEqual([]);
	});
});

describe('withoutKnownChanges: what the output says', () => {
	it.each([
		[[recovered()], '1 change was left out'],
		[[recovered(4), recovered(5)], '2 changes were left out'],
	])('the output says how many changes were left out: %#', async (items, words) => {
		await passed(edited(4), edited(5));
		const { context, hints } = executionAt(node, { store });
		void withoutKnownChanges(context, items);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(hints).toEqual([
			{ message: expect.stringContaining(words) as string, location: 'outputPane' },
		]);
	});

	it('a new page that is recovered passes where n8n keeps all marks in one row', async () => {
		const page = recovered(4, { eventId: 'recovered:c:371', eventType: 'page_create' });
		const { context } = executionAt(node, { store });
		delete (context as { node?: unknown }).node;
		const passing = withoutKnownChanges(context, [page]);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await passing).toEqual([page]);
	});

	it('the output says nothing where nothing was left out', async () => {
		const { context, hints } = executionAt(node, { store });
		void withoutKnownChanges(context, [edited()]);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(hints).toEqual([]);
	});
});

describe('withoutKnownChanges: where the webhook is watched', () => {
	const site = 'https://help.example.com';
	const change = changeAt(site, { kind: 'e', subject: '371:4', at: Date.parse(occurredAt) });
	const at = () => changesAt(executionAt(node).context);
	const ledger = () => ledgerOf(executionAt(node).context);

	beforeEach(() => {
		clearMemory();
		addressOf(executionAt(node).context).served = { url: 'https://n8n.example.com/a' };
		at().progress = { publishedAt: 0, cursor: 0, site };
	});

	it('the credential is not read: the watch knows the site', async () => {
		credential = async () => await Promise.reject(new Error('asked'));
		expect(await run([edited()])).toEqual({ passed: [edited()], warnings: [] });
		expect(store.ownRow).toHaveLength(2);
	});

	it('the watch need not recover what has begun to run as a delivery', async () => {
		await passed(edited());
		expect(ledger().take(change)).toBe('known');
		expect(ledger().takeRecovered(change)).toBe(false);
	});

	it('what was recovered is dropped when it is delivered after all', async () => {
		await passed(recovered());
		expect(ledger().takeRecovered(change)).toBe(true);
	});

	it('what n8n lets no recovery pass for counts as delivered', async () => {
		await passed(edited());
		clearMemory();
		addressOf(executionAt(node).context).served = { url: 'https://n8n.example.com/a' };
		at().progress = { publishedAt: 0, cursor: 0, site };
		expect(await passed(recovered())).toEqual([]);
		expect(ledger().take(change)).toBe('known');
		expect(ledger().takeRecovered(change)).toBe(false);
	});

	it('a recovered change that was delivered meanwhile does not pass although n8n has forgotten it', async () => {
		await passed(edited());
		store = new ProcessedItems();
		expect(await passed(recovered())).toEqual([]);
	});

	it('what the options leave out is not recovered again, and not noted at n8n', async () => {
		const { context } = executionAt(node, { store });
		expect(await withoutKnownChanges(context, [], [recovered()])).toEqual([]);
		expect(store.rows.size).toBe(0);
		expect(ledger().take(change)).toBe('known');
		expect(ledger().takeRecovered(change)).toBe(false);
	});

	it('nothing is noted of what happened before the workflow was published, maybe for another site', async () => {
		at().progress!.publishedAt = Date.parse(occurredAt) + 1000;
		await passed(edited());
		expect(store.rows.size).toBe(0);
		expect(ledger().isEmpty).toBe(true);
	});

	it('nothing is noted where nobody has published the workflow: nobody would evict it', async () => {
		delete at().progress;
		await passed(edited());
		expect(ledger().isEmpty).toBe(true);
	});
});

describe('withoutKnownChanges: edits are told by page and second', () => {
	const changedBy = (offset: number, seconds: number) => ({
		page: { id: '371', revision: 4 + offset },
		occurredAt: timeOf(4, seconds),
	});
	const readings = [-1, 0, 1].flatMap((offset) =>
		[-1, 0, 1].map((seconds) => [offset, seconds] as const),
	);

	it.each(readings)(
		'an edit comes in one way although its event has a revision %i higher and is %i seconds later',
		async (offset, seconds) => {
			const event = edited(4, changedBy(offset, seconds));
			expect(await passed(event)).toHaveLength(1);
			expect(await passed(recovered(4))).toEqual([]);
			store.rows.clear();
			expect(await passed(recovered(4))).toHaveLength(1);
			expect(await passed(event)).toEqual([]);
		},
	);

	it.each([-1, 1])(
		'the next edit passes as recovered and as delivered, where events have a revision %i higher',
		async (offset) => {
			const event = (revision: number) =>
				edited(revision, { page: { id: '371', revision: revision + offset } });
			for (const revision of [4, 6, 8]) {
				expect(await passed(event(revision))).toHaveLength(1);
				expect(await passed(recovered(revision + 1))).toHaveLength(1);
			}
		},
	);

	it.each([
		['recovered', recovered],
		['delivered', edited],
	])('edits that are all %s pass, however close together they are', async (_way, item) => {
		const seconds = new Map([
			[4, 0],
			[5, 0],
			[6, 1],
		]);
		for (const [revision, second] of seconds) {
			const occurred = { occurredAt: timeOf(4, second) };
			expect(await passed(item(revision, occurred))).toHaveLength(1);
		}
	});
});

describe('withoutKnownChanges: what counts as a change', () => {
	it.each<[string, IDataObject]>([
		['simplified', { page: { id: '371', revision: 4 } }],
		[
			'not simplified',
			{
				page: undefined,
				occurredAt: undefined,
				event: { '@datetime': occurredAt, page: { '@id': '371' }, revision: '4' },
			},
		],
	])('an event that is %s is recognised', async (_form, changed) => {
		await passed(recovered());
		expect(await passed(edited(4, changed))).toEqual([]);
	});

	it.each<[string, INodeExecutionData]>([
		['an event that cannot be recovered', edited(4, { eventType: 'page_move' })],
		['an event without a type', edited(4, { eventType: undefined })],
		['an event that names no page', edited(4, { page: undefined })],
		['an event that names a page without its number', edited(4, { page: { path: 'A' } })],
		['an edit that names no revision', edited(4, { page: { id: '371' } })],
		['an event without a time', edited(4, { occurredAt: undefined })],
		['a delivery that could not be read', { json: { unreadable: 'the document is empty' } }],
		['a recovered change that is marked', recovered(4, { redelivered: true })],
	])('%s leaves no mark, and n8n is not asked', async (_case, item) => {
		credential = async () => await Promise.reject(new Error('asked'));
		expect(await run([item])).toEqual({ passed: [item], warnings: [] });
		expect(store.rows.size).toBe(0);
	});

	it('an event that leaves no mark passes beside one whose change has come', async () => {
		await passed(recovered());
		const other = edited(4, { eventType: 'page_move' });
		expect(await passed(other, edited())).toEqual([other]);
	});

	it.each<[string, IDataObject, IDataObject]>([
		[
			'a deletion whose time is a second later in the archive',
			{ eventType: 'page_delete', page: { id: '371' } },
			{ eventId: `recovered:d:371:${Date.parse(timeOf(4, 1)) / 1000}`, occurredAt: timeOf(4, 1) },
		],
		[
			'a page that was published from a draft of the day before',
			{ eventType: 'page_create', page: { id: '371' }, occurredAt: '2026-01-31T09:00:00Z' },
			{ eventId: 'recovered:c:371', occurredAt: '2026-01-30T09:00:00Z' },
		],
	])('%s is recognised', async (_what, delivered, again) => {
		expect(await passed(edited(4, delivered))).toHaveLength(1);
		expect(await passed(recovered(4, again))).toEqual([]);
	});

	it('the marks of one site mean nothing at another', async () => {
		await passed(recovered());
		credential = async () => ({ siteUrl: 'https://other.example.com' });
		expect(await passed(edited())).toHaveLength(1);
		credential = async () => ({ siteUrl: 'https://help.example.com/Another_page' });
		expect(await passed(edited())).toEqual([]);
	});

	it('a page number that comes again on another day passes: the site was restored from a backup', async () => {
		const created = { eventType: 'page_create', page: { id: '371' } };
		await passed(recovered(4, { ...created, eventId: 'recovered:c:371' }));
		const later = { ...created, occurredAt: '2026-02-01T09:00:00Z' };
		expect(await passed(edited(4, later))).toHaveLength(1);
		expect(await passed(edited(4, created))).toEqual([]);
	});

	it('a mark names no site in plain text', async () => {
		await passed(edited());
		expect(store.ownRow).toEqual([
			expect.stringMatching(/^[\w-]{8}:e:371@1769792385:\d+$/),
			expect.stringMatching(/^[\w-]{8}:e:371@1769792385:\d+ delivered$/),
		]);
	});
});

describe('withoutKnownChanges: with Recover Missed Changes off, or a database that fails', () => {
	it('with Recover Missed Changes off every item passes, and leaves no mark', async () => {
		await passed(recovered());
		const { rows } = store;
		const before = structuredClone([...rows]);
		const off = { additionalOptions: { recoverMissedChanges: false } };
		expect((await run([edited(), edited(5)], off)).passed).toHaveLength(2);
		expect([...rows]).toEqual(before);
	});

	it.each([{}, null, { recoverMissedChanges: null }, { recoverMissedChanges: 'no' }])(
		'with odd options the default counts: %j',
		async (additionalOptions) => {
			await passed(recovered());
			expect((await run([edited()], { additionalOptions })).passed).toEqual([]);
		},
	);

	it.each<[string, () => void]>([
		[
			'n8n does not give the credential that names the site',
			() => (credential = async () => await Promise.reject(new Error('a secret'))),
		],
		[
			'the store fails',
			() => (store.access = async () => await Promise.reject(new Error('a secret'))),
		],
		['the store does not respond', () => (store.access = async () => await new Promise(() => {}))],
	])('every item passes when %s, and the log names the node', async (_case, fault) => {
		await passed(recovered());
		fault();
		const items = [edited(4), edited(5)];
		expect(await run(items)).toEqual({
			passed: items,
			warnings: ['n8n could not say whether a change has come before, so it runs (node "Trigger")'],
		});
	});

	it('a call that hangs does not hold up the executions after it', async () => {
		store.access = async () => await new Promise(() => {});
		expect((await run([edited(4)])).warnings).toHaveLength(1);
		store.access = async () => {};
		expect((await run([edited(5)])).warnings).toEqual([]);
	});

	it('an item waits five seconds for the store, not longer', async () => {
		store.access = async () => await new Promise((resolve) => void setTimeout(resolve, 2_400));
		expect((await run([edited()])).warnings).toEqual([]);
		store.access = async () => await new Promise((resolve) => void setTimeout(resolve, 2_600));
		expect((await run([edited()])).warnings).toHaveLength(1);
	});
});
