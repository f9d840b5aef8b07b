import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { withDescribedPages } from '../../../../nodes/CxoneExpert/trigger/execution/described-pages.ts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';
import type { PageParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { leftOutBy } from '../../../../nodes/CxoneExpert/trigger/execution/described-pages.ts';

const responses: Record<string, string> = {
	'/users/current': '<user anonymous="false"/>',
	'/pages/1':
		'<page id="1" draft.state="inactive" revision="3"><title>New title</title><path>A</path><tags><tag value="faq"/></tags></page>',
	'/pages/2':
		'<page id="2" draft.state="unpublished"><title>Draft</title><path>B</path><tags/></page>',
	'/pages/3': '<page id="3"><path>C</path><tags/></page>',
	'/pages/home/find': '<pages/>',
};

/** What the trigger's step makes of these items, what it asks for that, and what it says. */
async function described(items: INodeExecutionData[], parameters: IDataObject = {}) {
	const calls: string[] = [];
	const longTermToken = randomUUID();
	const node = nodeState({
		credential: async () => ({ siteUrl: 'https://help.example.com', longTermToken }),
		site: async (path) => {
			calls.push(path);
			return responses[path];
		},
	});
	const { context, hints } = executionAt(node, { parameters });
	const passed = await withDescribedPages(context, items);
	return { passed, pages: passed.map(({ json }) => json.page), calls, hints };
}

const item = (page?: IDataObject, changed: IDataObject = {}): INodeExecutionData => ({
	json: { eventType: 'page_move', ...(page === undefined ? {} : { page }), ...changed },
});

const options = (additionalOptions: IDataObject) => ({ additionalOptions, pageDetails: false });
const filters = (chosen: IDataObject) => ({ filters: chosen, pageDetails: false });

describe('withDescribedPages: what an item gets', () => {
	it('an item gets what the site says of its page, and keeps what its event says', async () => {
		const { pages } = await described([item({ id: '1', title: 'Title then', revision: 2 })]);
		expect(pages).toEqual([
			{
				id: '1',
				title: 'Title then',
				revision: 2,
				path: 'A',
				tags: ['faq'],
				draftState: 'inactive',
			},
		]);
	});

	it('an item says of a draft what the site says: it may have been published since', async () => {
		const { pages } = await described([
			item({ id: '1', draftState: 'unpublished' }),
			item({ id: '3', draftState: 'unpublished' }),
		]);
		// The second one: the site does not say.
		expect(pages).toMatchObject([{ draftState: 'inactive' }, { draftState: 'unpublished' }]);
	});

	it('an item says why there are no details, and keeps what its event says', async () => {
		const { pages } = await described([item({ id: '4', path: 'D' })]);
		expect(pages).toEqual([
			{ id: '4', path: 'D', details: expect.stringMatching(/^Expert did not find it \(404\)/) },
		]);
	});

	it('an item that is not simplified gets the page beside its event', async () => {
		const event = { page: { '@id': '1', title: 'Title then' } };
		const { passed } = await described([item(undefined, { event })]);
		expect(passed[0]?.json).toMatchObject({
			event,
			page: { id: '1', title: 'Title then', path: 'A' },
		});
	});

	it('the items that n8n gave stay as they were, and the rest of each goes on', async () => {
		const given = item({ id: '1' }, { deliveryId: 'd-1' });
		const paired = { ...given, pairedItem: { item: 0 } };
		const before = structuredClone(paired);
		const { passed } = await described([paired]);
		expect(paired).toEqual(before);
		expect(passed[0]).toMatchObject({ pairedItem: { item: 0 }, json: { deliveryId: 'd-1' } });
	});

	it('an item without a page passes as it is, between others, and each gets its own page', async () => {
		const without = item(undefined, { eventType: 'user_create' });
		const { passed, pages } = await described([item({ id: '3' }), without, item({ id: '1' })]);
		expect(passed[1]).toBe(without);
		expect(pages[0]).toMatchObject({ id: '3' });
		expect(pages[2]).toMatchObject({ id: '1' });
	});

	it('an event that names no page passes as it is when the site finds none', async () => {
		const unnamed = { eventType: 'page_create', occurredAt: '2026-03-01T10:00:00Z' };
		const { passed, calls } = await described([item(undefined, unnamed)]);
		expect(passed).toEqual([item(undefined, unnamed)]);
		expect(calls).toContain('/pages/home/find');
	});
});

describe('withDescribedPages: when the site is asked', () => {
	const items = [item({ id: '1' })];

	it('nothing is asked when nothing has to be known, and the items are those that n8n gave', async () => {
		const { passed, calls } = await described(items, { pageDetails: false });
		expect(passed).toBe(items);
		expect(calls).toEqual([]);
	});

	it.each([
		['Skip Drafts', options({ skipDrafts: true })],
		['Page Tags', filters({ pageTags: ['faq'] })],
	])(
		'%s asks without Add Page Details, and the item stays as it was',
		async (_name, parameters) => {
			const { passed, calls } = await described(items, parameters);
			expect(passed[0]).toBe(items[0]);
			expect(calls).toContain('/pages/1');
		},
	);
});

describe('withDescribedPages: what is left out', () => {
	it.each([
		['a draft by Skip Drafts', { id: '2' }, options({ skipDrafts: true }), 'Skip Drafts'],
		['a page without the tag', { id: '3' }, filters({ pageTags: ['faq'] }), 'Page Tags'],
		[
			'a page elsewhere that its event has not named',
			{ id: '3' },
			{ filters: { pathPrefixes: ['A'] } },
			'Page Paths',
		],
	])('%s is left out, and the editor says by what', async (_case, page, parameters, option) => {
		const { passed, hints } = await described([item(page)], parameters);
		expect(passed).toEqual([]);
		expect(hints).toEqual([
			{ message: `1 event was left out by: ${option}`, location: 'outputPane' },
		]);
	});

	it('the path that an event itself names was judged before', async () => {
		const parameters = { filters: { pathPrefixes: ['A'] } };
		const { passed, hints } = await described([item({ id: '3', path: 'C' })], parameters);
		expect(passed).toHaveLength(1);
		expect(hints).toEqual([]);
	});

	it('a page of which nothing can be learned passes', async () => {
		const parameters = { additionalOptions: { skipDrafts: true }, filters: { pageTags: ['faq'] } };
		expect((await described([item({ id: '4' })], parameters)).passed).toHaveLength(1);
	});

	it('several events are counted, and each option is named once', async () => {
		const parameters = { additionalOptions: { skipDrafts: true }, filters: { pageTags: ['faq'] } };
		const items = [2, 3, 1, 3].map((id) => item({ id: `${id}` }));
		const { pages, hints } = await described(items, parameters);
		expect(pages).toMatchObject([{ id: '1' }]);
		expect(hints).toEqual([
			{ message: '3 events were left out by: Page Tags, Skip Drafts', location: 'outputPane' },
		]);
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
