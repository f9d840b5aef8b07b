import { expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const draft = (operation: string, more = {}) => ({
	parameters: { resource: 'draft', operation, ...more } as never,
});

function pageWithDraft(site: Simulator, path = 'Guides/Setup') {
	const { pageId } = site.site.createPage(path, { title: 'Setup', html: '<p>old</p>' });
	site.site.activateDraft(pageId);
	return pageId;
}

it('Draft: Create, Get and Publish create, read and publish a draft of a page', async () => {
	const site = await openSite();
	const { pageId, page } = site.site.createPage('Guides/Setup', { html: '<p>old</p>' });
	const contents = '<p>Größe&nbsp;&amp; 日本語<br></p>';
	const options = { contents, title: 'Größe & Maß' };
	const created = await outputOf(site, draft('create', { page: byId(pageId), options }));
	expect(created).toEqual([
		expect.objectContaining({
			id: String(pageId),
			path: 'Guides/Setup',
			title: 'Größe & Maß',
			url: `${site.url}/Guides/Setup?mt-draft=true`,
			state: 'active',
		}),
	]);
	expect(page.html).toBe('<p>old</p>');

	const get = draft('get', { page: byId(pageId), options: { includeContents: true } });
	const read = await outputOf(site, get);
	expect(read[0]).toMatchObject({ state: 'active', contents });

	const published = await outputOf(site, draft('publish', { page: byId(pageId) }));
	expect(published).toEqual([
		{
			...{ id: String(pageId), path: 'Guides/Setup', title: 'Größe & Maß' },
			...{ url: `${site.url}/Guides/Setup`, state: 'inactive', revision: 2 },
			...{ createdAt: expect.any(String), editedAt: expect.any(String) },
			modifiedAt: expect.any(String),
		},
	]);
	expect(page).toMatchObject({ html: contents, title: 'Größe & Maß' });

	expectSchema('draft', 'create', created);
	expectSchema('draft', 'get', read);
	expectSchema('draft', 'publish', published);
});

it.each(['Guides/New one', 'Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'a+b'])(
	'Draft: Create creates a new page at %s',
	async (path) => {
		const site = await openSite();
		const [item] = await outputOf(site, draft('create', { draftOf: 'newPage', path }));
		const stored = path.replaceAll(' ', '_');
		expect(item).toMatchObject({ path: stored, state: 'unpublished' });
		expect(site.site.page(stored)).toMatchObject({ draftState: 'unpublished' });
		const [found] = await outputOf(site, draft('get', { page: byPath(path) }));
		expect(found).toEqual(item);
		expectSchema('draft', 'create', [item!]);
	},
);

it('Draft: Create saves the text of a new page under the ID that the site has given it', async () => {
	const site = await openSite();
	const options = { contents: '<p>new</p>', title: 'Brand new' };
	const run = draft('create', { draftOf: 'newPage', path: 'Brand/New', options });
	const [item] = await outputOf(site, run);
	expect(item).toMatchObject({ title: 'Brand new', state: 'unpublished' });
	expect(site.site.page('Brand/New').draft).toMatchObject({ html: '<p>new</p>' });
	const paths = site.apiCalls.map(({ path }) => path.replace('/@api/deki', ''));
	expect(paths).toContain(`/drafts/${String(item?.id)}/contents`);
});

it('Draft: Create sets a title alone, and leaves the text as it is', async () => {
	const site = await openSite();
	const { pageId, page } = site.site.createPage('A', { title: 'A', html: '<p>old</p>' });
	const run = draft('create', { page: byId(pageId), options: { title: 'Größe & Maß' } });
	expect(await outputOf(site, run)).toMatchObject([{ title: 'Größe & Maß', state: 'active' }]);
	expect(page.draft).toMatchObject({ title: 'Größe & Maß', html: '<p>old</p>' });
	expect(page.title).toBe('A');
});

it('Draft: Create takes plain text for a title that was set', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { title: 'A' });
	const body = { raw: 'OK', contentType: 'text/plain' };
	site.faults.add({ match: { path: /title$/ }, effect: { status: 200, body } });
	const run = draft('create', { page: byId(pageId), options: { title: 'New' } });
	expect(await outputOf(site, run)).toMatchObject([{ id: String(pageId), state: 'active' }]);
});

