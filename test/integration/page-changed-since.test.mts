import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, byPath, callsOf, named, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
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

describe('Get Changed Since without Each Revision', () => {
	it('Get Changed Since returns changes of the whole site, oldest first', async () => {
		const site = await siteWithChanges();
		const items = await outputOf(site, changed());
		expect(items).toMatchObject([
			{ path: 'Tagged', change: 'edited', modifiedAt: '2026-01-30T10:03:00Z', tags: ['x'] },
			{ path: 'Guides/New', change: 'created', createdAt: '2026-01-30T10:05:00Z' },
			{ path: 'Guides/Edited', change: 'edited', modifiedAt: '2026-01-30T10:07:00Z' },
		]);
		expectSchema('page', 'getChangedSince', items);
	});

	it('Get Changed Since looks below a page given by path, ID or URL', async () => {
		const site = await siteWithChanges();
		const { id } = site.site.page('Guides');
		for (const below of [byPath('Guides'), byId(id), named('url', `${site.url}/Guides`)]) {
			expect(await pathsOf(site, { below })).toEqual(['Guides/New  created', 'Guides/Edited  edited']);
		}
	});

	it('Get Changed Since includes a change in the very second of Since', async () => {
		const site = await siteWithChanges();
		const last = (since: string) => pathsOf(site, { since });
		expect(await last('2026-01-30T10:07:00.999Z')).toEqual(['Guides/Edited  edited']);
		expect(await last('2026-01-30T10:07:01Z')).toEqual([]);
	});

	it('Get Changed Since filters by tags, kind of change, end and limit', async () => {
		const site = await siteWithChanges();
		expect(await pathsOf(site, { options: { tags: 'x, y' } })).toEqual(['Guides/New  created']);
		expect(await pathsOf(site, { options: { change: 'created' } })).toEqual(['Guides/New  created']);
		expect(await pathsOf(site, { options: { until: '2026-01-30T10:03:00Z' } })).toEqual(['Tagged  edited']);
		expect(await pathsOf(site, { returnAll: false, limit: 1 })).toEqual(['Tagged  edited']);
	});
});

it('Get Changed Since hints that the site gave only a part', async () => {
	const site = await siteWithChanges();
	const body = { raw: '<pages count="1" totalcount="250"><page id="1"/></pages>' };
	site.faults.add({ match: { path: /\/find$/ }, effect: { status: 200, body } });
	const { items, hints } = await outcomeOf(site, changed());
	expect(items).toHaveLength(1);
	expect(hints).toMatchObject([
		{
			message: expect.stringMatching(/^The site found more changed pages than it gives, so some are missing/),
		},
	]);
	const forModel = await outputOf(site, { ...changed(), asTool: true });
	expect(forModel.at(-1)).toEqual({ message: expect.stringContaining('look below a page further down') });
});

