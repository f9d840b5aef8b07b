import { describe, expect, it } from 'vitest';

import {
	changesOf,
	firstArchivedPages,
	oldestFirst,
	readPage,
	revisionChanges,
} from '../../../nodes/CxoneExpert/api/pages.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';
import { rootOf } from '../../support/unit/samples.mts';

describe('readPage', () => {
	it('readPage gives the page, and leaves out the links of the response', async () => {
		const { api, calls } = siteByPath({ '/pages/42': '<page id="42"><title>A</title></page>' });
		expect(await readPage(api, '42', 'page 42')).toEqual({ '@id': '42', title: 'A' });
		expect(calls).toEqual(['/pages/42?exclude=inbound%2Coutbound%2Cfiles']);
	});

	it('readPage treats a virtual page as one that is not there', async () => {
		const { api } = siteByPath({ '/pages/=A': '<page id="0" virtual="true"/>' });
		await expect(readPage(api, '=A', 'page "A"')).rejects.toMatchObject({
			isNotFound: true,
			message: expect.stringMatching(/ \(404\) while n8n tried to read page "A"$/),
		});
	});
});

describe('firstArchivedPages', () => {
	it.each([
		['says that there are no more', 'querycount="1"', true],
		['says that there are more', 'querycount="2"', false],
		['does not say how many there are', '', false],
	])(
		'firstArchivedPages knows whether a list is complete when it %s',
		async (_case, count, isComplete) => {
			const xml = `<pages.archive ${count}><page.archive id="1"/></pages.archive>`;
			const { api } = siteByPath({ '/archive/pages': xml });
			expect(await firstArchivedPages(api)).toEqual({ entries: [{ '@id': '1' }], isComplete });
		},
	);
});

const since = Date.parse('2026-03-01T10:00:00Z');
const period = { since, until: since + 3_600_000 };
/** A date of the site, this many seconds after the beginning of the period. */
const after = (seconds: number) => new Date(since + seconds * 1000).toISOString();
const page = (dates: string) => rootOf(`<page id="7">${dates}</page>`);
const revision = (number: number, seconds?: number) =>
	rootOf(
		`<page revision="${number}">${seconds === undefined ? '' : `<date.edited>${after(seconds)}</date.edited>`}</page>`,
	);

describe('the last change of a page', () => {
	it.each([
		['was modified', `<date.modified>${after(5)}</date.modified>`, 5],
		['was edited, where nothing else is said', `<date.edited>${after(6)}</date.edited>`, 6],
	])('the last change of a page is of the time at which it %s', (_case, dates, seconds) => {
		expect(changesOf([page(dates)], period)).toMatchObject([
			{ change: 'edited', at: since + seconds * 1000 },
		]);
	});

	it('the last change of a page is of no time where the site names none', () => {
		expect(changesOf([page('')], period)).toMatchObject([{ change: 'edited', at: 0 }]);
	});

	it.each([
		[-1, 'edited'],
		[0, 'created'],
	])(
		'the last change of a page created %i seconds after the beginning of the period is "%s"',
		(seconds, change) => {
			const created = page(`<date.created>${after(seconds)}</date.created>`);
			expect(changesOf([created], period)).toMatchObject([{ change }]);
		},
	);
});

describe('the revisions of a page', () => {
	it('the revisions within the period are changes of the page, the first of a new page its creation', () => {
		const created = page(`<date.created>${after(1)}</date.created>`);
		const revisions = [revision(2, 20), revision(1, 10), revision(3, 4000), revision(4)];
		const changes = revisionChanges(created, revisions, period);
		expect(changes.map(({ element, change }) => [element['@revision'], change])).toEqual([
			['1', 'created'],
			['2', 'edited'],
		]);
	});

	it('revisions without a number come first', () => {
		const unnumbered = rootOf(`<page><date.edited>${after(30)}</date.edited></page>`);
		const changes = revisionChanges(page(''), [revision(1, 10), unnumbered], period);
		expect(changes.map(({ at }) => at)).toEqual([since + 30_000, since + 10_000]);
		expect(oldestFirst(changes).map(({ at }) => at)).toEqual([since + 10_000, since + 30_000]);
	});
});
