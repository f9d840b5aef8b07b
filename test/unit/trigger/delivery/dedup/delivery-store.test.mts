import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/claim.ts';
import {
	type Attempt,
	type StoreResult,
	DeliveryStore,
	idKey,
	type Limits,
	messageKey,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import { readRows } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';

const T = 1_769_792_386;
const HOUR = 3600;
const LIMITS: Limits = { rememberForSeconds: 24 * HOUR, maxRemembered: 1000, maxAgeSeconds: HOUR };
const key = (name: string) => idKey(name);

function attempt(id: string, message: string | undefined = `message of ${id}`, time = T): Attempt {
	return { id: key(id), message: key(message), time, isOutsideWindow: false };
}

/** How many attempts are remembered. */
const sizeOf = (store: DeliveryStore) => store['attempts'].length;

function unsigned(id: string, time = T): Attempt {
	return { id: key(id), time, isOutsideWindow: false };
}

function claimed(result: StoreResult): Claim {
	if (result.kind !== 'claimed') throw new Error(`not claimed but ${result.kind}`);
	return result.claim;
}

function settledOf(result: StoreResult): Promise<void> {
	if (result.kind !== 'in progress') throw new Error(`not in progress but ${result.kind}`);
	return result.settled;
}

function remember(store: DeliveryStore, seen: Attempt): void {
	finish(claimed(store.claim(seen)));
}

function finish(claim: Claim): void {
	claim.confirm();
	claim.recorded();
}

/** What another process knows that starts with this one's record. */
function restarted(store: DeliveryStore, writer = 'later process'): DeliveryStore {
	const next = new DeliveryStore(writer);
	next.merge(store.record(LIMITS));
	return next;
}

const rowsOf = (store: DeliveryStore) => readRows(store.record(LIMITS).rows);

describe('idKey and messageKey', () => {
	it('keys are 48 bits in 8 characters', () => {
		expect(idKey('9f1c1e2a-fdfd-11f0-8674-aa9553f76750')).toMatch(/^[\w-]{8}$/);
		expect(messageKey('1', Buffer.from('<event/>'))).toMatch(/^[\w-]{8}$/);
	});

	it('keys of ids differ when the ids do, in case too', () => {
		expect(new Set(['a', 'A', 'b', ''].map(idKey)).size).toBe(4);
	});

	it('keys of messages differ when timestamp or body do', () => {
		const keys = [messageKey('1', Buffer.from('a')), messageKey('2', Buffer.from('a'))];
		expect(new Set([...keys, messageKey('1', Buffer.from('b'))]).size).toBe(3);
		expect(messageKey('1', Buffer.from('a'))).toBe(keys[0]);
	});
});

describe('DeliveryStore.claim', () => {
	it('the first copy claims a delivery, which has not run before', () => {
		expect(claimed(new DeliveryStore().claim(attempt('a'))).mayHaveRun).toBe(false);
	});

	it('copies of a delivery in progress wait, decided without any await', () => {
		const store = new DeliveryStore();
		const kinds = [1, 2, 3].map(() => store.claim(attempt('a')).kind);
		expect(kinds).toEqual(['claimed', 'in progress', 'in progress']);
		expect(sizeOf(store)).toBe(1);
	});

	it('a copy of a done delivery is a duplicate', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a'));
		expect(store.claim(attempt('a'))).toEqual({ kind: 'done' });
		expect(store.isSettled).toBe(true);
	});

	it('the next copy of a released delivery claims it unmarked, by id and by message', () => {
		const store = new DeliveryStore();
		claimed(store.claim(attempt('a'))).fail();
		expect(rowsOf(store)).toEqual([]);
		const again = claimed(store.claim(attempt('other', 'message of a')));
		expect(again.mayHaveRun).toBe(false);
		again.fail();
		claimed(store.claim(attempt('a', 'another message')));
	});

	it('the next copy of a maybe written delivery claims it as one that may have run', () => {
		const store = new DeliveryStore();
		const first = claimed(store.claim(attempt('a')));
		first.writing();
		first.fail();
		expect(rowsOf(store)).toMatchObject([{ isDone: false }]);
		expect(store.isSettled).toBe(false);
		expect(claimed(store.claim(attempt('a'))).mayHaveRun).toBe(true);
	});

	it('a confirmed delivery is stored as done while a copy still waits', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a')));
		claim.writing();
		expect(rowsOf(store)).toMatchObject([{ isDone: false }]);
		claim.confirm();
		expect(rowsOf(store)).toMatchObject([{ isDone: true }]);
		expect(store.claim(attempt('a')).kind).toBe('in progress');
		claim.recorded();
		expect(store.claim(attempt('a')).kind).toBe('done');
	});

	it('a presumed delivery is done for copies, stored as open, and runs again if n8n fails', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a')));
		claim.writing();
		claim.presumePersisted();
		expect(store.claim(attempt('a')).kind).toBe('done');
		expect(rowsOf(store)).toMatchObject([{ isDone: false }]);
		claim.fail();
		expect(claimed(store.claim(attempt('a'))).mayHaveRun).toBe(true);
	});

	it('a delivery of which a waiting copy was told to retry is not presumed saved', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a')));
		const copy = store.claim(attempt('a'));
		if (copy.kind !== 'in progress') throw new Error(copy.kind);
		copy.toldToRetry();
		claim.writing();
		expect(claim.presumePersisted()).toBe(false);
	});

	it.each(['done', 'released'] as const)(
		'waiting copies are told when the delivery is %s',
		async (end) => {
			const store = new DeliveryStore();
			const claim = claimed(store.claim(attempt('a')));
			const order: string[] = [];
			const waiting = settledOf(store.claim(attempt('a'))).then(() => order.push('settled'));
			await Promise.resolve();
			order.push('still working');
			if (end === 'done') finish(claim);
			else claim.fail();
			await waiting;
			expect(order).toEqual(['still working', 'settled']);
		},
	);
});

