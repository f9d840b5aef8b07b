import fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import {
	eventNameOf,
	ROW_TTL_MS,
	withoutCopies,
	withoutKnownChanges,
} from '../../../../nodes/CxoneExpert/trigger/execution/once.ts';
import { changeAt } from '../../../../nodes/CxoneExpert/trigger/ledger/arrival.ts';
import { ledgerOf } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { addressOf } from '../../../../nodes/CxoneExpert/trigger/publish/address.ts';
import { changesAt } from '../../../../nodes/CxoneExpert/trigger/watch/progress.ts';
import { ProcessedItems } from '../../../support/processed-items.mts';
import { type NodeState, nodeState } from '../../../support/unit/delivery-context.mts';
import { type Execution, executionAt } from '../../../support/unit/execution.mts';

const MINUTE = 60_000;

let node: NodeState;
let store: ProcessedItems;
let credential: () => Promise<ExpertCredential>;
/** What all executions of a test have said. */
let executions: Array<Pick<Execution, 'hints' | 'log'>>;
const hints = () => executions.flatMap((each) => each.hints);
const warnings = () => executions.flatMap(({ log }) => log.warn);

beforeEach(() => {
	vi.useFakeTimers();
	clearMemory();
	credential = async () => ({ siteUrl: 'https://help.example.com' });
	node = nodeState({ id: 'n', credential: async () => await credential() });
	store = new ProcessedItems();
	store.access = async () => await wait(1);
	executions = [];
});
afterEach(() => void vi.useRealTimers());

async function wait(ms: number): Promise<void> {
	await new Promise((resolve) => void setTimeout(resolve, ms));
}

/** One execution, in one of several workers. */
function execution(id = '1') {
	const { context, ...said } = executionAt(node, { id, store });
	executions.push(said);
	return Object.assign(context, { getMode: () => 'webhook' });
}

interface Passed {
	event: unknown;
	isMarked: boolean;
}

function passedOf({ json: { eventId, redelivered } }: INodeExecutionData): Passed {
	return { event: eventId, isMarked: redelivered === true };
}

const UNMARKED = { event: 'e', isMarked: false };
const MARKED = { event: 'e', isMarked: true };

