import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { Claim } from '../../nodes/CxoneExpert/trigger/delivery/dedup/claim.ts';
import {
	DeliveryStore,
	idKey,
	type Limits,
	messageKey,
} from '../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import {
	readRecord,
	readRows,
	type StoredRecord,
} from '../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';
import { isOutsideWindow } from '../../nodes/CxoneExpert/shared/signature.ts';
import { property } from './run.mts';

/*
 * The store against a simple model of it: a handful of deliveries that come, come again, are
 * replayed, succeed and fail, over any number of processes that die at any moment, while n8n puts
 * back older states of the record and the wall clock jumps.
 */

const DELIVERIES = 8;
const ATTEMPTS = 3;
const START = 1_800_000_000;
const HOUR = 3600;
const YEAR = 365 * 24 * HOUR;

const limits: Limits = { rememberForSeconds: 2 * HOUR, maxRemembered: 2, maxAgeSeconds: HOUR };
const HARD_LIMIT = 5 * limits.maxRemembered;
/** By which the clock of the site may be ahead. */
const SKEW = 300;

/** What has happened to the delivery as far as the store can know; in the words of its states. */
type State =
	| 'claimed'
	| 'persisting'
	| 'presumedPersisted'
	| 'persisted'
	| 'done'
	| 'interrupted'
	| 'released';

const IN_PROGRESS: State[] = ['claimed', 'persisting', 'persisted'];
const ACCEPTED: State[] = ['presumedPersisted', 'done'];
const CONFIRMED: State[] = ['persisted', 'done'];

/** What the store has to know of one delivery; absent when it has no way to know it. */
interface Known {
	state: State;
	/** An earlier try may have run when it was claimed. */
	again: boolean;
	toldToRetry: boolean;
	/** Times of the signed messages that it came with, unix seconds. */
	messages: Map<string, number>;
}

/** A state of the record that was written once and may come back. */
interface Snapshot {
	record: StoredRecord;
	writer: string;
	known: Map<number, Known>;
}

class World {
	/** What time it is. */
	now = START;
	/** By which the wall clock is wrong; and by which it was when the process started. */
	private jump = 0;
	private jumpAtStart = 0;
	private process = 0;
	store = new DeliveryStore('process 0');
	known = new Map<number, Known>();
	private evictedUpTo = 0;
	/** What was forgotten by this process, and when it was signed. */
	private readonly forgotten = new Map<string, number>();
	/** Claims under way by delivery, and those that are over. */
	readonly open = new Map<number, Claim>();
	readonly over: Claim[] = [];
	readonly snapshots: Snapshot[] = [];
	/** What is in the database. */
	stored?: Snapshot;
	/** A signed message never changes, nor does its time. */
	private readonly times = new Map<string, number>();

	private get writer(): string {
		return `process ${this.process}`;
	}

	/** The two clocks of the node. */
	private get clocks(): [wall: number, steady: number] {
		return [this.now + this.jump, this.now + this.jumpAtStart];
	}

	setWallClock(jump: number): void {
		this.jump = jump;
	}

	/** Each request begins with it. */
	merge(): void {
		if (this.stored === undefined) return;
		const record = readRecord(this.stored.record, Math.max(...this.clocks));
		this.store.merge(record);
		if (this.stored.writer === this.writer) return;
		this.evictedUpTo = Math.max(this.evictedUpTo, record.forgottenUpTo);
		for (const [index, { state, messages }] of this.stored.known) {
			if (state === 'released') continue;
			const found = CONFIRMED.includes(state) ? 'done' : 'interrupted';
			const known = this.known.get(index) ?? this.add(index, found);
			if (!IN_PROGRESS.includes(known.state) && !ACCEPTED.includes(known.state))
				known.state = found;
			for (const [message, time] of messages) known.messages.set(message, time);
		}
	}

