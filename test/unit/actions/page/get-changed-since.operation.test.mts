import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { getChangedPages } from '../../../../nodes/CxoneExpert/actions/page/get-changed-since.operation.ts';
import { inOneLine, runOperation, type StubResponse } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: docs/vendor-facts.md#reading-pages. */
const SAMPLE =
	'<pages count="1" totalcount="1"><page id="357" guid="30b3d52d296e470a9cee2a44119d2290" draft.state="inactive" href="https://site.example/@api/deki/pages/357?redirects=0" deleted="false"><uri.ui>https://site.example/CategoryImage</uri.ui><title>CategoryImage</title><path seo="true">CategoryImage</path><namespace>main</namespace><date.created>2023-09-13T15:40:56Z</date.created><language>en-US</language><tags count="2"><tag value="test"><type>text</type><title>test</title></tag><tag value="article:topic-category"><type>text</type><title>article:topic-category</title></tag></tags><restriction>Public</restriction><date.modified>2024-02-14T20:46:53Z</date.modified></page></pages>';

const AT_TEN = '2024-02-14T10:00:00Z';

/** A page as `find` gives it; times are those of one day. */
const page = (id: number, created: string, modified: string) =>
	`<page id="${id}"><date.created>${day(created)}</date.created><date.modified>${day(modified)}</date.modified></page>`;

const revision = (number: number, edited: string) =>
	`<page id="1" revision="${number}"><date.edited>${day(edited)}</date.edited></page>`;

const pages = (...inner: string[]) => `<pages>${inner.join('')}</pages>`;

function day(time: string): string {
	return `2024-02-14T${time}:00Z`;
}

const run = (parameters: IDataObject, ...responses: StubResponse[]) =>
	runOperation(
		getChangedPages,
		{
			below: { mode: 'path', value: '' },
			since: AT_TEN,
			limit: 50,
			simplify: true,
			...parameters,
		},
		responses,
	);

/** What happened to which page or revision, in short. */
async function changes(parameters: IDataObject, ...responses: StubResponse[]): Promise<string[]> {
	const { items } = await run(parameters, ...responses);
	return items.map(({ id, revision: number, change }) => `${number ?? id} ${change}`);
}

describe('getChangedPages with one item for each page', () => {
	it('getChangedPages returns the sample as an item', async () => {
		const { items, calls, hints } = await run({}, SAMPLE);
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/home/find?since=2024-02-14T10%3A00%3A00Z&include=tags',
		]);
		expect(items).toEqual([
			{
				change: 'edited',
				id: '357',
				path: 'CategoryImage',
				title: 'CategoryImage',
				url: 'https://site.example/CategoryImage',
				createdAt: '2023-09-13T15:40:56Z',
				modifiedAt: '2024-02-14T20:46:53Z',
				tags: ['test', 'article:topic-category'],
			},
		]);
		expect(Object.keys(items[0]!)[0]).toBe('change');
		expect(hints).toEqual([]);
	});

	it('getChangedPages asks for a page, an end and tags', async () => {
		const below = { mode: 'id', value: '42' };
		const options = { until: '2024-02-14T11:00:00.900Z', tags: 'a, b:c' };
		const { calls } = await run({ below, options, since: '2024-02-14T10:00:00.900Z' }, pages());
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/42/find?since=2024-02-14T10%3A00%3A00Z&upto=2024-02-14T11%3A00%3A00Z&tags=a%2Cb%3Ac&include=tags',
		]);
	});

	it('getChangedPages recognises new pages by the dates of the site, to the second', async () => {
		const found = pages(
			page(1, '09:59', '10:03'),
			page(2, '10:00', '10:01'),
			page(3, '10:02', '10:02'),
		);
		const since = '2024-02-14T10:00:00.900Z';
		expect(await changes({ since }, found)).toEqual(['2 created', '3 created', '1 edited']);
	});

	it('getChangedPages compares dates as times, not as texts', async () => {
		const created = '<date.created>2024-02-14T08:00:00-05:00</date.created>';
		const found = pages(`<page id="1">${created}</page>`);
		expect(await changes({ since: '2024-02-14T12:00:00Z' }, found)).toEqual(['1 created']);
		expect(await changes({ since: '2024-02-14T14:00:00Z' }, found)).toEqual(['1 edited']);
	});

	it.each([
		['all', ['1 created', '2 edited']],
		['created', ['1 created']],
		['edited', ['2 edited']],
	])('getChangedPages returns %s changes', async (change, expected) => {
		const found = pages(page(1, '10:00', '10:00'), page(2, '09:00', '10:01'));
		expect(await changes({ options: { change } }, found)).toEqual(expected);
	});

	it('getChangedPages returns the oldest changes when fewer are wanted', async () => {
		const found = pages(page(1, '09:00', '10:02'), page(2, '09:00', '10:01'));
		expect(await changes({ limit: 1 }, found)).toEqual(['2 edited']);
	});

	it('getChangedPages hints that the site gave only a part', async () => {
		const body = `<pages count="1" totalcount="250">${page(1, '10:00', '10:00')}</pages>`;
		const { items, hints } = await run({}, body);
		expect(items).toHaveLength(1);
		expect(hints).toEqual([
			expect.stringMatching(/^The site found 250 changed pages and gave 1 of them/),
		]);
	});

	it('getChangedPages adds the kind of change to the element when Simplify is off', async () => {
		const { items } = await run({ simplify: false }, SAMPLE);
		expect(items).toEqual([expect.objectContaining({ '@id': '357', change: 'edited' })]);
	});

	it('getChangedPages refuses to guess what it is to return an item for', async () => {
		await expect(run({ options: { itemFor: 'all' } })).rejects.toThrow(
			'"all" is not a choice for "One Item For"',
		);
	});
});

