import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byPath, callsOf, named, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
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

it.each<[what: string, fields: object, paths: string[]]>([
	['page', { below: byPath('Guides') }, ['Guides/New  created', 'Guides/Edited  edited']],
	['tags', { options: { tags: 'x, y' } }, ['Guides/New  created']],
	['kind of change', { options: { change: 'created' } }, ['Guides/New  created']],
	['end', { options: { until: '2026-01-30T10:03:00Z' } }, ['Tagged  edited']],
	['limit', { limit: 1 }, ['Tagged  edited']],
	['the very second of Since', { since: '2026-01-30T10:07:00.999Z' }, ['Guides/Edited  edited']],
	['the second after', { since: '2026-01-30T10:07:01Z' }, []],
])('Get Changed Since filters by %s', async (_what, fields, paths) => {
	expect(await pathsOf(await siteWithChanges(), fields)).toEqual(paths);
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
		const options = { ...each.options, until: '2026-01-30T10:03:00Z' };
		const paths = await pathsOf(await siteWithChanges(), { options });
		expect(paths).toEqual(['Guides/Edited 2 edited']);
	});

	it('Each Revision reads revisions of new pages only when only creations are wanted', async () => {
		const site = await siteWithChanges();
		site.site.editPage('Guides/New', { at: at('10:08:00') });
		const options = { ...each.options, change: 'created' };
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
		expect(await outputOf(site, changed({ ...each, limit: 7 }))).toHaveLength(7);
	});
});

it('Get Changed Since works with a site clock that is off', async () => {
	for (const clockSkewMs of [-7_200_000, 200_000]) {
		const site = await openSite({ clockSkewMs });
		const { page } = site.site.createPage('New');
		const [first] = await outputOf(site, changed({ since: page.created.toISOString() }));
		expect(first).toMatchObject({ path: 'New', change: 'created' });
	}
});

it('Get Changed Since reports an empty Since, and a page to look below that is not named or not there', async () => {
	const site = await openSite();
	const refused = async (fields: object) => await refusalOf(site, changed(fields));
	const empty = await refused({ since: '={{ $json.nothing }}' });
	expect(empty.message).toBe("'Since' is empty");
	expect(empty.description).toContain('$now.minus');
	const unnamed = await refused({ below: named('path', '={{ $json.page.path }}') });
	expect(unnamed.message).toBe('No page is named');
	expect(callsOf(site)).toEqual([]);
	const { message } = await refused({ below: byPath('No/Where') });
	expect(message).toBe('There is no page "No/Where"');
});

it('Get Changed Since gives more pages than one response of the site holds', async () => {
	const site = await openSite();
	for (let page = 0; page < 1100; page++) {
		site.site.createPage(`Page ${page}`, { at: new Date(at('10:00:00').getTime() + page * 5000) });
	}
	const { items, hints } = await outcomeOf(site, changed({ returnAll: true }));
	expect(items).toHaveLength(1100);
	expect(new Set(items!.map(({ json }) => json.id)).size).toBe(1100);
	expect(hints).toEqual([]);
	expect(callsOf(site).length).toBeLessThan(12);
});

it('Get Changed Since hints when one second has more pages than the site gives', async () => {
	const site = await openSite();
	for (let page = 0; page < 1001; page++) site.site.createPage(`${page}`, { at: at('10:00:00') });
	const until = '2026-01-30T10:01:00Z';
	const run = changed({ returnAll: true, options: { until } });
	const { items, hints } = await outcomeOf(site, run);
	expect(items).toHaveLength(1000);
	const message = expect.stringMatching(/^The site found more changed pages than it gives, so some are missing/);
	expect(hints).toMatchObject([{ message }]);
	const forModel = await outputOf(site, { ...run, asTool: true });
	expect(forModel.at(-1)).toEqual({ message });
});