	/**
	 * @param ahead seconds by which the site is ahead when it signs this message for the first time
	 * @param tell whether a copy that has to wait is told to retry
	 */
	arrive(index: number, message: string, id: string, { ahead = 0, tell = false } = {}): void {
		this.merge();
		const time = this.times.get(message) ?? this.now + ahead;
		this.times.set(message, time);
		const isOutside = this.clocks.every((clock) =>
			isOutsideWindow(time * 1000, clock * 1000, limits.maxAgeSeconds),
		);
		const attempt = { id: idKey(id), message: keyOf(message), time, isOutsideWindow: isOutside };
		const result = this.store.claim(attempt);
		this.expect(result.kind, index, message, time, isOutside);
		if (result.kind === 'claimed') {
			const known = this.known.get(index)!;
			assert.equal(result.claim.mayHaveRun, known.state === 'interrupted');
			known.again = known.state === 'interrupted';
			known.state = 'claimed';
			this.open.set(index, result.claim);
		}
		if (result.kind === 'in progress' && tell) {
			result.toldToRetry();
			this.known.get(index)!.toldToRetry = true;
		}
		if (result.kind !== 'too old') this.evict(time);
	}

	private expect(kind: string, index: number, message: string, time: number, isOutside: boolean) {
		const known = this.known.get(index);
		const isAccepted = known !== undefined && ACCEPTED.includes(known.state);
		const isInProgress = known !== undefined && IN_PROGRESS.includes(known.state);
		const isKnown = [...this.known.values()].some(({ messages }) => messages.has(message));
		const isTooOld = isOutside || (time <= this.evictedUpTo && !isKnown);
		if (isTooOld && !isAccepted && !isInProgress) return assert.equal(kind, 'too old');
		assert.equal(kind, isAccepted ? 'done' : isInProgress ? 'in progress' : 'claimed');
		const found = known ?? this.add(index, 'released');
		// What is forgotten is not learned again.
		if (time > this.evictedUpTo || isKnown) found.messages.set(message, time);
	}

	private add(index: number, state: State): Known {
		const known: Known = { state, again: false, toldToRetry: false, messages: new Map() };
		this.known.set(index, known);
		return known;
	}

	/** What n8n, the deadline or the database says of a claim. */
	advance(index: number, what: keyof typeof CALLS): void {
		const known = this.known.get(index)!;
		const claim = this.open.get(index)!;
		CALLS[what](claim, known);
		if (IN_PROGRESS.includes(known.state) || known.state === 'presumedPersisted') return;
		this.open.delete(index);
		this.over.push(claim);
	}

	/** The record says what is known, no more and no less, and another process reads it so. */
	save(): void {
		const record = JSON.parse(JSON.stringify(this.store.record(limits))) as StoredRecord;
		const expected = [...this.known].flatMap(([index, { state, messages }]) =>
			state === 'released'
				? []
				: [...messages].map(([message, time]) => [
						...[idKey(idOf(index)), keyOf(message), time],
						CONFIRMED.includes(state),
					]),
		);
		const rows = readRows(record.rows);
		const stored = rows.map(({ id, message, time, isDone }) => [id, message, time, isDone]);
		assert.deepEqual(stored.map(String).sort(), expected.map(String).sort());
		assert.equal(record.forgottenUpTo, this.evictedUpTo);
		const other = new DeliveryStore('another process');
		other.merge(readRecord(record, Math.max(record.forgottenUpTo, ...this.clocks)));
		assert.equal(other.record(limits).rows, record.rows);
		this.stored = { record, writer: this.writer, known: structuredClone(this.known) };
		this.snapshots.push(this.stored);
	}

	restart(): void {
		this.process += 1;
		this.jumpAtStart = this.jump;
		this.store = new DeliveryStore(this.writer);
		this.known = new Map();
		this.evictedUpTo = 0;
		this.forgotten.clear();
		this.open.clear();
		this.merge();
	}

