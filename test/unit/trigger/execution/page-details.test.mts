import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ExpertError } from '../../../../nodes/CxoneExpert/api/expert-error.ts';
import { pageOfItem } from '../../../../nodes/CxoneExpert/event/item.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import {
	BUDGET_MS,
	describePages,
	leftOutBy,
	lookUpPages,
	pageDetails,
	pageQuery,
} from '../../../../nodes/CxoneExpert/trigger/execution/page-details.ts';
import type { PageParameters } from '../../../../nodes/CxoneExpert/trigger/parameters.ts';
import { nodeState } from '../../../support/unit/delivery-context.mts';
import { executionAt } from '../../../support/unit/execution.mts';
import { rootOf } from '../../../support/unit/samples.mts';

beforeEach(clearMemory);

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

describe('pageOfItem', () => {
	it('pageOfItem reads the page out of an event that was not simplified', () => {
		const event = { '@type': 'page:create', page: { '@id': '42', path: 'A/B' } };
		expect(pageOfItem({ event })).toEqual({ id: '42', path: 'A/B' });
	});

	it('pageOfItem of an event without a page is undefined', () => {
		expect(pageOfItem({})).toBeUndefined();
		expect(pageOfItem({ event: { '@type': 'user:create' } })).toBeUndefined();
	});
});

const ACCEPTED = '<user anonymous="false"/>';

/** An execution at a site that responds to these paths, and the calls that it gets. */
function at(responses: Record<string, string | number | (() => Promise<undefined>)>) {
	const calls: string[] = [];
	const node = nodeState({
		credential: async () => ({
			siteUrl: 'https://help.example.com',
			// Of its own: each token is checked once.
			longTermToken: randomUUID(),
		}),
		site: async (path) => {
			calls.push(path);
			const response = path === '/users/current' ? (responses[path] ?? ACCEPTED) : responses[path];
			return typeof response === 'function' ? await response() : response;
		},
	});
	return { context: executionAt(node).context, calls };
}

/** Why the site does not say. */
const whyNot = (found: unknown) => (found instanceof ExpertError ? found.text : undefined);

const pages = (...ids: number[]): IDataObject[] => ids.map((id) => ({ page: { id: `${id}` } }));

describe('lookUpPages', () => {
	it('lookUpPages gives a result for each item, in their order', async () => {
		const { context } = at({ '/pages/1': '<page id="1"/>' });
		const [one, two] = pages(1, 2);
		const [missing, ...others] = await lookUpPages(context, [two!, {}, one!]);
		expect(whyNot(missing)).toMatch(/^Expert did not find it \(404\)/);
		expect(others).toEqual([undefined, { id: '1' }]);
	});

	it('lookUpPages reads five pages at the same time, and then the others', async () => {
		const waiting: Array<() => void> = [];
		const slow = async () => {
			await new Promise<void>((resolve) => waiting.push(resolve));
			return undefined;
		};
		const ids = [1, 2, 3, 4, 5, 6, 7];
		const { context } = at(Object.fromEntries(ids.map((id) => [`/pages/${id}`, slow])));
		const results = lookUpPages(context, pages(...ids));
		for (let read = 0; read < 3; read++) {
			await expect.poll(() => waiting.length).toBe(5);
			waiting.shift()?.();
		}
		for (const respond of waiting) respond();
		expect(await results).toHaveLength(7);
	});

	it('lookUpPages ends after five seconds, and does not begin with what is left', async () => {
		vi.useFakeTimers();
		try {
			const never = async () => await new Promise<undefined>(() => {});
			const ids = [1, 2, 3, 4, 5, 6];
			const { context, calls } = at(Object.fromEntries(ids.map((id) => [`/pages/${id}`, never])));
			const results = lookUpPages(context, pages(...ids));
			await vi.advanceTimersByTimeAsync(BUDGET_MS);
			expect(whyNot((await results).at(0))).toMatch(/^The Expert site did not respond in time/);
			expect(whyNot((await results).at(5))).toMatch(/^The Expert site took too long/);
			expect(calls).not.toContain('/pages/6');
		} finally {
			vi.useRealTimers();
		}
	});

	it('lookUpPages says why nobody can tell which page it was, where the token is not accepted', async () => {
		const refusing = {
			'/users/current': '<user anonymous="true"/>',
			'/pages/home/find': '<pages/>',
		};
		const unnamed = { eventType: 'page_create', occurredAt: TIME };
		const [found, other] = await lookUpPages(at(refusing).context, [unnamed, {}]);
		expect(whyNot(found)).toMatch(/^The site does not accept the token/);
		expect(other).toBeUndefined();
		expect(await lookUpPages(at({ '/pages/home/find': '<pages/>' }).context, [unnamed])).toEqual([
			undefined,
		]);
	});

	it('lookUpPages says why a page could not be read rather than why the token could not be checked', async () => {
		const { context } = at({ '/pages/1': 502, '/users/current': 500 });
		expect(whyNot((await lookUpPages(context, pages(1)))[0])).toMatch(
			/\(502\) while n8n tried to read page 1/,
		);
	});

	it.each([403, 404])(
		'lookUpPages does not believe a %i where nobody can tell whether the token is accepted',
		async (status) => {
			const { context } = at({ '/pages/1': status, '/users/current': 500 });
			expect(whyNot((await lookUpPages(context, pages(1)))[0])).toMatch(
				/\(500\) while n8n tried to check the token/,
			);
		},
	);
});

