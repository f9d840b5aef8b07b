import { describe, expect, it } from 'vitest';

import {
	pageOfItem,
	pageQuery,
} from '../../../../nodes/CxoneExpert/trigger/execution/page-query.ts';

const TIME = '2026-03-01T10:00:00Z';
const at = Date.parse(TIME);

describe('pageQuery', () => {
	it.each([
		['by its number', { id: '42', path: 'A' }, { kind: 'page', key: '42', label: 'page 42' }],
		[
			'by its path',
			{ path: 'A/B C' },
			{ kind: 'page', key: '=A%252FB%2520C', label: 'page "A/B C"' },
		],
		[
			'by the path of the home page',
			{ path: '' },
			{ kind: 'page', key: 'home', label: 'the home page' },
		],
		[
			'by its path when its ID is no number',
			{ id: '../x', path: 'A' },
			{ kind: 'page', key: '=A', label: 'page "A"' },
		],
	])('pageQuery asks for a page %s', (_case, page, query) => {
		expect(pageQuery({ eventType: 'page_move', occurredAt: TIME, page })).toEqual(query);
	});

	it('pageQuery asks the archive for a deleted page by its number', () => {
		const page = { id: '42', path: 'A' };
		expect(pageQuery({ eventType: 'page_delete', page })).toEqual({
			kind: 'archived page',
			id: '42',
		});
	});

	it('pageQuery asks nothing for a deleted page that only a path names', () => {
		const item = { eventType: 'page_delete', occurredAt: TIME, page: { path: 'A' } };
		expect(pageQuery(item)).toBeUndefined();
	});

	it.each([
		['page_create', 'created'],
		['pagecontent_update', 'edited'],
		['page_delete', 'deleted'],
	])('pageQuery looks for the page of %s that names none by its time', (eventType, change) => {
		expect(pageQuery({ eventType, occurredAt: TIME })).toEqual({
			kind: 'unnamed page',
			change,
			at,
		});
	});

	it.each([
		['its type says nothing of a date', { eventType: 'pagetag_update', occurredAt: TIME }],
		['it has no time', { eventType: 'page_create' }],
		['it has no type', { occurredAt: TIME }],
		['it cannot be read', { eventType: 'page_create', unreadable: 'x', rawXml: '<event>' }],
	])('pageQuery asks nothing for an event without a page when %s', (_case, item) => {
		expect(pageQuery(item)).toBeUndefined();
	});

	it('pageQuery reads the page of a recovered item as that of any other', () => {
		const item = { eventType: 'page_create', recovered: true, page: { id: '7' } };
		expect(pageQuery(item)).toMatchObject({ kind: 'page', key: '7' });
	});
});

describe('pageOfItem', () => {
	it('pageOfItem reads the page out of an event that was not simplified', () => {
		const event = { '@type': 'page:create', page: { '@id': '42', path: 'A/B' } };
		expect(pageOfItem({ event })).toEqual({ id: '42', path: 'A/B' });
		expect(pageQuery({ eventType: 'page_create', event })).toMatchObject({ key: '42' });
	});

	it('pageOfItem of an event without a page is undefined', () => {
		expect(pageOfItem({})).toBeUndefined();
		expect(pageOfItem({ event: { '@type': 'user:create' } })).toBeUndefined();
	});
});
