import { expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, byPath, EARLIER, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const draft = (operation: string, more = {}) => ({
	parameters: { resource: 'draft', operation, ...more } as never,
});

function pageWithDraft(site: Simulator, path = 'Guides/Setup') {
	const { pageId } = site.site.createPage(path, {
		title: 'Setup',
		html: '<p>old</p>',
		at: EARLIER,
	});
	site.site.activateDraft(pageId);
	return pageId;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

const save = (page: object, contents: unknown, more = {}) => draft('createOrUpdate', { page, contents, ...more });

it('Draft: Create or Update makes a draft of a new page below its parent, once', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides');
	const entered = { saveTo: 'newPage', parent: byId(pageId), title: 'Set up' };
	const run = save(byPath(''), '<p>new</p>', entered);
	expect(await outputOf(site, run)).toMatchObject([{ path: 'Guides/Set_up', title: 'Set up', created: true }]);
	const { message } = await refusalOf(site, run);
	expect(message).toBe('There is page "Guides/Set_up" already, so nothing was saved');
});

it('Draft: Create or Update, Get Contents and Publish create, read and publish a draft of a page', async () => {
	const site = await openSite();
	const { pageId, page } = site.site.createPage('Guides/Setup', {
		html: '<p>old</p>',
		at: EARLIER,
	});
	const contents = '<p>Größe&nbsp;&amp; 日本語<br></p>';
	const created = await outputOf(site, save(byId(pageId), contents, { title: 'Größe & Maß' }));
	const addresses = {
		url: `${site.url}/Guides/Setup`,
		draftUrl: `${site.url}/Guides/Setup?mt-draft=true`,
	};
	const names = { id: String(pageId), title: 'Größe & Maß', path: 'Guides/Setup' };
	expect(created).toEqual([{ ...names, ...addresses, state: 'active', created: true, revision: 3 }]);
	expect(page.html).toBe('<p>old</p>');

	const [got] = await outputOf(site, draft('get', { page: byId(pageId) }));
	expect(got).toMatchObject({ ...names, ...addresses, state: 'active' });
	const read = await outputOf(site, draft('getContents', { page: byId(pageId) }));
	expect(read).toEqual([
		{
			page: { ...names, ...addresses },
			...{ title: 'Größe & Maß', revision: 3, type: 'text/html', contents },
			...{ editedAt: got!.editedAt, format: 'html', mode: 'edit' },
		},
	]);

	const asReaders = { page: byId(pageId), options: { mode: 'view' } };
	expect((await outputOf(site, draft('getContents', asReaders)))[0]).not.toHaveProperty('editedAt');

	const published = await outputOf(site, draft('publish', { page: byId(pageId) }));
	expect(published).toEqual([
		{
			...{ ...names, url: addresses.url, state: 'inactive', revision: 2 },
			...{ createdAt: expect.any(String), editedAt: expect.any(String) },
			modifiedAt: expect.any(String),
		},
	]);
	expect(page).toMatchObject({ html: contents, title: 'Größe & Maß' });

	expectSchema('draft', 'createOrUpdate', created);
	expectSchema('draft', 'get', [got!]);
	expectSchema('draft', 'getContents', read);
	expectSchema('draft', 'publish', published);
});

it('Draft: Create or Update never publishes, whatever state the page is in', async () => {
	const site = await openSite();
	site.site.createPage('Plain', { html: 'live', at: EARLIER });
	site.site.createPage('Active', { html: 'live', at: EARLIER });
	site.site.activateDraft('Active');
	for (const path of ['Plain', 'Active', "it's New/100% 日本語 #1?x=%2Fy"]) {
		const [item] = await outputOf(site, save(byPath(path), 'one'));
		const stored = path.replaceAll(' ', '_');
		expect(item).toMatchObject({ path: stored, created: path !== 'Active' });
		const [again] = await outputOf(site, save(byPath(path), 'two'));
		expect(again).toMatchObject({ id: item!.id, state: item!.state, created: false });
		expect(site.site.page(stored).draft).toMatchObject({ html: 'two' });
		expect(site.site.page(stored).html).not.toContain('two');
	}
	const written = writesAt(site).map(({ path }) => path.replace('/@api/deki', ''));
	expect(written.filter((path) => !path.startsWith('/drafts/'))).toEqual([]);
	expect(written.filter((path) => path.endsWith('/publish'))).toEqual([]);
});

it('Draft: Create or Update goes on with a draft that somebody else creates at the same moment', async () => {
	for (const path of ['Guides/Setup', 'Brand/New']) {
		const site = await openSite({ activatedAgain: 'conflict' });
		if (path !== 'Brand/New') site.site.createPage(path, { html: 'live', at: EARLIER });
		const both = ['one', 'two'].map((text) => outputOf(site, save(byPath(path), text)));
		const items = (await Promise.all(both)).flat();
		expect(items.map(({ id }) => id)).toEqual([items[0]!.id, items[0]!.id]);
		expect(items.filter((item) => item.created)).toHaveLength(1);
		expect(['one', 'two']).toContain(site.site.page(path).draft?.html);
	}
});

it('Draft: Create or Update reports a path that no page can have', async () => {
	const site = await openSite();
	site.faults.add({ match: { path: /create$/ }, effect: { status: 409 } });
	const { message, description } = await refusalOf(site, save(byPath('A'), 'new'));
	expect(message).toBe('Expert did not create a draft of a new page "A"');
	expect(description).toContain('No page can have this path');
});

it('Draft: Create or Update takes any edit time for a new page, but not nothing', async () => {
	const site = await openSite();
	const at = (editTime: string) => save(byPath('A'), 'new', { options: { editTime } });
	expect((await refusalOf(site, at(''))).message).toBe("'Edit Time' is empty");
	expect(writesAt(site)).toEqual([]);
	expect(await outputOf(site, at('2020-01-30T16:59:45Z'))).toMatchObject([{ created: true }]);
});

it('Draft: Create or Update goes on with what a failed run has left, though a draft is to be left alone', async () => {
	const site = await openSite();
	const run = save(byPath('New'), '<p>text</p>', { options: { ifExists: 'abort' } });
	const match = { method: 'POST', path: /contents$/, times: 1 };
	site.faults.add({ match, effect: { status: 500 } });
	await refusalOf(site, run);
	const left = site.site.page('New').draft!;
	expect(left).toMatchObject({ html: '' });
	// Another run may be about to save its text.
	expect((await refusalOf(site, run)).message).toContain('The page has a draft already');
	left.edited = minutesAgo(2);
	expect(await outputOf(site, run)).toMatchObject([{ path: 'New', state: 'unpublished' }]);
	expect(site.site.page('New').draft).toMatchObject({ html: '<p>text</p>' });
	expect((await refusalOf(site, run)).message).toContain('The page has a draft already');
});

it('Draft: Create or Update leaves a draft alone that gets its text at this moment', async () => {
	const site = await openSite();
	const { page } = site.site.createDraft('New', { at: minutesAgo(2) });
	const draftNow = page.draft!;
	const [before, later] = [draftNow.edited, new Date(Date.now() + 60_000)];
	const isRead = () => site.apiCalls.some(({ path }) => path.endsWith('/contents'));
	Object.defineProperty(draftNow, 'edited', { get: () => (isRead() ? later : before) });
	const run = save(byPath('New'), 'mine', { options: { ifExists: 'abort' } });
	expect((await refusalOf(site, run)).message).toContain('The page has a draft already');
	expect(page.draft).toMatchObject({ html: '' });
});

it.each([
	['of plain text', { raw: '', contentType: 'text/plain; charset=utf-8' }],
	['with elements', { raw: '<content><body><p>text</p></body></content>' }],
])('Draft: Create or Update takes no response %s for an empty draft', async (_what, body) => {
	const site = await openSite();
	site.site.createDraft('New', { at: minutesAgo(2) });
	site.faults.add({ match: { path: '/contents' }, effect: { status: 200, body } });
	const run = save(byPath('New'), 'mine', { options: { ifExists: 'abort' } });
	expect((await refusalOf(site, run)).message).toContain('The page has a draft already');
	expect(writesAt(site)).toEqual([]);
});

it('Draft: Create or Update appends, turns plain text into paragraphs and sends a comment', async () => {
	const site = await openSite();
	const pageId = pageWithDraft(site);
	const more = { format: 'text', options: { mode: 'append', comment: 'more' } };
	const [item] = await outputOf(site, save(byId(pageId), 'a < b', more));
	expect(item).toMatchObject({ created: false });
	expect(site.site.page(pageId).draft).toMatchObject({ html: '<p>old</p><p>a &lt; b</p>' });
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ comment: 'more', section: '0' });
});