describe('getChangedPages with one item for each revision', () => {
	const each = { options: { itemFor: 'revision' } };

	it('getChangedPages returns the revisions of all pages since then, oldest first', async () => {
		const { items, calls } = await run(
			each,
			pages(page(8, '10:01', '10:03'), page(7, '09:00', '10:05')),
			pages(revision(2, '10:03'), revision(1, '10:01')),
			pages(revision(13, '10:05'), revision(12, '10:02'), revision(11, '09:30')),
		);
		expect(calls.slice(1).map(inOneLine)).toEqual([
			'GET /pages/8/revisions?limit=all&offset=0',
			'GET /pages/7/revisions?limit=all&offset=0',
		]);
		expect(items.map(({ revision: number, change }) => [number, change])).toEqual([
			[1, 'created'],
			[12, 'edited'],
			[2, 'edited'],
			[13, 'edited'],
		]);
		expect(items[0]).toMatchObject({ editedAt: '2024-02-14T10:01:00Z' });
	});

	it('getChangedPages does not depend on the order of revisions at the site', async () => {
		const revisions = pages(revision(1, '10:01'), revision(3, '10:03'), revision(2, '10:02'));
		const expected = ['1 created', '2 edited', '3 edited'];
		expect(await changes(each, pages(page(8, '10:01', '10:03')), revisions)).toEqual(expected);
	});

	it('getChangedPages keeps the order of revisions of the same second', async () => {
		const revisions = pages(revision(10, '10:01'), revision(9, '10:01'), revision(8, '10:01'));
		const expected = ['8 created', '9 edited', '10 edited'];
		expect(await changes(each, pages(page(8, '10:01', '10:01')), revisions)).toEqual(expected);
	});

	it('getChangedPages returns no revision of a page whose tags alone were changed', async () => {
		const found = pages(page(8, '09:00', '10:03'));
		expect(await changes(each, found, pages(revision(1, '09:00')))).toEqual([]);
		expect(await changes(each, found, pages())).toEqual([]);
	});

	it('getChangedPages treats the first revision of an old page as an edit, not as its creation', async () => {
		const found = pages(page(8, '09:00', '10:03'));
		expect(await changes(each, found, pages(revision(1, '10:03')))).toEqual(['1 edited']);
	});

	it('getChangedPages finds revisions before the end of pages that were changed again after it', async () => {
		const options = { itemFor: 'revision', until: day('10:02') };
		const revisions = pages(revision(3, '10:05'), revision(2, '10:02'), revision(1, '10:01'));
		const found = pages(page(8, '10:01', '10:05'));
		const { items, calls } = await run({ options }, found, revisions);
		expect(inOneLine(calls[0]!)).not.toContain('upto');
		expect(items).toMatchObject([
			{ revision: 1, change: 'created' },
			{ revision: 2, change: 'edited' },
		]);
	});

	it('getChangedPages reads revisions of new pages only when only creations are wanted', async () => {
		const found = pages(page(7, '09:00', '10:05'), page(8, '10:01', '10:03'));
		const options = { itemFor: 'revision', change: 'created' };
		const { items, calls } = await run(
			{ options },
			found,
			pages(revision(1, '10:01'), revision(2, '10:03')),
		);
		expect(calls).toHaveLength(2);
		expect(items).toMatchObject([{ revision: 1, change: 'created' }]);
	});

	it('getChangedPages leaves creations out when only edits are wanted', async () => {
		const options = { itemFor: 'revision', change: 'edited' };
		const revisions = pages(revision(1, '10:01'), revision(2, '10:03'));
		const found = pages(page(8, '10:01', '10:03'));
		expect(await changes({ options }, found, revisions)).toEqual(['2 edited']);
	});

	it('getChangedPages counts items, not pages, for the limit', async () => {
		const revisions = pages(revision(1, '10:01'), revision(2, '10:02'), revision(3, '10:03'));
		const found = pages(page(8, '10:01', '10:03'));
		expect(await changes({ ...each, limit: 2 }, found, revisions)).toEqual([
			'1 created',
			'2 edited',
		]);
	});

	it('getChangedPages skips a page that was deleted in the meantime, and fails for anything else', async () => {
		const found = pages(page(7, '09:00', '10:01'), page(8, '09:00', '10:02'));
		const gone = { status: 404, body: '<error><message>Page could not be found</message></error>' };
		expect(await changes(each, found, gone, pages(revision(5, '10:02')))).toEqual(['5 edited']);
		const refused = changes(each, found, { status: 403, body: gone.body });
		await expect(refused).rejects.toThrow(
			'Expert did not allow this (403) while n8n tried to list',
		);
		const html = { status: 404, type: 'text/html', body: '<html/>' };
		await expect(changes(each, found, html)).rejects.toThrow('web page');
	});
});

