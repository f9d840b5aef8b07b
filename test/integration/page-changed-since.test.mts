import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const at = (time: string) => new Date(`2026-01-30T${time}Z`);
const TEN = '2026-01-30T10:00:00Z';

const changed = (more = {}) => ({
	parameters: { resource: 'page', operation: 'getChangedSince', since: TEN, ...more } as never,
});

/** A site with an old page that was edited and one that was tagged, a new one, and one at rest. */
async function siteWithChanges(): Promise<Simulator> {
	const site = await openSite();
	const { site: pages } = site;
	pages.createPage('Guides', { at: at('08:00:00'), tags: ['old'] });
	pages.createPage('Guides/Rest', { at: at('08:00:00') });
	pages.createPage('Guides/Edited', { at: at('08:00:00'), by: 'editor' });
	pages.createPage('Tagged', { at: at('08:00:00') });
	pages.createPage('Guides/New', { at: at('10:05:00'), by: 'editor', tags: ['x', 'y'] });
	pages.editPage('Guides/Edited', { at: at('10:01:00'), by: 'editor', comment: 'Typos' });
	pages.tagPage('Tagged', { add: ['x'], at: at('10:03:00') });
	pages.editPage('Guides/Edited', { at: at('10:07:00'), html: '<p>a b c</p>' });
	return site;
}

/** Path and change of what the node gives. */
async function pathsOf(site: Simulator, more = {}): Promise<string[]> {
	const items = await outputOf(site, changed(more));
	return items.map(({ path, revision, change }) => [path, revision, change].join(' '));
}

describe('without each revision', () => {
	it('gives what was changed on the whole site, oldest change first', async () => {
		const site = await siteWithChanges();
		const items = await outputOf(site, changed());
		expect(items).toMatchObject([
			{ path: 'Tagged', change: 'edited', modifiedAt: '2026-01-30T10:03:00Z', tags: ['x'] },
			{ path: 'Guides/New', change: 'created', createdAt: '2026-01-30T10:05:00Z' },
			{ path: 'Guides/Edited', change: 'edited', modifiedAt: '2026-01-30T10:07:00Z' },
		]);
		expectSchema('page', 'getChangedSince', items);
	});

	it('looks below a page, named in any way', async () => {
		const site = await siteWithChanges();
		const { id } = site.site.page('Guides');
		for (const below of [
			{ __rl: true, mode: 'path', value: 'Guides' },
			{ __rl: true, mode: 'id', value: String(id) },
			{ __rl: true, mode: 'url', value: `${site.url}/Guides` },
		]) {
			expect(await pathsOf(site, { below })).toEqual([
				'Guides/New  created',
				'Guides/Edited  edited',
			]);
		}
	});

	it('counts a change at the second itself', async () => {
		const site = await siteWithChanges();
		const last = (since: string) => pathsOf(site, { since });
		expect(await last('2026-01-30T10:07:00.999Z')).toEqual(['Guides/Edited  edited']);
		expect(await last('2026-01-30T10:07:01Z')).toEqual([]);
	});

	it('narrows by tags, kind of change, end and limit', async () => {
		const site = await siteWithChanges();
		expect(await pathsOf(site, { options: { tags: 'x, y' } })).toEqual(['Guides/New  created']);
		expect(await pathsOf(site, { options: { change: 'created' } })).toEqual([
			'Guides/New  created',
		]);
		expect(await pathsOf(site, { options: { until: '2026-01-30T10:03:00Z' } })).toEqual([
			'Tagged  edited',
		]);
		expect(await pathsOf(site, { returnAll: false, limit: 1 })).toEqual(['Tagged  edited']);
	});
});

