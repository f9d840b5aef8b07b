import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
	begin,
	type Beginning,
	dropOldRows,
	ROW_TTL_MS,
	rowsOf,
} from '../../../../nodes/CxoneExpert/trigger/execution/event-rows.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { ProcessedItems } from '../../../support/processed-items.mts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';
import { eventNameOf } from '../../../../nodes/CxoneExpert/trigger/execution/event-rows.ts';

const MINUTE = 60_000;

let store: ProcessedItems;

beforeEach(() => {
	vi.useFakeTimers();
	clearMemory();
	store = new ProcessedItems();
	store.access = async () => {};
});
afterEach(() => void vi.useRealTimers());

/** The node in one execution, in whichever worker. */
const execution = (id: string, nodeId = 'n') =>
	executionAt(nodeState({ id: nodeId }), { id, store }).context;

/** An event that Expert gives an id. */
const event = (name = 'e') => ({ name });
/** An event without an id, as one delivery brings it. */
const delivery = (deliveryId: string) => ({ name: 'e', deliveryId });

/** The rows that this worker is to drop, oldest first. */
function keptRows() {
	return rowsOf(execution('any'));
}

describe('begin', () => {
	it('begin is "first" for one execution with an event, and "copy" for each other one', async () => {
		expect(await begin(execution('1'), event())).toBe('first');
		expect(await begin(execution('2'), event())).toBe('copy');
		expect(await begin(execution('3'), event())).toBe('copy');
		expect(await begin(execution('3'), event('another'))).toBe('first');
	});

	it('begin is "again" for an execution that has begun with the event before', async () => {
		await begin(execution('1'), event());
		expect(await begin(execution('1'), event())).toBe('again');
		await begin(execution('2'), event());
		expect(await begin(execution('2'), event())).toBe('again');
	});

	it('begin is "first" at each node that gets the event', async () => {
		await begin(execution('1', 'one'), event());
		expect(await begin(execution('2', 'other'), event())).toBe('first');
	});

	it('begin is "like another" for another delivery that says the same without an id', async () => {
		expect(await begin(execution('1'), delivery('d1'))).toBe('first');
		expect(await begin(execution('2'), delivery('d2'))).toBe('like another');
		expect(await begin(execution('3'), delivery('d1'))).toBe('copy');
		expect(await begin(execution('4'), delivery('d2'))).toBe('copy');
		expect(await begin(execution('2'), delivery('d2'))).toBe('again');
	});

	it('begin remembers the row of a first event alone, to drop it when its time is over', async () => {
		await begin(execution('1'), event());
		await begin(execution('2'), event());
		await begin(execution('1'), event());
		expect(keptRows()).toEqual([{ name: 'e', dropAt: performance.now() + ROW_TTL_MS }]);
	});

	it('begin remembers at most 50,000 rows of a node, the newest', async () => {
		await begin(execution('1'), event('oldest'));
		const rows = keptRows();
		rows.push(...Array.from({ length: 49_999 }, () => ({ name: 'x', dropAt: Infinity })));
		await begin(execution('2'), event('newest'));
		expect(rows).toHaveLength(50_000);
		expect(rows[0]?.name).toBe('x');
		expect(rows.at(-1)?.name).toBe('newest');
	});
});

describe('begin, when the database of n8n fails', () => {
	/** When the database was asked, in ms; it fails at each of these times. */
	function failing(): number[] {
		const asked: number[] = [];
		store.access = async () => {
			asked.push(performance.now());
			throw new Error('down');
		};
		return asked;
	}

	it('begin is "unknown" after five minutes, and asks no more', async () => {
		const asked = failing();
		let beginning: Beginning | undefined;
		void begin(execution('1'), event()).then((known) => (beginning = known));
		await vi.advanceTimersByTimeAsync(5 * MINUTE - 1);
		expect(beginning).toBeUndefined();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(beginning).toBe('unknown');
		const { length } = asked;
		await vi.advanceTimersByTimeAsync(10 * MINUTE);
		expect(asked).toHaveLength(length);
		expect(keptRows()).toEqual([]);
	});

	it('begin asks again at once, then less and less often, up to once a second', async () => {
		const asked = failing();
		void begin(execution('1'), event());
		await vi.advanceTimersByTimeAsync(6_000);
		const pauses = asked.slice(1).map((at, index) => Math.round(at - asked[index]!));
		expect(pauses).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]);
	});

	it('begin knows who was first once the database works again', async () => {
		failing();
		const beginning = begin(execution('1'), event());
		await vi.advanceTimersByTimeAsync(100);
		store.access = async () => {};
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await beginning).toBe('first');
		expect(await begin(execution('2'), event())).toBe('copy');
	});

	it('begin is "copy" when another process inserts the row at the same moment', async () => {
		store.respond = async ({ kind }) => {
			if (kind === 'read') store.rows.set('w n:n:e', ['e', 'e in 9']);
			store.respond = async () => {};
		};
		const beginning = begin(execution('1'), event());
		await vi.advanceTimersByTimeAsync(25);
		expect(await beginning).toBe('copy');
	});
});

