import { describe, expect, it } from 'vitest';

import {
	type Claim,
	DeliveryMemory,
	idKey,
	type Sighting,
	signatureKey,
	type Verdict,
} from '../../nodes/CxoneExpert/trigger/delivery/memory.ts';
import { readRows } from '../../nodes/CxoneExpert/trigger/delivery/record.ts';

const T = 1_769_792_386;
const key = (name: string) => idKey(name);

function sighting(id: string, signatures: string[] = [`signature of ${id}`], time = T): Sighting {
	return { id: key(id), signatures: signatures.map(key), time };
}

function claimed(verdict: Verdict): Claim & { mayHaveRun: boolean } {
	if (verdict.kind !== 'claimed') throw new Error(`not claimed but ${verdict.kind}`);
	return { ...verdict.claim, mayHaveRun: verdict.mayHaveRun };
}

function remember(memory: DeliveryMemory, seen: Sighting): void {
	claimed(memory.claim(seen)).done();
}

/** What another process knows that starts with this one's record. */
function restarted(memory: DeliveryMemory, writer = 'later process'): DeliveryMemory {
	const next = new DeliveryMemory(writer);
	next.merge(memory.record());
	return next;
}

describe('keys', () => {
	it('are 48 bits in 8 characters', () => {
		expect(idKey('9f1c1e2a-fdfd-11f0-8674-aa9553f76750')).toMatch(/^[\w-]{8}$/);
		expect(signatureKey(Buffer.alloc(32, 0xff))).toBe('________');
	});

	it('differ when ids differ, in case too', () => {
		expect(new Set(['a', 'A', 'b', ''].map(idKey)).size).toBe(4);
	});

	it('of a signature are its first 6 bytes', () => {
		const signature = Buffer.from('c1e57e45a08e00b6172a69c5be68774d', 'hex');
		expect(Buffer.from(signatureKey(signature), 'base64url')).toEqual(signature.subarray(0, 6));
	});
});

describe('two phases', () => {
	it('the first copy gets the claim, and has not run before', () => {
		expect(new DeliveryMemory().claim(sighting('a'))).toMatchObject({
			kind: 'claimed',
			mayHaveRun: false,
		});
	});

	it('a copy of what is being worked on is told so, at once and without any await', () => {
		const memory = new DeliveryMemory();
		const kinds = [1, 2, 3].map(() => memory.claim(sighting('a')).kind);
		expect(kinds).toEqual(['claimed', 'in progress', 'in progress']);
		expect(memory.size).toBe(1);
	});

	it('a copy of what is done is a duplicate', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a'));
		expect(memory.claim(sighting('a'))).toEqual({ kind: 'done' });
		expect(memory.isDone([key('a')])).toBe(true);
	});

	it('what is only claimed is not done', () => {
		const memory = new DeliveryMemory();
		memory.claim(sighting('a'));
		expect(memory.isDone([key('a'), key('signature of a')])).toBe(false);
	});

	it('a release lets the next copy through, by id and by signature', () => {
		const memory = new DeliveryMemory();
		claimed(memory.claim(sighting('a'))).release();
		expect(memory.size).toBe(0);
		expect(memory.claim(sighting('other', ['signature of a']))).toMatchObject({ kind: 'claimed' });
		expect(memory.claim(sighting('a', ['another signature']))).toMatchObject({ kind: 'claimed' });
	});

	it('the first call decides: done stays done', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a')));
		claim.done();
		expect(claim.release()).toBe(false);
		expect(memory.claim(sighting('a')).kind).toBe('done');
	});

	it('while the record is being stored it says "done", and a copy waits', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a')));
		claim.storing();
		expect(readRows(memory.record().rows)).toMatchObject([{ done: true }]);
		expect(memory.isDone([key('a')])).toBe(true);
		expect(memory.claim(sighting('a')).kind).toBe('in progress');
		claim.done();
		expect(memory.claim(sighting('a')).kind).toBe('done');
	});

	it('what is already being stored is done, and not let through again by a release', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a')));
		claim.storing();
		claim.release();
		expect(memory.claim(sighting('a')).kind).toBe('done');
	});

	it('what n8n has written is done, unless n8n is storing the record already', () => {
		const memory = new DeliveryMemory();
		const waiting = claimed(memory.claim(sighting('a')));
		expect(waiting.written()).toBe(true);
		expect(memory.claim(sighting('a')).kind).toBe('done');
		expect(readRows(memory.record().rows)).toMatchObject([{ done: true }]);
		const storing = claimed(memory.claim(sighting('b')));
		storing.storing();
		expect(storing.written()).toBe(false);
		expect(memory.claim(sighting('b')).kind).toBe('in progress');
	});

	it('a claim that was released cannot become done any more', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a')));
		claim.release();
		claim.done();
		expect(memory.isDone([key('a')])).toBe(false);
	});

	it('a claim that was released does not touch the claim of the next copy', () => {
		const memory = new DeliveryMemory();
		const first = claimed(memory.claim(sighting('a')));
		first.release();
		const second = claimed(memory.claim(sighting('a')));
		first.release();
		expect(memory.claim(sighting('a')).kind).toBe('in progress');
		second.storing();
		first.done();
		expect(memory.claim(sighting('a')).kind).toBe('in progress');
		second.done();
		expect(memory.isDone([key('a')])).toBe(true);
	});

	it.each(['done', 'release'] as const)(
		'who waits for the first copy learns of %s',
		async (end) => {
			const memory = new DeliveryMemory();
			const claim = claimed(memory.claim(sighting('a')));
			const copy = memory.claim(sighting('a'));
			if (copy.kind !== 'in progress') throw new Error(copy.kind);
			const order: string[] = [];
			const waiting = copy.settled.then(() => order.push('settled'));
			await Promise.resolve();
			order.push('still working');
			claim[end]();
			await waiting;
			expect(order).toEqual(['still working', 'settled']);
		},
	);
});

