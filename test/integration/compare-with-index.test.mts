import type { IDataObject } from 'n8n-workflow';
import { expect, it, vi } from 'vitest';
import {
	byId,
	byPath,
	callsOf,
	EARLIER,
	type NodeRun,
	outcomeOf,
	outputOf,
	refusalOf,
} from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import type { FaultEffect } from '../support/simulator/http/faults.mts';
import type { Simulator } from '../support/simulator/index.mts';

useScenes();

const at = EARLIER;
const COUNT = 10;

/** A site with the pages Guides/1 to Guides/10, which nobody has changed for an hour. */
async function openGuides(settings = {}): Promise<Simulator> {
	const site = await openSite({ ...settings });
	site.site.createPage('Guides', { at, html: '<p>All guides</p>' });
	for (let number = 1; number <= COUNT; number++) {
		site.site.createPage(`Guides/${number}`, { at, html: `<p>Text <b>${number}</b></p>`, tags: ['public'] });
	}
	return site;
}

const below = byPath('Guides');

/** @param index what the index holds */
function comparison(index: unknown, more: Partial<NodeRun> & { fields?: object } = {}): NodeRun {
	const { fields, ...rest } = more;
	const given = typeof index === 'string' ? index : JSON.stringify(index);
	return {
		parameters: { resource: 'page', operation: 'compareWithIndex', below, index: given, ...fields } as never,
		...rest,
	};
}

const fields = (more: object) => ({ fields: more });
const none = { format: 'none' };

/** What an index holds that has followed all that the comparison gave. */
async function filledIndex(site: Simulator, more: Parameters<typeof comparison>[1] = {}): Promise<IDataObject[]> {
	const run = { ...more, fields: { ...none, limit: 1000, ...more.fields } };
	const items = await outputOf(site, comparison([], run));
	return items.map(({ id, version }) => ({ id, version }) as IDataObject);
}

/** What a comparison says, as `update Guides/1`; a removed page has its ID. */
async function changesOf(site: Simulator, index: unknown, more: Parameters<typeof comparison>[1] = {}) {
	const run = { ...more, fields: { ...none, ...more.fields } };
	const items = await outputOf(site, comparison(index, run));
	return items.map(({ change, id, page }) => `${String(change)} ${String((page as IDataObject)?.path ?? id)}`);
}

const idOf = (site: Simulator, path: string) => String(site.site.page(path).id);

it('an empty index gets each page once, with its text as Markdown, the page at the top too', async () => {
	const site = await openGuides();
	const items = await outputOf(site, comparison([]));
	expect(items).toHaveLength(COUNT + 1);
	expect(items[0]).toMatchObject({ change: 'add', page: { path: 'Guides' }, contents: 'All guides' });
	expect(items[1]).toEqual({
		change: 'add',
		id: idOf(site, 'Guides/1'),
		version: expect.stringMatching(/^[\w-]{16}$/),
		page: {
			id: idOf(site, 'Guides/1'),
			title: '1',
			path: 'Guides/1',
			url: `${site.url}/Guides/1`,
			tags: ['public'],
			language: 'en-US',
			draftState: 'inactive',
			modifiedAt: expect.any(String),
			createdAt: expect.any(String),
		},
		contents: 'Text **1**',
	});
	expectSchema('page', 'compareWithIndex', items);
});

it.each([
	['html', '<p>Text <b>1</b></p>'],
	['text', 'Text 1'],
	['none', undefined],
])('the text of a page comes as %s', async (format, contents) => {
	const site = await openGuides();
	const items = await outputOf(site, comparison([], fields({ below: byPath('Guides/1'), format })));
	expect(items.map((item) => item.contents)).toEqual([contents]);
	expect(callsOf(site).some(({ path }) => path.endsWith('/contents'))).toBe(format !== 'none');
});

it('an index that has followed the comparison gets nothing more', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	expect(await changesOf(site, index)).toEqual([]);
	// A database gives numbers as such.
	const numbers = index.map(({ id, version }) => ({ id: Number(id), version, more: 1 }));
	expect(await changesOf(site, numbers)).toEqual([]);
});

