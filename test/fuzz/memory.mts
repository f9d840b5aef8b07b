import fc from 'fast-check';
import assert from 'node:assert/strict';
import {
	type Claim,
	DeliveryMemory,
	idKey,
} from '../../nodes/CxoneExpert/trigger/delivery/memory.ts';
import {
	readRecord,
	readRows,
	type StoredRecord,
} from '../../nodes/CxoneExpert/trigger/delivery/record.ts';
import { property } from './run.mts';

/*
 * The memory against a simple model of it: a handful of deliveries that come, come again, are
 * replayed, succeed and fail, over any number of processes that die at any moment, while n8n puts
 * back older states of the record.
 */

const DELIVERIES = 5;
const REMEMBER_FOR = 3600;
const REMEMBER_AT_MOST = 3;
const START = 1_800_000_000;

/** What the memory has to know of one delivery; absent when it has no way to know it. */
interface Known {
	state: 'claimed' | 'done' | 'interrupted';
	/** Belonged to an earlier process when it was claimed. */
	wasInterrupted: boolean;
	/** Newest time under which it was signed, unix seconds. */
	time: number;
	signatures: Set<string>;
}

/** What becomes of a claim. */
type End = 'done' | 'written' | 'release';

/** A state of the record that was written once and may come back. */
interface Snapshot {
	record: StoredRecord;
	writer: string;
	known: Map<number, Known>;
}

class World {
	now = START;
	process = 0;
	memory = new DeliveryMemory('process 0');
	known = new Map<number, Known>();
	/** Open claims by delivery, and those that were decided already. */
	open = new Map<number, Claim>();
	readonly decided: Claim[] = [];
	readonly snapshots: Snapshot[] = [];
	/** What is in the database. */
	stored?: Snapshot;

	get writer(): string {
		return `process ${this.process}`;
	}

	/** Each request begins with it. */
	merge(): void {
		if (this.stored === undefined) return;
		this.memory.merge(readRecord(this.stored.record, this.now * 1000));
		if (this.stored.writer === this.writer) return;
		for (const [index, { state, time, signatures }] of this.stored.known) {
			const known = this.known.get(index);
			const done = state === 'done';
			if (known === undefined) {
				const found = done ? ('done' as const) : ('interrupted' as const);
				this.known.set(index, {
					state: found,
					wasInterrupted: !done,
					time,
					signatures: new Set(signatures),
				});
				continue;
			}
			if (known.state === 'interrupted' && done) known.state = 'done';
			if ([...signatures].some((signature) => !known.signatures.has(signature))) {
				known.time = Math.max(known.time, time);
			}
			for (const signature of signatures) known.signatures.add(signature);
		}
	}

	arrive(index: number, signature: string, id: string): void {
		this.merge();
		const known = this.known.get(index);
		const verdict = this.memory.claim({
			id: idKey(id),
			signatures: [idKey(signature)],
			time: this.now,
		});
		if (known !== undefined && !known.signatures.has(signature)) known.time = this.now;
		known?.signatures.add(signature);
		if (known?.state === 'done') return assert.equal(verdict.kind, 'done');
		if (known?.state === 'claimed') return assert.equal(verdict.kind, 'in progress');
		const wasInterrupted = known !== undefined;
		assert.ok(verdict.kind === 'claimed', `"${verdict.kind}", but it may run`);
		assert.equal(verdict.mayHaveRun, wasInterrupted);
		const { time, signatures } = known ?? { time: this.now, signatures: new Set([signature]) };
		this.known.set(index, { state: 'claimed', wasInterrupted, time, signatures });
		this.open.set(index, verdict.claim);
	}

	end(index: number, how: End): void {
		const claim = this.open.get(index)!;
		const known = this.known.get(index)!;
		if (how === 'done') claim.done();
		else assert.equal(claim[how](), true);
		this.open.delete(index);
		this.decided.push(claim);
		if (how !== 'release') known.state = 'done';
		else if (known.wasInterrupted) known.state = 'interrupted';
		else this.known.delete(index);
	}

	/** The record says what is known, no more and no less, and another process reads it so. */
	store(): void {
		const record = JSON.parse(JSON.stringify(this.memory.record())) as StoredRecord;
		const found = Map.groupBy(readRows(record.rows), ({ id }) => id);
		const expected = [...this.known].map(([index, { state, time, signatures }]) => [
			idKey(`delivery ${index}`),
			[...signatures].map((signature) => [idKey(signature), time, state === 'done']).sort(),
		]);
		const stored = [...found].map(([id, rows]) => [
			id,
			rows.map(({ signature, time, done }) => [signature, time, done]).sort(),
		]);
		assert.deepEqual(stored.sort(), expected.sort());
		const other = new DeliveryMemory('another process');
		other.merge(readRecord(record, this.now * 1000));
		assert.equal(other.record().rows, record.rows);
		const known = new Map(
			[...this.known].map(([index, one]) => [
				index,
				{ ...one, signatures: new Set(one.signatures) },
			]),
		);
		this.stored = { record, writer: this.writer, known };
		this.snapshots.push(this.stored);
	}