describe('Get Changed Since with Each Revision', () => {
	const each = { options: { itemFor: 'revision' } };

	it('Each Revision returns one item per revision, oldest first, and none for tags', async () => {
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

	it('Each Revision finds revisions before the end of pages that were changed again after it', async () => {
		const site = await siteWithChanges();
		const until = '2026-01-30T10:03:00Z';
		const options = { itemFor: 'revision', until };
		expect(await pathsOf(site, { options })).toEqual(['Guides/Edited 2 edited']);
	});

	it('Each Revision reads revisions of new pages only when only creations are wanted', async () => {
		const site = await siteWithChanges();
		site.site.editPage('Guides/New', { at: at('10:08:00') });
		const options = { itemFor: 'revision', change: 'created' };
		expect(await pathsOf(site, { options })).toEqual(['Guides/New 1 created']);
		expect(callsOf(site).map(({ path }) => path.split('/').at(-1))).toEqual(['find', 'revisions']);
	});

	it('Each Revision returns more revisions of a page than the site lists by default', async () => {
		const site = await openSite();
		site.site.createPage('A', { at: at('10:00:00') });
		for (let edit = 0; edit < 70; edit++) site.site.editPage('A', { at: at('10:01:00') });
		const items = await outputOf(site, changed({ ...each, returnAll: true }));
		expect(items).toHaveLength(71);
		expect(items[0]).toMatchObject({ revision: 1, change: 'created' });
		expect(items.at(-1)).toMatchObject({ revision: 71, change: 'edited' });
		expect(await outputOf(site, changed({ ...each, limit: 7 }))).toHaveLength(7);
	});
});

describe('times of Get Changed Since', () => {
	it.each([
		['{{ $now.minus({ hours: 1 }) }}'],
		['{{ $now.minus({ hours: 1 }).toISO() }}'],
		['{{ $now.minus({ hours: 1 }).toMillis() }}'],
		['{{ new Date(Date.now() - 3600000) }}'],
		['{{ $json.last }}'],
	])('Since accepts the value of the expression %s', async (expression) => {
		const site = await openSite();
		site.site.createPage('Old', { at: new Date(Date.now() - 7_200_000) });
		site.site.createPage('New');
		const ago = () => Date.now() - 3_600_000;
		const earliest = ago() - 1_000;
		const last = new Date(ago()).toISOString();
		const run = { ...changed({ since: `=${expression}` }), input: [{ json: { last } }] };
		expect(await outputOf(site, run)).toMatchObject([{ path: 'New', change: 'created' }]);
		const sent = Date.parse(site.apiCalls.at(-1)!.query.since!);
		expect(sent).toBeGreaterThan(earliest);
		expect(sent).toBeLessThanOrEqual(ago());
	});

	it('Since without an offset is in the time zone of the workflow', async () => {
		const site = await openSite();
		const timezone = 'Asia/Kolkata';
		await outputOf(site, { ...changed({ since: '2026-01-30T15:30:00' }), timezone });
		expect(site.apiCalls.at(-1)!.query.since).toBe('2026-01-30T10:00:00Z');
	});

	it('Get Changed Since works with a site clock that is off', async () => {
		for (const clockSkewMs of [-7_200_000, 200_000]) {
			const site = await openSite({ clockSkewMs });
			const { page } = site.site.createPage('New');
			const [first] = await outputOf(site, changed({ since: page.created.toISOString() }));
			expect(first).toMatchObject({ path: 'New', change: 'created' });
		}
	});

	it('Get Changed Since reports an empty Since before it calls the site', async () => {
		const site = await openSite();
		const refusal = await refusalOf(site, changed({ since: '={{ $json.nothing }}' }));
		expect(refusal.message).toBe("'Since' is empty");
		expect(refusal.description).toContain('$now.minus');
		expect(site.apiCalls.filter(({ path }) => path.includes('/pages'))).toEqual([]);
	});
});

it('Get Changed Since reports that the page to look below does not exist', async () => {
	const site = await openSite();
	const below = byPath('No/Where');
	const refusal = await refusalOf(site, changed({ below }));
	expect(refusal.message).toBe('There is no page "No/Where"');
	const nothing = { __rl: true, mode: 'path', value: '={{ $json.page.path }}' };
	expect((await refusalOf(site, changed({ below: nothing }))).message).toBe('No page is named');
});

it('Get Changed Since gives more pages than one response of the site holds', async () => {
	const site = await openSite();
	for (let page = 0; page < 1100; page++) {
		site.site.createPage(`Page ${page}`, { at: new Date(at('10:00:00').getTime() + page * 5000) });
	}
	const { items, hints } = await outcomeOf(site, changed({ returnAll: true }));
	expect(new Set(items!.map(({ json }) => json.id)).size).toBe(1100);
	expect(items).toHaveLength(1100);
	expect(hints).toEqual([]);
	expect(callsOf(site).length).toBeLessThan(12);
});

it('Get Changed Since hints when one second has more pages than the site gives', async () => {
	const site = await openSite();
	for (let page = 0; page < 1001; page++) site.site.createPage(`${page}`, { at: at('10:00:00') });
	const until = '2026-01-30T10:01:00Z';
	const { items, hints } = await outcomeOf(site, changed({ returnAll: true, options: { until } }));
	expect(items).toHaveLength(1000);
	expect(hints).toMatchObject([{ message: expect.stringContaining('some are missing') }]);
});