it('Draft: Create or Update adds tags to those of the draft alone, and keeps the others', async () => {
	const site = await openSite();
	const { page } = site.site.createPage('A', { tags: ['x', 'article:topic'], at: EARLIER });
	const options = { tags: 'new, X', articleType: 'howto' };
	await outputOf(site, save(byPath('A'), 'new', { options }));
	expect(page.draft?.tags).toEqual(['article:howto', 'x', 'new']);
	expect(page.tags).toEqual(['x', 'article:topic']);
	await outputOf(site, save(byPath('A'), 'new', { options: { tags: ['last'] } }));
	expect(page.draft?.tags).toEqual(['article:howto', 'x', 'new', 'last']);
	const odd = save(byPath('A'), 'new', { options: { tags: [{}] } });
	expect((await refusalOf(site, odd)).message).toBe("'Tags' contains something other than text");
});

it('Draft: Create or Update says that the draft is saved when its tags are not', async () => {
	const site = await openSite();
	site.faults.add({ match: { method: 'PUT', path: /tags$/ }, effect: { status: 403 } });
	const tagged = save(byPath('A'), 'new', { options: { tags: 'a' } });
	const { message, description } = await refusalOf(site, tagged);
	expect(message).toBe('The draft of page "A" is saved, but its tags are not set');
	expect(description).toContain('The text need not be saved again');
});

