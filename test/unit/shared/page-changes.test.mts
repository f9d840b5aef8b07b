import { describe, expect, it } from 'vitest';

import {
	changesOf,
	oldestFirst,
	revisionChanges,
} from '../../../nodes/CxoneExpert/shared/page-changes.ts';
import { rootOf } from '../../support/unit/samples.mts';

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