describe('DeliveryStore.claim, by the signed message', () => {
	it('a replay with a new delivery id is a duplicate', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a', 'm'));
		expect(store.claim(attempt('fresh', 'm')).kind).toBe('done');
		expect(sizeOf(store)).toBe(1);
	});

	it('the replay of any retry is a duplicate, however many there were', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a', 'try 0')));
		for (let i = 1; i < 40; i++) store.claim(attempt('a', `try ${i}`, T + i));
		finish(claim);
		for (const known of [store, restarted(store)]) {
			for (let i = 0; i < 40; i++) {
				expect(known.claim(attempt(`fresh ${i}`, `try ${i}`, T + i)).kind).toBe('done');
			}
		}
		expect(rowsOf(store)).toHaveLength(40);
	});

	it('different deliveries stay different', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a'));
		expect(store.claim(attempt('b')).kind).toBe('claimed');
	});

	it('the signed message decides which delivery it is, not the id', () => {
		const store = new DeliveryStore();
		remember(store, attempt('ran'));
		claimed(store.claim(attempt('open'))).fail();
		expect(store.claim(attempt('open', 'message of ran')).kind).toBe('done');
		expect(store.claim(attempt('open')).kind).toBe('claimed');
	});

	it('an evicted message is not claimed by the id of a delivery in progress', () => {
		const store = new DeliveryStore();
		remember(store, attempt('ran', 'forgotten', T - HOUR));
		remember(store, attempt('later', 'forgotten, too', T - 10));
		store.evict(T + LIMITS.rememberForSeconds, T, LIMITS);
		const first = claimed(store.claim(attempt('open')));
		const replay = attempt('open', 'forgotten', T - HOUR);
		expect(store.claim(replay).kind).toBe('in progress');
		first.fail();
		expect(store.claim(replay).kind).toBe('too old');
	});

	it('unsigned deliveries are told apart by id only', () => {
		const store = new DeliveryStore();
		remember(store, unsigned('a'));
		expect(store.claim(unsigned('b')).kind).toBe('claimed');
		expect(store.claim(unsigned('a', T + 60)).kind).toBe('done');
		expect(restarted(store).claim(unsigned('a')).kind).toBe('done');
		expect(sizeOf(store)).toBe(2);
	});
});

