import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { Claim } from '../../nodes/CxoneExpert/trigger/ledger/claim.ts';
import { type Arrival, Ledger } from '../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import {
	hashKey,
	readStoredRecord,
	type StoredRecord,
} from '../../nodes/CxoneExpert/trigger/ledger/rows.ts';
import { property } from './run.mts';

/*
 * The ledger against a simple model of it: a handful of deliveries that come, come again, are replayed under other ids,
 * succeed and fail, over any number of processes that die at any moment, while n8n puts back older states of the
 * record.
 */

const DELIVERIES = 8;
/** So few that the record is full, and forgets what may still come again. */
const MAX_ENTRIES = 2;
const ATTEMPTS = 3;
const START = 1_800_000_000;
const HOUR = 3600;
/** The ledger's own constant, as the allowed age is less. */
const KEPT = 24 * HOUR;
const WINDOW = HOUR;

/** What the ledger has to know of one delivery. */
interface Known {
	state: 'released' | 'open' | 'done';
	/** Absent while nobody works on it. */
	work?: { isWritten: boolean; isAccepted: boolean };
	wasToldToRetry: boolean;
	names: Set<string>;
	/** It came under its own id. */
	isKnownById: boolean;
	time: number;
}

interface Stored {
	record: StoredRecord;
	writer: string;
	known: Map<number, Known>;
	forgottenUpTo: number;
}

class World {
	now = START;
	ledger = new Ledger('process 0', MAX_ENTRIES);
	known = new Map<number, Known>();
	open = new Map<number, { claim: Claim; arrival: Arrival }>();
	readonly over: Claim[] = [];
	readonly snapshots: Stored[] = [];
	stored: Stored | undefined;
	private readonly evicted = new Set<number>();
	private process = 0;
	private forgottenUpTo = 0;

	/** @param id under which it comes; its own, a fresh one, or that of another delivery */
	arrive(index: number, attempt: number, id: string, age = 0): void {
		const name = nameOf(index, attempt);
		const time = this.now - age;
		const arrival: Arrival = {
			id: hashKey(id),
			name: hashKey(name),
			isNamedByEvents: isNamed(index),
			time,
			isSigned: true,
			isOutsideWindow: age > WINDOW,
		};
		const isOwn = id === idOf(index);
		const expected = this.expected(index, name, { isOwn, other: this.withId(id), age });
		const claim = this.ledger.claim(arrival);
		assert.equal(typeof claim === 'string' ? claim : claim.mayHaveRun, expected);
		// What comes under the id of another one leaves no trace.
		const isOther = typeof expected === 'string' && !this.isAt(index, name, isOwn);
		if (expected === 'too old' || isOther) return;
		this.note(index, name, isOwn, time);
		if (typeof claim !== 'string') {
			this.open.set(index, { claim, arrival });
			const known = this.known.get(index)!;
			known.work = { isWritten: false, isAccepted: false };
			if (claim.mayHaveRun) known.state = 'open';
		}
		this.forget();
	}

	advance(index: number, call: keyof typeof CALLS): void {
		const { claim, arrival } = this.open.get(index)!;
		const known = this.known.get(index)!;
		CALLS[call](claim, known, () => this.ledger.noteRetry(arrival));
		assert.equal(claim.isOpen, known.work !== undefined);
		if (known.work !== undefined) return;
		this.open.delete(index);
		this.over.push(claim);
	}

	/** The record says what is known, no more and no less, and another process reads it so. */
	save(): void {
		const record = JSON.parse(JSON.stringify(this.ledger.stored())) as StoredRecord;
		for (const [index, { state, work, names }] of this.known) {
			for (const name of names) {
				const other = new Ledger('another process');
				other.merge(readStoredRecord(record, this.now));
				const [id, time] = [hashKey('fresh'), this.now];
				const arrival = { id, name: hashKey(name), time, isSigned: true };
				const named = { isNamedByEvents: isNamed(index), isOutsideWindow: false };
				const claim = other.claim({ ...arrival, ...named });
				const isForgotten = state === 'released' && this.now <= this.forgottenUpTo;
				const isOpen = state === 'open' || work !== undefined || isForgotten;
				const expected = state === 'done' ? 'done' : isOpen;
				assert.equal(typeof claim === 'string' ? claim : claim.mayHaveRun, expected);
			}
		}
		const { forgottenUpTo } = this;
		this.stored = {
			record,
			writer: this.writer,
			known: structuredClone(this.known),
			forgottenUpTo,
		};
		this.snapshots.push(this.stored);
	}

