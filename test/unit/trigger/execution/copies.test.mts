import fc from 'fast-check';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { KNOWN_BY_WORKERS_MS } from '../../../../nodes/CxoneExpert/trigger/ledger/elsewhere.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import {
	MAX_QUEUED_MS,
	withoutCopies,
} from '../../../../nodes/CxoneExpert/trigger/execution/copies.ts';
import { ROW_TTL_MS } from '../../../../nodes/CxoneExpert/trigger/execution/event-rows.ts';
import { ProcessedItems } from '../../../support/processed-items.mts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { type Execution, executionAt } from '../../../support/unit/execution.mts';

const MINUTE = 60_000;

let store: ProcessedItems;
/** What all executions of a test have said. */
let executions: Array<Pick<Execution, 'hints' | 'log'>>;
const hints = () => executions.flatMap((each) => each.hints);
const warnings = () => executions.flatMap(({ log }) => log.warn);

beforeEach(() => {
	vi.useFakeTimers();
	clearMemory();
	store = new ProcessedItems();
	store.access = async () => await wait(1);
	executions = [];
});
afterEach(() => {
	vi.useRealTimers();
});

async function wait(ms: number): Promise<void> {
	await new Promise((resolve) => void setTimeout(resolve, ms));
}

/** One execution, in one of several workers. */
function execution(id: string, nodeId = 'n'): IExecuteFunctions {
	const { context, ...said } = executionAt(nodeState({ id: nodeId }), { id, store });
	executions.push(said);
	return context;
}

/** One delivery of an event; a copy has another delivery id, unless a test says otherwise. */
function delivered(event: string, changed: IDataObject = {}) {
	const receivedAt = new Date().toISOString();
	return { json: { deliveryId: `${Math.random()}`, eventId: event, receivedAt, ...changed } };
}

interface Passed {
	event: unknown;
	isMarked: boolean;
}

/** What passes of these items. */
async function pass(context: IExecuteFunctions, ...items: Array<ReturnType<typeof delivered>>) {
	const passing = withoutCopies(context, items);
	// As long as anything that was started goes on, but not until rows are dropped.
	await vi.advanceTimersByTimeAsync(10 * MINUTE);
	return (await passing).items.map(({ json }) => passedOf(json));
}

function passedOf({ eventId, redelivered }: IDataObject): Passed {
	return { event: eventId, isMarked: redelivered === true };
}

const UNMARKED = { event: 'e', isMarked: false };
const MARKED = { event: 'e', isMarked: true };

describe('withoutCopies', () => {
	it('a copy in another execution starts nothing, and the execution says so', async () => {
		expect(await pass(execution('1'), delivered('e'))).toEqual([UNMARKED]);
		expect(hints()).toEqual([]);
		expect(await pass(execution('2'), delivered('e'))).toEqual([]);
		expect(hints()).toMatchObject([
			{ message: expect.stringMatching(/^1 event was left out/) as string },
		]);
	});

	it('several copies are left out of one execution, and other events stay', async () => {
		await pass(execution('1'), delivered('a'), delivered('b'));
		const items = ['a', 'c', 'b'].map((event) => delivered(event));
		expect(await pass(execution('2'), ...items)).toEqual([{ event: 'c', isMarked: false }]);
		expect(hints()).toMatchObject([{ message: expect.stringMatching(/^2 events were/) as string }]);
	});

	it('the same execution passes again, marked, when its worker was lost', async () => {
		await pass(execution('1'), delivered('e'));
		expect(await pass(execution('1'), delivered('e'))).toEqual([MARKED]);
	});

	it('an event that one execution has twice passes twice', async () => {
		expect(await pass(execution('1'), delivered('e'), delivered('e'))).toEqual([
			UNMARKED,
			UNMARKED,
		]);
	});

	it('an event runs once at each of two nodes', async () => {
		await pass(execution('1', 'one'), delivered('e'));
		expect(await pass(execution('1', 'other'), delivered('e'))).toEqual([UNMARKED]);
	});

	it('what was marked before stays marked', async () => {
		expect(await pass(execution('1'), delivered('e', { redelivered: true }))).toEqual([MARKED]);
	});

	it.each([
		['14 minutes for its execution is not marked', 14, UNMARKED],
		['16 minutes for its execution is marked', 16, MARKED],
	])('an event that has waited %s', async (_time, minutes, expected) => {
		const item = delivered('e');
		await vi.advanceTimersByTimeAsync(minutes * MINUTE);
		expect(await pass(execution('1'), item)).toEqual([expected]);
	});

	it('a change that was recovered is not marked for its wait', async () => {
		const item = delivered('e', { recovered: true });
		await vi.advanceTimersByTimeAsync(60 * MINUTE);
		expect(await pass(execution('1'), item)).toEqual([UNMARKED]);
	});

	it('of two events without an id that say the same, the later one is marked, and a copy left out', async () => {
		const one = delivered('', { eventId: undefined, deliveryId: 'd1' });
		const other = delivered('', { eventId: undefined, deliveryId: 'd2' });
		expect(await pass(execution('1'), one)).toEqual([{ event: undefined, isMarked: false }]);
		expect(await pass(execution('2'), other)).toEqual([{ event: undefined, isMarked: true }]);
		expect(await pass(execution('3'), one)).toEqual([]);
		expect(await pass(execution('4'), other)).toEqual([]);
	});

	it('the id of the node is what it was before', async () => {
		const context = execution('1');
		await pass(context, delivered('e'));
		expect(context.getNode().id).toBe('n');
	});

	it('copies that come one after the other are left out where n8n has one row for all events', async () => {
		const context = (id: string) => Object.assign(execution(id), { node: undefined });
		expect(await pass(context('1'), delivered('e'))).toEqual([UNMARKED]);
		expect(await pass(context('2'), delivered('e'))).toEqual([]);
		expect(await pass(context('3'), delivered('f'))).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		expect(await pass(context('4'), delivered('e'))).toEqual([]);
	});
});