it.each<[deed: string, change: (site: Simulator['site']) => unknown]>([
	['edited', (site) => site.editPage('Guides/1', { html: '<p>New</p>' })],
	['tagged', (site) => site.tagPage('Guides/1', { add: ['new'] })],
	['renamed', (site) => site.movePage('Guides/1', 'Guides/1', { title: 'One' })],
	['restricted for all but admins', (site) => site.restrictPage('Guides/1', 'Private')],
])('a page that was %s is renewed', async (_deed, change) => {
	const site = await openGuides();
	const index = await filledIndex(site);
	change(site.site);
	expect(await changesOf(site, index)).toEqual(['update Guides/1']);
});

it('pages that move with one above them are renewed, though nobody has changed them', async () => {
	const site = await openGuides();
	site.site.createPage('Guides/1/Below', { at });
	const index = await filledIndex(site);
	site.site.movePage('Guides/1', 'Guides/One');
	expect(await changesOf(site, index)).toEqual(['update Guides/One', 'update Guides/One/Below']);
});

it.each<[deed: string, change: (site: Simulator['site']) => unknown]>([
	['deleted', (site) => site.deletePage('Guides/1')],
	['unpublished', (site) => site.unpublishPage('Guides/1')],
	['moved elsewhere', (site) => site.movePage('Guides/1', 'Archive/1')],
	['restricted', (site) => site.restrictPage('Guides/1', 'Private')],
])('a page that was %s is removed, and comes again when it is back', async (_deed, change) => {
	const site = await openGuides();
	const reader = { credential: { ...serverTokenFor(site), runAsUser: 'reader' } };
	const index = await filledIndex(site, reader);
	const id = idOf(site, 'Guides/1');
	change(site.site);
	const items = await outputOf(site, comparison(index, reader));
	expect(items).toEqual([{ change: 'remove', id }]);
	expectSchema('page', 'compareWithIndex', items);
	const left = index.filter((entry) => entry.id !== id);
	expect(await changesOf(site, left, reader)).toEqual([]);
});

it('a copy and a restored page are added', async () => {
	const site = await openGuides();
	const { id } = site.site.page('Guides/1');
	site.site.deletePage('Guides/1');
	const index = await filledIndex(site);
	site.site.restorePage(id);
	site.site.copyPage('Guides/2', 'Guides/Copy');
	expect((await changesOf(site, index)).sort()).toEqual(['add Guides/1', 'add Guides/Copy']);
});

it('drafts never come, and neither do the redirects of moved pages', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	site.site.createDraft('Guides/Draft');
	site.site.movePage('Guides/1', 'Guides/One');
	expect(await changesOf(site, index)).toEqual(['update Guides/One']);
});

it('an ID that the site never had is removed, and a page that the index has twice counts once', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	expect(await changesOf(site, [...index, index[0], { id: 999_999 }])).toEqual(['remove 999999']);
	expect(await changesOf(site, [...index, { id: index[1]!.id }])).toEqual(['update Guides/1']);
});

it('a page that is changed twice within one second is renewed after the second change, too', async () => {
	const site = await openGuides();
	const now = new Date();
	site.site.editPage('Guides/1', { at: now, html: '<p>First</p>' });
	const index = await filledIndex(site);
	site.site.editPage('Guides/1', { at: now, html: '<p>Second</p>' });
	expect(await changesOf(site, index)).toEqual(['update Guides/1']);
});

it('only pages with all the tags and in one of the languages belong into the index', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	site.site.createPage('Guides/Deutsch', { at, tags: ['public', 'x'] });
	site.site.page('Guides/Deutsch').language = 'de-DE';
	const changes = (options: object) => changesOf(site, index, fields({ options: { maxRemovals: 100, ...options } }));
	expect(await changes({ languages: 'en' })).toEqual([]);
	expect(await changes({ languages: 'en, de' })).toEqual(['add Guides/Deutsch']);
	expect(await changes({ tags: 'public' })).toEqual([`remove ${idOf(site, 'Guides')}`, 'add Guides/Deutsch']);
	expect((await changes({ tags: 'public, x' })).filter((change) => !/^remove/.test(change))).toEqual([
		'add Guides/Deutsch',
	]);
	site.site.tagPage('Guides', { add: ['Public'], at });
	expect(await changes({ tags: 'public', languages: 'en-US' })).toEqual(['update Guides']);
});

