import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/*
 * Virtual time and seeded chance for everything in this thread: both clocks, all timers, all IDs. The fake timers of
 * test frameworks go through a real timer for each asynchronous step, which is too slow for a month.
 */

interface Timer {
	at: number;
	/** Of two timers that are due at once, the first one set goes first. */
	order: number;
	call: (() => void) | undefined;
}

/** What a simulated process knows of time: the clock below, or a real one. */
export interface Time {
	readonly now: number;
	after(ms: number, call: () => void): unknown;
}

const RealDate = Date;
const nextTurn = setImmediate;

/** Real time, for what is said of a run. */
export const realNow = performance.now.bind(performance);

/** When each world begins. */
export const START = RealDate.UTC(2026, 0, 5, 8);

/** A number for a seed and a word: drawing one thing by it shifts no other. */
export function hashOf(seed: number, word: string): number {
	let hash = (seed ^ 0x811c9dc5) >>> 0;
	for (const character of word) {
		hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
	}
	return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

/** Chance of a seed (mulberry32). */
export class Chance {
	private state: number;

	constructor(seed: number) {
		this.state = (seed * 0x9e3779b1) >>> 0;
	}

	static of(seed: number, word: string): Chance {
		return new Chance(hashOf(seed, word));
	}

	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = this.state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	int(below: number): number {
		return Math.floor(this.next() * below);
	}

	pick<T>(list: readonly T[]): T {
		return list[this.int(list.length)]!;
	}

	is(probability: number): boolean {
		return this.next() < probability;
	}

	/** Seed of a stream of its own. */
	fork(): number {
		return this.int(2 ** 31);
	}
}

class Clock implements Time {
	now = START;
	/** Of all IDs. */
	chance = new Chance(0);
	/** Timers that have fired. */
	fired = 0;
	private heap: Timer[] = [];
	private order = 0;

	/** A new world: nothing of the last one is ever woken. */
	reset(seed: number): void {
		this.now = START;
		this.chance = new Chance(seed);
		this.heap = [];
		this.order = 0;
		this.fired = 0;
	}

	after(ms: number, call: () => void): Timer {
		const timer = { at: this.now + Math.max(0, Number(ms) || 0), order: this.order++, call };
		this.push(timer);
		return timer;
	}

	async sleep(ms: number): Promise<void> {
		await new Promise<void>((resolve) => this.after(ms, resolve));
	}

	/** Runs everything that is due until then, in order. Between two timers all promises settle. */
	async pass(ms: number): Promise<void> {
		const end = this.now + ms;
		for (;;) {
			await new Promise<void>((resolve) => nextTurn(resolve));
			const next = this.heap[0];
			if (next === undefined || next.at > end) break;
			this.pop();
			if (next.call === undefined) continue;
			this.now = Math.max(this.now, next.at);
			this.fired++;
			next.call();
		}
		this.now = end;
	}

	private push(timer: Timer): void {
		const { heap } = this;
		let index = heap.push(timer) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(timer, heap[parent]!)) break;
			heap[index] = heap[parent]!;
			index = parent;
		}
		heap[index] = timer;
	}

	private pop(): void {
		const { heap } = this;
		const last = heap.pop()!;
		if (heap.length === 0) return;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
			if (!isBefore(heap[child]!, last)) break;
			heap[index] = heap[child]!;
			index = child;
		}
		heap[index] = last;
	}
}

function isBefore(one: Timer, other: Timer): boolean {
	return one.at < other.at || (one.at === other.at && one.order < other.order);
}

export const clock = new Clock();

class VirtualDate extends RealDate {
	constructor(...given: unknown[]) {
		if (given.length === 0) super(clock.now);
		else super(...(given as [number]));
	}

	static override now(): number {
		return clock.now;
	}
}

/** From here on nothing in this thread sees real time or real chance. */
export function install(): void {
	Object.assign(globalThis, { Date: VirtualDate, ...virtualTimers() });
	Object.assign(timers, { setTimeout: async (ms: number) => await clock.sleep(ms) });
	// A process has run for a day: the node marks what may have been received before it started.
	performance.now = () => clock.now - START + 86_400_000;
	Math.random = () => clock.chance.next();
	Object.assign(crypto, { ...virtualIds() });
	const { randomFillSync: getRandomValues, randomUUID } = virtualIds();
	for (const [name, value] of Object.entries({ getRandomValues, randomUUID })) {
		Object.defineProperty(globalThis.crypto, name, { value });
	}
	syncBuiltinESMExports();
}

function virtualTimers() {
	const handleOf = (timer: Timer) => {
		const handle = { timer, ref: () => handle, unref: () => handle, hasRef: () => true };
		return handle;
	};
	const clear = (handle?: { timer?: Timer }) => {
		if (handle?.timer) handle.timer.call = undefined;
	};
	return {
		setTimeout: (call: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
			handleOf(clock.after(ms, () => call(...given))),
		clearTimeout: clear,
		setInterval: (call: () => void, ms: number) => {
			const again = (): Timer =>
				clock.after(ms, () => {
					handle.timer = again();
					call();
				});
			const handle = handleOf(again());
			return handle;
		},
		clearInterval: clear,
	};
}

function virtualIds() {
	const int = (below: number) => clock.chance.int(below);
	const bytes = (length: number) => Buffer.from(Array.from({ length }, () => int(256)));
	return {
		randomBytes: bytes,
		randomInt: (from: number, to?: number) => (to === undefined ? int(from) : from + int(to - from)),
		randomFillSync: <T extends NodeJS.ArrayBufferView>(view: T): T => {
			bytes(view.byteLength).copy(Buffer.from(view.buffer, view.byteOffset, view.byteLength));
			return view;
		},
		randomUUID: () => {
			const id = bytes(16);
			id[6] = (id[6]! & 15) | 64;
			id[8] = (id[8]! & 63) | 128;
			return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
		},
	};
}
