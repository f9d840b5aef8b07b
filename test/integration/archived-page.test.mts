import { expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, outputOf, refusalOf, searchList } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const archived = (operation: string, more = {}) => ({
	parameters: { resource: 'archivedPage', operation, ...more } as never,
});

function deleted(site: Simulator, path: string, html = '<p>gone</p>') {
	const { pageId } = site.site.createPage(path, { title: path, html });
	site.site.deletePage(pageId);
	return pageId;
}

it.each(['A+B', '100% off'])('Restore brings a page back to %s', async (path) => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Gone');
	site.site.deletePage('Gone');
	const parameters = {
		...{ resource: 'archivedPage', operation: 'restore', to: path },
		archivedPage: byId(pageId),
	};
	const [page] = await outputOf(site, { parameters });
	expect(page).toMatchObject({ path: path.replaceAll(' ', '_') });
});

it('Archived Page: Get returns the page of a "Page Deleted" event with its contents', async () => {
	const site = await openSite();
	const html = '<p>Größe &amp; 日本語</p>';
	const pageId = deleted(site, 'Guides/Set_up', html);
	const input = [{ json: { eventType: 'page_delete', page: { id: String(pageId) } } }];
	const run = { ...archived('get', { options: { includeContents: true } }), input };
	const items = await outputOf(site, run);
	expect(items).toEqual([
		{
			id: String(pageId),
			title: 'Guides/Set_up',
			path: 'Guides/Set_up',
			deletedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			deletedBy: { id: '1', name: 'admin', fullName: 'Site Admin' },
			contents: html,
		},
	]);
	expectSchema('archivedPage', 'get', items);
});

it.each(['A/B', 'Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'a+b'])(
	'Archived Page: Restore restores %s to its path',
	async (path) => {
		const site = await openSite();
		const pageId = deleted(site, path);
		const restored = await outputOf(site, archived('restore', { archivedPage: byId(pageId) }));
		const stored = path.replaceAll(' ', '_');
		expect(restored).toEqual([expect.objectContaining({ id: String(pageId), path: stored })]);
		expect(site.site.page(stored)).toMatchObject({ id: pageId, deleted: false });
		expectSchema('archivedPage', 'restore', restored);
	},
);

it('Archived Page: Restore restores subpages, each as an item', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	site.site.createPage('A/B');
	site.site.deletePage(pageId, { recursive: true });
	const restored = await outputOf(site, archived('restore', { archivedPage: byId(pageId) }));
	expect(restored.map(({ path }) => path)).toEqual(['A', 'A/B']);
});

it('Archived Page: Restore names the page above one that was deleted with it', async () => {
	const site = await openSite();
	site.site.createPage('A');
	const { pageId } = site.site.createPage('A/B');
	site.site.deletePage('A', { recursive: true });
	expect(await outputOf(site, archived('get', { archivedPage: byId(pageId) }))).toMatchObject([
		{ path: 'A/B' },
	]);
	const restore = archived('restore', { archivedPage: byId(pageId) });
	const { message, description } = await refusalOf(site, restore);
	expect(message).toBe(`Page ${pageId} cannot be restored by itself`);
	expect(description).toContain('restore that page');
	const { results } = await searchList(site, 'searchArchivedPages');
	expect(results.map(({ name }) => name)).toEqual(['A']);
	site.settings.archiveEntries = 'pages';
	expect(await outputOf(site, restore)).toMatchObject([{ path: 'A/B' }]);
});

it('Archived Page: Restore restores a page to another path', async () => {
	const site = await openSite();
	const pageId = deleted(site, 'A');
	site.site.createPage('A');
	const back = archived('restore', { archivedPage: byId(pageId) });
	const taken = await refusalOf(site, back);
	expect(taken.message).toContain(
		'The path "A" is already taken, or this page cannot use it (409)',
	);
	const to = 'Größe & Maß/Zurück';
	const [page] = await outputOf(site, archived('restore', { archivedPage: byId(pageId), to }));
	expect(page).toMatchObject({ id: String(pageId), path: 'Größe_&_Maß/Zurück' });
});

it.each(['get', 'restore'])(
	'archivedPage.%s reports a page that is not in the archive',
	async (operation) => {
		for (const errorStyle of ['exception', 'framework'] as const) {
			const site = await openSite({ errorStyle });
			const { pageId } = site.site.createPage('A');
			const run = archived(operation, { archivedPage: byId(pageId) });
			const { message, description } = await refusalOf(site, run);
			expect(message).toBe(`Page ${pageId} is not in the archive`);
			expect(description).toContain('restored');
		}
	},
);

it.each(['get', 'restore'])('archivedPage.%s requires the Admin role', async (operation) => {
	const site = await openSite();
	const pageId = deleted(site, 'A');
	for (const longTermToken of [site.editorJwt, site.readerJwt]) {
		const run = archived(operation, { archivedPage: byId(pageId) });
		const { message, description } = await refusalOf(site, {
			...run,
			credential: { longTermToken },
		});
		expect(message).toContain('Only admins may see the archive (403)');
		expect(description).not.toContain(longTermToken);
	}
	expect(site.site.page(pageId).deleted).toBe(true);
});

it('the list of archived pages is paged and can be searched by title', async () => {
	const site = await openSite();
	const ids = Array.from({ length: 51 }, (_, i) => deleted(site, `Old/Page_${i + 1}`));
	const first = await searchList(site, 'searchArchivedPages');
	expect(first.results).toHaveLength(50);
	const { paginationToken: token } = first;
	const second = await searchList(site, 'searchArchivedPages', { token: String(token) });
	expect(second.results).toHaveLength(1);
	const last = { token: String(second.paginationToken) };
	expect(await searchList(site, 'searchArchivedPages', last)).toEqual({ results: [] });
	const found = await searchList(site, 'searchArchivedPages', { filter: ' Page_51 ' });
	expect(found.results).toEqual([{ name: 'Old/Page_51', value: String(ids[50]) }]);
});

it('the list of archived pages requires the Admin role', async () => {
	const site = await openSite();
	const credential = { longTermToken: site.editorJwt };
	await expect(searchList(site, 'searchArchivedPages', { credential })).rejects.toThrow(
		'Only admins may see the archive',
	);
});

it('Archived Page: Restore replaces a redirect when that is allowed', async () => {
	const site = await openSite();
	const pageId = deleted(site, 'A');
	site.site.movePage(site.site.createPage('A').page, 'B');
	const restore = (more = {}) => archived('restore', { archivedPage: byId(pageId), ...more });
	const { description } = await refusalOf(site, restore());
	expect(description).toMatch(
		/^The site said: A redirect exists at 'A'\. .* If a redirect or the structure of the site is in the way, choose "Replace Redirects" or/,
	);
	const options = { allow: ['deleteredirects'] };
	expect(await outputOf(site, restore({ options }))).toMatchObject([{ path: 'A' }]);
});
