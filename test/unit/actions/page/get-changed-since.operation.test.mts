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
});

describe('getChangedPages with one item for each revision', () => {
	const each = { options: { itemFor: 'revision' } };

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
});