describe('the signature is a key, too', () => {
	it('a replay with a fresh delivery id is a duplicate', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a', ['s']));
		expect(memory.claim(sighting('fresh', ['s'])).kind).toBe('done');
		expect(memory.size).toBe(1);
	});

	it('a replay of a signature that only a retry had is a duplicate', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a', ['first try'])));
		memory.claim(sighting('a', ['second try'], T + 2));
		claim.done();
		memory.claim(sighting('a', ['third try'], T + 4));
		for (const replayed of ['first try', 'second try', 'third try']) {
			expect(memory.claim(sighting('fresh', [replayed])).kind).toBe('done');
		}
		expect(memory.size).toBe(1);
	});

	it('is found under the previous secret and under the current one while secrets rotate', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a', ['by the old secret']));
		// After the change both are computed, the one of the new secret first.
		const replay = sighting('fresh', ['by the new secret', 'by the old secret']);
		expect(memory.claim(replay).kind).toBe('done');
		expect(memory.claim(sighting('fresh', ['by the new secret'])).kind).toBe('done');
	});

	it('different deliveries stay different', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a'));
		expect(memory.claim(sighting('b')).kind).toBe('claimed');
	});

	it('deliveries without signatures are told apart by id only', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a', []));
		expect(memory.claim(sighting('b', [])).kind).toBe('claimed');
		expect(memory.claim(sighting('a', [])).kind).toBe('done');
		expect(restarted(memory).claim(sighting('a', [])).kind).toBe('done');
	});

	it('a delivery that is retried for ever takes a bounded room', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a', ['0']));
		for (let i = 1; i <= 1000; i++) memory.claim(sighting('a', [`${i}`], T + i));
		expect(memory.record().rows).toHaveLength(32 * 22);
	});
});