	/** The next delivery finds an older record. */
	comeBack(stored: Stored): void {
		this.stored = stored;
		// What was read and evicted here is not read again: only a process that starts knows it once more.
		if ([...stored.known.keys()].some((index) => this.evicted.has(index))) this.restart();
		else this.merge();
	}

	/** A process that starts finds the last record. */
	private merge(): void {
		const { stored } = this;
		if (stored === undefined) return;
		this.ledger.merge(readStoredRecord(stored.record, this.now));
		if (stored.writer === this.writer) return;
		this.forgottenUpTo = Math.max(this.forgottenUpTo, stored.forgottenUpTo);
		for (const [index, before] of stored.known) {
			const isStored = before.state !== 'released' || before.work !== undefined;
			if (isStored) this.take(index, before);
		}
	}

	restart(): void {
		this.process += 1;
		this.ledger = new Ledger(this.writer, MAX_ENTRIES);
		this.known = new Map();
		this.open.clear();
		this.evicted.clear();
		this.forgottenUpTo = 0;
		this.merge();
	}

	private get writer(): string {
		return `process ${this.process}`;
	}

	private expected(
		index: number,
		name: string,
		{ isOwn, other, age }: { isOwn: boolean; other: Known | undefined; age: number },
	): string | boolean {
		const known = this.isAt(index, name, isOwn) ? this.known.get(index) : undefined;
		const found = known ?? (other?.state === 'done' ? other : undefined);
		const isBusyOrDone =
			found !== undefined && (found.state === 'done' || found.work !== undefined);
		// Nothing else is refused, least of all what was told to retry.
		if (!isBusyOrDone && age > WINDOW) return 'too old';
		if (found?.work !== undefined) return found.work.isAccepted ? 'done' : 'in progress';
		if (found?.state === 'done') return 'done';
		const mayBeForgotten = this.now - age <= this.forgottenUpTo && !known?.names.has(name);
		return found?.state === 'open' || mayBeForgotten;
	}

	private isAt(index: number, name: string, isOwn: boolean): boolean {
		const known = this.known.get(index);
		return known !== undefined && (known.names.has(name) || (isOwn && known.isKnownById));
	}

	private withId(id: string): Known | undefined {
		const index = Array.from({ length: DELIVERIES }, (_, each) => each).find(
			(each) => idOf(each) === id,
		);
		const known = index === undefined ? undefined : this.known.get(index);
		return known?.isKnownById ? known : undefined;
	}

	private note(index: number, name: string, isOwn: boolean, time: number): void {
		const known = this.known.get(index) ?? {
			...{ state: 'released' as const, wasToldToRetry: false, isKnownById: isOwn },
			...{ names: new Set<string>(), time },
		};
		known.names.add(name);
		known.time = Math.max(known.time, time);
		this.known.set(index, known);
	}

	private take(index: number, before: Known): void {
		const state = before.state === 'done' ? 'done' : 'open';
		const known = this.known.get(index);
		if (known === undefined) {
			const { names, time, isKnownById } = structuredClone(before);
			this.known.set(index, { state, wasToldToRetry: false, names, time, isKnownById });
			return;
		}
		for (const name of before.names) known.names.add(name);
		known.time = Math.max(known.time, before.time);
		if (known.state !== 'done') known.state = state;
	}

	/** The oldest go first; among those of one second, the ledger chooses. */
	private forget(): void {
		this.ledger['evictedAt'] = 0;
		this.ledger.forget(this.now, WINDOW);
		const byName = this.ledger['byName'];
		const isKept = ([, { names, work }]: [number, Known]) =>
			work !== undefined || [...names].some((name) => byName.has(hashKey(name)));
		const evicted = [...this.known].filter((entry) => !isKept(entry));
		for (const [index, { time }] of evicted) {
			this.known.delete(index);
			this.evicted.add(index);
			this.forgottenUpTo = Math.max(this.forgottenUpTo, time);
		}
		const idle = [...this.known.values()].filter(({ work }) => work === undefined);
		const oldest = Math.min(...idle.map(({ time }) => time));
		const isFull = idle.length === MAX_ENTRIES;
		assert.ok(idle.length <= MAX_ENTRIES && oldest >= this.now - KEPT);
		for (const [, { time }] of evicted)
			assert.ok(time < this.now - KEPT || (isFull && time <= oldest));
	}
}