it('Draft: Deactivate removes the draft and leaves the page unchanged', async () => {
	const site = await openSite();
	const pageId = pageWithDraft(site);
	site.site.editDraft(pageId, { html: '<p>new</p>' });
	const items = await outputOf(site, draft('deactivate', { page: byId(pageId) }));
	expect(items).toMatchObject([
		{
			...{ id: String(pageId), path: 'Guides/Setup', title: 'Setup' },
			...{ url: `${site.url}/Guides/Setup`, state: 'inactive', revision: 1 },
		},
	]);
	expect(site.site.page(pageId)).toMatchObject({ html: '<p>old</p>', draftState: 'inactive' });
	expectSchema('draft', 'deactivate', items);
});

it.each([
	['publish', 'published'],
	['deactivate', 'removed'],
])('draft.%s says that the draft is %s when the page cannot be read afterwards', async (operation, done) => {
	const site = await openSite();
	const pageId = pageWithDraft(site);
	const match = { method: 'GET', path: /pages\/\d+$/ };
	site.faults.add({ match, effect: { status: 500 } });
	const { message, description } = await refusalOf(site, draft(operation, { page: byId(pageId) }));
	expect(message).toContain(`is ${done}, but n8n could not read it afterwards`);
	expect(description).toMatch(/^[^.]+\. This need not be done again: open it in Expert\.$/);
	expect(site.site.page(pageId).draftState).toBe('inactive');
});

it('Draft: Deactivate keeps a draft that was never published, and says what to do', async () => {
	const site = await openSite();
	const { pageId } = site.site.createDraft('A');
	const { message, description } = await refusalOf(site, draft('deactivate', { page: byId(pageId) }));
	expect(message).toContain('did not remove the draft');
	expect(description).toContain('delete the page instead');
});

const writesAt = (site: Simulator) => site.apiCalls.filter(({ method }) => method !== 'GET');