describe('the stored record', () => {
	it('holds 22 characters for each delivery', () => {
		const memory = new DeliveryMemory();
		for (let i = 0; i < 1000; i++) remember(memory, sighting(`${i}`));
		expect(memory.record().rows).toHaveLength(1000 * 22);
	});

	it('holds what is done as done and what is in progress as claimed', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a'));
		memory.claim(sighting('b'));
		expect(readRows(memory.record().rows)).toEqual([
			{ id: key('a'), signature: key('signature of a'), time: T, done: true },
			{ id: key('b'), signature: key('signature of b'), time: T, done: false },
		]);
	});

	it('follows each change: a claim that ends is stored as what it became', () => {
		const memory = new DeliveryMemory();
		const a = claimed(memory.claim(sighting('a')));
		const b = claimed(memory.claim(sighting('b')));
		memory.record();
		a.done();
		b.release();
		expect(readRows(memory.record().rows).map(({ id, done }) => [id, done])).toEqual([
			[key('a'), true],
		]);
		memory.claim(sighting('a', ['second try'], T + 5));
		expect(readRows(memory.record().rows)).toEqual([
			{ id: key('a'), signature: key('signature of a'), time: T + 5, done: true },
			{ id: key('a'), signature: key('second try'), time: T + 5, done: true },
		]);
	});

	it('of an earlier process: what is done stays done, by id and by each signature', () => {
		const memory = new DeliveryMemory('earlier process');
		remember(memory, sighting('a', ['s1']));
		memory.claim(sighting('a', ['s2']));
		const next = restarted(memory);
		expect(next.size).toBe(1);
		for (const seen of [sighting('a', []), sighting('x', ['s1']), sighting('y', ['s2'])]) {
			expect(next.claim(seen).kind).toBe('done');
		}
	});

	it('of an earlier process: what was claimed is let through as one that may have run', () => {
		const memory = new DeliveryMemory('earlier process');
		memory.claim(sighting('a'));
		const next = restarted(memory);
		expect(next.isDone([key('a')])).toBe(false);
		const claim = claimed(next.claim(sighting('a')));
		expect(claim.mayHaveRun).toBe(true);
		expect(next.claim(sighting('a')).kind).toBe('in progress');
		claim.done();
		expect(next.claim(sighting('a')).kind).toBe('done');
	});

	it('of an earlier process: what may have run is still so after a try that did not succeed', () => {
		const memory = new DeliveryMemory('earlier process');
		memory.claim(sighting('a'));
		const next = restarted(memory);
		claimed(next.claim(sighting('a'))).release();
		expect(claimed(next.claim(sighting('a'))).mayHaveRun).toBe(true);
	});

	it('of an earlier process: a claim that was released does not touch that of the next copy', () => {
		const memory = new DeliveryMemory('earlier process');
		memory.claim(sighting('a'));
		const next = restarted(memory);
		const first = claimed(next.claim(sighting('a')));
		first.release();
		first.done();
		claimed(next.claim(sighting('a')));
		first.release();
		expect(next.claim(sighting('a')).kind).toBe('in progress');
		first.done();
		expect(next.isDone([key('a')])).toBe(false);
	});

	it('of an earlier process: who waits for a copy that was released learns of it', async () => {
		const memory = new DeliveryMemory('earlier process');
		memory.claim(sighting('a', ['s1']));
		const next = restarted(memory);
		for (let i = 0; i < 3; i++) {
			const claim = claimed(next.claim(sighting('a', ['s1'])));
			const copy = next.claim(sighting('a', [`retry ${i}`]));
			if (copy.kind !== 'in progress') throw new Error(copy.kind);
			const order: string[] = [];
			const waiting = copy.settled.then(() => order.push('settled'));
			await Promise.resolve();
			order.push('still working');
			claim.release();
			await waiting;
			expect(order).toEqual(['still working', 'settled']);
		}
		claimed(next.claim(sighting('fresh', ['retry 1']))).done();
		expect(next.isDone([key('a')])).toBe(true);
	});

	it('of an earlier process: what was done later on is done', () => {
		const memory = new DeliveryMemory('other process');
		const claim = claimed(memory.claim(sighting('a')));
		const here = restarted(memory);
		claim.done();
		here.merge(memory.record());
		expect(here.claim(sighting('a')).kind).toBe('done');
	});

	it('of another process takes nothing back that is known here', () => {
		const other = new DeliveryMemory('other process');
		other.claim(sighting('a'));
		other.claim(sighting('b'));
		const here = new DeliveryMemory('here');
		remember(here, sighting('a'));
		here.claim(sighting('b'));
		here.merge(other.record());
		expect(here.claim(sighting('a')).kind).toBe('done');
		expect(here.claim(sighting('b')).kind).toBe('in progress');
		expect(here.size).toBe(2);
	});

	it('of another process does not end what is being worked on here', () => {
		const other = new DeliveryMemory('other process');
		remember(other, sighting('a'));
		const here = new DeliveryMemory('here');
		const claim = claimed(here.claim(sighting('a')));
		here.merge(other.record());
		expect(here.claim(sighting('a')).kind).toBe('in progress');
		claim.done();
	});

	it('of another process that knows a delivery under another id adds no second one', () => {
		const other = new DeliveryMemory('other process');
		remember(other, sighting('replayed there', ['s']));
		const here = new DeliveryMemory('here');
		remember(here, sighting('a', ['s']));
		here.merge(other.record());
		expect(here.size).toBe(1);
	});

	it('of this process itself is not read: what was released does not come back', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('a')));
		const stored = memory.record();
		claim.release();
		memory.merge(stored);
		expect(memory.size).toBe(0);
		expect(claimed(memory.claim(sighting('a'))).mayHaveRun).toBe(false);
	});

	it('adds nothing when it is damaged', () => {
		const memory = new DeliveryMemory();
		memory.merge({ writer: 'x', forgottenUpTo: 0, rows: 'damaged' });
		expect(memory.size).toBe(0);
	});

	it('survives any number of restarts', () => {
		let memory = new DeliveryMemory('process 0');
		remember(memory, sighting('a'));
		for (let i = 1; i <= 5; i++) memory = restarted(memory, `process ${i}`);
		expect(memory.claim(sighting('fresh', ['signature of a'])).kind).toBe('done');
		expect(memory.record().rows).toHaveLength(22);
	});
});