describe('DeliveryStore.isTooOldToVerify', () => {
	const old = (id: string, message?: string): Attempt => ({
		...attempt(id, message),
		isOutsideWindow: true,
	});

	it('a delivery that is too old is never claimed', () => {
		expect(new DeliveryStore().claim(old('a'))).toEqual({ kind: 'too old' });
	});

	it('an old delivery is a duplicate when its id or message is known as done', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a', 'm'));
		expect(store.claim(old('a', 'another message')).kind).toBe('done');
		expect(store.claim(old('fresh', 'm')).kind).toBe('done');
	});

	it('an old copy waits for the first one and is rejected when that did not run', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a')));
		expect(store.isTooOldToVerify(old('a'))).toBe(false);
		expect(store.claim(old('a')).kind).toBe('in progress');
		claim.fail();
		expect(store.claim(old('a')).kind).toBe('too old');
	});

	it('an old delivery is not claimed when it may have run in an earlier process', () => {
		const store = new DeliveryStore();
		store.claim(attempt('a'));
		expect(restarted(store).claim(old('a')).kind).toBe('too old');
	});
});

describe('DeliveryStore.record and merge', () => {
	it('the record holds 23 characters for each delivery', () => {
		const store = new DeliveryStore();
		for (let i = 0; i < 1000; i++) remember(store, attempt(`${i}`));
		expect(store.record(LIMITS).rows).toHaveLength(1000 * 23);
	});

	it('the record holds what is done as done and what is in progress as open', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a'));
		store.claim(attempt('b'));
		expect(rowsOf(store)).toEqual([
			{ id: key('a'), message: key('message of a'), time: T, isDone: true },
			{ id: key('b'), message: key('message of b'), time: T, isDone: false },
		]);
	});

	it('the record expires when its newest delivery need not be remembered', () => {
		const store = new DeliveryStore();
		expect(store.record(LIMITS).expiresAt).toBe(LIMITS.rememberForSeconds);
		remember(store, attempt('a', 'm', T + 5));
		remember(store, attempt('b', 'n', T));
		expect(store.record(LIMITS).expiresAt).toBe(T + 5 + LIMITS.rememberForSeconds);
	});

	it('what was done in an earlier process stays done, by id and by each message', () => {
		const store = new DeliveryStore('earlier process');
		remember(store, attempt('a', 'm1'));
		store.claim(attempt('a', 'm2'));
		const next = restarted(store);
		for (const seen of [unsigned('a'), attempt('x', 'm1'), attempt('y', 'm2')]) {
			expect(next.claim(seen).kind).toBe('done');
		}
		expect(sizeOf(next)).toBe(2);
	});

	it('what was claimed in an earlier process runs as one that may have run', () => {
		const store = new DeliveryStore('earlier process');
		store.claim(attempt('a'));
		const next = restarted(store);
		const claim = claimed(next.claim(attempt('a')));
		expect(claim.mayHaveRun).toBe(true);
		expect(next.claim(attempt('a')).kind).toBe('in progress');
		finish(claim);
		expect(next.claim(attempt('a')).kind).toBe('done');
	});

	it('what may have run in an earlier process is still so after a failed attempt', () => {
		const store = new DeliveryStore('earlier process');
		store.claim(attempt('a'));
		const next = restarted(store);
		claimed(next.claim(attempt('a'))).fail();
		expect(claimed(next.claim(attempt('a'))).mayHaveRun).toBe(true);
	});

	it('what another process has done since is done', () => {
		const there = new DeliveryStore('other process');
		const claim = claimed(there.claim(attempt('a')));
		const here = restarted(there);
		const released = claimed(here.claim(attempt('b')));
		released.fail();
		finish(claim);
		remember(there, attempt('b'));
		here.merge(there.record(LIMITS));
		expect(here.claim(attempt('a')).kind).toBe('done');
		expect(here.claim(attempt('b')).kind).toBe('done');
	});

	it('what another process works on is marked here', () => {
		const here = new DeliveryStore('here');
		claimed(here.claim(attempt('a'))).fail();
		const there = new DeliveryStore('other process');
		there.claim(attempt('a'));
		here.merge(there.record(LIMITS));
		expect(claimed(here.claim(attempt('a'))).mayHaveRun).toBe(true);
	});

	it('the record of another process takes nothing back that is known here', () => {
		const other = new DeliveryStore('other process');
		other.claim(attempt('a'));
		other.claim(attempt('b'));
		const here = new DeliveryStore('here');
		remember(here, attempt('a'));
		here.claim(attempt('b'));
		here.merge(other.record(LIMITS));
		expect(here.claim(attempt('a')).kind).toBe('done');
		expect(here.claim(attempt('b')).kind).toBe('in progress');
		expect(sizeOf(here)).toBe(2);
	});

	it('the record of another process does not end what is in progress here', () => {
		const other = new DeliveryStore('other process');
		remember(other, attempt('a'));
		const here = new DeliveryStore('here');
		here.claim(attempt('a'));
		here.merge(other.record(LIMITS));
		expect(here.claim(attempt('a')).kind).toBe('in progress');
	});

	it('a record that knows a delivery under another id adds no second one', () => {
		const other = new DeliveryStore('other process');
		remember(other, attempt('replayed there', 'm'));
		const here = new DeliveryStore('here');
		remember(here, attempt('a', 'm'));
		here.merge(other.record(LIMITS));
		expect(sizeOf(here)).toBe(1);
	});

	it('a record ends no delivery by its id alone, which a replay may have borrowed', () => {
		const store = new DeliveryStore();
		remember(store, attempt('ran'));
		claimed(store.claim(attempt('open'))).fail();
		const other = new DeliveryStore();
		remember(other, attempt('open', 'message of ran'));
		store.merge(other.record(LIMITS));
		expect(store.claim(attempt('open')).kind).toBe('claimed');
	});

	it('the record of this process itself is not read back', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a')));
		const stored = store.record(LIMITS);
		claim.fail();
		store.merge(stored);
		expect(claimed(store.claim(attempt('a'))).mayHaveRun).toBe(false);
	});

	it('what failed here is done when the record that came meanwhile says so', () => {
		const other = new DeliveryStore('other process');
		remember(other, attempt('a'));
		const here = new DeliveryStore('here');
		const claim = claimed(here.claim(attempt('a')));
		here.merge(other.record(LIMITS));
		claim.fail();
		here.merge(other.record(LIMITS));
		expect(here.claim(attempt('a')).kind).toBe('done');
	});

	it('a whole record that follows a damaged one is read', () => {
		const other = new DeliveryStore('other process');
		remember(other, attempt('a'));
		const record = other.record(LIMITS);
		const store = new DeliveryStore();
		store.merge({ ...record, rows: `${record.rows}x` });
		store.merge(record);
		expect(store.claim(attempt('a')).kind).toBe('done');
	});

	it('records that are read in part tell the same as those that are read in full', () => {
		const steps = fc.array(fc.oneof(claimStep, endStep, mergeStep), {
			minLength: 20,
			maxLength: 100,
		});
		fc.assert(
			fc.property(steps, (all) => {
				const inPart = new Pair((writer) => writer);
				let count = 0;
				const inFull = new Pair((writer) => `${writer} ${count++}`);
				for (const step of all) expect(inPart.take(step)).toEqual(inFull.take(step));
			}),
		);
	});

	it('a damaged record adds nothing', () => {
		const store = new DeliveryStore();
		store.merge({ writer: 'x', forgottenUpTo: 0, expiresAt: 0, rows: 'damaged' });
		expect(sizeOf(store)).toBe(0);
	});

	it('the record survives any number of restarts', () => {
		let store = new DeliveryStore('process 0');
		remember(store, attempt('a'));
		for (let i = 1; i <= 5; i++) store = restarted(store, `process ${i}`);
		expect(store.claim(attempt('fresh', 'message of a')).kind).toBe('done');
		expect(store.record(LIMITS).rows).toHaveLength(23);
	});
});