it('Draft: Create rejects a new page at a path that is taken', async () => {
	const site = await openSite();
	site.site.createPage('A/B');
	const run = draft('create', { draftOf: 'newPage', path: 'A/B' });
	expect((await refusalOf(site, run)).message).toContain('There already is a page "A/B"');
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
	[
		'publish',
		'published',
		/^The draft of page \d+ is published, but n8n could not read it afterwards$/,
	],
	[
		'deactivate',
		'removed',
		/^The draft of page \d+ is removed, but n8n could not read it afterwards$/,
	],
])(
	'draft.%s says that the draft is %s when the page cannot be read afterwards',
	async (operation, _done, said) => {
		const site = await openSite();
		const pageId = pageWithDraft(site);
		const match = { method: 'GET', path: /pages\/\d+$/ };
		site.faults.add({ match, effect: { status: 500 } });
		const refused = await refusalOf(site, draft(operation, { page: byId(pageId) }));
		expect(refused.message).toMatch(said);
		expect(refused.description).toMatch(
			/^[^.]+\. This need not be done again: open it in Expert\.$/,
		);
		expect(site.site.page(pageId).draftState).toBe('inactive');
	},
);

it('Draft: Deactivate keeps a draft that was never published, and says what to do', async () => {
	const site = await openSite();
	const { pageId } = site.site.createDraft('A');
	const { message, description } = await refusalOf(
		site,
		draft('deactivate', { page: byId(pageId) }),
	);
	expect(message).toContain('did not remove the draft');
	expect(description).toContain('delete the page instead');
});

/** A page that was moved, and leads from its old path to a page with a draft. */
async function siteWithMovedPage() {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Old', { html: '<p>published</p>' });
	site.site.movePage('Guides/Old', 'Guides/New');
	return { site, pageId };
}

const writesAt = (site: Simulator) => site.apiCalls.filter(({ method }) => method !== 'GET');

it.each([
	['Publish', 'publish', { page: byPath('Guides/Old') }],
	['Deactivate', 'deactivate', { page: byPath('Guides/Old') }],
	['Create', 'create', { page: byPath('Guides/Old') }],
	['Create of a new page', 'create', { draftOf: 'newPage', path: 'Guides/Old' }],
])('Draft: %s changes no page that a redirect leads to', async (_title, operation, fields) => {
	const { site, pageId } = await siteWithMovedPage();
	if (operation !== 'create') {
		site.site.activateDraft(pageId);
		site.site.editDraft(pageId, { html: '<p>not yet</p>' });
	}
	const before = site.site.page(pageId).draftState;
	const { message, description } = await refusalOf(site, draft(operation, fields));
	expect(message).toBe('Nothing was changed: page "Guides/Old" leads to another page');
	expect(description).toContain(`It leads to page ${pageId} at the path "Guides/New".`);
	expect(writesAt(site)).toEqual([]);
	expect(site.site.page(pageId)).toMatchObject({ html: '<p>published</p>', draftState: before });
});

it.each(['/', 'home', 'https://help.example.com/@api/deki/pages/42'])(
	'Draft: Create makes no new page at %s, which is no path of one',
	async (path) => {
		const site = await openSite();
		const run = draft('create', {
			draftOf: 'newPage',
			path: path.replace(/^https:..[^/]+/, site.url),
		});
		expect((await refusalOf(site, run)).message).toBe(
			"'Path' names a page by its ID, or the home page",
		);
		expect(writesAt(site)).toEqual([]);
	},
);

it.each(['publish', 'deactivate'])('draft.%s reports that there is no draft', async (operation) => {
	for (const errorStyle of ['exception', 'framework'] as const) {
		const site = await openSite({ errorStyle });
		const { pageId } = site.site.createPage('A');
		const { message } = await refusalOf(site, draft(operation, { page: byId(pageId) }));
		expect(message).toBe(`There is no draft of page ${pageId}`);
	}
});

