import { expect, it } from 'vitest';
import {
	byId,
	byPath,
	outcomeOf,
	outputOf,
	refusalOf,
} from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { FaultEffect } from '../support/simulator/http/faults.mts';
import type { Simulator } from '../support/simulator/index.mts';

useScenes();

const tree = (page: object, more: object = {}) => ({
	parameters: { resource: 'page', operation: 'getTree', page, ...more } as never,
});

const all = { returnAll: true };

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
});

it('Get Tree makes one call for each page with subpages', async () => {
	const site = await openTree();
	await paths(site);
	const calls = site.apiCalls.filter(({ path }) => path.endsWith('/subpages'));
	expect(calls).toHaveLength(4);
});

it.each([
	['a number', (site: Simulator) => byId(site.site.page('Guides').id)],
	['its path', () => byPath('Guides')],
])('Get Tree names the page as parent that is named by %s', async (_how, named) => {
	const site = await openTree();
	const [first] = await outputOf(site, tree(named(site), all));
	expect(first!.parentId).toBe(String(site.site.page('Guides').id));
});

it('Get Tree of the home page is that of the site', async () => {
	const site = await openTree();
	expect(await paths(site, {}, byPath(''))).toHaveLength(9);
});

it('Get Tree reads no more than is wanted', async () => {
	const site = await openTree();
	expect(await paths(site, { returnAll: false, limit: 2 })).toEqual(['Guides/A', 'Guides/B']);
	expect(site.apiCalls.filter(({ path }) => path.endsWith('/subpages'))).toHaveLength(1);
	expect(await outputOf(site, tree(byPath('Guides'), { limit: 3 }))).toHaveLength(3);
});

it('Get Tree reads no more of a long list than is wanted', async () => {
	const site = await openSite();
	for (let number = 1; number <= 250; number++) site.site.createPage(`Top/Page_${number}`);
	expect(await outputOf(site, tree(byPath('Top'), { limit: 5 }))).toHaveLength(5);
	expect(site.apiCalls.filter(({ path }) => path.endsWith('/subpages'))).toHaveLength(1);
	const options = { onlyPublished: true };
	expect(await outputOf(site, tree(byPath('Top'), { limit: 120, options }))).toHaveLength(120);
});

it('Get Tree leaves out what was never published, and looks below it', async () => {
	const site = await openTree();
	site.site.createPage('Guides/A/draft/published');
	const found = await paths(site, { options: { onlyPublished: true } });
	expect(found).not.toContain('Guides/A/draft');
	expect(found).toContain('Guides/A/draft/published');
});

it.each([{ maxPageSize: 7 }, { ignoresOffset: true, maxPageSize: 200 }])(
	'Get Tree gets a long list of a site with %o, each page once',
	async (settings) => {
		const site = await openSite(settings);
		for (let number = 1; number <= 150; number++) site.site.createPage(`Top/Page_${number}`);
		const found = await paths(site, {}, byPath('Top'));
		expect(found).toHaveLength(150);
		expect(new Set(found).size).toBe(150);
	},
);

it('Get Tree ends where a site lists a page below itself', async () => {
	const site = await openSite();
	const raw =
		'<subpages totalcount="1"><page.subpage id="7" subpages="true"><path>A</path></page.subpage></subpages>';
	const body = { raw, contentType: 'application/xml' };
	site.faults.add({ match: { path: /subpages$/ }, effect: { status: 200, body } });
	expect(await paths(site, {}, byId(5))).toEqual(['A']);
});

it('Get Tree adds contents to the first pages, and says where there are more', async () => {
	const site = await openTree();
	const run = (options: object) => outcomeOf(site, tree(byPath('Guides/B'), { ...all, options }));
	const { items, hints } = await run({ includeContents: true });
	expect(items!.map(({ json }) => json.markdown)).toEqual(
		['B x', 'B y', 'deep'].map((text) => expect.stringContaining(text) as string),
	);
	expectSchema(
		'page',
		'getTree',
		items!.map(({ json }) => json),
	);
	expect(hints).toEqual([]);
	const few = await run({ includeContents: true, maxPagesWithContents: 2 });
	expect(few.items!.map(({ json }) => 'markdown' in json)).toEqual([true, true, false]);
	expect(few.hints).toMatchObject([{ message: expect.stringContaining('first 2 of 3 pages') }]);
});

it('Get Tree gives a page that is too much for Markdown without its contents, and says so', async () => {
	const site = await openTree();
	for (const leaf of ['x', 'y']) {
		site.site.createPage(`Guides/B/${leaf}/large`, { html: '<div>'.repeat(100) });
	}
	const parameters = {
		...tree(byPath('Guides/B'), { ...all, options: { includeContents: true } }),
	};
	const { items, hints } = await outcomeOf(site, parameters);
	const withContents = items!.filter(({ json }) => 'markdown' in json);
	expect(withContents.map(({ json }) => json.title)).toEqual(['x', 'y', 'deep']);
	expect(items).toHaveLength(5);
	const message =
		"2 of the pages came without contents. The first: Guides/B/x/large (The text is too much for Markdown: it has more than 64 elements within each other). Try Get Contents, in another 'Format' if the text is too much for Markdown.";
	expect(hints).toEqual([{ message, location: 'outputPane' }]);
	const forModel = await outputOf(site, { ...parameters, asTool: true });
	expect(forModel).toHaveLength(6);
	expect(forModel.at(-1)).toEqual({ message });
});