it('the whole site is compared unless a page is chosen', async () => {
	const site = await openGuides();
	const run = comparison([], fields(none));
	delete run.parameters.below;
	const paths = (await outputOf(site, run)).map(({ page }) => (page as IDataObject).path);
	expect(paths).toEqual([
		'',
		...['', ...Array(COUNT).keys()].map((n) => (n === '' ? 'Guides' : `Guides/${Number(n) + 1}`)),
	]);
});

it('removals come first, and the last item says where there are more than the limit', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	site.site.editPage('Guides/2', { html: '<p>New</p>' });
	site.site.createPage('Guides/New', { at });
	site.site.deletePage('Guides/1');
	const run = (limit: number) => outputOf(site, comparison(index, fields({ limit })));
	const all = await run(3);
	expect(all.map(({ change }) => change)).toEqual(['remove', 'update', 'add']);
	expect(all.some((item) => 'hasMore' in item)).toBe(false);
	const two = await run(2);
	expect(two.map(({ hasMore }) => hasMore)).toEqual([undefined, true]);
	expectSchema('page', 'compareWithIndex', two);
});

it('one comparison is made for all incoming items, which are the index by default', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	const run = comparison('');
	delete run.parameters.index;
	run.parameters.format = 'none';
	site.site.deletePage('Guides/1');
	const input = index.map((json) => ({ json }));
	expect(await outputOf(site, { ...run, input })).toEqual([{ change: 'remove', id: index[1]!.id }]);
	// n8n's "Always Output Data" gives this for an empty table.
	expect(await outputOf(site, { ...run, input: [{ json: {} }] })).toHaveLength(COUNT);
});

it.each([
	['no list', '={{ "none" }}', "'Index' is not a list"],
	['empty', '', "'Index' is not a list"],
	['one entry outside of a list', '{ "id": "1" }', "'Index' is not a list"],
	['an entry without ID', '[{ "id": "1" }, { "pageId": 2 }]', "Entry 2 of 'Index' has no ID of a page"],
	['an entry with another ID', '[{ "id": "Guides/Setup" }]', "Entry 1 of 'Index' has no ID of a page"],
	['an entry that is nothing', '[null]', "Entry 1 of 'Index' has no ID of a page"],
])('an index that is %s is refused before the site is asked', async (_what, index, message) => {
	const site = await openGuides();
	expect((await refusalOf(site, comparison(index))).message).toContain(message);
	expect(callsOf(site)).toEqual([]);
});

it('nothing is removed where the token sees far fewer pages than the index holds', async () => {
	const site = await openGuides();
	const index = await filledIndex(site);
	for (const number of [1, 2, 3]) site.site.restrictPage(`Guides/${number}`, 'Private');
	const credential = { ...serverTokenFor(site), runAsUser: 'reader' };
	const refusal = await refusalOf(site, comparison(index, { credential }));
	expect(refusal.message).toContain('3 of 11 would be removed');
	const options = { maxRemovals: 28 };
	const items = await outputOf(site, comparison(index, { credential, fields: { options } }));
	expect(items.map(({ change }) => change)).toEqual(['remove', 'remove', 'remove']);
});

it('a token that expires before the list is read removes nothing', async () => {
	const site = await openGuides({ authenticateParameter: 'ignored' });
	site.site.users.anonymous.role = 'Viewer';
	const index = await filledIndex(site);
	site.site.restrictPage('Guides/1', 'Private');
	vi.spyOn(site.faults, 'next').mockImplementation((_method, path) => {
		if (path.endsWith('/find')) site.expireTokens();
		return undefined;
	});
	const refusal = await refusalOf(site, comparison(index, fields(none)));
	expect(refusal.message).toBe('The site does not accept the token');
});

it('a token that expires while texts are read gives nothing', async () => {
	const site = await openGuides({ authenticateParameter: 'ignored' });
	site.site.users.anonymous.role = 'Viewer';
	const index = await filledIndex(site);
	site.site.editPage('Guides/1', { html: '<p>For admins</p>' });
	site.site.restrictPage('Guides/1', 'Private');
	vi.spyOn(site.faults, 'next').mockImplementation((_method, path) => {
		if (path.endsWith('/contents')) site.expireTokens();
		return undefined;
	});
	expect((await refusalOf(site, comparison(index))).message).toBe('The site does not accept the token');
});