type Step =
	| { kind: 'claim'; store: 0 | 1; event: number }
	| { kind: 'end'; store: 0 | 1; claim: number; how: 'done' | 'failed' | 'maybe written' }
	| { kind: 'merge'; store: 0 | 1 };

const either = fc.constantFrom(0 as const, 1 as const);
const claimStep = fc.record({
	kind: fc.constant('claim' as const),
	store: either,
	event: fc.nat({ max: 3 }),
});
const endStep = fc.record({
	kind: fc.constant('end' as const),
	store: either,
	claim: fc.nat({ max: 1 }),
	how: fc.constantFrom('done' as const, 'failed' as const, 'maybe written' as const),
});
const mergeStep = fc.record({ kind: fc.constant('merge' as const), store: either });

/** Two processes that read each other's records. */
class Pair {
	private readonly stores = [new DeliveryStore('first'), new DeliveryStore('second')] as const;
	private readonly claims: Claim[][] = [[], []];
	private readonly writerAs: (writer: string) => string;

	/** @param writerAs the name by which a record is read: under a new one all of it is */
	constructor(writerAs: (writer: string) => string) {
		this.writerAs = writerAs;
	}

	/** @returns what can be seen of it */
	take(step: Step): unknown {
		const store = this.stores[step.store];
		if (step.kind === 'claim') {
			const result = store.claim(attempt(`${step.event}`, undefined, T + (step.event % 3)));
			if (result.kind === 'claimed') this.claims[step.store]!.push(result.claim);
			return result.kind === 'claimed' ? result.claim.mayHaveRun : result.kind;
		}
		if (step.kind === 'end') return this.end(step);
		const record = this.stores[1 - step.store]!.record(LIMITS);
		store.merge({ ...record, writer: this.writerAs(record.writer) });
		return rowsOf(store);
	}

