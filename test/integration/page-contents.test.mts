import { expect, it } from 'vitest';
import { byId, byPath, callsOf, EARLIER, named, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { FaultEffect, Settings } from '../support/simulator/index.mts';

useScenes();

const contents = (page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'getContents', page, ...more } as never,
});

const HTML = '<h2>Größe &amp; Maß</h2><p>a &lt; b, “c”, 日本語</p>';

async function siteWithPage(html = HTML, settings: Partial<Settings> = {}) {
	const site = await openSite(settings);
	const title = 'Set up & go';
	const { page, pageId } = site.site.createPage('Guides/Set up', { title, html, at: EARLIER });
	const found = { id: `${pageId}`, title, path: 'Guides/Set_up', url: `${site.url}/Guides/Set_up` };
	return { site, page, target: byId(pageId), found };
}

/** What a site may give in place of the text. */
const PLAIN: FaultEffect = {
	status: 203,
	body: { raw: 'a *b*', contentType: 'text/plain; charset=utf-8' },
};

it('Get Contents returns the HTML of a page to the letter', async () => {
	const { site, target, found } = await siteWithPage();
	const items = await outputOf(site, contents(target));
	const text = { type: 'text/html', contents: HTML, format: 'html', mode: 'view' };
	expect(items).toEqual([{ page: found, title: found.title, revision: 1, ...text }]);
	expectSchema('page', 'getContents', items);
});

it('Get Contents returns the text of a page, and its table of contents when wanted', async () => {
	const { site, target } = await siteWithPage();
	const [text] = await outputOf(site, contents(target, { format: 'text' }));
	expect(text).toMatchObject({
		format: 'text',
		type: 'text/plain',
		contents: 'Größe & Maß a < b, “c”, 日本語',
	});
	const items = await outputOf(site, contents(target, { options: { includeToc: true } }));
	expect(items).toMatchObject([{ tableOfContents: '<ol><li>Größe &amp; Maß</li></ol>' }]);
	expectSchema('page', 'getContents', items);
});

it('Get Contents returns an earlier revision, and says when there is none with that number', async () => {
	const { site, target, found } = await siteWithPage('<p>first</p>');
	site.site.editPage('Guides/Set_up', { html: '<p>second</p>' });
	const at = (revision: number) => contents(target, { options: { revision } });
	expect(await outputOf(site, at(1))).toMatchObject([{ contents: '<p>first</p>', revision: 1 }]);
	const { message } = await refusalOf(site, at(7));
	expect(message).toBe(`There is no revision 7 of page ${found.id}`);
});

it('Get Contents returns a page of 3 MB that is nothing but markup', async () => {
	const { site, target } = await siteWithPage('<p class="a">größer &amp; &lt;y&gt;</p>\n'.repeat(100_000).trim());
	const [item] = await outputOf(site, contents(target));
	expect(item!.contents === site.site.page('Guides/Set_up').html).toBe(true);
});

it('Get Contents says where the page is, with one call more', async () => {
	const { site, target, found } = await siteWithPage();
	const urls = [found.url, `${site.url}/index.php?title=Guides/Set_up`];
	const ways = [target, byPath('guides/set up'), ...urls.map((url) => named('url', url))];
	for (const page of ways) {
		site.apiCalls.length = 0;
		expect(await outputOf(site, contents(page))).toMatchObject([{ page: found }]);
		expect(callsOf(site).map(({ path }) => path.endsWith('/contents'))).toEqual([false, true]);
	}
	site.site.movePage('Guides/Set_up', 'Guides/Start');
	const [moved] = await outputOf(site, contents(byPath('Guides/Set up')));
	expect(moved!.page).toMatchObject({ id: found.id, path: 'Guides/Start' });
	const [home] = await outputOf(site, contents(byId('home')));
	expect(home!.page).toMatchObject({ path: '', url: `${site.url}/` });
});

it('Get Contents says with a text to edit when the page was edited, as it was before the text was read', async () => {
	const { site, page, target } = await siteWithPage();
	const [before, later] = [page.edited, new Date(Date.now() + 60_000)];
	const isRead = () => site.apiCalls.some(({ path }) => path.endsWith('/contents'));
	Object.defineProperty(page, 'edited', { get: () => (isRead() ? later : before) });
	const items = await outputOf(site, contents(target, { options: { mode: 'edit' } }));
	const editedAt = `${before.toISOString().slice(0, 19)}Z`;
	expect(items).toMatchObject([{ contents: HTML, editedAt, draftState: 'inactive' }]);
	expectSchema('page', 'getContents', items);
});

it.each<[what: string, options: object, more: object, effect: FaultEffect]>([
	['a text as readers see it', { mode: 'view' }, {}, {}],
	['raw text', { mode: 'raw' }, {}, {}],
	['Markdown', { mode: 'edit' }, { format: 'markdown' }, {}],
	['plain text', { mode: 'edit' }, { format: 'text' }, {}],
	['a translation', { mode: 'edit', translate: 'de-DE' }, {}, {}],
	['what the site gives as plain text', { mode: 'edit' }, {}, PLAIN],
])('Get Contents gives no edit time with %s', async (_what, options, more, effect) => {
	const { site, target } = await siteWithPage();
	site.faults.add({ match: { path: /contents$/ }, effect });
	const [item] = await outputOf(site, contents(target, { options, ...more }));
	expect(item!.contents ?? item!.markdown).toMatch(/./);
	expect(item).not.toHaveProperty('editedAt');
	expect(callsOf(site).at(-1)!.query).toMatchObject(options);
});

it('Get Contents returns Markdown with its revision and mode, and the addresses of the page', async () => {
	const { site, target, found } = await siteWithPage(
		`<h2>Größe</h2><p><a href="Care">Care</a> <a href="javascript:x()">b</a></p><p data-llm-no-index="">secret</p>`,
	);
	const items = await outputOf(site, contents(target, { format: 'markdown' }));
	const markdown = `## Größe\n\n[Care](${site.url}/Guides/Care) b`;
	expect(items).toEqual([{ page: found, markdown, revision: 1, mode: 'view' }]);
	expect(callsOf(site).at(-1)!.query).toEqual({ format: 'html', mode: 'view' });
	expectSchema('page', 'getContents', items);

	const keepHidden = { format: 'markdown', options: { keepHidden: true } };
	const [kept] = await outputOf(site, contents(target, keepHidden));
	expect(kept!.markdown).toBe(`${markdown}\n\nsecret`);
	site.faults.add({ match: { path: /contents$/ }, effect: PLAIN });
	const [plain] = await outputOf(site, contents(target, keepHidden));
	expect(plain).toMatchObject({ markdown: 'a *b*', mode: 'view' });
});

it('Get Contents gives Markdown without what only surrounds a page that readers see', async () => {
	const { site, target } = await siteWithPage('<p>Text</p>', { viewedContents: 'rendered' });
	const [item] = await outputOf(site, contents(target, { format: 'markdown' }));
	expect(item!.markdown).toBe('Text');
});