it('nothing is compared where the site does not list all pages', async () => {
	const site = await openGuides();
	const body = { raw: '<pages count="1" totalcount="250"><page id="1"/></pages>' };
	site.faults.add({ match: { path: /\/find$/ }, effect: { status: 200, body } });
	const { message, description } = await refusalOf(site, comparison([]));
	expect(message).toBe('The site did not list all pages, so nothing was compared');
	expect(description).toContain("'Below Page'");
});

it('nothing is compared where the site lists the first level alone', async () => {
	const site = await openGuides({ findDepth: 'children' });
	site.site.createPage('Guides/1/Below', { at });
	const { message, description } = await refusalOf(site, comparison([]));
	expect(message).toBe('The site did not list all pages, so nothing was compared');
	expect(description).toContain('directly below the home page only');
});

it('nothing is compared where the site lists a page without its ID', async () => {
	const site = await openGuides();
	const body = { raw: '<pages count="1" totalcount="1"><page><title>A</title></page></pages>' };
	site.faults.add({ match: { path: /=Guides\/find$/ }, effect: { status: 200, body } });
	expect((await refusalOf(site, comparison([]))).message).toContain('unexpected response');
});

it('nothing is compared below a page that does not exist', async () => {
	const site = await openGuides();
	const refusal = await refusalOf(site, comparison([], fields({ below: byId(999) })));
	expect(refusal.message).toBe('There is no page 999');
});

const textOf = (site: Simulator, path: string) => ({ path: `/${idOf(site, path)}/contents` });

it.each<[string, FaultEffect]>([
	['403', { status: 403 }],
	['502 of a proxy', { status: 502, body: 'html' }],
	[
		'too much for Markdown',
		{ status: 200, body: { raw: `<content><body>${'&lt;div&gt;'.repeat(100)}</body></content>` } },
	],
])('a page whose text gets %s is left out, and the node says so', async (_what, effect) => {
	const site = await openGuides();
	site.faults.add({ match: textOf(site, 'Guides/1'), effect });
	const { items, hints } = await outcomeOf(site, comparison([]));
	expect(items).toHaveLength(COUNT);
	expect(items!.map(({ json }) => json.id)).not.toContain(idOf(site, 'Guides/1'));
	expect(hints).toMatchObject([{ message: expect.stringMatching(/^1 of the pages are left out, .* page 3 \(/) }]);
	const alone = fields({ below: byPath('Guides/1') });
	await refusalOf(site, comparison([], alone));
	const gone = comparison([{ id: 999 }], fields({ below: byPath('Guides/1'), options: { maxRemovals: 100 } }));
	expect(await outputOf(site, gone)).toEqual([{ change: 'remove', id: '999' }]);
});

it('a page that is deleted while texts are read is left out', async () => {
	const site = await openGuides();
	site.faults.add({ match: textOf(site, 'Guides/1'), effect: { status: 404 } });
	expect(await outcomeOf(site, comparison([], fields({ below: byPath('Guides/1') })))).toEqual({
		items: [],
		hints: [],
	});
});

it.each<[string, FaultEffect]>([
	['401', { status: 401 }],
	['503', { status: 503 }],
	['429', { status: 429, headers: { 'retry-after': '60' } }],
])('a site that answers %s to the reading of one text stops the comparison', async (_what, effect) => {
	const site = await openGuides();
	site.faults.add({ match: textOf(site, 'Guides/1'), effect });
	expect(await refusalOf(site, comparison([]))).toBeInstanceOf(Error);
});

it('a site of 10,000 pages is compared with 45 calls at most', async () => {
	const site = await openSite();
	const start = at.getTime() - 10_000_000;
	site.site.createPage('Large', { at });
	for (let number = 0; number < 10_000; number++) {
		site.site.pages.add({
			path: `Large/${number}`,
			title: `${number}`,
			by: 'admin',
			at: new Date(start + number * 997),
		});
	}
	const items = await outputOf(site, comparison([], fields({ below: byPath('Large'), ...none, limit: 1000 })));
	expect(items).toHaveLength(1000);
	expect(items.at(-1)).toHaveProperty('hasMore', true);
	expect(callsOf(site).length).toBeLessThanOrEqual(45);
});