describe('forgetting', () => {
	const HOUR = 3_600_000;
	const now = (seconds: number) => (T + seconds) * 1000;

	it('what is older than it is remembered for', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('old', ['s1'], T));
		remember(memory, sighting('new', ['s2'], T + 1));
		memory.forgetOld(now(3600), HOUR, 100);
		expect(memory.size).toBe(2);
		memory.forgetOld(now(3601), HOUR, 100);
		expect(memory.isDone([key('old'), key('s1')])).toBe(false);
		expect(memory.isDone([key('new')])).toBe(true);
		expect(memory.size).toBe(1);
	});

	it('the oldest ones that are more than it may remember', () => {
		const memory = new DeliveryMemory();
		for (let i = 0; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T + i));
		memory.forgetOld(now(60), HOUR, 3);
		expect([0, 1, 2, 3, 4].map((i) => memory.isDone([key(`${i}`)]))).toEqual([
			false,
			false,
			true,
			true,
			true,
		]);
	});

	it('is known by the time up to which something may be missing', () => {
		const memory = new DeliveryMemory();
		for (let i = 0; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T + i));
		expect(memory.mayHaveForgotten(T * 1000)).toBe(false);
		memory.forgetOld(now(60), HOUR, 3);
		expect(memory.mayHaveForgotten((T - 100) * 1000)).toBe(true);
		// The whole second of the newest one that is forgotten, and nothing after it.
		expect(memory.mayHaveForgotten((T + 1) * 1000 + 999)).toBe(true);
		expect(memory.mayHaveForgotten((T + 2) * 1000)).toBe(false);
	});

	it('is remembered itself, and only ever moves on', () => {
		const memory = new DeliveryMemory('earlier process');
		for (let i = 0; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T + i));
		memory.forgetOld(now(60), HOUR, 3);
		const next = restarted(memory);
		expect(next.mayHaveForgotten((T + 1) * 1000)).toBe(true);
		next.merge({ writer: 'a third process', forgottenUpTo: 5, rows: '' });
		expect(next.mayHaveForgotten((T + 1) * 1000)).toBe(true);
		expect(next.record().forgottenUpTo).toBe(T + 1);
	});

	it('never what is still being worked on', () => {
		const memory = new DeliveryMemory();
		const claim = claimed(memory.claim(sighting('working', ['s'], T)));
		for (let i = 1; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T + i));
		memory.forgetOld(now(2 * 3600), HOUR, 1);
		expect(memory.claim(sighting('working', ['s'])).kind).toBe('in progress');
		expect(memory.size).toBe(1);
		claim.done();
		expect(memory.isDone([key('working')])).toBe(true);
	});

	it('never what was signed only just now: more of the same second may come', () => {
		const memory = new DeliveryMemory();
		for (let i = 0; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T));
		memory.forgetOld(now(9), HOUR, 1);
		expect(memory.size).toBe(5);
		expect(memory.mayHaveForgotten(T * 1000)).toBe(false);
		memory.forgetOld(now(10), HOUR, 1);
		expect(memory.size).toBe(1);
	});

	it('does not keep the rest because of one that is signed anew again and again', () => {
		const memory = new DeliveryMemory();
		for (let i = 0; i < 5; i++) remember(memory, sighting(`${i}`, [`s${i}`], T + i));
		memory.claim(sighting('0', ['retry'], T + 60));
		memory.forgetOld(now(60), HOUR, 2);
		expect(memory.size).toBe(2);
		expect(memory.isDone([key('0')])).toBe(true);
	});

	it('keeps what is retried as long as its newest signature counts', () => {
		const memory = new DeliveryMemory();
		remember(memory, sighting('a', ['first try'], T));
		memory.claim(sighting('a', ['second try'], T + 3000));
		memory.forgetOld(now(4000), HOUR, 100);
		expect(memory.isDone([key('second try')])).toBe(true);
	});

	it('keeps the room bounded over 100,000 deliveries', () => {
		const memory = new DeliveryMemory();
		let most = 0;
		for (let i = 0; i < 100_000; i++) {
			// Ten each second.
			const time = T + Math.floor(i / 10);
			memory.forgetOld(time * 1000, 24 * HOUR, 1000);
			remember(memory, { id: `id${i}`.padEnd(8), signatures: [`s${i}`.padEnd(8)], time });
			most = Math.max(most, memory.size);
		}
		expect(most).toBeLessThanOrEqual(1001);
		expect(memory.record().rows).toHaveLength(memory.size * 22);
		expect(memory.isDone(['id99999'.padEnd(8)])).toBe(true);
		expect(memory.isDone(['id0'.padEnd(8), 's0'.padEnd(8)])).toBe(false);
	});
});
