import { describe, expect, it } from 'vitest';
import { byId, byPath, named, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation, page, ...more } as never,
});

const REPLACE = { options: { allow: ['deleteredirects'] } };
const ODD = ['Guides/Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'A+B', '100%25 off'];

/** A page with one below it. */
async function siteWithPages() {
	const site = await openSite();
	const options = { html: 'text', tags: ['x'], title: 'T' };
	const { page, pageId } = site.site.createPage('A', options);
	site.site.createPage('A/Child');
	return { site, page, pageId, at: (path: string) => site.site.pages.byPath(path) };
}

it('a site that does not have a call is not said to lack the page', async () => {
	const { site } = await siteWithPages();
	site.faults.add({ match: { path: '/copy' }, effect: { status: 404, body: 'noCall' } });
	const { message, description } = await refusalOf(site, run('copy', byPath('A'), { to: 'B' }));
	expect(message).toMatch(/^The Expert site does not support this call \(404\) while n8n tried to /);
	expect(description).toMatch(/^Ask your NiCE contact/);
});

it('Move moves a page with its subpages, each an item, and changes its title', async () => {
	const { site, pageId, at } = await siteWithPages();
	const options = { title: 'Been moved' };
	const items = await outputOf(site, run('move', byPath('A'), { to: '/B/C/', options }));
	expect(items).toMatchObject([{ id: String(pageId), path: 'B/C', title: 'Been moved' }, { path: 'B/C/Child' }]);
	expect([at('B/C/Child')?.title, at('A')]).toEqual(['Child', undefined]);
	expectSchema('page', 'move', items);
	const [renamed] = await outputOf(site, run('move', byPath('B/C'), { options: { title: 'New' } }));
	expect(renamed).toMatchObject({ path: 'B/C', title: 'New' });
});

it('Move says that a page has its path and title already', async () => {
	const { site } = await siteWithPages();
	const { hints } = await outcomeOf(site, run('move', byPath('A'), { to: '/A/' }));
	const message = expect.stringMatching(/"A" has that path and title already$/);
	expect(hints).toEqual([expect.objectContaining({ message })]);
});

it.each(ODD)('Move moves a page to %s and back, and Copy copies it there', async (path) => {
	const { site, pageId } = await siteWithPages();
	const [there] = await outputOf(site, run('move', byPath('A'), { to: path }));
	expect(there).toMatchObject({ path: path.replaceAll(' ', '_') });
	const [back] = await outputOf(site, run('move', byPath(path), { to: 'A', ...REPLACE }));
	expect(back).toMatchObject({ path: 'A', id: String(pageId) });
	const [copied] = await outputOf(site, run('copy', byPath('A'), { to: path, ...REPLACE }));
	expect(copied).toMatchObject({ path: path.replaceAll(' ', '_') });
});

it('Copy copies a page with its tags, and with its subpages or without tags when the options say so', async () => {
	const { site, pageId, at } = await siteWithPages();
	const items = await outputOf(site, run('copy', byId(pageId), { to: 'B' }));
	expect(items).toMatchObject([{ path: 'B', title: 'T' }]);
	expect([at('B'), at('B/Child')]).toMatchObject([{ html: 'text', tags: ['x'] }, undefined]);
	expectSchema('page', 'copy', items);
	const options = { title: 'Copy', tags: false, attachments: false, recursive: true };
	const pages = await outputOf(site, run('copy', byPath('A'), { to: 'C', options }));
	expect(pages.map(({ path }) => path)).toEqual(['C', 'C/Child']);
	expect(at('C')).toMatchObject({ title: 'Copy', tags: [] });
});

it.each(['move', 'copy'])('page.%s names the path that is taken', async (operation) => {
	const { site, at } = await siteWithPages();
	site.site.createPage('B', { html: 'b' });
	const refusal = await refusalOf(site, run(operation, byPath('A'), { to: 'B' }));
	expect(refusal).toMatchObject({ httpCode: '409' });
	expect(refusal.message).toContain('The path "B" is taken');
	expect(refusal.description).toContain("The site said: A page exists at 'B'");
	expect([at('A'), at('B')]).toMatchObject([{ html: 'text' }, { html: 'b' }]);
});

it('Move of a page below itself says once that this cannot be', async () => {
	const { site, at } = await siteWithPages();
	const { description } = await refusalOf(site, run('move', byPath('A'), { to: 'A/B' }));
	expect(description?.split('below itself')).toHaveLength(2);
	expect(at('A')).toBeDefined();
});

describe('Delete', () => {
	it('Delete deletes the page alone, and the site puts an empty one above its subpages', async () => {
		const { site, pageId, at } = await siteWithPages();
		const pages = await outputOf(site, run('delete', byPath('A')));
		expect(pages).toMatchObject([{ id: String(pageId), path: 'A', deleted: true }]);
		expect(pages[0]!.deletedAt).toMatch(/^\d{4}-.*Z$/);
		expect([at('A')!.id === pageId, at('A')!.html]).toEqual([false, '']);
		expect(at('A/Child')).toBeDefined();
		expectSchema('page', 'delete', pages);
	});

	it('Delete includes subpages when the option is on, and returns an item for each', async () => {
		const { site, at } = await siteWithPages();
		const items = await outputOf(site, run('delete', byPath('A'), { options: { recursive: true } }));
		expect(items.map(({ path }) => path)).toEqual(['A', 'A/Child']);
		expect(at('A/Child')).toBeUndefined();
	});

	it.each([
		['its number', byId(1)],
		['its name', byId('home')],
		['its path', byPath('/')],
	])('Delete never deletes the home page, given by %s', async (_how, page) => {
		const { site } = await siteWithPages();
		const { message } = await refusalOf(site, run('delete', page, { options: { recursive: true } }));
		expect(message).toBe('The home page is never deleted');
		expect(site.apiCalls.filter(({ method }) => method === 'DELETE')).toEqual([]);
	});

	it('Delete deletes a new page at the old path of a moved one', async () => {
		const { site, at } = await siteWithPages();
		site.site.movePage('A', 'New');
		const { pageId } = site.site.createPage('A');
		const gone = await outputOf(site, run('delete', byPath('A')));
		expect(gone).toMatchObject([{ id: String(pageId), path: 'A' }]);
		expect(at('New')).toBeDefined();
	});
});

it.each(['heeded', 'ignored'] as const)(
	'Delete deletes nothing at the old path of a moved page (redirects=0 %s)',
	async (redirectsParameter) => {
		const { site, page, pageId } = await siteWithPages();
		site.settings.redirectsParameter = redirectsParameter;
		site.site.movePage(page, 'Guides/Setup 2026');
		for (const moved of [byPath('a'), named('url', `${site.url}/A`)]) {
			const { message, description } = await refusalOf(site, run('delete', moved));
			expect(message).toContain('leads to another page');
			expect(description).toContain(`page ${pageId} at the path "Guides/Setup_2026"`);
		}
		expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
		// The new path itself works.
		await outputOf(site, run('delete', byPath('Guides/Setup 2026')));
	},
);

it.each([
	['move', byPath('New')],
	['copy', byPath('Other')],
])('page.%s says that a redirect is at the path, and replaces it when that is allowed', async (operation, page) => {
	const { site } = await siteWithPages();
	site.site.movePage('A', 'New');
	site.site.createPage('Other');
	const { message, description } = await refusalOf(site, run(operation, page, { to: 'A' }));
	expect(message).toContain('The path "A" is taken');
	expect(description).toMatch(
		/^The site said: A redirect exists at 'A'\. .* If a redirect or the structure of the site is in the way, choose "Replace Redirects" or "Structure Errors" in the option 'Allow'\.$/,
	);
	const [there] = await outputOf(site, run(operation, page, { to: 'A', ...REPLACE }));
	expect(there).toMatchObject({ path: 'A' });
});