it('Get Tree gives the other texts where a site refuses that of an unpublished page', async () => {
	const site = await openTree();
	const options = { includeContents: true };
	refuseContents(site, 'Guides/A/draft', { status: 403 });
	const items = await outputOf(site, tree(byPath('Guides/A'), { ...all, options }));
	expect(items.map((item) => 'markdown' in item)).toEqual([true, true, false]);
	site.site.createDraft('Guides/Unseen/draft');
	refuseContents(site, 'Guides/Unseen/draft', { status: 403 });
	const unseen = await outputOf(site, tree(byPath('Guides/Unseen'), { ...all, options }));
	expect(unseen.map(({ title }) => title)).toEqual(['draft']);
});

function refuseContents(site: Simulator, path: string, effect: FaultEffect): void {
	const { id } = site.site.page(path);
	site.faults.add({ match: { path: `/${id}/contents` }, effect });
}

const withTexts = tree(byPath('Guides/B'), { ...all, options: { includeContents: true } });

it.each<[string, FaultEffect, string]>([
	['403', { status: 403 }, 'Expert did not allow this (403)'],
	['404', { status: 404 }, 'There is no page'],
	['500', { status: 500 }, '(500)'],
	['502 of a proxy', { status: 502, body: 'html' }, '(502)'],
	['no XML', { status: 200, body: 'truncated' }, 'unexpected response'],
])(
	'Get Tree gives the other texts where a page gets %s, and says so',
	async (_what, effect, why) => {
		const site = await openTree();
		refuseContents(site, 'Guides/B/x', effect);
		const { items, hints } = await outcomeOf(site, withTexts);
		expect(items!.map(({ json }) => json.markdown)).toEqual([undefined, 'B y', 'deep']);
		expect(items![0]!.json).not.toHaveProperty('markdown');
		expect(hints).toHaveLength(1);
		const { message } = hints[0] as { message: string };
		expect(message).toContain('1 of the pages came without contents. The first: Guides/B/x (');
		expect(message).toContain(why);
	},
);

it.each([403, 500])('Get Tree throws where a site refuses every text (%i)', async (status) => {
	const site = await openTree();
	site.faults.add({ match: { path: /contents$/ }, effect: { status } });
	const { message } = await refusalOf(site, withTexts);
	expect(message).toContain(`(${status})`);
	expect(site.apiCalls.filter(({ path }) => path.endsWith('/contents'))).toHaveLength(3);
});

it.each<[string, FaultEffect]>([
	['the token (401)', { status: 401 }],
	['more calls (429)', { status: 429, headers: { 'retry-after': '60' } }],
	['more calls (503)', { status: 503, headers: { 'retry-after': '60' } }],
	['to be reached', { reset: true }],
])('Get Tree throws where a site refuses %s at one page', async (_what, effect) => {
	const site = await openTree();
	refuseContents(site, 'Guides/B/x', effect);
	await expect(outputOf(site, withTexts)).rejects.toThrow();
});

it('Get Tree passes over pages that are deleted meanwhile', async () => {
	const site = await openTree();
	const { id } = site.site.page('Guides/A');
	for (const status of [404, 410]) {
		site.faults.clear();
		site.faults.add({ match: { path: new RegExp(`/${id}/`) }, effect: { status } });
		const { items, hints } = await outcomeOf(site, tree(byPath('Guides'), all));
		expect(items).toHaveLength(5);
		expect(hints).toEqual([]);
	}
	site.faults.clear();
	site.faults.add({ match: { path: new RegExp(`/${id}/`) }, effect: { status: 500 } });
	const { message } = await refusalOf(site, tree(byPath('Guides'), all));
	expect(message).toContain('(500)');
});

it('Get Tree says below which pages the user of the token may list nothing', async () => {
	const site = await openTree();
	const { id } = site.site.page('Guides/A');
	refuseLists(site, id, site.site.page('Guides/B/y').id);
	const parameters = tree(byPath('Guides'), all);
	const { items, hints } = await outcomeOf(site, parameters);
	expect(items!.map(({ json }) => json.path)).toEqual([
		...['Guides/A', 'Guides/B', 'Guides/B/x', 'Guides/B/y'],
	]);
	const message = `What is below 2 pages is missing, because the user of the token may not list it. The first: Guides/A (Expert did not allow this (403) while n8n tried to list the pages below page ${id}).`;
	expect(hints).toEqual([{ message, location: 'outputPane' }]);
	const forModel = await outputOf(site, { ...parameters, asTool: true });
	expect(forModel.at(-1)).toEqual({ message });
});

it('Get Tree throws where the token expires while it reads', async () => {
	const site = await openTree();
	refuseLists(site, site.site.page('Guides/A').id);
	const match = { path: '/users/current', nth: 2 };
	site.faults.add({ match, effect: { without: 'user/@anonymous' } });
	const { message } = await refusalOf(site, tree(byPath('Guides'), all));
	expect(message).toBe('The site does not accept the token');
});

it('Get Tree throws where the token expires while it reads contents', async () => {
	const site = await openTree();
	site.faults.add({ match: { path: /contents$/, nth: 4 }, effect: { status: 403 } });
	const match = { path: '/users/current', nth: 2 };
	site.faults.add({ match, effect: { without: 'user/@anonymous' } });
	const run = tree(byPath('Guides'), { ...all, options: { includeContents: true } });
	const { message } = await refusalOf(site, run);
	expect(message).toBe('The site does not accept the token');
});

function refuseLists(site: Simulator, ...ids: number[]): void {
	const path = new RegExp(`/(${ids.join('|')})/subpages$`);
	site.faults.add({ match: { path }, effect: { status: 403 } });
}

it('Get Tree says that there is no such page', async () => {
	const site = await openTree();
	const { message } = await refusalOf(site, tree(byPath('No/Where')));
	expect(message).toBe('There is no page "No/Where"');
});