describe('getChangedPages: Since and Until', () => {
	it.each([
		['', '"Since" is empty'],
		[undefined, '"Since" is empty'],
		['last week', '"Since" is not a date and time'],
		['2999-01-01', '"Since" is in the future: 2999-01-01T00:00:00Z'],
	])('getChangedPages refuses "Since" %j before any call', async (since, message) => {
		await expect(run({ since })).rejects.toThrow(message);
	});

	it('getChangedPages accepts a time of a site whose clock is slightly ahead', async () => {
		const since = new Date(Date.now() + 60_000).toISOString();
		expect(await changes({ since }, pages())).toEqual([]);
	});

	it.each([
		['soon', '"Until" is not a date and time'],
		['2024-02-14T09:00:00Z', '"Until" (2024-02-14T09:00:00Z) is before "Since" (2024-02-14T10'],
	])('getChangedPages refuses "Until" %j before any call', async (until, message) => {
		await expect(run({ options: { until } })).rejects.toThrow(message);
	});

	it('getChangedPages treats an empty "Until" as none', async () => {
		const { calls } = await run({ options: { until: '' } }, pages());
		expect(inOneLine(calls[0]!)).not.toContain('upto');
	});

	it('getChangedPages refuses an unknown kind of change', async () => {
		const refused = run({ options: { change: 'deleted' } });
		await expect(refused).rejects.toThrow('"deleted" is not a choice for "Change"');
	});
});