it('Draft: Get reports that a page has no draft, in both forms of the site', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const get = draft('get', { page: byId(pageId), options: { includeContents: true } });
	const [item] = await outputOf(site, get);
	expect(item).toMatchObject({ state: 'inactive' });
	expect(item).not.toHaveProperty('contents');
	site.settings.draftOfPlainPage = 'notFound';
	expect((await refusalOf(site, get)).message).toContain(`no draft of page ${pageId}`);
});

it.each(['get', 'create', 'publish', 'deactivate'])(
	'draft.%s requires the right to work with drafts',
	async (operation) => {
		const site = await openSite();
		const pageId = pageWithDraft(site);
		const run = {
			...draft(operation, { page: byId(pageId) }),
			credential: { longTermToken: site.readerJwt },
		};
		const { message, description } = await refusalOf(site, run);
		expect(message).toMatch(/did not allow this for a draft|did not remove the draft/);
		expect(description).toContain('right to work with drafts');
		expect(site.site.page(pageId).draftState).toBe('active');
	},
);

it('Draft: Create makes a draft in the place of a redirect when that is allowed', async () => {
	const { site } = await siteWithMovedPage();
	const fields = { draftOf: 'newPage', path: 'Guides/Old' };
	const refusal = await refusalOf(site, draft('create', fields));
	expect(refusal.description).toMatch(/^To write a new page here, choose "Replace Redirects"/);
	const options = { allow: ['deleteredirects'] };
	const [item] = await outputOf(site, draft('create', { ...fields, options }));
	expect(item).toMatchObject({ path: 'Guides/Old', state: 'unpublished' });
});

it('Draft: Create gives a new page its article type, in the call and as a tag', async () => {
	const site = await openSite();
	const options = { articleType: 'guide' };
	await outputOf(site, draft('create', { draftOf: 'newPage', path: 'A', options }));
	const type = site.apiCalls.find(({ path }) => path.endsWith('/create'))?.query;
	expect(type).toEqual({ type: 'topic-guide' });
	expect(site.site.page('A').draft).toMatchObject({ tags: ['article:topic-guide'] });
	expect(writesAt(site)).toHaveLength(1);
});

it('Draft: Create changes the article type of the draft alone', async () => {
	const site = await openSite();
	const { page } = site.site.createPage('A', { tags: ['x', 'article:topic'] });
	await outputOf(site, draft('create', { page: byPath('A'), options: { articleType: 'howto' } }));
	expect(page.draft?.tags).toEqual(['article:howto', 'x']);
	expect(page.tags).toEqual(['x', 'article:topic']);
});

it('Draft: Create refuses rendered HTML before it creates anything, unless that is wanted', async () => {
	const site = await openSite();
	const contents = '<div class="mt-section" mt-section-origin="A">x</div>';
	const fields = { draftOf: 'newPage', path: 'A' };
	const refusal = await refusalOf(site, draft('create', { ...fields, options: { contents } }));
	expect(refusal.message).toContain('as readers see it');
	expect(writesAt(site)).toEqual([]);
	const options = { contents, saveRenderedHtml: true };
	await outputOf(site, draft('create', { ...fields, options }));
	expect(site.site.page('A').draft).toMatchObject({ html: contents });
});

it('Draft: Publish names the option that lifts a refusal, and publishes with it', async () => {
	const site = await openSite();
	const pageId = pageWithDraft(site);
	site.site.editDraft(pageId, { html: '{{ template("Gone") }}' });
	const { message, description } = await refusalOf(site, draft('publish', { page: byId(pageId) }));
	expect(message).toContain('Expert refused this (400)');
	expect(description).toMatch(
		/^The site said: The template 'Template:Gone' does not exist\. If a missing template or the structure of the site is in the way, choose "Missing Templates" or "Structure Errors" in the option 'Allow'\. /,
	);
	const options = { allow: ['missingtemplatereference'] };
	const [item] = await outputOf(site, draft('publish', { page: byId(pageId), options }));
	expect(item).toMatchObject({ state: 'inactive', revision: 2 });
});
