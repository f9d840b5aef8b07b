import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { atMost, serialized } from '../../../nodes/CxoneExpert/trigger/semaphore.ts';
import { watchMaps } from '../../support/memory/maps.mts';

/** Work that notes when it begins and ends, and takes some turns of the event loop. */
function noting(notes: string[], name: string, end: () => string = () => name) {
	return async () => {
		notes.push(`${name} begins`);
		for (let turns = 0; turns < 3; turns++) await turn();
		notes.push(`${name} ends`);
		return end();
	};
}

it('serialized starts no work before the work started first has ended', async () => {
	const notes: string[] = [];
	const works = ['a', 'b', 'c'].map((name) => serialized('x', noting(notes, name)));
	expect(await Promise.all(works)).toEqual(['a', 'b', 'c']);
	expect(notes).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('serialized goes on after failed work, and rejects only for its caller', async () => {
	const notes: string[] = [];
	const fails = () => {
		throw new Error('no database');
	};
	const first = serialized('x', noting(notes, 'a', fails));
	const second = serialized('x', noting(notes, 'b'));
	await expect(first).rejects.toThrow('no database');
	expect(await second).toBe('b');
	expect(notes).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('serialized keeps nothing of a key once all its work has ended', async () => {
	const maps = watchMaps();
	const fails = () => {
		throw new Error('no database');
	};
	const names = ['a', 'a', 'b', 'c'];
	const works = names.map((name) => serialized(name, noting([], name)));
	works.push(serialized('d', noting([], 'd', fails)));
	const kept = [...maps].filter((map) => map.has('a'));
	// In the same process other files may have work of their own.
	const own = () => kept.map((map) => ['a', 'b', 'c', 'd'].filter((name) => map.has(name)));
	expect(own()).toEqual([['a', 'b', 'c', 'd']]);
	await Promise.allSettled(works);
	expect(own()).toEqual([[]]);
});

it('atMost starts work as others end, in the order of the calls, also when some fail', async () => {
	const notes: string[] = [];
	let [running, most] = [0, 0];
	const work = (name: string) => async () => {
		notes.push(name);
		most = Math.max(most, ++running);
		for (let turns = 0; turns < 3; turns++) await turn();
		running--;
		if (name === 'b') throw new Error('no database');
	};
	const works = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => atMost(2, 'x', work(name)));
	await works[0];
	// It comes while the others wait.
	works.push(atMost(2, 'x', work('g')));
	const settled = await Promise.allSettled(works);
	expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(1);
	expect(notes.join('')).toBe('abcdefg');
	expect(most).toBe(2);
});