it.each(['get', 'getContents', 'publish', 'deactivate', 'replaceText'])(
	'draft.%s reports that there is no draft',
	async (operation) => {
		const site = await openSite({ draftOfPlainPage: 'notFound' });
		const { pageId } = site.site.createPage('A');
		const fields = { page: byId(pageId), find: 'a', replaceWith: 'b' };
		const { message } = await refusalOf(site, draft(operation, fields));
		expect(message).toBe(`There is no draft of page ${pageId}`);
	},
);

it('Draft: Get gives the inactive draft of a page that has none, where the site does', async () => {
	const site = await openSite();
	site.site.createPage('A');
	const [item] = await outputOf(site, draft('get', { page: byPath('A') }));
	expect(item).toMatchObject({ state: 'inactive' });
	expect(item).not.toHaveProperty('draftUrl');
});

it.each(['get', 'getContents', 'getMany', 'createOrUpdate', 'replaceText', 'publish', 'deactivate'])(
	'draft.%s requires the right to work with drafts',
	async (operation) => {
		const site = await openSite();
		const pageId = pageWithDraft(site);
		const run = {
			...draft(operation, { page: byId(pageId), contents: 'x', find: 'old', replaceWith: 'x' }),
			credential: { longTermToken: site.readerJwt },
		};
		const { message, description } = await refusalOf(site, run);
		expect(message).toMatch(/did not allow this for a draft|did not remove the draft/);
		expect(description).toContain('right to work with drafts');
		expect(site.site.page(pageId).draftState).toBe('active');
	},
);

it('Draft: Create or Update makes a draft in the place of a redirect when that is allowed', async () => {
	const site = await openSite();
	site.site.createPage('Guides/Old', { at: EARLIER });
	site.site.movePage('Guides/Old', 'Guides/New');
	const refusal = await refusalOf(site, save(byPath('Guides/Old'), 'new'));
	expect(refusal.description).toMatch(/^To write a new page here, choose "Replace Redirects"/);
	const options = { allow: ['deleteredirects'] };
	const [item] = await outputOf(site, save(byPath('Guides/Old'), 'new', { options }));
	expect(item).toMatchObject({ path: 'Guides/Old', state: 'unpublished' });
});

it('Draft: Create or Update gives a new page its article type and title, in the call and as a tag', async () => {
	const site = await openSite();
	const more = { title: 'Größe', options: { articleType: 'guide' } };
	await outputOf(site, save(byPath('A'), 'new', more));
	const query = site.apiCalls.find(({ path }) => path.endsWith('/create'))?.query;
	expect(query).toEqual({ type: 'topic-guide', title: 'Größe', redirects: '0' });
	expect(site.site.page('A').draft).toMatchObject({ tags: ['article:topic-guide'] });
	expect(writesAt(site)).toHaveLength(2);
});

const HOUR = 3_600_000;
const ADMIN = { id: '1', name: 'admin', fullName: 'Site Admin' };

/** Three drafts, of which the oldest and the newest are below `Guides`. */
async function siteWithDrafts() {
	const site = await openSite();
	site.site.createPage('Guides/Old', { html: 'live', tags: ['x'], at: EARLIER });
	site.site.activateDraft('Guides/Old');
	site.site.createDraft('Guides/Deep/New', { tags: ['x', 'y'], at: EARLIER });
	site.site.createDraft('Other');
	site.site.createPage('Live');
	const hours = { 'Guides/Old': 3, Other: 2, 'Guides/Deep/New': 1 };
	for (const [path, ago] of Object.entries(hours))
		site.site.page(path).draft!.edited = new Date(Date.now() - ago * HOUR);
	return site;
}

const whole = byPath('');
const list = (more = {}) => draft('getMany', { below: whole, ...more });
const pathsOf = (items: Array<{ path?: unknown }>) => items.map(({ path }) => path);