describe('each revision', () => {
	const each = { options: { eachRevision: true } };

	it('gives one item for each, oldest first, and nothing for tags', async () => {
		const site = await siteWithChanges();
		const items = await outputOf(site, changed(each));
		expect(items).toMatchObject([
			{
				path: 'Guides/Edited',
				revision: 2,
				change: 'edited',
				editedAt: '2026-01-30T10:01:00Z',
				author: { name: 'editor' },
				description: expect.stringContaining('Typos'),
			},
			{ path: 'Guides/New', revision: 1, change: 'created', editedAt: '2026-01-30T10:05:00Z' },
			{ path: 'Guides/Edited', revision: 3, change: 'edited', author: { name: 'admin' } },
		]);
		expectSchema('page', 'getChangedSince', items);
		expect(JSON.stringify(items)).not.toContain('@site.example');
	});

	it('takes one more call for each page', async () => {
		const site = await siteWithChanges();
		await outputOf(site, changed());
		site.apiCalls.length = 0;
		await outputOf(site, changed(each));
		expect(site.apiCalls.map(({ path }) => path.split('/').at(-1)).toSorted()).toEqual([
			'find',
			...Array.from({ length: 3 }, () => 'revisions'),
		]);
	});

	it('gives all of a page with more revisions than the site lists by itself', async () => {
		const site = await openSite();
		site.site.createPage('A', { at: at('10:00:00') });
		for (let edit = 0; edit < 70; edit++) site.site.editPage('A', { at: at('10:01:00') });
		const items = await outputOf(site, changed({ ...each, returnAll: true }));
		expect(items).toHaveLength(71);
		expect(items[0]).toMatchObject({ revision: 1, change: 'created' });
		expect(items.at(-1)).toMatchObject({ revision: 71, change: 'edited' });
		expect(await outputOf(site, changed({ ...each, limit: 7 }))).toHaveLength(7);
	});

	it('goes on when a page was deleted between the two calls', async () => {
		const site = await siteWithChanges();
		const { id } = site.site.page('Guides/New');
		const match = { path: `/pages/${id}/revisions` };
		site.faults.add({ match, effect: { status: 404, body: 'xml' } });
		expect(await pathsOf(site, each)).toEqual(['Guides/Edited 2 edited', 'Guides/Edited 3 edited']);
	});
});

describe('times', () => {
	it.each([
		['{{ $now.minus({ hours: 1 }) }}'],
		['{{ $now.minus({ hours: 1 }).toISO() }}'],
		['{{ $now.minus({ hours: 1 }).toMillis() }}'],
		['{{ new Date(Date.now() - 3600000) }}'],
		['{{ $json.last }}'],
	])('takes what the expression %s gives', async (expression) => {
		const site = await openSite();
		site.site.createPage('Old', { at: new Date(Date.now() - 7_200_000) });
		site.site.createPage('New');
		const last = new Date(Date.now() - 3_600_000).toISOString();
		const run = { ...changed({ since: `=${expression}` }), input: [{ json: { last } }] };
		expect(await outputOf(site, run)).toMatchObject([{ path: 'New', change: 'created' }]);
		const sent = Date.parse(site.apiCalls.at(-1)!.query.since!);
		expect(Math.abs(sent - Date.parse(last))).toBeLessThan(30_000);
	});

	it('takes an expression for the end, too', async () => {
		const site = await openSite();
		site.site.createPage('New');
		const options = { until: '={{ $now.minus({ minutes: 5 }) }}' };
		const run = changed({ since: '={{ $now.minus({ hours: 1 }) }}', options });
		expect(await outputOf(site, run)).toEqual([]);
		expect(site.apiCalls.at(-1)!.query.upto).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	});

	it('takes a time without an offset to be in the time zone of the workflow', async () => {
		const site = await openSite();
		const timezone = 'Asia/Kolkata';
		await outputOf(site, { ...changed({ since: '2026-01-30T15:30:00' }), timezone });
		expect(site.apiCalls.at(-1)!.query.since).toBe('2026-01-30T10:00:00Z');
	});

	it('does not care how far the clock of the site is off', async () => {
		for (const clockSkewMs of [-7_200_000, 200_000]) {
			const site = await openSite({ clockSkewMs });
			const { page } = site.site.createPage('New');
			const [first] = await outputOf(site, changed({ since: page.created.toISOString() }));
			expect(first).toMatchObject({ path: 'New', change: 'created' });
		}
	});

	it('says what is wrong with a time before it calls the site', async () => {
		const site = await openSite();
		const refusal = await refusalOf(site, changed({ since: '={{ $json.nothing }}' }));
		expect(refusal.message).toBe('"Since" is empty');
		expect(refusal.description).toContain('$now.minus');
		expect(site.apiCalls.filter(({ path }) => path.includes('/pages'))).toEqual([]);
	});
});

it('Get Changed Since says that the page to look below is not there', async () => {
	const site = await openSite();
	const below = { __rl: true, mode: 'path', value: 'No/Where' };
	const refusal = await refusalOf(site, changed({ below }));
	expect(refusal.message).toContain(
		'(404) while n8n tried to find what was changed below page "No/',
	);
	const nothing = { __rl: true, mode: 'path', value: '={{ $json.page.path }}' };
	expect((await refusalOf(site, changed({ below: nothing }))).message).toBe('No page is named');
});

it('Get Changed Since leaves out what the user of the token may not see', async () => {
	const site = await siteWithChanges();
	site.site.page('Guides/New').restriction = 'Private';
	const run = { ...changed(), credential: { jwt: site.readerJwt } };
	const items = await runNode(site, run);
	expect(items.map(({ json }) => json.path)).toEqual(['Tagged', 'Guides/Edited']);
});
