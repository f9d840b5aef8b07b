import { expect, it } from 'vitest';
import { byId, byPath, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { FaultEffect } from '../support/simulator/http/faults.mts';
import type { Simulator } from '../support/simulator/index.mts';

useScenes();

const tree = (page: object, more: object = {}) => ({
	parameters: { resource: 'page', operation: 'getTree', page, ...more } as never,
});

const all = { returnAll: true };
const withContents = { ...all, options: { includeContents: true } };
const callsTo = (site: Simulator, call: string) => site.apiCalls.filter(({ path }) => path.endsWith(`/${call}`));

/** Two branches, three levels deep; one page was never published. */
async function openTree(settings = {}) {
	const site = await openSite(settings);
	for (const branch of ['A', 'B']) {
		site.site.createPage(`Guides/${branch}`, { tags: ['article:topic-guide'] });
		for (const leaf of ['x', 'y']) {
			site.site.createPage(`Guides/${branch}/${leaf}`, { html: `<p>${branch} ${leaf}</p>` });
		}
	}
	site.site.createPage('Guides/B/y/deep', { html: '<p>deep</p>' });
	site.site.createDraft('Guides/A/draft');
	site.site.attachFile('Guides/B/x', 'a.txt');
	return site;
}

const withTexts = tree(byPath('Guides/B'), withContents);

const paths = async (site: Simulator, more: object = {}, page: object = byPath('Guides')) =>
	(await outputOf(site, tree(page, { ...all, ...more }))).map(({ path }) => path);

it('Get Tree gives all pages below, parents first', async () => {
	const site = await openTree();
	const items = await outputOf(site, tree(byPath('Guides'), all));
	const id = (path: string) => String(site.site.page(path).id);
	expect(items.map(({ path, depth }) => [path, depth])).toEqual([
		['Guides/A', 1],
		['Guides/B', 1],
		['Guides/A/x', 2],
		['Guides/A/y', 2],
		['Guides/A/draft', 2],
		['Guides/B/x', 2],
		['Guides/B/y', 2],
		['Guides/B/y/deep', 3],
	]);
	expect(items[0]).toEqual({
		id: id('Guides/A'),
		title: 'A',
		path: 'Guides/A',
		url: `${site.url}/Guides/A`,
		parentId: id('Guides'),
		depth: 1,
		revision: 1,
		modifiedAt: expect.stringMatching(/Z$/),
		articleType: 'topic-guide',
		draftState: 'inactive',
		fileCount: 0,
	});
	expect(items[5]).toMatchObject({ fileCount: 1, parentId: id('Guides/B') });
	expect(items[7]).toMatchObject({ parentId: id('Guides/B/y') });
	expectSchema('page', 'getTree', items);
	// One for each page with subpages.
	expect(callsTo(site, 'subpages')).toHaveLength(4);
});

it('Get Tree reads no more than is wanted, also of a long list', async () => {
	const site = await openTree();
	for (let number = 1; number <= 250; number++) site.site.createPage(`Top/Page_${number}`);
	for (const page of ['Guides', 'Top']) {
		site.apiCalls.length = 0;
		expect(await outputOf(site, tree(byPath(page), { limit: 2 }))).toHaveLength(2);
		expect(callsTo(site, 'subpages')).toHaveLength(1);
	}
	const options = { onlyPublished: true };
	expect(await outputOf(site, tree(byPath('Top'), { limit: 120, options }))).toHaveLength(120);
});

it('Get Tree leaves out what was never published, and looks below it, also below the home page', async () => {
	const site = await openTree();
	site.site.createPage('Guides/A/draft/published');
	for (const page of ['Guides', '']) {
		const found = await paths(site, { options: { onlyPublished: true } }, byPath(page));
		expect(found).not.toContain('Guides/A/draft');
		expect(found).toContain('Guides/A/draft/published');
	}
});

it.each([{ maxPageSize: 7 }, { ignoresOffset: true, maxPageSize: 200 }])(
	'Get Tree gets a long list of a site with %o, each page once',
	async (settings) => {
		const site = await openSite(settings);
		for (let number = 1; number <= 150; number++) site.site.createPage(`Top/Page_${number}`);
		const found = await paths(site, {}, byPath('Top'));
		expect([found.length, new Set(found).size]).toEqual([150, 150]);
	},
);

it('Get Tree ends where a site lists a page below itself', async () => {
	const site = await openSite();
	const raw = '<subpages totalcount="1"><page.subpage id="7" subpages="true"><path>A</path></page.subpage></subpages>';
	const body = { raw, contentType: 'application/xml' };
	site.faults.add({ match: { path: /subpages$/ }, effect: { status: 200, body } });
	expect(await paths(site, {}, byId(5))).toEqual(['A']);
});

it('Get Tree adds contents to the first pages, and says where there are more', async () => {
	const site = await openTree();
	const { items, hints } = await outcomeOf(site, tree(byPath('Guides/B'), withContents));
	const texts = items!.map(({ json }) => json);
	expect(texts.map(({ markdown }) => markdown)).toEqual(['B x', 'B y', 'deep']);
	expectSchema('page', 'getTree', texts);
	expect(hints).toEqual([]);
	const options = { ...withContents.options, maxPagesWithContents: 2 };
	const few = await outcomeOf(site, tree(byPath('Guides/B'), { ...all, options }));
	expect(few.items!.map(({ json }) => 'markdown' in json)).toEqual([true, true, false]);
	expect(few.hints).toMatchObject([{ message: expect.stringMatching(/first 2 of 3 pages .*'Max Pages with/) }]);
	const forModel = await outputOf(site, { ...tree(byPath('Guides/B'), { ...all, options }), asTool: true });
	expect(forModel.at(-1)).toEqual({ message: expect.stringMatching(/first 2 of 3 pages .*tool that reads a page/) });
});

it('Get Tree gives the other texts, if any, where a site refuses that of an unpublished page', async () => {
	const site = await openTree();
	refuseContents(site, 'Guides/A/draft', { status: 403 });
	const items = await outputOf(site, tree(byPath('Guides/A'), withContents));
	expect(items.map((item) => 'markdown' in item)).toEqual([true, true, false]);
	site.site.createDraft('Guides/Unseen/draft');
	refuseContents(site, 'Guides/Unseen/draft', { status: 403 });
	const unseen = await outputOf(site, tree(byPath('Guides/Unseen'), withContents));
	expect(unseen.map(({ title }) => title)).toEqual(['draft']);
});

function refuseContents(site: Simulator, path: string, effect: FaultEffect): void {
	const { id } = site.site.page(path);
	site.faults.add({ match: { path: `/${id}/contents` }, effect });
}

const NESTED = `<content><body>${'&lt;div&gt;'.repeat(100)}</body></content>`;

it.each<[string, FaultEffect, string]>([
	['403', { status: 403 }, 'Expert did not allow this (403)'],
	['404', { status: 404 }, 'There is no page'],
	['502 of a proxy', { status: 502, body: 'html' }, '(502)'],
	['no XML', { status: 200, body: 'truncated' }, 'unexpected response'],
	['too many elements', { status: 200, body: { raw: NESTED } }, 'The text is too much for Markdown'],
])('Get Tree gives the other texts where a page gets %s, and says so', async (_what, effect, why) => {
	const site = await openTree();
	refuseContents(site, 'Guides/B/x', effect);
	const { items, hints } = await outcomeOf(site, withTexts);
	expect(items!.map(({ json }) => json.markdown)).toEqual([undefined, 'B y', 'deep']);
	expect(items![0]!.json).not.toHaveProperty('markdown');
	expect(hints).toHaveLength(1);
	const { message } = hints[0] as { message: string };
	expect(message).toContain('1 of the pages came without contents. The first: Guides/B/x (');
	expect(message).toContain(why);
});

it.each<[string, FaultEffect]>([
	['the token (401)', { status: 401 }],
	['more calls (429)', { status: 429, headers: { 'retry-after': '60' } }],
	['to be reached', { reset: true }],
])('Get Tree throws where a site refuses %s at one page', async (_what, effect) => {
	const site = await openTree();
	refuseContents(site, 'Guides/B/x', effect);
	await expect(outputOf(site, withTexts)).rejects.toThrow();
});

it('Get Tree passes over pages that are deleted meanwhile, and over nothing else', async () => {
	const site = await openTree();
	const path = new RegExp(`/${site.site.page('Guides/A').id}/`);
	for (const status of [404, 410]) {
		site.faults.add({ match: { path, times: 1 }, effect: { status } });
		const { items, hints } = await outcomeOf(site, tree(byPath('Guides'), all));
		expect(items).toHaveLength(5);
		expect(hints).toEqual([]);
	}
	site.faults.add({ match: { path }, effect: { status: 500 } });
	const { message } = await refusalOf(site, tree(byPath('Guides'), all));
	expect(message).toContain('(500)');
});

it('Get Tree says below which pages the user of the token may list nothing', async () => {
	const site = await openTree();
	const { id } = site.site.page('Guides/A');
	const path = new RegExp(`/(${id}|${site.site.page('Guides/B/y').id})/subpages$`);
	site.faults.add({ match: { path }, effect: { status: 403 } });
	const { items, hints } = await outcomeOf(site, tree(byPath('Guides'), all));
	const found = ['Guides/A', 'Guides/B', 'Guides/B/x', 'Guides/B/y'];
	expect(items!.map(({ json }) => json.path)).toEqual(found);
	const message = `What is below 2 pages is missing, because the user of the token may not list it. The first: Guides/A (Expert did not allow this (403) while n8n tried to list the pages below page ${id}).`;
	expect(hints).toEqual([{ message, location: 'outputPane' }]);
});

it.each([
	['lists', /subpages$/, 2],
	['contents', /contents$/, 4],
])('Get Tree throws where the token expires while it reads %s', async (_what, path, nth) => {
	const site = await openTree();
	site.faults.add({ match: { path, nth }, effect: { status: 403 } });
	const match = { path: '/users/current', nth: 2 };
	site.faults.add({ match, effect: { without: 'user/@anonymous' } });
	const { message } = await refusalOf(site, tree(byPath('Guides'), withContents));
	expect(message).toBe('The site does not accept the token');
});