describe('withoutCopies', () => {
	/** One delivery of an event; a copy has another delivery id, unless a test says otherwise. */
	function delivered(event: string, changed: IDataObject = {}) {
		const receivedAt = new Date().toISOString();
		return { json: { deliveryId: `${Math.random()}`, eventId: event, receivedAt, ...changed } };
	}

	/** What passes of these items in an execution. */
	async function pass(id: string, ...items: INodeExecutionData[]) {
		const passing = withoutCopies(execution(id), items);
		// As long as anything that was started goes on, but not until rows are dropped.
		await vi.advanceTimersByTimeAsync(10 * MINUTE);
		return (await passing).items.map(passedOf);
	}

	it('several copies are left out, other events stay, and the execution says so', async () => {
		// What one execution has twice passes twice.
		expect(await pass('1', delivered('e'), delivered('e'), delivered('b'))).toHaveLength(3);
		const items = ['e', 'c', 'b'].map((event) => delivered(event));
		expect(await pass('2', ...items)).toEqual([{ event: 'c', isMarked: false }]);
		expect(hints()).toMatchObject([{ message: expect.stringMatching(/^2 events were/) as string }]);
	});

	it('the same execution passes again, marked, when its worker was lost', async () => {
		await pass('1', delivered('e'));
		expect(await pass('1', delivered('e'))).toEqual([MARKED]);
		await pass('2', delivered('e'));
		expect(await pass('2', delivered('e'))).toEqual([MARKED]);
	});

	it.each([
		['14 minutes for its execution is not marked', 14, {}, UNMARKED],
		['16 minutes for its execution is marked', 16, {}, MARKED],
		['an hour is not marked where it was recovered', 60, { recovered: true }, UNMARKED],
	])('an event that has waited %s', async (_time, minutes, changed, expected) => {
		const item = delivered('e', changed);
		await vi.advanceTimersByTimeAsync(minutes * MINUTE);
		expect(await pass('1', item)).toEqual([expected]);
	});

	it('of two events without an id that say the same, the later one is marked, and a copy left out', async () => {
		const one = delivered('', { eventId: undefined, deliveryId: 'd1' });
		const other = delivered('', { eventId: undefined, deliveryId: 'd2' });
		expect(await pass('1', one)).toEqual([{ event: undefined, isMarked: false }]);
		expect(await pass('2', other)).toEqual([{ event: undefined, isMarked: true }]);
		expect(await pass('3', one)).toEqual([]);
		expect(await pass('4', other)).toEqual([]);
	});

	it('executions with many events leave no rows behind', async () => {
		store.rows.set('w n:n', ['of a change']);
		const runs = Math.ceil(ROW_TTL_MS / (10 * MINUTE));
		for (let run = 0; run < 3 * runs; run++)
			await pass(`${run}`, ...Array.from({ length: 30 }, (_, i) => delivered(`${run} ${i}`)));
		expect(store.rows.size).toBeLessThanOrEqual(1 + (runs + 1) * 30);
		expect(store.ownRow).toEqual(['of a change']);
	});

	it('an event passes, marked, after five seconds without a database, and one line says so', async () => {
		store.access = async () => await Promise.reject(new Error('down'));
		const passing = withoutCopies(execution(), [delivered('e'), delivered('f')]);
		await vi.advanceTimersByTimeAsync(5_000);
		const { items, areKnown } = await passing;
		expect(items.map(passedOf)).toMatchObject([{ isMarked: true }, { isMarked: true }]);
		expect(areKnown).toBe(false);
		expect(warnings()).toEqual([expect.stringContaining('could not say')]);
		store.access = async () => {};
		await vi.advanceTimersByTimeAsync(1_000);
		// It was recorded as soon as the database worked.
		expect(await pass('2', delivered('e'))).toEqual([]);
	});

	it('a short fault marks nothing, and a row that was inserted without an answer marks the event', async () => {
		let faults = 3;
		store.access = async () => {
			if (faults-- > 0) throw new Error('down');
		};
		expect(await pass('1', delivered('e'))).toEqual([UNMARKED]);
		store.respond = async ({ kind }) => {
			if (kind !== 'write') return;
			store.respond = async () => {};
			throw new Error('connection lost');
		};
		expect(await pass('2', delivered('f'))).toEqual([{ event: 'f', isMarked: true }]);
		expect(await pass('3', delivered('f'))).toEqual([]);
		expect(warnings()).toEqual([]);
	});

	/** How one statement goes: how long until it takes effect, and until that is known; in ms. */
	interface Course {
		before: number;
		after: number;
		fault?: 'before' | 'after';
	}

	/** Executions of one event in as many workers, each started at its time, under each course of the statements. */
	async function race(starts: number[], courses: Course[]): Promise<Passed[]> {
		clearMemory();
		store = new ProcessedItems();
		const left = [...courses];
		const current = new Map<object, Course>();
		store.access = async (statement) => {
			const course = left.shift() ?? { before: 1, after: 1 };
			current.set(statement, course);
			await wait(course.before);
			if (course.fault === 'before') throw new Error('database is down');
		};
		store.respond = async (statement) => {
			const course = current.get(statement)!;
			await wait(course.after);
			if (course.fault === 'after') throw new Error('connection lost');
		};
		const runs = starts.map(async (start, index) => {
			await wait(start);
			return (await withoutCopies(execution(`${index}`), [delivered('e')])).items;
		});
		await vi.runAllTimersAsync();
		return (await Promise.all(runs)).flat().map(passedOf);
	}

	const starts = fc.array(fc.nat(60), { minLength: 2, maxLength: 4 });
	const ms = fc.oneof(fc.nat(20), fc.nat(400));
	const slowMs = fc.oneof(fc.nat(20), fc.nat(400), fc.integer({ min: 400, max: 60_000 }));
	const fault = fc.option(fc.constantFrom('before' as const, 'after' as const), { nil: undefined });

	it('exactly one of several copies passes, unmarked, while the database works', async () => {
		const courses = fc.array(fc.record({ before: ms, after: ms }), { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(starts, courses, async (at, given) => {
				expect(await race(at, given)).toEqual([UNMARKED]);
			}),
			{ numRuns: 500 },
		);
	});

	it('at least one of several copies passes, and at most one unmarked, however slow or broken the database is', async () => {
		const course = fc.record({ before: slowMs, after: slowMs, fault });
		await fc.assert(
			fc.asyncProperty(starts, fc.array(course, { maxLength: 16 }), async (at, given) => {
				const passed = await race(at, given);
				expect(passed.length).toBeGreaterThanOrEqual(1);
				expect(passed.filter(({ isMarked }) => !isMarked).length).toBeLessThanOrEqual(1);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('eventNameOf', () => {
	const ITEM = {
		...{ deliveryId: 'd1', eventId: '143c3406-fdfd-11f0-8674-aa9553f76750' },
		...{ eventType: 'page_create', occurredAt: '2026-01-30T16:59:45Z' },
		...{ receivedAt: '2026-01-30T16:59:46.000Z', page: { id: '371' } },
	};

	it.each([
		['another delivery', { deliveryId: 'd2' }],
		['another time of arrival', { receivedAt: '2026-01-30T17:00:00.000Z' }],
		['a mark', { redelivered: true }],
		['headers', { headers: { 'x-nexus-delivery-id': 'd2' } }],
		['another form of the same event', { page: { id: '371', title: 'New' } }],
	])('an event has the same name with %s', (_case, changed) => {
		expect(eventNameOf({ ...ITEM, ...changed })).toEqual(eventNameOf(ITEM));
	});

	it.each(['eventId', 'eventType', 'occurredAt'])('another %s is another event', (field) => {
		expect(eventNameOf({ ...ITEM, [field]: 'another' })).not.toEqual(eventNameOf(ITEM));
	});

	it('an event without an id is named by what it says, and told apart by its delivery', () => {
		const { eventId: _id, ...item } = ITEM;
		const { name, deliveryId } = eventNameOf(item);
		expect(deliveryId).toBe('d1');
		const copy = {
			...{ ...item, deliveryId: 'd2', receivedAt: 'later' },
			...{ redelivered: true, unverified: true, headers: {} },
		};
		expect(eventNameOf(copy)).toEqual({ name, deliveryId: 'd2' });
		expect(eventNameOf({ ...item, language: 'de' }).name).not.toBe(name);
	});

	it('a name has no letter that a key of n8n divides by', () => {
		expect(eventNameOf(ITEM).name).toMatch(/^[\w-]{22}$/);
	});
});

describe('withoutKnownChanges', () => {
	const occurredAt = '2026-01-30T16:59:45Z';
	/** Edits of one page are minutes apart: within a second they count as one. */
	const timeOf = (revision: number, seconds = 0) =>
		new Date(Date.parse(occurredAt) + (revision - 4) * MINUTE + seconds * 1000).toISOString();
	/** An edit as a delivery brings it. */
	const edited = (revision = 4, changed: IDataObject = {}): INodeExecutionData => ({
		json: {
			...{ eventId: `event ${revision}`, eventType: 'pagecontent_update' },
			...{ occurredAt: timeOf(revision), page: { id: '371', revision }, ...changed },
		},
	});
	/** The same edit as the watch recovers it. */
	const recovered = (revision = 4, changed: IDataObject = {}): INodeExecutionData =>
		edited(revision, { eventId: 'recovered', recovered: true, ...changed });

	/** What passes of these items in an execution. */
	async function passed(...items: INodeExecutionData[]) {
		const passing = withoutKnownChanges(execution(), items, []);
		await vi.advanceTimersByTimeAsync(10_000);
		return await passing;
	}

	it('of several items those whose change has come are left out, and the output says how many', async () => {
		await passed(recovered(4), recovered(6));
		expect(hints()).toEqual([]);
		const items = [3, 4, 5, 6, 7].map((revision) => edited(revision));
		expect(await passed(...items)).toEqual([items[0], items[2], items[4]]);
		const message = expect.stringContaining('2 changes were left out') as string;
		expect(hints()).toEqual([{ message, location: 'outputPane' }]);
	});

	it('of a delivery and a recovery that wait for the store together the first passes', async () => {
		const [other, first, second] = [edited(9), edited(), recovered()].map(
			async (item) => await withoutKnownChanges(execution(), [item], []),
		);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await other).toHaveLength(1);
		expect(await first).toHaveLength(1);
		expect(await second).toEqual([]);
	});

	it('a new page that is recovered passes where n8n keeps all marks in one row', async () => {
		const page = recovered(4, { eventType: 'page_create' });
		const context = Object.assign(execution(), { node: undefined });
		const passing = withoutKnownChanges(context, [page], []);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await passing).toEqual([page]);
	});

	const readings = [-1, 0, 1].flatMap((offset) =>
		[-1, 0, 1].map((seconds) => [offset, seconds] as const),
	);
	it.each(readings)(
		'an edit comes in one way although its event has a revision %i higher and is %i seconds later',
		async (offset, seconds) => {
			const page = { id: '371', revision: 4 + offset };
			const event = edited(4, { page, occurredAt: timeOf(4, seconds) });
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
			for (const revision of [4, 6, 8]) {
				const page = { id: '371', revision: revision + offset };
				expect(await passed(edited(revision, { page }))).toHaveLength(1);
				expect(await passed(recovered(revision + 1))).toHaveLength(1);
			}
		},
	);

	it.each([
		['recovered', recovered],
		['delivered', edited],
	])('edits that are all %s pass, however close together they are', async (_way, item) => {
		for (const [index, second] of [0, 0, 1].entries())
			expect(await passed(item(4 + index, { occurredAt: timeOf(4, second) }))).toHaveLength(1);
	});

	it.each([
		[
			'a deletion whose time is a second later in the archive',
			...['page_delete', occurredAt, timeOf(4, 1)],
		],
		[
			'a page that was published from a draft of the day before',
			...['page_create', '2026-01-31T09:00:00Z', '2026-01-30T09:00:00Z'],
		],
	])('%s is recognised', async (_what, eventType, delivered, again) => {
		expect(await passed(edited(4, { eventType, occurredAt: delivered }))).toHaveLength(1);
		expect(await passed(recovered(4, { eventType, occurredAt: again }))).toEqual([]);
	});

	it('a page number that comes again on another day passes: the site was restored from a backup', async () => {
		const created = { eventType: 'page_create' };
		await passed(recovered(4, created));
		expect(
			await passed(edited(4, { ...created, occurredAt: '2026-02-01T09:00:00Z' })),
		).toHaveLength(1);
		expect(await passed(edited(4, created))).toEqual([]);
	});

	it.each<[string, IDataObject]>([
		['that names a page without its number', { page: { path: 'A' } }],
		['that names no revision', { page: { id: '371' } }],
		['without a time', { occurredAt: undefined }],
		['without a type', { eventType: undefined }],
	])('an edit %s leaves no mark, and n8n is not asked', async (_case, changed) => {
		credential = async () => await Promise.reject(new Error('asked'));
		expect(await passed(edited(4, changed))).toHaveLength(1);
		expect(store.rows.size).toBe(0);
		expect(warnings()).toEqual([]);
	});

	it('a mark names no site in plain text', async () => {
		await passed(edited());
		expect(store.ownRow).toEqual([
			expect.stringMatching(/^[\w-]{8}:e:371@1769792385:\d+$/),
			expect.stringMatching(/^[\w-]{8}:e:371@1769792385:\d+ delivered$/),
		]);
	});

	it('an item waits five seconds for the store, not longer, and holds up no execution after it', async () => {
		store.access = async () => await wait(2_400);
		await passed(edited());
		expect(warnings()).toEqual([]);
		store.access = async () => await wait(2_600);
		await passed(edited());
		expect(warnings()).toHaveLength(1);
		store.access = async () => await new Promise(() => {});
		expect(await passed(edited(5))).toHaveLength(1);
		expect(warnings()).toHaveLength(2);
		store.access = async () => {};
		await passed(edited(6));
		expect(warnings()).toHaveLength(2);
	});

	describe('where the webhook is watched', () => {
		const site = 'https://help.example.com';
		const change = changeAt(site, { kind: 'e', subject: '371:4', at: Date.parse(occurredAt) });
		const at = () => changesAt(execution());
		const ledger = () => ledgerOf(execution());
		const watch = (publishedAt = 0) => {
			clearMemory();
			addressOf(execution()).served = { url: 'https://n8n.example.com/a' };
			at().progress = { publishedAt, cursor: 0, site };
		};
		beforeEach(() => watch());

		it('the credential is not read: the watch knows the site', async () => {
			credential = async () => await Promise.reject(new Error('asked'));
			expect(await passed(edited())).toEqual([edited()]);
			expect(store.ownRow).toHaveLength(2);
		});

		it.each([
			['need not recover what has begun to run as a delivery', edited(), false],
			['drops what was recovered when it is delivered after all', recovered(), true],
		])('the watch %s', async (_what, item, isDropped) => {
			await passed(item);
			expect(ledger().take(change)).toBe('known');
			expect(ledger().takeRecovered(change)).toBe(isDropped);
		});

		it('what n8n lets no recovery pass for counts as delivered', async () => {
			await passed(edited());
			watch();
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
			expect(await withoutKnownChanges(execution(), [], [recovered()])).toEqual([]);
			expect(store.rows.size).toBe(0);
			expect(ledger().take(change)).toBe('known');
			expect(ledger().takeRecovered(change)).toBe(false);
		});

		it('nothing is noted of what happened before the workflow was published, maybe for another site', async () => {
			watch(Date.parse(occurredAt) + 1000);
			await passed(edited());
			expect(store.rows.size).toBe(0);
			expect(ledger().isEmpty).toBe(true);
		});
	});
});