const CALLS = {
	accept: (claim: Claim, known: Known) => {
		claim.accept();
		if (known.state === 'done') return;
		Object.assign(known, { state: 'open' });
		known.work!.isAccepted = true;
	},
	writing: (claim: Claim, known: Known) => {
		claim.writing();
		if (known.state === 'done') return;
		Object.assign(known, { state: 'open' });
		known.work!.isWritten = true;
	},
	presume: (claim: Claim, known: Known) => {
		const { isWritten, isAccepted } = known.work!;
		const mayBe = known.state !== 'done' && isWritten && !isAccepted && !known.wasToldToRetry;
		assert.equal(claim.presumePersisted(), mayBe);
		if (mayBe) known.work!.isAccepted = true;
	},
	confirm: (claim: Claim, known: Known) => {
		assert.equal(claim.confirm(), known.state !== 'done');
		known.state = 'done';
	},
	record: (claim: Claim, known: Known) => {
		claim.recorded();
		if (known.state === 'done') delete known.work;
	},
	'tell to retry': (_claim: Claim, known: Known, noteRetry: () => void) => {
		noteRetry();
		known.wasToldToRetry = true;
	},
	fail: (claim: Claim, known: Known) => {
		const { isWritten, isAccepted } = known.work!;
		assert.equal(claim.fail(), known.state !== 'done' && (isWritten || isAccepted));
		delete known.work;
	},
} satisfies Record<string, (claim: Claim, known: Known, noteRetry: () => void) => void>;

/** The model lives beside what it models, so that fast-check only needs to pass one of them on. */
type Command = fc.Command<{ world: World }, object>;

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

/** Events of every other delivery have an id. */
const isNamed = (index: number) => index % 2 === 0;
const idOf = (index: number) => `delivery ${index}`;
const nameOf = (index: number, attempt: number) =>
	isNamed(index) ? `event of ${index}` : `message ${attempt} of ${index}`;

/** Two of them often, so that much happens to one delivery. */
const index = fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, fc.nat(DELIVERIES - 1));
const attempt = fc.nat(ATTEMPTS - 1);
const age = fc.constantFrom(0, 0, 0, 30, WINDOW - 1, WINDOW + 1);
const call = fc.constantFrom(...(Object.keys(CALLS) as Array<keyof typeof CALLS>));

const commands: Array<fc.Arbitrary<Command>> = [
	fc
		.tuple(index, attempt, age)
		.map(([i, n, ago]) =>
			command(`arrives ${i}.${n}, signed ${ago} s ago`, (world) =>
				world.arrive(i, n, idOf(i), ago),
			),
		),
	// What nobody has seen yet cannot be replayed; a recording that was held back can.
	fc.tuple(index, attempt, fc.nat(9)).map(([i, n, id]) =>
		command(
			`replayed ${i}.${n} under a fresh id`,
			(world) => world.arrive(i, n, `fresh ${id} for ${i}`),
			({ known }) => known.get(i)?.names.has(nameOf(i, n)) ?? false,
		),
	),
	fc.tuple(index, index).map(([i, other]) =>
		command(
			`${i} under the id of ${other}`,
			(world) => world.arrive(i, 0, idOf(other)),
			({ known }) => isNamed(i) && (known.get(other)?.isKnownById ?? false),
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
			(world) => world.comeBack(world.snapshots[n % world.snapshots.length]!),
			({ snapshots }) => snapshots.length > 0,
		),
	),
	fc.constant(command('crash and restart', (world) => world.restart())),
	fc.constantFrom(1, 60, HOUR, KEPT).map((seconds) =>
		command(`${seconds} s pass`, (world) => {
			world.now += seconds;
		}),
	),
];

export function ledgerProperties(): void {
	property(
		'the ledger agrees with its model: done never runs again, what may have run is marked',
		5,
		fc.commands(commands, { maxCommands: 80, size: 'max' }),
		(run) => fc.modelRun(() => ({ model: { world: new World() }, real: {} }), run),
	);
}