	/** What follows each claim. */
	private evict(time: number): void {
		const before = [...this.known].flatMap(([index, { state, messages }]) =>
			[...messages].map(([message, at]) => ({ index, state, message, time: at })),
		);
		assert.equal(sizeOf(this.store), before.length);
		this.store.evict(Math.min(time, ...this.clocks), Math.max(...this.clocks), limits);
		const kept = new Set(this.store['attempts'].map(({ message }) => message));
		const [left, gone] = [true, false].map((isLeft) =>
			before.filter(({ message }) => kept.has(keyOf(message)) === isLeft),
		) as [typeof before, typeof before];
		assert.equal(sizeOf(this.store), left.length);
		const busy = left.filter(({ state }) => isBusy(state));
		const free = left.filter(({ state }) => !isBusy(state));
		assert.ok(left.length <= HARD_LIMIT + busy.length, 'more than the hard limit');
		const newestGone = Math.max(0, ...gone.map(({ time }) => time));
		for (const { state, time } of gone) {
			assert.ok(!isBusy(state), `${state}, and forgotten`);
			const age = this.now + SKEW - time;
			const mayGo =
				age > limits.rememberForSeconds ||
				(age > limits.maxAgeSeconds && before.length > limits.maxRemembered) ||
				before.length > HARD_LIMIT;
			assert.ok(mayGo, 'too young to be forgotten');
		}
		assert.ok(
			free.every(({ time }) => time >= newestGone),
			'the oldest one was not the first to go',
		);
		this.noteForgotten(gone);
	}

	private noteForgotten(gone: Array<{ index: number; message: string; time: number }>): void {
		for (const { index, message, time } of gone) {
			this.evictedUpTo = Math.max(this.evictedUpTo, time);
			this.forgotten.set(message, time);
			const { messages } = this.known.get(index)!;
			messages.delete(message);
			if (messages.size === 0) this.known.delete(index);
		}
		for (const [message, time] of this.forgotten) {
			if ([...this.known.values()].some(({ messages }) => messages.has(message))) continue;
			const replay = { id: idKey('fresh'), message: keyOf(message), time, isOutsideWindow: false };
			assert.ok(this.store.isTooOldToVerify(replay), 'forgotten, and not refused');
		}
	}
}

/** May be written, or somebody works on it. */
function isBusy(state: State): boolean {
	return IN_PROGRESS.includes(state) || state === 'presumedPersisted';
}

const CALLS = {
	accept: (claim: Claim, known: Known) => {
		claim.accept();
		if (known.state === 'claimed') known.state = 'presumedPersisted';
	},
	writing: (claim: Claim, known: Known) => {
		claim.writing();
		if (known.state === 'claimed') known.state = 'persisting';
	},
	presume: (claim: Claim, known: Known) => {
		const mayBe = known.state === 'persisting' && !known.toldToRetry;
		assert.equal(claim.presumePersisted(), mayBe);
		if (mayBe) known.state = 'presumedPersisted';
	},
	confirm: (claim: Claim, known: Known) => {
		assert.equal(claim.confirm(), known.state !== 'persisted');
		known.state = 'persisted';
	},
	record: (claim: Claim, known: Known) => {
		claim.recorded();
		if (known.state === 'persisted') known.state = 'done';
	},
	'tell to retry': (claim: Claim, known: Known) => {
		claim.toldToRetry();
		known.toldToRetry = true;
	},
	fail: (claim: Claim, known: Known) => {
		const { state, again } = known;
		const isMaybeSaved = state === 'persisting' || state === 'presumedPersisted';
		assert.equal(claim.fail(), isMaybeSaved);
		if (state === 'persisted') known.state = 'done';
		else known.state = isMaybeSaved || again ? 'interrupted' : 'released';
	},
} satisfies Record<string, (claim: Claim, known: Known) => void>;

/** The model lives beside what it models, so that fast-check only needs to pass one of them on. */
type Command = fc.Command<{ world: World }, object>;

/** Two of them often, so that much happens to one delivery. */
const index = fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, fc.nat(DELIVERIES - 1));
const attempt = fc.nat(ATTEMPTS - 1);

function command(
	name: string,
	run: (world: World) => void,
	check: (world: World) => boolean = () => true,
): Command {
	return {
		check: ({ world }) => check(world),
		run: ({ world }) => run(world),
		toString: () => name,
	};
}

const idOf = (index: number) => `delivery ${index}`;
const messageOf = (index: number, attempt: number) => `message ${attempt} of ${index}`;
const sizeOf = (store: DeliveryStore) => store['attempts'].length;
const keyOf = (message: string) => messageKey(message, Buffer.alloc(0));

const call = fc.constantFrom(...(Object.keys(CALLS) as Array<keyof typeof CALLS>));

