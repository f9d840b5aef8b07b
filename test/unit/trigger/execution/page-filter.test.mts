import { describe, expect, it } from 'vitest';

import type { PageParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { leftOutBy } from '../../../../nodes/CxoneExpert/trigger/execution/page-filter.ts';

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

	it('leftOutBy lets a draft pass without Skip Drafts', () => {
		expect(leftOut({ draftState: 'unpublished' }, {})).toBeUndefined();
	});

	it.each([
		[['review'], undefined],
		[['other', 'REVIEW '], undefined],
		[['article:guide'], undefined],
		[['guide'], 'Page Tags'],
		[[], 'Page Tags'],
		[undefined, undefined],
	])('leftOutBy with Page Tags judges a page with the tags %j', (tags, option) => {
		expect(leftOut({ tags }, { tags: ['Review', 'Article:Guide'] })).toBe(option);
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
