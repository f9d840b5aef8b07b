import { expect, it } from 'vitest';
import { byId, byPath, callsOf, named, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const contents = (page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'getContents', page, ...more } as never,
});

const HTML = '<h2>Größe &amp; Maß</h2><p>a &lt; b, “c”, 日本語</p>';

it('Get Contents returns the HTML of a page to the letter', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A/B c', { title: 'B & C', html: HTML });
	const items = await outputOf(site, contents(byId(pageId)));
	expect(items).toEqual([
		{
			page: {
				...{ id: String(pageId), title: 'B & C', path: 'A/B_c' },
				url: `${site.url}/A/B_c`,
			},
			title: 'B & C',
			revision: 1,
			...{ format: 'html', mode: 'view' },
			type: 'text/html',
			contents: HTML,
		},
	]);
	expectSchema('page', 'getContents', items);
});

it('Get Contents returns the text of a page, and its table of contents when wanted', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: HTML });
	const [text] = await outputOf(site, contents(byPath('A'), { format: 'text' }));
	expect(text).toMatchObject({
		format: 'text',
		type: 'text/plain',
		contents: 'Größe & Maß a < b, “c”, 日本語',
	});
	const options = { includeToc: true };
	const items = await outputOf(site, contents(byPath('A'), { options }));
	expect(items).toMatchObject([{ tableOfContents: '<ol><li>Größe &amp; Maß</li></ol>' }]);
	expectSchema('page', 'getContents', items);
	site.site.createPage('B', { html: '<p>No headings</p>' });
	const [plain] = await outputOf(site, contents(byPath('B'), { options }));
	expect(plain).not.toHaveProperty('tableOfContents');
});

it('Get Contents returns an earlier revision, and says when there is none with that number', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>first</p>' });
	site.site.editPage('A', { html: '<p>second</p>' });
	const at = (revision: number) => contents(byPath('A'), { options: { revision } });
	expect(await outputOf(site, at(1))).toMatchObject([{ contents: '<p>first</p>', revision: 1 }]);
	const refusal = await refusalOf(site, at(7));
	expect(refusal.message).toBe('There is no revision 7 of page "A"');
});

it('Get Contents returns a page of 3 MB that is nothing but markup', async () => {
	const site = await openSite();
	const html = '<p class="a">x &amp; &lt;y&gt;</p>\n'.repeat(100_000).trim();
	expect(html.length).toBeGreaterThan(3_000_000);
	site.site.createPage('Large', { html });
	const [item] = await outputOf(site, contents(byPath('Large')));
	expect(item?.contents === html).toBe(true);
});

it('Get Contents treats plain text as the text of a page', async () => {
	const site = await openSite();
	site.site.createPage('A');
	const body = { raw: 'Größe <b>', contentType: 'text/plain; charset=utf-8' };
	site.faults.add({ match: { path: '/contents' }, effect: { status: 200, body } });
	const items = await outputOf(site, contents(byPath('A'), { format: 'text' }));
	const text = { type: 'text/plain', contents: 'Größe <b>', format: 'text', mode: 'view' };
	const { id } = site.site.page('A');
	const at = { id: `${id}`, title: 'A', path: 'A', url: `${site.url}/A` };
	expect(items).toEqual([{ page: at, ...text }]);
	const { pageId } = site.site.createPage('B', { title: 'Bee' });
	const run = contents(byId(pageId), { format: 'text' });
	const page = { id: `${pageId}`, title: 'Bee', path: 'B', url: `${site.url}/B` };
	expect(await outputOf(site, run)).toEqual([{ page, ...text }]);
});

it('Get Contents says where the page is, with one call more', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set up', { title: 'Set up' });
	const where = { title: 'Set up', path: 'Guides/Set_up', url: `${site.url}/Guides/Set_up` };
	const CALLS = [false, true];
	const asked = async (page: unknown) => {
		const before = callsOf(site).length;
		const [item] = await outputOf(site, contents(page));
		const calls = callsOf(site).slice(before);
		return { page: item?.page, calls: calls.map(({ path }) => path.endsWith('/contents')) };
	};
	expect(await asked(byId(pageId))).toEqual({
		page: { id: `${pageId}`, ...where },
		calls: CALLS,
	});
	for (const other of [byPath('Guides/Set_up'), named('url', `${site.url}/Guides/Set_up`)])
		expect(await asked(other)).toEqual({
			page: { id: `${pageId}`, ...where },
			calls: CALLS,
		});
	expect(await asked(byId('home'))).toMatchObject({
		page: { path: '', url: `${site.url}/` },
		calls: CALLS,
	});
});

it('Get Contents goes on without the address of a page that the site does not give', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { title: 'Ay', html: HTML });
	site.faults.add({ match: { path: /pages\/\d+$/ }, effect: { status: 500 } });
	const run = contents(byId(pageId));
	expect(await outputOf(site, run)).toMatchObject([{ page: { id: `${pageId}`, title: 'Ay' }, contents: HTML }]);
});