describe('lookUpPages of a deleted page', () => {
	const ARCHIVE = '/archive/pages/1/info';
	const deleted = { eventType: 'page_delete', page: { id: '1' } };
	const archived = '<page.archive id="1"><title>Then</title></page.archive>';
	const page = '<page id="1" deleted="true"><title>Now</title><tags><tag value="a"/></tags></page>';
	const found = async (responses: Record<string, string | number>, needsTags?: boolean) => {
		const { context, calls } = at(responses);
		const [details] = await lookUpPages(context, [deleted], needsTags);
		return { details, calls: calls.filter((path) => path !== '/users/current') };
	};

	it('lookUpPages asks the archive alone where that tells', async () => {
		expect(await found({ [ARCHIVE]: archived, '/pages/1': page })).toEqual({
			details: { id: '1', title: 'Then' },
			calls: [ARCHIVE],
		});
	});

	it.each([401, 403, 404, 410])(
		'lookUpPages reads the deleted page itself where the archive responds %i',
		async (status) => {
			const { details } = await found({ [ARCHIVE]: status, '/pages/1': page });
			expect(details).toEqual({ id: '1', title: 'Now', tags: ['a'] });
		},
	);

	it('lookUpPages reads the tags of a deleted page where they decide', async () => {
		expect((await found({ [ARCHIVE]: archived, '/pages/1': page }, true)).details).toEqual({
			...{ id: '1', title: 'Then', tags: ['a'] },
		});
		expect((await found({ [ARCHIVE]: archived, '/pages/1': 403 }, true)).details).toEqual({
			...{ id: '1', title: 'Then' },
		});
	});

	it('lookUpPages takes no tags of a deleted page for tags that are gone, whether it says that it was deleted', async () => {
		for (const state of ['', ' deleted="true"']) {
			const bare = `<page id="1"${state}><title>Now</title><tags count="0"/></page>`;
			const { details } = await found({ [ARCHIVE]: archived, '/pages/1': bare }, true);
			expect(details).toEqual({ id: '1', title: 'Then' });
		}
	});

	it('lookUpPages says why the archive did not tell where the page cannot be read, either', async () => {
		const { details } = await found({ [ARCHIVE]: 403, '/pages/1': 404 });
		expect(whyNot(details)).toMatch(/\(403\) while n8n tried to read page 1 in the archive/);
	});

	it('lookUpPages asks no further where the archive is not there for now', async () => {
		const { details, calls } = await found({ [ARCHIVE]: 500, '/pages/1': page });
		expect(whyNot(details)).toMatch(/\(500\)/);
		expect(calls).not.toContain('/pages/1');
	});
});

it('describePages keeps the items that n8n gave as they were, and the rest of each', async () => {
	const { context } = at({ '/pages/1': '<page id="1"><title>Title now</title></page>' });
	const given = { json: { page: { id: '1' }, deliveryId: 'd-1' }, pairedItem: { item: 0 } };
	const before = structuredClone(given);
	const { wanted } = await describePages(context, [given]);
	expect(given).toEqual(before);
	expect(wanted).toEqual([
		{ ...given, json: { deliveryId: 'd-1', page: { id: '1', title: 'Title now' } } },
	]);
});

it('describePages puts a page that it has found behind the type of the event, as where the event names it', async () => {
	const { context } = at({ '/pages/1': '<page id="1"/>' });
	const events = [
		{ eventType: 'page_move', page: { id: '1' }, user: { id: '7', name: 'Ann' }, deliveryId: 'd' },
		{ eventType: 'page_move', event: { page: { '@id': '1' } }, deliveryId: 'd' },
	];
	const { wanted } = await describePages(
		context,
		events.map((json) => ({ json })),
	);
	expect(wanted.map(({ json }) => Object.keys(json))).toEqual([
		['eventType', 'page', 'user', 'deliveryId'],
		['eventType', 'page', 'event', 'deliveryId'],
	]);
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

describe('pageDetails', () => {
	it('pageDetails has nothing of what the response does not say', () => {
		expect(pageDetails(rootOf('<page id="42"/>'))).toEqual({ id: '42' });
	});

	it.each([
		['a page without tags', 'inactive', '', []],
		['a draft whose tags are kept elsewhere', 'unpublished', '', undefined],
		['a draft that was published before', 'unpublished', '<tag value="a"/>', ['a']],
	])('pageDetails of %s has the tags %j', (_case, state, tag, tags) => {
		const xml = `<page id="1" draft.state="${state}"><tags>${tag}</tags></page>`;
		expect(pageDetails(rootOf(xml)).tags).toEqual(tags);
	});
});