describe('dropOldRows', () => {
	/** The names of the events whose rows are in the database. */
	const rows = () => [...store.rows.keys()].map((key) => key.split(':').at(-1));

	it('dropOldRows drops a row when its time is over, and not sooner', async () => {
		await begin(execution('1'), event());
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS - 1);
		await dropOldRows(execution('2'), 1);
		expect(rows()).toEqual(['e']);
		await vi.advanceTimersByTimeAsync(1);
		await dropOldRows(execution('3'), 1);
		expect(rows()).toEqual([]);
		expect(keptRows()).toEqual([]);
	});

	it('dropOldRows leaves the rows that are younger', async () => {
		await begin(execution('1'), event('old'));
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		await begin(execution('2'), event('young'));
		await dropOldRows(execution('3'), 1);
		expect(rows()).toEqual(['young']);
		expect(keptRows()).toMatchObject([{ name: 'young' }]);
	});

	it('dropOldRows drops twenty rows more than the execution has made, the oldest first', async () => {
		for (let count = 0; count < 30; count++) await begin(execution('1'), event(`${count}`));
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		await dropOldRows(execution('2'), 3);
		expect(rows()).toEqual(['23', '24', '25', '26', '27', '28', '29']);
		expect(keptRows()).toHaveLength(7);
	});

	it('dropOldRows drops nothing of another node', async () => {
		await begin(execution('1', 'one'), event());
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		await dropOldRows(execution('2', 'other'), 1);
		expect(rows()).toEqual(['e']);
	});

	it('a row that dropOldRows cannot drop stays in the database, and is not tried again', async () => {
		await begin(execution('1'), event());
		await vi.advanceTimersByTimeAsync(ROW_TTL_MS);
		store.access = async () => await Promise.reject(new Error('down'));
		await expect(dropOldRows(execution('2'), 1)).rejects.toThrow('down');
		store.access = async () => {};
		await dropOldRows(execution('3'), 1);
		expect(rows()).toEqual(['e']);
	});
});

const ITEM = {
	deliveryId: 'd1',
	eventId: '143c3406-fdfd-11f0-8674-aa9553f76750',
	eventType: 'page_create',
	occurredAt: '2026-01-30T16:59:45Z',
	receivedAt: '2026-01-30T16:59:46.000Z',
	page: { id: '371' },
};
const { eventId: _id, ...WITHOUT_ID } = ITEM;
const UNREADABLE = {
	deliveryId: 'd1',
	receivedAt: ITEM.receivedAt,
	unreadable: 'empty',
	rawXml: '',
};

describe('eventNameOf', () => {
	it.each([
		['another delivery', { deliveryId: 'd2' }],
		['another time of arrival', { receivedAt: '2026-01-30T17:00:00.000Z' }],
		['a mark', { redelivered: true }],
		['headers', { headers: { 'x-nexus-delivery-id': 'd2' } }],
		['another form of the same event', { page: { id: '371', title: 'New' } }],
	])('an event has the same name with %s', (_case, changed) => {
		expect(eventNameOf({ ...ITEM, ...changed })).toEqual(eventNameOf(ITEM));
	});

	it.each([['eventId'], ['eventType'], ['occurredAt']])('another %s is another event', (field) => {
		expect(eventNameOf({ ...ITEM, [field]: 'another' })).not.toEqual(eventNameOf(ITEM));
	});

	it.each([
		['an event without an id', WITHOUT_ID],
		['a delivery that could not be read', UNREADABLE],
	])('%s is named by what it says, and told apart by its delivery', (_case, item) => {
		const { name, deliveryId } = eventNameOf(item);
		expect(deliveryId).toBe('d1');
		const copy = { ...item, deliveryId: 'd2', receivedAt: 'later', redelivered: true, headers: {} };
		expect(eventNameOf(copy)).toEqual({ name, deliveryId: 'd2' });
		expect(eventNameOf({ ...item, language: 'de' }).name).not.toBe(name);
	});

	it('a name has no letter that a key of n8n divides by', () => {
		expect(eventNameOf(ITEM)).toEqual({ name: expect.stringMatching(/^[\w-]{22}$/) as string });
	});
});
