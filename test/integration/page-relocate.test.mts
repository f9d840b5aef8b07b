import { describe, expect, it } from 'vitest';
import {
	byId,
	byPath,
	named,
	outcomeOf,
	outputOf,
	refusalOf,
	runNode,
} from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation, page, ...more } as never,
});

const REPLACE = { options: { allow: ['deleteredirects'] } };

const ODD = ['Guides/Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'A+B', '100%25 off'];

it.each<[call: string, status: number, run: ReturnType<typeof run>]>([
	['/copy', 404, run('copy', byId(1), { to: 'Copy' })],
	['/move', 405, run('move', byId(1), { to: 'Moved' })],
	['/revisions', 404, run('getRevisions', byId(1))],
])(
	'a site that does not have the call %s (%d) is not said to lack the page',
	async (path, status, given) => {
		const site = await openSite();
		site.faults.add({ match: { path }, effect: { status, body: 'noCall' } });
		const refusal = await refusalOf(site, given);
		expect(refusal.message).toMatch(
			new RegExp(`^The Expert site does not support this call \\(${status}\\) while n8n tried to `),
		);
		expect(refusal.description).toMatch(/^Ask your NiCE contact/);
	},
);

describe('Move', () => {
	it('Move moves a page with its subpages, each an item, and changes its title', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		site.site.createPage('A/Child');
		const options = { title: 'Been moved' };
		const [page, child] = await outputOf(site, run('move', byPath('A'), { to: '/B/C/', options }));
		expect(page).toMatchObject({ id: String(pageId), path: 'B/C', title: 'Been moved' });
		expect(child).toMatchObject({ path: 'B/C/Child' });
		expect(site.site.pages.byPath('B/C/Child')).toBeDefined();
		expect(site.site.pages.byPath('A')).toBeUndefined();
		expectSchema('page', 'move', [page!]);
	});

	it('Move says that a page has its path and title already', async () => {
		const site = await openSite();
		site.site.createPage('A');
		const { hints } = await outcomeOf(site, run('move', byPath('A'), { to: '/A/' }));
		const message = expect.stringMatching(/"A" has that path and title already$/);
		expect(hints).toEqual([expect.objectContaining({ message })]);
	});

	it.each(ODD)('Move moves a page to %s and back', async (path) => {
		const site = await openSite();
		site.site.createPage('A');
		const [there] = await outputOf(site, run('move', byPath('A'), { to: path }));
		expect(there).toMatchObject({ path: path.replaceAll(' ', '_') });
		const [back] = await outputOf(site, run('move', byPath(path), { to: 'A', ...REPLACE }));
		expect(back).toMatchObject({ path: 'A', id: there!.id });
	});

	it.each(ODD)('Copy copies a page to %s', async (path) => {
		const site = await openSite();
		site.site.createPage('Page');
		const [copied] = await outputOf(site, run('copy', byPath('Page'), { to: path }));
		expect(copied).toMatchObject({ path: path.replaceAll(' ', '_') });
	});

	it('Move changes the title of a page and keeps its path', async () => {
		const site = await openSite();
		site.site.createPage('A/B', { title: 'Old' });
		const [page] = await outputOf(site, run('move', byPath('A/B'), { options: { title: 'New' } }));
		expect(page).toMatchObject({ path: 'A/B', title: 'New' });
	});

	it('Move names the path that is taken', async () => {
		const site = await openSite();
		site.site.createPage('A');
		site.site.createPage('B');
		const refusal = await refusalOf(site, run('move', byPath('A'), { to: 'B' }));
		expect(refusal.message).toContain('The path "B" is taken');
		expect(refusal).toMatchObject({ httpCode: '409' });
		expect(refusal.description).toContain("The site said: A page exists at 'B'");
		expect(site.site.pages.byPath('A')).toBeDefined();
	});
});

describe('Copy', () => {
	it('Copy copies a page with its tags', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A', { html: 'text', tags: ['x'], title: 'T' });
		site.site.createPage('A/Child');
		const [page, ...others] = await outputOf(site, run('copy', byId(pageId), { to: 'B' }));
		expect(page).toMatchObject({ path: 'B', title: 'T' });
		expect(others).toEqual([]);
		expect(site.site.page('B')).toMatchObject({ html: 'text', tags: ['x'] });
		expect(site.site.pages.byPath('B/Child')).toBeUndefined();
		expectSchema('page', 'copy', [page!]);
	});

	it('Copy includes subpages and omits tags when the options say so', async () => {
		const site = await openSite();
		site.site.createPage('A', { tags: ['x'] });
		site.site.createPage('A/Child');
		const options = { title: 'Copy', tags: false, attachments: false, recursive: true };
		const pages = await outputOf(site, run('copy', byPath('A'), { to: 'B', options }));
		expect(pages.map(({ path }) => path)).toEqual(['B', 'B/Child']);
		expect(site.site.page('B')).toMatchObject({ title: 'Copy', tags: [] });
	});

	it('Copy never overwrites a page', async () => {
		const site = await openSite();
		site.site.createPage('A', { html: 'a' });
		site.site.createPage('B', { html: 'b' });
		const refusal = await refusalOf(site, run('copy', byPath('A'), { to: 'B' }));
		expect(refusal.message).toContain('The path "B" is taken');
		expect(site.site.page('B').html).toBe('b');
	});
});

