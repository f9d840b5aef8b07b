import { describe, expect, it } from 'vitest';

import {
	leftOutBy,
	pageQuery,
} from '../../../../nodes/CxoneExpert/trigger/execution/page-details.ts';
import type { PageParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';

const TIME = '2026-03-01T10:00:00Z';

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
	])('pageQuery looks for the page of %s that names none by its time', (eventType, change) => {
		const query = { kind: 'unnamed page', change, at: Date.parse(TIME) };
		expect(pageQuery({ eventType, occurredAt: TIME })).toEqual(query);
	});

	it.each([
		['its type says nothing of a date', { eventType: 'pagetag_update', occurredAt: TIME }],
		['it has no time', { eventType: 'page_create' }],
		['it has no type', { occurredAt: TIME }],
		['it cannot be read', { eventType: 'page_create', unreadable: 'x', rawXml: '<event>' }],
	])('pageQuery asks nothing for an event without a page when %s', (_case, item) => {
		expect(pageQuery(item)).toBeUndefined();
	});
});

const none: PageParameters = { addDetails: true, skipDrafts: false, tags: [], pathPrefixes: [] };

const leftOut = (page: object | undefined, parameters: Partial<PageParameters>, isNamed = true) =>
	leftOutBy(page as never, isNamed, { ...none, ...parameters });

describe('leftOutBy', () => {
	it.each([
		['a draft', { draftState: 'unpublished' }, 'Skip Drafts'],
		['a page that readers can open', { draftState: 'inactive' }, undefined],
		['a page of which nobody knows', {}, undefined],
		['an event without a page', undefined, undefined],
	])('leftOutBy with Skip Drafts judges %s', (_case, page, option) => {
		expect(leftOut(page, { skipDrafts: true })).toBe(option);
	});

	it.each([
		['found elsewhere', { path: 'Other' }, false, 'Page Paths'],
		['found below', { path: 'guides/A' }, false, undefined],
		['named by its event, which was judged already', { path: 'Other' }, true, undefined],
		['that nobody found', { details: 'why' }, false, undefined],
	])('leftOutBy with Page Paths judges a page %s', (_case, page, isNamed, option) => {
		expect(leftOut(page, { pathPrefixes: ['Guides'] }, isNamed)).toBe(option);
	});
});