it('Get Contents says with a text to edit when the page was edited, as it was before the text was read', async () => {
	const site = await openSite();
	const { page } = site.site.createPage('A', { html: HTML });
	const [before, later] = [page.edited, new Date(Date.now() + 60_000)];
	const isRead = () => site.apiCalls.some(({ path }) => path.endsWith('/contents'));
	Object.defineProperty(page, 'edited', { get: () => (isRead() ? later : before) });
	const [viewed] = await outputOf(site, contents(byPath('A')));
	expect(viewed).not.toHaveProperty('editedAt');
	site.apiCalls.length = 0;
	const edit = contents(byPath('A'), { options: { mode: 'edit' } });
	const items = await outputOf(site, edit);
	const editedAt = `${before.toISOString().slice(0, 19)}Z`;
	expect(items).toMatchObject([{ contents: HTML, editedAt, draftState: 'inactive' }]);
	expectSchema('page', 'getContents', items);
});

it.each([
	['raw text', { mode: 'raw' }, {}],
	['a translation', { mode: 'edit', translate: 'de-DE' }, {}],
	[
		'what the site gives as plain text',
		{ mode: 'edit' },
		{ status: 203, body: { raw: 'words', contentType: 'text/plain; charset=utf-8' } },
	],
])('Get Contents gives no edit time with %s', async (_, options, effect) => {
	const site = await openSite();
	site.site.createPage('A', { html: HTML });
	site.faults.add({ match: { path: /contents$/ }, effect });
	const [item] = await outputOf(site, contents(byPath('A'), { options }));
	expect(item!.contents).not.toBe('');
	expect(item).not.toHaveProperty('editedAt');
});

it('Get Contents reads no page where the token is not accepted', async () => {
	const site = await openSite();
	site.faults.add({ match: { path: /users\/current$/ }, effect: { status: 401 } });
	const refusal = await refusalOf(site, contents(byPath('A')));
	expect(refusal.message).toContain('token');
	expect(callsOf(site)).toEqual([]);
});

it('Get Contents says where a page is by the word of the site, not as it was entered', async () => {
	const site = await openSite();
	const { page, pageId } = site.site.createPage('Guides/Set up', { title: 'Set up' });
	site.site.movePage(page, 'Guides/Start');
	const [item] = await outputOf(site, contents(byPath('guides/set up')));
	const where = { path: 'Guides/Start', url: `${site.url}/Guides/Start` };
	expect(item?.page).toEqual({ id: `${pageId}`, title: 'Set up', ...where });
});

it('Get Contents reads a page by an address with its path in the query', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Q & A', { html: HTML });
	const url = `${site.url}/index.php?title=Guides/Q_%26_A`;
	const [item] = await outputOf(site, contents(named('url', url)));
	expect(item).toMatchObject({ page: { id: `${pageId}`, path: 'Guides/Q_&_A' }, contents: HTML });
});

it('Get Contents returns Markdown with its revision and mode, and the addresses of the page', async () => {
	const site = await openSite();
	const html = `<h2>Größe</h2><p><a href="Care">Care</a> <a href="javascript:x()">b</a></p><p data-llm-no-index="">secret</p>`;
	const { pageId } = site.site.createPage('Guides/Set up', { title: 'Set up', html });
	const items = await outputOf(site, contents(byId(pageId), { format: 'markdown' }));
	const page = { id: `${pageId}`, title: 'Set up', path: 'Guides/Set_up' };
	const markdown = `## Größe\n\n[Care](${site.url}/Guides/Care) b`;
	expect(items).toEqual([{ page: { ...page, url: `${site.url}/Guides/Set_up` }, markdown, revision: 1, mode: 'view' }]);
	const call = callsOf(site).find(({ path }) => path.endsWith('/contents'));
	expect(call!.query).toEqual({ format: 'html', mode: 'view' });
	expectSchema('page', 'getContents', items);

	const options = { keepHidden: true };
	const [kept] = await outputOf(site, contents(byId(pageId), { format: 'markdown', options }));
	expect(kept?.markdown).toBe(`${markdown}\n\nsecret`);
});

it('Get Contents gives Markdown without what only surrounds a page that readers see', async () => {
	const site = await openSite({ viewedContents: 'rendered' });
	site.site.createPage('A', { html: '<p>Text</p>' });
	const [item] = await outputOf(site, contents(byPath('A'), { format: 'markdown' }));
	expect(item?.markdown).toBe('Text');
});

it('Get Contents passes plain text on as Markdown, and makes addresses without that of the page', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { html: '<p><a href="/B">b</a></p>' });
	site.faults.add({ match: { path: /pages\/\d+$/ }, effect: { status: 500 } });
	const run = contents(byId(pageId), { format: 'markdown' });
	expect(await outputOf(site, run)).toMatchObject([{ markdown: `[b](${site.url}/B)` }]);
	const body = { raw: 'a *b*', contentType: 'text/plain; charset=utf-8' };
	site.faults.add({ match: { path: '/contents' }, effect: { status: 203, body } });
	const [item] = await outputOf(site, run);
	expect(item).toMatchObject({ markdown: 'a *b*', mode: 'view' });
});

it('Get Contents says what is too much for Markdown, and what to do', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<div>'.repeat(100_000) });
	const refusal = await refusalOf(site, contents(byPath('A'), { format: 'markdown' }));
	expect(refusal.message).toBe('The text is too much for Markdown: it has more than 64 elements within each other');
	expect(refusal.description).toBe("Choose another 'Format', or divide the page in Expert.");
});

it('Get Contents asks the site for a translation', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>Text</p>' });
	await outputOf(site, contents(byPath('A'), { options: { translate: 'de-DE' } }));
	const call = callsOf(site).find(({ path }) => path.endsWith('/contents'));
	expect(call!.query).toMatchObject({ translate: 'de-DE' });
});
