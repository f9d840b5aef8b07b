import { expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, outputOf, refusalOf, searchList } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const archived = (operation: string, pageId: number, more = {}) => ({
	parameters: { resource: 'archivedPage', operation, archivedPage: byId(pageId), ...more } as never,
});

function deleted(site: Simulator, path: string, html = '<p>gone</p>') {
	const { pageId } = site.site.createPage(path, { title: path, html });
	site.site.deletePage(pageId);
	return pageId;
}

it('Archived Page: Get returns the page of a "Page Deleted" event with its contents', async () => {
	const site = await openSite();
	const contents = '<p>Größe &amp; 日本語</p>';
	const pageId = deleted(site, 'Guides/Set_up', contents);
	const input = [{ json: { eventType: 'page_delete', page: { id: String(pageId) } } }];
	const options = { includeContents: true };
	const parameters = { resource: 'archivedPage', operation: 'get', options };
	const items = await outputOf(site, { parameters, input });
	expect(items).toEqual([
		{
			id: String(pageId),
			title: 'Guides/Set_up',
			path: 'Guides/Set_up',
			deletedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			deletedBy: { id: '1', name: 'admin', fullName: 'Site Admin' },
			contents,
		},
	]);
	expectSchema('archivedPage', 'get', items);
});

it.each(['Größe & 100% "sure"/日本語 #1?x=y', 'a+b'])(
	'Archived Page: Restore restores %s to its path, and another page to it',
	async (path) => {
		const site = await openSite();
		const pageId = deleted(site, path);
		const restored = await outputOf(site, archived('restore', pageId));
		const stored = path.replaceAll(' ', '_');
		expect(restored).toEqual([expect.objectContaining({ id: String(pageId), path: stored })]);
		expect(site.site.page(stored)).toMatchObject({ id: pageId, deleted: false });
		expectSchema('archivedPage', 'restore', restored);
		site.site.deletePage(pageId);
		const other = await outputOf(site, archived('restore', deleted(site, 'Other'), { to: path }));
		expect(other).toMatchObject([{ path: stored }]);
	},
);

it('Archived Page: Restore says that its path is taken', async () => {
	const site = await openSite();
	const pageId = deleted(site, 'A');
	site.site.createPage('A');
	const { message } = await refusalOf(site, archived('restore', pageId));
	expect(message).toContain('The path "A" is already taken, or this page cannot use it (409)');
});

it('Archived Page: Restore restores subpages, each as an item, and names the page above one that was deleted with it', async () => {
	const site = await openSite();
	const above = site.site.createPage('A').pageId;
	const { pageId } = site.site.createPage('A/B');
	site.site.deletePage('A', { recursive: true });
	expect(await outputOf(site, archived('get', pageId))).toMatchObject([{ path: 'A/B' }]);
	const { message, description } = await refusalOf(site, archived('restore', pageId));
	expect(message).toBe(`Page ${pageId} cannot be restored by itself`);
	expect(description).toContain('restore that page');
	const { results } = await searchList(site, 'searchArchivedPages');
	expect(results.map(({ name }) => name)).toEqual(['A']);
	const restored = await outputOf(site, archived('restore', above));
	expect(restored.map(({ path }) => path)).toEqual(['A', 'A/B']);
});

it.each(['get', 'restore'])('archivedPage.%s reports a page that is not in the archive', async (operation) => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const { message, description } = await refusalOf(site, archived(operation, pageId));
	expect(message).toBe(`Page ${pageId} is not in the archive`);
	expect(description).toContain('restored');
});

it('the archive requires the Admin role', async () => {
	const site = await openSite();
	const pageId = deleted(site, 'A');
	const credential = { longTermToken: site.editorJwt };
	for (const operation of ['get', 'restore']) {
		const { message } = await refusalOf(site, { ...archived(operation, pageId), credential });
		expect(message).toContain('Only admins may see the archive (403)');
	}
	await expect(searchList(site, 'searchArchivedPages', { credential })).rejects.toThrow(
		'Only admins may see the archive',
	);
});

it('the list of archived pages is paged and can be searched by title', async () => {
	const site = await openSite();
	const ids = Array.from({ length: 51 }, (_, i) => deleted(site, `Old/Page_${i + 1}`));
	const list = async (more: object) => await searchList(site, 'searchArchivedPages', more);
	const first = await list({});
	const second = await list({ token: String(first.paginationToken) });
	expect([first, second].map(({ results }) => results.length)).toEqual([50, 1]);
	expect(await list({ token: String(second.paginationToken) })).toEqual({ results: [] });
	const found = await list({ filter: ' Page_51 ' });
	expect(found.results).toEqual([{ name: 'Old/Page_51', value: String(ids[50]) }]);
});