describe('rows of events', () => {
	it('a row outlives all that may run unmarked, with five minutes for clocks that differ', () => {
		expect(ROW_TTL_MS - KNOWN_BY_WORKERS_MS - MAX_QUEUED_MS).toBeGreaterThanOrEqual(5 * MINUTE);
	});

	it('a row is dropped when no copy can come unmarked any more', async () => {
		await pass(execution('1'), delivered('e'));
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS - 11 * MINUTE);
		await pass(execution('2'), delivered('f'));
		expect(store.rows.size).toBe(2);
		await pass(execution('3'), delivered('g'));
		expect(store.rows.size).toBe(2);
	});

	it('the row of the node, which is for changes, is never dropped', async () => {
		store.rows.set('w n:n', ['of a change']);
		await pass(execution('1'), delivered('e'));
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		await pass(execution('2'), delivered('f'));
		expect(store.ownRow).toEqual(['of a change']);
	});

	it('rows that a burst has left are dropped faster than they come', async () => {
		const burst = Array.from({ length: 100 }, (_, index) => delivered(`burst ${index}`));
		await pass(execution('0'), ...burst);
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		for (let count = 0; count < 5; count++)
			await pass(execution(`${count}`), delivered(`${count}`));
		expect(store.rows.size).toBeLessThanOrEqual(5);
	});

	it('executions with many events leave no rows behind', async () => {
		const many = (run: number) =>
			Array.from({ length: 100 }, (_, index) => delivered(`${run} ${index}`));
		for (let run = 0; run < 10; run++) await pass(execution(`${run}`), ...many(run));
		// Rows of the last half hour: each run takes ten minutes here.
		expect(store.rows.size).toBeLessThanOrEqual(4 * 100);
	});

	it('rows that cannot be dropped hold up nothing', async () => {
		await pass(execution('1'), delivered('e'));
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		const context = execution('2');
		context.helpers.clearAllProcessedItems = async () => await Promise.reject(new Error('down'));
		expect(await pass(context, delivered('f'))).toHaveLength(1);
	});
});

describe('withoutCopies, when the database of n8n fails', () => {
	it('an event passes, marked, after five seconds, and one line says so', async () => {
		store.access = async () => await Promise.reject(new Error('down'));
		const passing = withoutCopies(execution('1'), [delivered('e'), delivered('f')]);
		await vi.advanceTimersByTimeAsync(5_000);
		const { items, areAllKnown } = await passing;
		expect(items.map(({ json }) => json.redelivered)).toEqual([true, true]);
		expect(areAllKnown).toBe(false);
		expect(warnings()).toEqual([expect.stringContaining('could not say')]);
		await vi.runAllTimersAsync();
	});

	it('an event passes, marked, when the database hangs', async () => {
		store.access = async () => await new Promise(() => {});
		expect(await pass(execution('1'), delivered('e'))).toEqual([MARKED]);
	});

	it('what passed so is recorded once the database works: copies start nothing', async () => {
		store.access = async () => await Promise.reject(new Error('down'));
		const passing = withoutCopies(execution('1'), [delivered('e')]);
		await vi.advanceTimersByTimeAsync(MINUTE);
		await passing;
		store.access = async () => {};
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await pass(execution('2'), delivered('e'))).toEqual([]);
	});

	it('a short fault marks nothing', async () => {
		let faults = 3;
		store.access = async () => {
			if (faults-- > 0) throw new Error('down');
		};
		expect(await pass(execution('1'), delivered('e'))).toEqual([UNMARKED]);
		expect(warnings()).toEqual([]);
	});

	it('an execution that cannot tell whether its row was inserted passes, marked', async () => {
		store.respond = async ({ kind }) => {
			if (kind !== 'write') return;
			store.respond = async () => {};
			throw new Error('connection lost');
		};
		expect(await pass(execution('1'), delivered('e'))).toEqual([MARKED]);
		expect(await pass(execution('2'), delivered('e'))).toEqual([]);
	});
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
	store.rows.set('w n:n', ['of a change']);
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
		return await withoutCopies(execution(`${index}`), [delivered('e')]);
	});
	await vi.runAllTimersAsync();
	return (await Promise.all(runs)).flatMap(({ items }) => items.map(({ json }) => passedOf(json)));
}

const starts = fc.array(fc.nat(60), { minLength: 2, maxLength: 4 });
const ms = fc.oneof(fc.nat(20), fc.nat(400));
const slowMs = fc.oneof(fc.nat(20), fc.nat(400), fc.integer({ min: 400, max: 60_000 }));
const fault = fc.option(fc.constantFrom('before' as const, 'after' as const), { nil: undefined });

describe('copies in several workers, in any order of statements', () => {
	it('exactly one of several copies passes, unmarked, while the database works', async () => {
		const courses = fc.array(fc.record({ before: ms, after: ms }), { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(starts, courses, async (at, given) => {
				expect(await race(at, given)).toEqual([UNMARKED]);
			}),
			{ numRuns: 1000 },
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
			{ numRuns: 1000 },
		);
	});
});