describe('Delete', () => {
	it('Delete deletes the page alone, and the site puts an empty one above its subpages', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		site.site.createPage('A/Child');
		const pages = await outputOf(site, run('delete', byPath('A')));
		expect(pages).toMatchObject([{ id: String(pageId), path: 'A', deleted: true }]);
		expect(pages[0]!.deletedAt).toMatch(/^\d{4}-.*Z$/);
		const { id: newId, html } = site.site.page('A');
		expect({ isNew: newId !== pageId, html }).toEqual({ isNew: true, html: '' });
		expect(site.site.pages.byPath('A/Child')).toBeDefined();
		expectSchema('page', 'delete', pages);
	});

	it('Delete includes subpages when the option is on, and returns an item for each', async () => {
		const site = await openSite();
		site.site.createPage('A');
		site.site.createPage('A/Child');
		const items = await runNode(site, run('delete', byPath('A'), { options: { recursive: true } }));
		expect(items.map(({ json, pairedItem }) => [json.path, pairedItem])).toEqual([
			['A', { item: 0 }],
			['A/Child', { item: 0 }],
		]);
		expect(site.site.pages.byPath('A/Child')).toBeUndefined();
	});

	it.each([
		['its number', byId(1)],
		['its name', byId('home')],
		['its path', byPath('/')],
	])('Delete never deletes the home page, given by %s', async (_how, page) => {
		const site = await openSite();
		site.site.createPage('A');
		const refusal = await refusalOf(site, run('delete', page, { options: { recursive: true } }));
		expect(refusal.message).toBe('The home page is never deleted');
		expect(site.apiCalls.filter(({ method }) => method === 'DELETE')).toEqual([]);
	});
});

const writes: Array<[string, object]> = [
	['move', { to: 'C' }],
	['delete', { options: { recursive: true } }],
	['addTags', { tags: 'x' }],
	['replaceTags', { tags: 'x' }],
	['removeTags', { tags: 'old' }],
	['setProperty', { propertyName: 'k', value: 'v' }],
	['createOrUpdate', { contents: '<p>new</p>' }],
	['upload', { resource: 'file', fileName: 'a.txt' }],
];

describe.each(writes)('%s at the old path of a moved page', (operation, more) => {
	it.each(['heeded', 'ignored'] as const)(
		`${operation} changes nothing at the old path of a moved page (redirects=0 %s)`,
		async (redirectsParameter) => {
			const site = await openSite({ redirectsParameter });
			const input = [{ json: {}, binary: { data: { data: 'eA==', mimeType: 'text/plain' } } }];
			const { page, pageId } = site.site.createPage('Guides/Old_Setup', { tags: ['old'] });
			site.site.createPage('Guides/Old_Setup/Child');
			site.site.movePage(page, 'Guides/Setup 2026');
			for (const moved of [
				byPath('guides/old setup'),
				named('url', `${site.url}/Guides/Old_Setup`),
			]) {
				const refusal = await refusalOf(site, { ...run(operation, moved, more), input });
				expect(refusal.message).toContain('leads to another page');
				expect(refusal.description).toContain(`page ${pageId} at the path "Guides/Setup_2026"`);
			}
			expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
			expect(site.site.pages.byPath('Guides/Setup_2026/Child')).toBeDefined();
			// The new path itself works.
			await outputOf(site, { ...run(operation, byPath('Guides/Setup 2026'), more), input });
		},
	);
});

it.each([
	['get', {}],
	['getContents', {}],
	['getTags', {}],
	['copy', { to: 'B' }],
])('page.%s follows the redirect of a moved page', async (operation, more) => {
	const site = await openSite();
	const { page } = site.site.createPage('Old', { title: 'Set up', html: '<p>x</p>', tags: ['t'] });
	site.site.movePage(page, 'New');
	const [item] = await outputOf(site, run(operation, byPath('Old'), more));
	expect(JSON.stringify(item)).toMatch(/Set up|"t"/);
});

it('Delete deletes a new page at the old path of a moved one', async () => {
	const site = await openSite();
	site.site.movePage(site.site.createPage('Old').page, 'New');
	const { pageId } = site.site.createPage('Old');
	const [gone] = await outputOf(site, run('delete', byPath('Old')));
	expect(gone).toMatchObject({ id: String(pageId), path: 'Old' });
	expect(site.site.pages.byPath('New')).toBeDefined();
});

it.each([
	['move', byPath('New')],
	['copy', byPath('Other')],
])(
	'page.%s says that a redirect is at the path, and replaces it when that is allowed',
	async (operation, page) => {
		const site = await openSite();
		site.site.movePage(site.site.createPage('Old').page, 'New');
		site.site.createPage('Other');
		const refusal = await refusalOf(site, run(operation, page, { to: 'Old' }));
		expect(refusal.message).toContain('The path "Old" is taken');
		expect(refusal.description).toMatch(
			/^The site said: A redirect exists at 'Old'\. .* If a redirect or the structure of the site is in the way, choose "Replace Redirects" or "Structure Errors" in the option 'Allow'\.$/,
		);
		const [there] = await outputOf(site, run(operation, page, { to: 'Old', ...REPLACE }));
		expect(there).toMatchObject({ path: 'Old' });
	},
);

it('Move moves a category below a guide when that is allowed', async () => {
	const site = await openSite();
	site.site.createPage('Guide', { tags: ['article:topic-guide'] });
	site.site.createPage('Category', { tags: ['article:topic-category'] });
	const move = (more = {}) => run('move', byPath('Category'), { to: 'Guide/Category', ...more });
	const { message, description } = await refusalOf(site, move());
	expect(message).toContain('Expert refused this (400)');
	expect(description).toContain(
		'A category cannot be below an article. Check the values in the node. If a redirect or',
	);
	const [page] = await outputOf(site, move({ options: { allow: ['idferrors'] } }));
	expect(page).toMatchObject({ path: 'Guide/Category' });
});