	restart(): void {
		this.process += 1;
		this.memory = new DeliveryMemory(this.writer);
		this.known = new Map();
		this.open = new Map();
		this.merge();
	}

	forget(): void {
		const before = this.known.size;
		this.memory.forgetOld(this.now * 1000, REMEMBER_FOR * 1000, REMEMBER_AT_MOST);
		const left = new Set(readRows(this.memory.record().rows).map(({ id }) => id));
		for (const [index, { state, time }] of this.known) {
			if (left.has(idKey(`delivery ${index}`))) continue;
			assert.notEqual(state, 'claimed');
			assert.ok(before > REMEMBER_AT_MOST || time < this.now - REMEMBER_FOR);
			// A copy of it would be refused as too old from now on.
			assert.ok(this.memory.mayHaveForgotten(time * 1000));
			this.known.delete(index);
		}
		assert.equal(this.memory.size, this.known.size);
		const staying = [...this.known.values()].filter(
			({ state, time }) => state === 'claimed' || time > this.now - 10,
		);
		assert.ok(this.memory.size <= REMEMBER_AT_MOST + staying.length);
	}
}

/** The model lives beside what it models, so that fast-check only needs to pass one of them on. */
type Command = fc.Command<{ world: World }, object>;

const index = fc.nat(DELIVERIES - 1);

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

const signatureOf = (index: number, attempt: number) => `signature ${attempt} of ${index}`;

const commands: Array<fc.Arbitrary<Command>> = [
	// The first copy, and retries that are signed anew.
	fc
		.tuple(index, fc.nat(2))
		.map(([i, attempt]) =>
			command(`arrives ${i}.${attempt}`, (world) =>
				world.arrive(i, signatureOf(i, attempt), `delivery ${i}`),
			),
		),
	// A replay under a fresh id; what nobody has seen yet cannot be replayed.
	fc.tuple(index, fc.nat(2), fc.nat(9)).map(([i, attempt, id]) =>
		command(
			`replayed ${i}.${attempt}`,
			(world) => world.arrive(i, signatureOf(i, attempt), `fresh ${id}`),
			({ known }) => known.get(i)?.signatures.has(signatureOf(i, attempt)) ?? false,
		),
	),
	fc.tuple(index, fc.constantFrom<End>('done', 'written', 'release')).map(([i, how]) =>
		command(
			`${how} ${i}`,
			(world) => world.end(i, how),
			({ open }) => open.has(i),
		),
	),
	fc.nat(9).map((n) =>
		command(
			'a second call on a claim',
			({ decided }) => {
				const claim = decided[n % decided.length]!;
				assert.equal(claim.written(), false);
				claim.done();
				assert.equal(claim.release(), false);
			},
			({ decided }) => decided.length > 0,
		),
	),
	fc.constant(command('store', (world) => world.store())),
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
	fc.constantFrom(0, 1, 9, 10, 60, REMEMBER_FOR, 2 * REMEMBER_FOR).map((seconds) =>
		command(`forget, ${seconds} s later`, (world) => {
			world.now += seconds;
			world.forget();
		}),
	),
];

export function memoryProperties(): void {
	property(
		'the memory knows what its model knows: done never runs again, interrupted is marked',
		4,
		fc.commands(commands, { maxCommands: 60, size: 'max' }),
		(run) => fc.modelRun(() => ({ model: { world: new World() }, real: {} }), run),
	);

	property(
		'the memory holds no more than it may, whatever comes in which order',
		2,
		fc.record({
			atMost: fc.integer({ min: 1, max: 8 }),
			arrivals: fc.array(
				fc.record({
					delivery: fc.nat(40),
					attempt: fc.nat(60),
					gap: fc.constantFrom(0, 0, 1, 5, 30),
					/** By which the clock of the site may be ahead or behind. */
					ahead: fc.constantFrom(0, 300, -3600),
					end: fc.constantFrom('done' as const, 'done' as const, 'release' as const, undefined),
				}),
				{ maxLength: 60, size: 'max' },
			),
		}),
		({ atMost, arrivals }) => {
			const memory = new DeliveryMemory();
			const open = new Set<number>();
			let now = START;
			for (const { delivery, attempt, gap, ahead, end } of arrivals) {
				now += gap;
				memory.forgetOld(now * 1000, REMEMBER_FOR * 1000, atMost);
				const rows = readRows(memory.record().rows);
				const young = new Set(rows.filter(({ time }) => time > now - 10).map(({ id }) => id));
				assert.ok(memory.size <= atMost + open.size + young.size);
				assert.ok(rows.length <= 32 * memory.size);
				const verdict = memory.claim({
					id: idKey(`${delivery}`),
					signatures: [idKey(signatureOf(delivery, attempt))],
					time: now + ahead,
				});
				if (verdict.kind !== 'claimed') continue;
				if (end === undefined) open.add(delivery);
				else verdict.claim[end]();
			}
		},
	);
}