	private end({ store, claim: index, how }: Step & { kind: 'end' }): void {
		const [claim] = this.claims[store]!.splice(index, 1);
		if (how !== 'failed') claim?.writing();
		if (how === 'done') claim?.confirm();
		if (how === 'done') claim?.recorded();
		else claim?.fail();
	}
}

describe('DeliveryStore.evict', () => {
	const few: Limits = { ...LIMITS, maxRemembered: 3 };
	const evictAt = (store: DeliveryStore, now: number, limits = few) =>
		store.evict(now, now, limits);
	const knows = (store: DeliveryStore, id: string) => store.claim(unsigned(id)).kind === 'done';

	it('evict drops what is older than it is remembered for', () => {
		const store = new DeliveryStore();
		remember(store, attempt('old', 'm1', T));
		remember(store, attempt('new', 'm2', T + 1));
		evictAt(store, T + LIMITS.rememberForSeconds);
		expect(sizeOf(store)).toBe(2);
		evictAt(store, T + LIMITS.rememberForSeconds + 1);
		expect(sizeOf(store)).toBe(1);
		expect(store.isTooOldToVerify(attempt('old', 'm1', T))).toBe(true);
		expect(knows(store, 'new')).toBe(true);
	});

	it('evict drops the oldest signed time first, in whichever order they came', () => {
		const store = new DeliveryStore();
		for (const i of [3, 0, 4, 1, 2]) remember(store, attempt(`${i}`, `m${i}`, T + i));
		evictAt(store, T + 2 * HOUR);
		expect(
			[0, 1, 2, 3, 4].map((i) => store.isTooOldToVerify(attempt(`${i}`, `m${i}`, T + i))),
		).toEqual([true, true, false, false, false]);
		expect(rowsOf(store).map(({ time }) => time - T)).toEqual([2, 3, 4]);
	});

	it('evict keeps up to five times the limit of what is younger than the allowed age', () => {
		const store = new DeliveryStore();
		for (let i = 0; i < 15; i++) remember(store, attempt(`${i}`, `m${i}`, T));
		evictAt(store, T + HOUR);
		expect(sizeOf(store)).toBe(15);
		remember(store, attempt('one more', 'm', T + 1));
		evictAt(store, T + HOUR);
		expect(sizeOf(store)).toBe(15);
		expect(store.isTooOldToVerify(attempt('unknown', 'of that second', T))).toBe(true);
		expect(store.isTooOldToVerify(attempt('unknown', 'of the next', T + 1))).toBe(false);
		evictAt(store, T + HOUR + 2);
		expect(sizeOf(store)).toBe(3);
	});

	it('none of 15,000 events signed half an hour ago and in any order is evicted', () => {
		const store = new DeliveryStore();
		const limits = { ...LIMITS, maxRemembered: 10_000 };
		const order = Array.from({ length: 15_000 }, (_, i) => (i * 7919) % 15_000);
		for (const i of order) {
			const event = attempt(`${i}`, `m${i}`, T + Math.floor(i / 100));
			remember(store, event);
			evictAt(store, T + 1800 + Math.floor(i / 100), limits);
		}
		expect(sizeOf(store)).toBe(15_000);
		for (const i of order) {
			expect(store.claim(attempt('fresh', `m${i}`, T + Math.floor(i / 100))).kind).toBe('done');
		}
	}, 60_000);

	it('what is as old as an evicted delivery is too old to verify', () => {
		const store = new DeliveryStore();
		for (let i = 0; i < 5; i++) remember(store, attempt(`${i}`, `m${i}`, T + i));
		expect(store.isTooOldToVerify(attempt('x', 'x', T))).toBe(false);
		evictAt(store, T + 2 * HOUR);
		expect(store.isTooOldToVerify(attempt('x', 'x', T + 1))).toBe(true);
		expect(store.isTooOldToVerify(attempt('x', 'x', T + 2))).toBe(false);
		// Without a signature there is no signed time to go by.
		expect(store.isTooOldToVerify(unsigned('x', T))).toBe(false);
	});

	it('a known delivery that has not run is not rejected: its own retry is no replay', () => {
		const store = new DeliveryStore();
		const claim = claimed(store.claim(attempt('a', 'm', T)));
		for (let i = 1; i < 8; i++) remember(store, attempt(`${i}`, `m${i}`, T + i));
		evictAt(store, T + 2 * HOUR);
		claim.fail();
		expect(store.isTooOldToVerify(attempt('unknown', 'x', T))).toBe(true);
		claimed(store.claim(attempt('a', 'm', T)));
	});

	it('the time up to which deliveries were evicted is recorded and only grows', () => {
		const store = new DeliveryStore('earlier process');
		for (let i = 0; i < 5; i++) remember(store, attempt(`${i}`, `m${i}`, T + i));
		evictAt(store, T + 2 * HOUR);
		const next = restarted(store);
		expect(next.isTooOldToVerify(attempt('x', 'x', T + 1))).toBe(true);
		next.merge({ writer: 'a third process', forgottenUpTo: 5, expiresAt: 0, rows: '' });
		expect(next.record(LIMITS).forgottenUpTo).toBe(T + 1);
	});

	it.each(['claimed', 'maybe written', 'presumed saved'])(
		'evict never drops what is %s',
		(state) => {
			const store = new DeliveryStore();
			const claim = claimed(store.claim(attempt('working', 'm', T)));
			if (state !== 'claimed') claim.writing();
			if (state === 'presumed saved') claim.presumePersisted();
			for (let i = 1; i < 8; i++) remember(store, attempt(`${i}`, `m${i}`, T + i));
			evictAt(store, T + 48 * HOUR);
			expect(sizeOf(store)).toBe(1);
			finish(claim);
			expect(knows(store, 'working')).toBe(true);
		},
	);

	it('evict drops single attempts: of a retried delivery the newest stay', () => {
		const store = new DeliveryStore();
		remember(store, attempt('a', 'first try', T));
		store.claim(attempt('a', 'second try', T + 3 * HOUR));
		evictAt(store, T + LIMITS.rememberForSeconds + HOUR);
		expect(sizeOf(store)).toBe(1);
		expect(store.claim(attempt('fresh', 'second try', T + 3 * HOUR)).kind).toBe('done');
		expect(knows(store, 'a')).toBe(true);
		expect(store.isTooOldToVerify(attempt('fresh', 'first try', T))).toBe(true);
	});

	it('evict drops what came by a clock that was ahead before anything of the present', () => {
		const store = new DeliveryStore();
		const YEAR = 365 * 24 * HOUR;
		for (let i = 0; i < 3; i++) remember(store, unsigned(`future ${i}`, T + YEAR + i));
		for (let i = 0; i < 3; i++) {
			remember(store, attempt(`present ${i}`, `m${i}`, T + i));
			evictAt(store, T + i);
		}
		expect([0, 1, 2].map((i) => knows(store, `present ${i}`))).toEqual([true, true, true]);
		expect(store.isTooOldToVerify(attempt('x', 'x', T))).toBe(false);
		expect(rowsOf(store).filter(({ time }) => time > T + HOUR)).toEqual([]);
	});

	it('evict keeps what came by a clock that was ahead while there is room', () => {
		const store = new DeliveryStore();
		remember(store, unsigned('future', T + 999_999));
		remember(store, attempt('present'));
		evictAt(store, T);
		expect(knows(store, 'future')).toBe(true);
	});

	it('the store stays bounded over 100,000 deliveries', () => {
		const store = new DeliveryStore();
		let most = 0;
		for (let i = 0; i < 100_000; i++) {
			// Ten each second.
			const time = T + Math.floor(i / 10);
			remember(store, { id: `id${i}`, message: `m${i}`, time, isOutsideWindow: false });
			evictAt(store, time, { ...LIMITS, maxRemembered: 1000, maxAgeSeconds: 100 });
			most = Math.max(most, sizeOf(store));
		}
		expect(most).toBeLessThanOrEqual(1011);
		expect(store.claim({ id: 'id99999', time: T, isOutsideWindow: false }).kind).toBe('done');
		expect(store.claim({ id: 'id0', time: T, isOutsideWindow: false }).kind).toBe('claimed');
	}, 60_000);
});

