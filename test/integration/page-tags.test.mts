import { expect, it } from 'vitest';
import { byPath, named, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, tags?: unknown, more = {}) => ({
	parameters: { resource: 'page', operation, page: byPath('A'), tags, ...more } as never,
});

const ODD = ['a "quoted" & <b>', '100% + ümläut 日本語 😀', 'key:value/x?y#z', 'true', "it's"];

/** A site with page A that has these tags. */
async function siteWith(...tags: string[]) {
	const site = await openSite();
	const { page } = site.site.createPage('A', { tags });
	const writes = () => site.apiCalls.filter(({ method }) => method !== 'GET').length;
	return { site, page, writes };
}

it('Get Tags returns the tags of a page', async () => {
	const { site, page } = await siteWith('article:topic', ...ODD);
	const items = await outputOf(site, run('getTags'));
	const names = { id: String(page.id), path: 'A' };
	expect(items).toEqual([{ page: names, tags: ['article:topic', ...ODD] }]);
	expectSchema('page', 'getTags', items);
});

it('Add Tags keeps the other tags', async () => {
	const { site, page } = await siteWith('article:topic', 'Old');
	const decomposed = 'Größe'.normalize('NFD');
	const tags = [...ODD, 'OLD', 'a, b', 2026, ' x\n y ', 'X Y', decomposed];
	const items = await outputOf(site, run('addTags', tags));
	const added = [...ODD, 'a, b', '2026', 'x y', 'Größe'.normalize('NFC')];
	expect(page.tags).toEqual(['article:topic', 'Old', ...added]);
	expect(items).toEqual([{ page: { id: String(page.id), path: 'A' }, tags: page.tags, added, removed: [] }]);
	expectSchema('page', 'addTags', items);
});

it('Remove Tags keeps the other tags', async () => {
	const { site, page } = await siteWith('article:topic', 'Old', ...ODD);
	const items = await outputOf(site, run('removeTags', ['old', ...ODD]));
	expect(page.tags).toEqual(['article:topic']);
	expect(items[0]).toMatchObject({ tags: ['article:topic'], removed: ['Old', ...ODD] });
	expectSchema('page', 'removeTags', items);
});

it('Replace Tags replaces all tags except those of the site itself', async () => {
	const { site, page } = await siteWith('article:topic', 'Old', 'Kept');
	const items = await outputOf(site, run('replaceTags', 'kept, new'));
	expect(page.tags).toEqual(['article:topic', 'Kept', 'new']);
	expect(items[0]).toMatchObject({ tags: page.tags, added: ['new'], removed: ['Old'] });
	expectSchema('page', 'replaceTags', items);
});

it.each([
	['removeTags', 'removes a system tag that is named', 'article:topic', ['Old']],
	['replaceTags', 'replaces a system tag by another one', 'a, article:guide', ['a', 'article:guide']],
	['replaceTags', 'leaves system tags alone for a list without entries', [], ['article:topic']],
])('page.%s %s', async (operation, _what, tags, left) => {
	const { site, page } = await siteWith('article:topic', 'Old');
	await outputOf(site, run(operation, tags));
	expect(page.tags).toEqual(left);
});

it.each([
	['addTags', 'OLD, article:Topic'],
	['addTags', []],
	['removeTags', 'unknown'],
	['replaceTags', 'old'],
])('page.%s writes nothing when nothing changes', async (operation, tags) => {
	const { site, writes } = await siteWith('article:topic', 'Old');
	const [item] = await outputOf(site, run(operation, tags));
	expect(item).toMatchObject({ tags: ['article:topic', 'Old'], added: [], removed: [] });
	expect(writes()).toBe(0);
});

it('Add Tags sees the tags that an earlier item has added', async () => {
	const { site } = await siteWith();
	const input = ['a', 'b'].map((tag) => ({ json: { tag } }));
	const items = await runNode(site, { ...run('addTags', '={{ $json.tag }}'), input });
	expect(items.map(({ json: { tags } }) => tags)).toEqual([['a'], ['a', 'b']]);
});

it('Add Tags explains a missing right, and mentions drafts', async () => {
	const site = await openSite();
	site.site.createDraft('A');
	const { message, description } = await refusalOf(site, run('addTags', 'b'));
	expect(message).toContain('did not give access to the tags of this page (403)');
	expect(description).toContain('a draft that was never published');
});

it('Add Tags names the option that lifts a refusal', async () => {
	const { site } = await siteWith('article:topic-guide');
	site.site.createPage('A/Sub');
	const change = run('addTags', 'article:topic-category', { page: byPath('A/Sub') });
	const { message, description } = await refusalOf(site, change);
	expect(message).toContain('Expert refused this (400)');
	expect(description).toMatch(
		/^The site said: A category cannot be below an article\. .* If the structure of the site is in the way, choose "Structure Errors" in the option 'Allow'\.$/,
	);
});

it('page.replaceTags loses no tag whose spelling changes', async () => {
	const { site, page, writes } = await siteWith('article:topic', 'café');
	site.settings.tagSpelling = 'one';
	const [item] = await outputOf(site, run('replaceTags', 'cafe, new'));
	expect(page.tags).toEqual(['article:topic', 'new', 'cafe']);
	expect(item).toMatchObject({ tags: page.tags, added: ['new', 'cafe'], removed: ['café'] });
	expect(writes()).toBe(2);
});

it('tags are chosen from the list, one that may have a comma, or typed', async () => {
	const { site, page } = await siteWith('Old');
	for (const tags of [named('list', 'a, b'), named('name', 'c, d'), named('name', '={{ ["e, f"] }}')])
		await runNode(site, run('addTags', tags));
	expect(page.tags).toEqual(['Old', 'a, b', 'c', 'd', 'e, f']);
	const { message } = await refusalOf(site, run('addTags', named('list', '')));
	expect(message).toBe("'Tags' is empty");
});
