import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { getChangedPages } from '../../../../nodes/CxoneExpert/actions/page/get-changed-since.operation.ts';
import { inOneLine, runOperation, type StubResponse } from '../../../support/unit/stub-site.mts';

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
		const { items } = await run({ simplify: false }, pages(page(357, '09:00', '10:02')));
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
});

it('getChangedPages accepts a time of a site whose clock is slightly ahead', async () => {
	const since = new Date(Date.now() + 60_000).toISOString();
	expect(await changes({ since }, pages())).toEqual([]);
});

it('getChangedPages treats an empty "Until" as none', async () => {
	const { calls } = await run({ options: { until: '' } }, pages());
	expect(inOneLine(calls[0]!)).not.toContain('upto');
});
