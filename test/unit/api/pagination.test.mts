import { describe, expect, it } from 'vitest';

import { entryKey, readPages } from '../../../nodes/CxoneExpert/api/pagination.ts';
import { textOf, type XmlElement } from '../../../nodes/CxoneExpert/api/xml.ts';

const entries = (from: number, count: number): XmlElement[] =>
	Array.from({ length: count }, (_, index) => ({ id: `${from + index}` }));

const idOf = (entry: XmlElement) => [textOf(entry, 'id')];

describe('readPages', () => {
	/** Reads a list of 250 of which entries go after the first page has come. */
	async function readWhileSomeGo(gone: number) {
		let all = entries(0, 250);
		const requested: Array<[limit: number, offset: number]> = [];
		const read = await readPages(
			Infinity,
			async (limit, offset) => {
				requested.push([limit, offset]);
				const page = all.slice(offset, offset + limit);
				if (requested.length === 1) all = all.slice(gone);
				return page;
			},
			idOf,
		);
		return { read, requested };
	}

	it.each([0, 1, 10, 50])(
		'readPages misses none of the others when %i entries of a page go after it has come',
		async (gone) => {
			const { read } = await readWhileSomeGo(gone);
			expect(read).toHaveLength(250);
		},
	);

	it('readPages makes as many calls for a long list as it has full pages, and one more', async () => {
		const { requested } = await readWhileSomeGo(0);
		expect(requested.map(([, offset]) => offset)).toEqual([0, 90, 180, 250]);
	});

	it.each([
		['stops when a larger page brings nothing new', 1234, 1234],
		['stops at the largest page', Infinity, 10_000],
	])('readPages %s when the site ignores offset', async (_case, total, count) => {
		const requested: number[] = [];
		const respond = async (limit: number) => {
			requested.push(limit);
			return entries(0, Math.min(limit, total));
		};
		expect(await readPages(Infinity, respond, idOf)).toHaveLength(count);
		expect(requested).toEqual([100, 100, 1000, 1000, 10_000, 10_000]);
	});
});

describe('entryKey', () => {
	it.each([
		['a count that changed', { id: '1', failures: '0' }, { id: '1', failures: '1' }],
		['an ID as attribute or element', { '@id': '1' }, { id: '1' }],
	])('entryKey is the same for entries with %s', (_case, one, other) => {
		expect(entryKey(one)).toBe(entryKey(other));
	});

	it.each([
		['other IDs', { '@id': '1' }, { '@id': '2' }],
		['other revisions', { '@id': '1', '@revision': '1' }, { '@id': '1', '@revision': '2' }],
		['other URIs', { '@id': '1', uri: 'https://a' }, { '@id': '1', uri: 'https://b' }],
		['the ID 0 and other content', { '@id': '0', path: 'A' }, { '@id': '0', path: 'B' }],
		['no ID and other content', { path: 'A' }, { path: 'B' }],
	] as Array<[string, XmlElement, XmlElement]>)('entryKey differs for entries with %s', (_case, one, other) => {
		expect(entryKey(one)).not.toBe(entryKey(other));
	});
});