it('Draft: Get Many lists drafts, newest change first, without addresses of people', async () => {
	const site = await siteWithDrafts();
	const items = await outputOf(site, list());
	expect(pathsOf(items)).toEqual(['Guides/Deep/New', 'Other', 'Guides/Old']);
	expect(items[2]).toEqual({
		id: String(site.site.page('Guides/Old').id),
		...{ title: 'Old', path: 'Guides/Old' },
		url: `${site.url}/Guides/Old`,
		draftUrl: `${site.url}/Guides/Old?mt-draft=true`,
		...{ state: 'active', canPublish: true, canDeactivate: true },
		...{ createdAt: expect.any(String), modifiedAt: expect.any(String) },
		...{ createdBy: ADMIN, author: ADMIN },
		tags: ['x'],
	});
	expect(items[0]).toMatchObject({ state: 'unpublished', canDeactivate: false, tags: ['x', 'y'] });
	expect(pathsOf(await outputOf(site, list({ limit: 2 })))).toEqual(['Guides/Deep/New', 'Other']);
	expect(JSON.stringify(items)).not.toMatch(/@(?!api)|hash|gravatar/);
	expectSchema('draft', 'getMany', items);
});

it('Draft: Get Many looks below a page, by the ID of it, and for tags', async () => {
	const site = await siteWithDrafts();
	const { id, guid } = site.site.page('Guides');
	for (const below of [byPath('Guides'), byId(id), byId(guid)]) {
		const items = await outputOf(site, list({ below }));
		expect(pathsOf(items)).toEqual(['Guides/Deep/New', 'Guides/Old']);
		const query = { parentid: String(id), include: 'tags', limit: '1000' };
		expect(site.apiCalls.at(-1)!.query).toEqual(query);
	}
	const tagged = await outputOf(site, list({ below: byId('home'), options: { tags: 'x, y' } }));
	expect(pathsOf(tagged)).toEqual(['Guides/Deep/New']);
	expect(site.apiCalls.at(-1)!.query).toEqual({ tags: 'x,y', include: 'tags', limit: '1000' });
});

it('Draft: Get Many says that there is no page below which to look, by its ID, too', async () => {
	const site = await siteWithDrafts();
	const missing = await refusalOf(site, list({ below: byPath('Nowhere') }));
	expect(missing.message).toBe('There is no page "Nowhere"');
	const gone = list({ below: byId(999999) });
	expect((await refusalOf(site, gone)).message).toBe('There is no page 999999');
	// A site may find nothing there instead.
	const body = { raw: '<drafts><pages/></drafts>' };
	site.faults.add({ match: { path: /drafts$/ }, effect: { status: 200, body } });
	expect((await refusalOf(site, gone)).message).toBe('There is no page 999999');
	const { id } = site.site.page('Guides');
	expect(await outputOf(site, list({ below: byId(id) }))).toEqual([]);
});

it('Draft: Get Many says when there may be more drafts than a site gives at once', async () => {
	const site = await openSite();
	for (let number = 1; number <= 999; number++) site.site.createDraft(`Many/${number}`);
	expect((await outcomeOf(site, list())).hints).toEqual([]);
	site.site.createDraft('Many/1000');
	const { items, hints } = await outcomeOf(site, list());
	expect(items).toHaveLength(50);
	const told = { message: expect.stringContaining('1,000 drafts at once') as string };
	expect(hints).toMatchObject([told]);
	const forModel = await outcomeOf(site, { ...list(), asTool: true });
	expect(forModel.hints).toEqual([]);
	const toModel = { message: expect.stringContaining('look below a page further down') as string };
	expect(forModel.items!.at(-1)).toEqual({ json: toModel, pairedItem: { item: 0 } });
});

it('Draft: Publish names the option that lifts a refusal, and publishes with it', async () => {
	const site = await openSite();
	const pageId = pageWithDraft(site);
	site.site.editDraft(pageId, { html: '{{ template("Gone") }}' });
	const { message, description } = await refusalOf(site, draft('publish', { page: byId(pageId) }));
	expect(message).toContain('Expert refused this (400)');
	expect(description).toMatch(
		/^The site said: The template 'Template:Gone' does not exist\. .* If a missing template or the structure of the site is in the way, choose "Missing Templates" or "Structure Errors" in the option 'Allow'\.$/,
	);
	const options = { allow: ['missingtemplatereference'] };
	const [item] = await outputOf(site, draft('publish', { page: byId(pageId), options }));
	expect(item).toMatchObject({ state: 'inactive', revision: 2 });
});