describe('DeliveryStore.isShared', () => {
	/** Another process, which has stored a record with one delivery. */
	function other(writer = 'other'): DeliveryStore {
		const store = new DeliveryStore(writer);
		remember(store, attempt('a'));
		return store;
	}

	it('an empty store is not shared, nor is one that reads what nobody has written', () => {
		const store = new DeliveryStore();
		for (let reads = 0; reads < 2; reads++) {
			store.merge({ writer: '', forgottenUpTo: 0, expiresAt: 0, rows: '' });
		}
		expect(store.isShared).toBe(false);
	});

	it('the record of an earlier process is no news, however often it is read', () => {
		const earlier = other().record(LIMITS);
		const store = new DeliveryStore();
		store.merge(earlier);
		remember(store, attempt('b'));
		store.merge(store.record(LIMITS));
		// n8n could not save what this process has stored.
		store.merge(earlier);
		expect(store.isShared).toBe(false);
	});

	it('a record that another writer has changed is news', () => {
		const writing = other();
		const store = new DeliveryStore();
		store.merge(writing.record(LIMITS));
		remember(writing, attempt('b'));
		store.merge(writing.record(LIMITS));
		expect(store.isShared).toBe(true);
	});

	it('a record of a third writer is news', () => {
		const store = new DeliveryStore();
		store.merge(other().record(LIMITS));
		store.merge(other('third').record(LIMITS));
		expect(store.isShared).toBe(true);
	});

	it('what is known of others stays known', () => {
		const store = new DeliveryStore();
		for (const writer of ['other', 'third', 'third']) store.merge(other(writer).record(LIMITS));
		expect(store.isShared).toBe(true);
	});
});
