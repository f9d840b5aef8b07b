import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { idOfUnnamedPage } from '../../../../nodes/CxoneExpert/trigger/execution/unnamed-page.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { reaches } from '../../../../nodes/CxoneExpert/trigger/find-reach.ts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

const at = Date.parse('2026-03-01T10:00:00Z');

/** A date of the site, this many seconds after the event. */
const after = (seconds: number) => new Date(at + seconds * 1000).toISOString().replace('.000', '');

const found = async (
	change: 'created' | 'edited' | 'deleted',
	site: Parameters<typeof siteByPath>[0],
) => {
	const query = { kind: 'unnamed page', change, at } as const;
	return await idOfUnnamedPage(siteByPath(site).api, 'site', query, at - 2000);
};

beforeEach(() => reaches.set('site', 'tree'));
afterEach(clearMemory);

const list = (...pages: string[]) => ({ '/pages/home/find': `<pages>${pages.join('')}</pages>` });

describe('idOfUnnamedPage, created', () => {
	const page = (id: number, created: number) =>
		`<page id="${id}"><date.created>${after(created)}</date.created></page>`;

	it.each([
		['two seconds before', -2, '1'],
		['two seconds after', 2, '1'],
		['three seconds before', -3, undefined],
		['three seconds after', 3, undefined],
	])('idOfUnnamedPage knows a page that was created %s', async (_case, seconds, id) => {
		expect(await found('created', list(page(1, seconds), page(2, 60)))).toBe(id);
	});

	it('idOfUnnamedPage knows none of two pages that were created then', async () => {
		expect(await found('created', list(page(1, -2), page(2, 2)))).toBe(undefined);
	});

	it('idOfUnnamedPage does not count a page without a date', async () => {
		const undated = '<page id="2"/>';
		expect(await found('created', list(page(1, 0), undated))).toBe('1');
	});

	it('idOfUnnamedPage knows no page when the site has not given all that it found', async () => {
		const site = { '/pages/home/find': `<pages totalcount="2">${page(1, 0)}</pages>` };
		expect(await found('created', site)).toBe(undefined);
	});

	it('idOfUnnamedPage knows no page where the site looks one level deep only', async () => {
		reaches.set('site', 'children');
		expect(await found('created', list(page(1, 0)))).toBe(undefined);
	});

	it('idOfUnnamedPage fails when the site does not show how deep it looks', async () => {
		clearMemory();
		const site = { ...list(page(1, 0)), '/pages/home/subpages': { status: 500 } };
		await expect(found('created', site)).rejects.toMatchObject({ status: 500 });
	});

	it('idOfUnnamedPage fails when the list does', async () => {
		await expect(found('created', {})).rejects.toMatchObject({ status: 404 });
	});
});

describe('idOfUnnamedPage, edited', () => {
	const changed = (id: number, seconds = 0) =>
		`<page id="${id}"><date.modified>${after(seconds)}</date.modified></page>`;
	const edited = (id: number, seconds: number) => ({
		[`/pages/${id}`]: `<page id="${id}"><date.edited>${after(seconds)}</date.edited></page>`,
	});

	it('idOfUnnamedPage knows the page that was edited, not those that were only tagged', async () => {
		const site = { ...list(changed(1), changed(2)), ...edited(1, -99), ...edited(2, 1) };
		expect(await found('edited', site)).toBe('2');
	});

	it('idOfUnnamedPage does not know a page that was edited again later', async () => {
		expect(await found('edited', { ...list(changed(1)), ...edited(1, 9) })).toBeUndefined();
	});

	it('idOfUnnamedPage counts a page that does not say when it was edited', async () => {
		const silent = { '/pages/2': '<page id="2"/>' };
		const site = { ...list(changed(1), changed(2)), ...edited(1, 0), ...silent };
		expect(await found('edited', site)).toBe(undefined);
	});

	it('idOfUnnamedPage does not look at pages that were changed before', async () => {
		const site = { ...list(changed(1), changed(2, -60)), ...edited(1, 0) };
		expect(await found('edited', site)).toBe('1');
	});

	it('idOfUnnamedPage fails when one of the pages cannot be read', async () => {
		const site = { ...list(changed(1), changed(2)), ...edited(1, 0) };
		await expect(found('edited', site)).rejects.toMatchObject({ status: 404 });
	});
});

describe('idOfUnnamedPage, deleted', () => {
	const deleted = (id: number, seconds: number) =>
		`<page.archive id="${id}"><date.deleted>${after(seconds)}</date.deleted></page.archive>`;
	const archive = (count: number | undefined, ...pages: string[]) => ({
		'/archive/pages': `<pages.archive ${count === undefined ? '' : `querycount="${count}"`}>${pages.join('')}</pages.archive>`,
	});

	it.each([
		['in an archive that is shown whole', 2, [deleted(2, -60), deleted(1, 0)], '1'],
		['at the beginning of one that is newest first', 900, [deleted(1, 1), deleted(2, -60)], '1'],
		['in one that may have more of that time', 900, [deleted(2, 60), deleted(1, 0)], undefined],
		['in one that has no order', 900, [deleted(2, -60), deleted(1, 0), deleted(3, -90)], undefined],
		['in one that does not say how much it has', undefined, [deleted(1, 0)], undefined],
		['beside another', 2, [deleted(2, 1), deleted(1, 0)], undefined],
	])('idOfUnnamedPage looks for a page %s', async (_case, count, pages, id) => {
		expect(await found('deleted', archive(count, ...pages))).toBe(id);
	});

	it('idOfUnnamedPage knows no page in an empty archive', async () => {
		expect(await found('deleted', archive(0))).toBe(undefined);
	});

	it('idOfUnnamedPage fails when the archive does', async () => {
		const site = { '/archive/pages': { status: 403 } };
		await expect(found('deleted', site)).rejects.toMatchObject({ status: 403 });
	});
});
