import { describe, expect, it } from 'vitest';

import { pageQuery } from '../../../../nodes/CxoneExpert/trigger/execution/page-query.ts';

const TIME = '2026-03-01T10:00:00Z';

describe('pageQuery', () => {
	it.each([
		['by its number', { id: '42', path: 'A' }, { kind: 'page', key: '42', label: 'page 42' }],
		['by its path', { path: 'A/B C' }, { kind: 'page', key: '=A%252FB%2520C', label: 'page "A/B C"' }],
		['at the home page', { path: '' }, { kind: 'page', key: 'home', label: 'the home page' }],
		['by its path when its ID is no number', { id: '../x', path: 'A' }, { kind: 'page', key: '=A', label: 'page "A"' }],
	])('pageQuery asks for a page %s', (_case, page, query) => {
		expect(pageQuery({ eventType: 'page_move', occurredAt: TIME, page })).toEqual(query);
	});

	it('pageQuery asks for a deleted page by its number, and nothing by its path', () => {
		const deleted = { eventType: 'page_delete', occurredAt: TIME };
		const query = { kind: 'deleted page', id: '42' };
		expect(pageQuery({ ...deleted, page: { id: '42', path: 'A' } })).toEqual(query);
		expect(pageQuery({ ...deleted, page: { path: 'A' } })).toBeUndefined();
	});

	it.each([
		['page_create', 'created'],
		['pagecontent_update', 'edited'],
		['page_delete', 'deleted'],
	])('pageQuery looks for the page of %s that names none by its time', (eventType, kind) => {
		const query = { kind: 'unnamed page', change: { kind, at: Date.parse(TIME) } };
		expect(pageQuery({ eventType, occurredAt: TIME })).toEqual(query);
	});

	it.each([
		['its type says nothing of a date', { eventType: 'pagetag_update', occurredAt: TIME }],
		['it cannot be read', { eventType: 'page_create', unreadable: 'x', rawXml: '<event>' }],
	])('pageQuery asks nothing for an event without a page when %s', (_case, item) => {
		expect(pageQuery(item)).toBeUndefined();
	});
});