const commands: Array<fc.Arbitrary<Command>> = [
	// The first copy, and retries that are re-signed; each may have been under way for a while.
	fc
		.tuple(index, attempt, fc.constantFrom(0, 0, -30, -HOUR + 60, SKEW - 1), fc.boolean())
		.map(([i, n, ahead, tell]) =>
			command(`arrives ${i}.${n} (${ahead} s ahead, told to retry: ${tell})`, (world) =>
				world.arrive(i, messageOf(i, n), idOf(i), { ahead, tell }),
			),
		),
	// A replay under a fresh id; what nobody has seen yet cannot be replayed.
	fc.tuple(index, attempt, fc.nat(9)).map(([i, n, id]) =>
		command(
			`replayed ${i}.${n}`,
			(world) => world.arrive(i, messageOf(i, n), `fresh ${id}`),
			({ known }) => known.get(i)?.messages.has(messageOf(i, n)) ?? false,
		),
	),
	fc.tuple(index, fc.array(call, { minLength: 1, maxLength: 4, size: 'max' })).map(([i, calls]) =>
		command(
			`${calls.join(', ')} ${i}`,
			(world) => {
				for (const what of calls) if (world.open.has(i)) world.advance(i, what);
			},
			({ open }) => open.has(i),
		),
	),
	fc.nat(9).map((n) =>
		command(
			'calls on a claim that is over',
			({ over }) => {
				const claim = over[n % over.length]!;
				claim.writing();
				claim.recorded();
				claim.accept();
				const told = [claim.presumePersisted(), claim.confirm(), claim.fail()];
				assert.deepEqual(told, [false, false, false]);
			},
			({ over }) => over.length > 0,
		),
	),
	fc.constant(command('save', (world) => world.save())),
	fc.nat(9).map((n) =>
		command(
			'an older record comes back',
			(world) => {
				world.stored = world.snapshots[n % world.snapshots.length];
				world.merge();
			},
			({ snapshots }) => snapshots.length > 0,
		),
	),
	fc.constant(command('crash and restart', (world) => world.restart())),
	fc.constantFrom(1, 60, HOUR, 2 * HOUR).map((seconds) =>
		command(`${seconds} s pass`, (world) => {
			world.now += seconds;
		}),
	),
	fc
		.constantFrom(0, 0, -HOUR, HOUR, -YEAR, YEAR)
		.map((jump) =>
			command(`the wall clock is ${jump} s ahead`, (world) => world.setWallClock(jump)),
		),
];

export function storeProperties(): void {
	property(
		'the store agrees with its model: done never runs again, interrupted is marked',
		5,
		fc.commands(commands, { maxCommands: 80, size: 'max' }),
		(run) => fc.modelRun(() => ({ model: { world: new World() }, real: {} }), run),
	);

	property(
		'the store refuses no recent delivery and stays within its limit, in any order',
		2,
		fc.record({
			atMost: fc.integer({ min: 1, max: 8 }),
			arrivals: fc.array(
				fc.record({
					delivery: fc.nat(40),
					age: fc.nat(HOUR - 1),
					isSigned: fc.boolean(),
					end: fc.constantFrom('confirm' as const, 'confirm' as const, 'fail' as const, undefined),
				}),
				{ maxLength: 60, size: 'max' },
			),
		}),
		({ atMost, arrivals }) => {
			const store = new DeliveryStore();
			let open = 0;
			for (const { delivery, age, isSigned, end } of arrivals) {
				const time = START - age;
				const result = store.claim({
					id: idKey(idOf(delivery)),
					...(isSigned ? { message: keyOf(`${delivery} signed at ${time}`) } : {}),
					time,
					isOutsideWindow: false,
				});
				const isRoomLeft = arrivals.length <= 5 * atMost;
				assert.ok(!isRoomLeft || result.kind !== 'too old', 'refused, although there is room');
				if (result.kind === 'claimed' && end !== undefined) {
					result.claim[end]();
					result.claim.recorded();
				} else if (result.kind !== 'too old') open++;
				store.evict(time, START, { ...limits, maxRemembered: atMost });
				assert.ok(sizeOf(store) <= 5 * atMost + open);
			}
		},
	);
}
