import { describe, expect, it } from 'vitest';

import { readList } from '../../../nodes/CxoneExpert/actions/results.ts';
import type { XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';

/** A list of this length at a site that gives so many at a time, and what was asked of it. */
function list(length: number, atATime = Infinity) {
	const asked: string[] = [];
	const entries: XmlElement[] = Array.from({ length }, (_, index) => ({ id: `${index + 1}` }));
	const fetch = async (limit: number, offset: number) => {
		asked.push(`${limit} from ${offset}`);
		return entries.slice(offset, offset + Math.min(limit, atATime));
	};
	return { fetch, asked, entries };
}

it.each([
	['all of an empty list', 0, Infinity, ['100 from 0'], 0],
	['all of a short list', 7, Infinity, ['100 from 0', '100 from 7'], 7],
	['all of a list of one full page', 100, Infinity, ['100 from 0', '100 from 100'], 100],
	[
		'all of a long list',
		250,
		Infinity,
		['100 from 0', '100 from 100', '100 from 200', '100 from 250'],
		250,
	],
	['no more than is wanted', 250, 7, ['7 from 0'], 7],
	['a limit beyond one page', 250, 120, ['100 from 0', '20 from 100'], 120],
	['a limit that is a full page', 250, 200, ['100 from 0', '100 from 100'], 200],
	['a limit beyond the list', 30, 120, ['100 from 0', '90 from 30'], 30],
])('readList reads %s', async (_case, length, most, expected, given) => {
	const { fetch, asked, entries } = list(length);
	expect(await readList(most, fetch)).toEqual(entries.slice(0, given));
	expect(asked).toEqual(expected);
});

it('readList continues after the received entries when the site gives fewer than requested', async () => {
	const { fetch, asked, entries } = list(50, 20);
	expect(await readList(Infinity, fetch)).toEqual(entries);
	expect(asked).toEqual(['100 from 0', '100 from 20', '100 from 40', '100 from 50']);
});

it('readList returns no more than wanted when the site gives more than requested', async () => {
	const { entries } = list(9);
	expect(await readList(5, async () => entries)).toEqual(entries.slice(0, 5));
});

describe('readList at a site that repeats its first page', () => {
	it.each<[string, (call: number) => XmlElement[]]>([
		['with ids', () => [{ '@id': '1' }, { '@id': '2' }]],
		['with ids and what changes', (call) => [{ '@id': '1', seen: `${call}` }]],
		['without ids', () => [{ title: 'A' }, { title: 'B' }]],
	])('readList reads a repeated page twice: entries %s', async (_case, page) => {
		let calls = 0;
		const all = await readList(Infinity, async () => page(++calls));
		expect(all).toEqual(page(1));
		expect(calls).toBe(2);
	});
});

it.each<[string, XmlElement[]]>([
	['revisions of one page', [1, 2].map((revision) => ({ '@id': '7', '@revision': `${revision}` }))],
	['a page and a file with one id', ['page', 'file'].map((uri) => ({ id: '7', uri }))],
	['pages that are not there', ['A', 'B'].map((path) => ({ '@id': '0', path }))],
])('readList tells %s apart', async (_case, entries) => {
	expect(await readList(Infinity, async (_limit, offset) => entries.slice(offset))).toEqual(
		entries,
	);
});

it('readList increases the page size when the site ignores the offset and gives full pages', async () => {
	const { asked, entries } = list(250);
	const all = await readList(Infinity, async (limit, offset) => {
		asked.push(`${limit} from ${offset}`);
		return entries.slice(0, limit);
	});
	expect(all).toEqual(entries);
	expect(asked).toEqual(['100 from 0', '100 from 100', '1000 from 200', '1000 from 450']);
});

it('readList stops at a page size of ten thousand when the site always ignores the offset', async () => {
	let calls = 0;
	const all = await readList(Infinity, async (limit) => {
		calls++;
		return Array.from({ length: limit }, (_, index) => ({ id: `${index + 1}` }));
	});
	expect(all).toHaveLength(10_000);
	expect(calls).toBe(6);
});
