import { describe, expect, it } from 'vitest';
import type { Settings, Simulator } from '../support/simulator/index.mts';
import { byId, byPath, EARLIER, named, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

/* A response that is lost or says that nothing is saved: test/tables/action-faults.test.mts. */

useScenes();

const save = (page: unknown, contents: unknown, options = {}, more = {}) => ({
	parameters: {
		...{ resource: 'page', operation: 'createOrUpdate', page, contents, options },
		...more,
	} as never,
});
const htmlAt = (site: Simulator, path: string) => site.site.page(path).html;
const writes = (site: Simulator) => site.apiCalls.filter(({ method }) => method !== 'GET');

async function siteWithPage(html = 'old', settings: Partial<Settings> = {}) {
	const site = await openSite(settings);
	const { page, pageId } = site.site.createPage('A', { html });
	return { site, page, pageId };
}

/** What HTML, XML and careless clients stumble over. */
const AWKWARD =
	'\r\n  <p>a&nbsp;b<br>c &amp;amp; ]]> \u0001\u001f {{x}} 100% "Größe" 😀 日本語<p>\r\n<script>if (a[b[0]]>1) {}</script> ';

it('Create or Update creates a page where there is none, gives it, and finds it again', async () => {
	const site = await openSite();
	const path = `it's/=100% "Größe" & a+b/日本語 #1?x=y`;
	const title = { title: 'Größe & Co' };
	const [page] = await outputOf(site, save(byPath(path), AWKWARD, { ifExists: 'abort' }, title));
	const stored = path.replaceAll(' ', '_');
	expect(page).toMatchObject({ path: stored, title: 'Größe & Co', revision: 1, created: true });
	expect(site.site.page(stored)).toMatchObject({ html: AWKWARD, id: Number(page!.id) });
	expectSchema('page', 'createOrUpdate', [page!]);
	const again = await outputOf(site, save(byPath(path), 'two'));
	expect(again).toMatchObject([{ id: page!.id, revision: 2, created: false }]);
});

/** A text for a new page, named by its title. */
const below = (parent: unknown, title: string, options = {}, more = {}) =>
	save(NOT_NAMED, '<p>new</p>', options, { saveTo: 'newPage', parent, title, ...more });
const NOT_NAMED = byPath('');

it.each<[title: string, parent: string, path: string]>([
	['Set up  the phone', 'Guides', 'Guides/Set_up_the_phone'],
	[' /AC/DC & 100% "Größe"? ', 'Guides/Deep', 'Guides/Deep/AC//DC_&_100%_"Größe"?'],
	['2026', '', '2026'],
])('Create or Update saves a new page with the title %j below "%s" at %j', async (title, parent, path) => {
	const site = await openSite();
	site.site.createPage('Guides/Deep');
	for (const asTool of [false, true]) {
		const { id = 'home' } = parent === '' ? {} : site.site.page(parent);
		const [page] = await outputOf(site, { ...below(byId(id), title), asTool });
		expect(page).toMatchObject({ path, title: title.trim(), created: true });
		site.site.deletePage(path);
	}
});

it('Create or Update never replaces a page that has the path of the new one already', async () => {
	const { site, page } = await siteWithPage();
	for (const options of [{}, { ifExists: 'overwrite' }, { mode: 'append' }]) {
		const { message, description } = await refusalOf(site, below(byId('home'), 'a', options));
		expect(message).toBe('There is page "a" already, so nothing was saved');
		expect(description).toContain('Choose another title');
	}
	expect(page.html).toBe('old');
	expect(writes(site)).toEqual([]);
});

it('Create or Update replaces no page that another run creates meanwhile at the path of the new one', async () => {
	const site = await openSite();
	await outputOf(site, below(byId('home'), 'New'));
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ abort: 'exists' });
});

it.each<[what: string, parent: unknown, title: string, said: string]>([
	['no title', byId('home'), ' / ', "'Title' is empty"],
	['no parent', named('list', ''), 'New', 'No page is named'],
	['an empty path for its parent', byPath(''), 'New', 'The path is empty'],
	['a parent that is not there', byId('999'), 'New', 'There is no page 999'],
])('Create or Update creates no page with %s', async (_what, parent, title, said) => {
	const site = await openSite();
	expect((await refusalOf(site, below(parent, title))).message).toBe(said);
	expect(writes(site)).toEqual([]);
});

it('Create or Update adds a revision to an existing page', async () => {
	const { site, page, pageId } = await siteWithPage();
	const [saved] = await outputOf(site, save(byId(pageId), AWKWARD, { comment: 'Prices of 2026' }));
	expect(saved).toMatchObject({ id: String(pageId), revision: 2, created: false, title: 'A' });
	expect(page.html).toBe(AWKWARD);
	expect(page.revisions.at(-1)!.description).toContain('Prices of 2026');
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ abort: 'never', edittime: 'now' });
	expectSchema('page', 'createOrUpdate', [saved!]);
});

it('Create or Update appends to a page, which it creates if there is none', async () => {
	const site = await openSite();
	const append = async (html: string) => await outputOf(site, save(byPath('Log'), html, { mode: 'append' }));
	expect(await append('<p>1</p>')).toMatchObject([{ path: 'Log', created: true }]);
	await append('<p>2</p>');
	expect(htmlAt(site, 'Log')).toBe('<p>1</p><p>2</p>');
});

/** A conflict in a 200 can have been saved: docs/vendor-facts.md#writing-pages. */
const MERGED = /^Expert reported that the page was changed at the same moment$/;
const THERE = /^The page exists already, so nothing was saved/;
const CHANGED = / changed after the given edit time/;
const ABORT = { ifExists: 'abort' };
const EDIT_TIME = { editTime: EARLIER.toISOString() };

it.each<[status: 200 | 409 | 412, what: string, options: object, said: RegExp]>([
	[200, 'where it must not', ABORT, MERGED],
	[409, 'where it must not', ABORT, THERE],
	[412, 'where it must not', ABORT, THERE],
	[200, 'after the edit time', EDIT_TIME, MERGED],
	[409, 'after the edit time', EDIT_TIME, CHANGED],
	[412, 'after the edit time', EDIT_TIME, CHANGED],
])(
	'Create or Update leaves an existing page unchanged (conflict status %i, %s)',
	async (editConflictStatus, _what, options, said) => {
		const { site, page } = await siteWithPage('old', { editConflictStatus });
		const { message, description } = await refusalOf(site, save(byPath('A'), 'new', options));
		expect(message).toMatch(said);
		if (said === MERGED) expect(description).toContain('see which text it has now');
		expect(page.html).toBe('old');
	},
);

it('Create or Update does not say that a text may be saved where only the token could not be checked', async () => {
	const { site, pageId } = await siteWithPage();
	site.faults.add({ match: { path: '/users/current' }, effect: { status: 500 } });
	const { message } = await refusalOf(site, save(byId(pageId), 'new'));
	expect(message).toMatch(/500.* check the token/);
	expect(writes(site)).toEqual([]);
});

const AT = '20500130165945';
const REDIRECTS = { allow: ['deleteredirects'] };

it.each(['virtual', 'notFound'] as const)(
	'Create or Update brings no page back that was deleted after the edit time (missing page: %s)',
	async (missingPage) => {
		const { site } = await siteWithPage('old', { missingPage });
		site.site.deletePage('A');
		for (const options of [{ mode: 'append' }, { mode: 'replace' }, { ifExists: 'abort' }]) {
			const run = save(byPath('A'), 'new', { editTime: AT, ...options });
			const { message, description } = await refusalOf(site, run);
			expect(message).toBe('There is no page "A", so nothing was saved');
			expect(description).toContain("leave out the option 'Edit Time'");
		}
		expect(writes(site)).toEqual([]);
		expect(await outputOf(site, save(byPath('A'), 'new'))).toMatchObject([{ created: true }]);
	},
);

it('Create or Update with an edit time replaces no redirect: the page was moved', async () => {
	const { site } = await siteWithPage();
	site.site.movePage('A', 'New');
	const run = save(byPath('A'), 'new', { ...REDIRECTS, editTime: AT });
	expect((await refusalOf(site, run)).message).toBe('There is no page "A", so nothing was saved');
});

it('Create or Update accepts the edit time that Page: Get returns', async () => {
	const { site } = await siteWithPage();
	const get = { resource: 'page', operation: 'get', page: byPath('A') } as never;
	const input = await runNode(site, { parameters: get });
	const run = save(byPath('A'), 'new', { editTime: '={{ $json.editedAt }}' });
	expect(await outputOf(site, { ...run, input })).toMatchObject([{ revision: 2 }]);
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ abort: 'modified' });
});

it.each<[what: string, contents: string, options: object, said: string]>([
	['no number', '={{ $json.none * 2 }}', {}, "'Contents' is empty"],
	['an infinite number', '={{ 1 / 0 }}', {}, "'Contents' is empty"],
	['an empty edit time', 'new', { editTime: '={{ $json.editedAt }}' }, "'Edit Time' is empty"],
	['what cannot be allowed', 'new', { allow: '={{ "everything" }}' }, '"everything" is not a choice for \'Allow\''],
])('Create or Update does not overwrite a page with %s', async (_what, contents, options, said) => {
	const { site, page } = await siteWithPage();
	const { message } = await refusalOf(site, save(byPath('A'), contents, options));
	expect(message).toBe(said);
	expect(page.html).toBe('old');
});

it('Create or Update creates a page in the place of a redirect when that is allowed, and else says so', async () => {
	const { site } = await siteWithPage('moved');
	site.site.movePage('A', 'New');
	const { message, description } = await refusalOf(site, save(byPath('A'), 'again'));
	expect(message).toBe('Nothing was changed: page "A" leads to another page');
	expect(description).toMatch(/^To write a new page here, choose "Replace Redirects" in the option 'Allow'\. /);
	const [item] = await outputOf(site, { ...save(byPath('A'), '<p>again</p>'), asTool: true });
	expect(item!.error).toBe(`${message}. ${description!.replace(/^To write[^.]*\. /, '')}`);
	const [page] = await outputOf(site, save(byPath('A'), 'again', REDIRECTS));
	expect(page).toMatchObject({ path: 'A', revision: 1, created: true });
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ allow: 'deleteredirects', redirects: '0' });
	expect([htmlAt(site, 'A'), htmlAt(site, 'New')]).toEqual(['again', 'moved']);
});

it('Create or Update never writes where a redirect leads, whatever is allowed', async () => {
	const { site } = await siteWithPage('moved', { redirectsParameter: 'ignored' });
	site.site.movePage('A', 'New');
	const { message } = await refusalOf(site, save(byPath('A'), 'again', REDIRECTS));
	expect(message).toContain('leads to another page');
	expect(htmlAt(site, 'New')).toBe('moved');
});

it('Create or Update replaces no page that was created just before it could append', async () => {
	const { site, page } = await siteWithPage();
	const body = { raw: '<page id="0" virtual="true"/>' };
	site.faults.add({ match: { path: '/info' }, effect: { status: 200, body } });
	const { message } = await refusalOf(site, save(byPath('A'), 'second', { mode: 'append' }));
	expect(message).toContain('Expert did not create the page');
	expect(page.html).toBe('old');
});

describe('article type', () => {
	it.each([
		['guide', 'article:topic-guide'],
		['={{ "article:faq  page" }}', 'article:faq page'],
		['={{ "How_To" }}', 'article:howto'],
		['={{ "how\u2011to" }}', 'article:howto'],
		['={{ "Topic-Category" }}', 'article:topic-category'],
	])('Create or Update gives a new page the type %s', async (articleType, tag) => {
		const site = await openSite();
		await outputOf(site, save(byPath('A'), 'x', { articleType }));
		expect(site.site.page('A').tags).toEqual([tag]);
	});

	it.each(['page', 'draft'])('Create or Update of a %s takes from a model only types of the list', async (resource) => {
		const site = await openSite();
		const run = (articleType: string) => ({
			...save(byPath('A'), '<p>x</p>', { articleType }, { resource }),
			asTool: true,
		});
		const [item] = await outputOf(site, run('tutorial'));
		expect(item!.error).toBe(
			`"tutorial" is not a choice for 'Article Type'. Pass one of these: "category", "guide", "howto", "reference", "topic", "unchanged".`,
		);
		expect(writes(site)).toEqual([]);
		await outputOf(site, run('How-To'));
		const { draft, tags } = site.site.page('A');
		expect(draft?.tags ?? tags).toEqual(['article:howto']);
	});

	it('Create or Update changes the type of a page, keeps its other tags, and writes none twice', async () => {
		const { site, page } = await siteWithPage();
		page.tags = ['x', 'article:topic', 'y'];
		await outputOf(site, save(byPath('A'), 'x', { articleType: '={{ "Unchanged" }}' }));
		expect(site.apiCalls.filter(({ path }) => path.endsWith('/tags'))).toEqual([]);
		for (const text of ['y', 'z']) {
			await outputOf(site, save(byPath('A'), text, { articleType: 'howto' }));
			expect(page.tags.toSorted()).toEqual(['article:howto', 'x', 'y']);
		}
		expect(site.apiCalls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
	});

	it.each([
		['replace', 'The page is saved'],
		['append', 'The text is appended to the page'],
	])('Create or Update says what is saved when only the type is refused (%s)', async (mode, done) => {
		const site = await openSite();
		site.site.createPage('Guide', { tags: ['article:topic-guide'] });
		const { page } = site.site.createPage('Guide/Sub');
		const run = (allow: string) =>
			save(byPath('Guide/Sub'), '<p>x</p>', { articleType: 'category', mode, allow: [allow] });
		const { message, description } = await refusalOf(site, run('deleteredirects'));
		expect(message).toBe(`${done}, but its article type is not set`);
		expect(description).toContain('A category cannot be below an article');
		expect(description).toContain('"Structure Errors" in the option \'Allow\'');
		const [item] = await outputOf(site, { ...run('deleteredirects'), asTool: true });
		expect(item!.error).toContain(`${done}, but its article type is not set. `);
		expect(item!.error).toMatch(/ is in the way, a person has to allow it\. The text need not be saved again/);
		await outputOf(site, run('idferrors'));
		expect(page.tags).toEqual(['article:topic-category']);
	});
});

describe.each(['page', 'draft'])('what is no HTML (%s)', (resource) => {
	const run = (contents: string, options = {}, format = 'html') =>
		save(byPath('A'), contents, options, { resource, format });
	const htmlNow = (site: Simulator) => site.site.page('A').draft?.html ?? htmlAt(site, 'A');

	it.each([
		'Hold both buttons.',
		'See <https://example.com>, if a < b and c > d.',
		'# Expressions\n\nWrite `{{ $json.id }}`.',
	])(`Create or Update of a ${resource} refuses from a model as HTML what has no tag: %j`, async (text) => {
		const site = await openSite();
		const [item] = await outputOf(site, { ...run(text), asTool: true });
		expect(item!.error).toMatch(/^'Contents' is not HTML, so nothing was saved\. .*Write HTML/);
		expect(writes(site)).toEqual([]);
	});

	it.each([
		'# Reset',
		'Reset:\n\n1. Hold the button.\n\n2. Wait.',
		'Hold **both** buttons.',
		'See [Guides](https://x.example/)',
		'# Reset<br>\n\nHold it.<BR />',
	])(`Create or Update of a ${resource} saves Markdown as HTML only if it is told to: %j`, async (text) => {
		const site = await openSite();
		const { message, description } = await refusalOf(site, run(text));
		expect(message).toBe("'Contents' is not HTML, so nothing was saved");
		expect(description).toContain("add the option 'Save as It Is'");
		expect(writes(site)).toEqual([]);
		await outputOf(site, run(text, { saveRenderedHtml: true }));
		expect(htmlNow(site)).toBe(text);
	});

	it(`Create or Update of a ${resource} takes HTML and plain text from a model, and any text from others`, async () => {
		const site = await openSite();
		site.site.createPage('A', { html: '<p>{{ template("x") }}</p>' });
		const ofModel = [
			...['{{ template("x") }}', '<p></p>', '<br/>', '<div class="x">y</div>', '<!-- x -->'],
			...['<p title="a<b">x', '<my-tag>x'],
		];
		const ofOthers = ['one', 'Item #1, 1.5 * 2 ** 3, a[1] (b)', '1. January 2027'];
		for (const html of [...ofModel, ...ofOthers, '<p># Reset</p>']) {
			await outputOf(site, { ...run(html), asTool: ofModel.includes(html) });
			expect(htmlNow(site)).toBe(html);
		}
		await outputOf(site, { ...run('one\ntwo <b>', {}, 'text'), asTool: true });
		expect(htmlNow(site)).toBe('<p>one</p>\n<p>two &lt;b&gt;</p>');
	});
});

describe.each(['page', 'draft'])('Markdown (%s)', (resource) => {
	const run = (contents: string, options = {}) =>
		save(byPath('A'), contents, options, { resource, format: 'markdown' });
	const htmlNow = (site: Simulator) => site.site.page('A').draft?.html ?? htmlAt(site, 'A');

	it.each([false, true])(`Create or Update of a ${resource} saves Markdown as HTML (as a tool: %s)`, async (asTool) => {
		const { site } = await siteWithPage();
		const [item] = await outputOf(site, { ...run('## Reset\n\nHold **both** {{x}}.'), asTool });
		expect(item!.error).toBeUndefined();
		expect(htmlNow(site)).toBe('<h2>Reset</h2>\n<p>Hold <strong>both</strong> {\u2060{x}}.</p>');
	});

	it(`Create or Update of a ${resource} refuses HTML as Markdown`, async () => {
		const { site } = await siteWithPage();
		const { message } = await refusalOf(site, run('<p>new</p>'));
		expect(message).toBe("'Contents' is HTML, and 'Format' is Markdown, so nothing was saved");
		expect(writes(site)).toEqual([]);
	});

	it(`Create or Update of a ${resource} replaces no template by Markdown, unless it is told to`, async () => {
		const { site } = await siteWithPage('<p>{{ template.Notice() }}</p>');
		const { message, description } = await refusalOf(site, run('new'));
		expect(message).toBe(`Markdown cannot carry all of the ${resource}, so nothing was saved`);
		expect(description).toContain('{{ template.Notice() }}');
		const [item] = await outputOf(site, { ...run('new'), asTool: true });
		expect(item!.error).toContain('If you have a tool that replaces a sentence, use it');
		expect(writes(site)).toEqual([]);
		await outputOf(site, run('new', { mode: 'append' }));
		expect(htmlNow(site)).toContain('{{ template.Notice() }}');
		await outputOf(site, run('new', { saveRenderedHtml: true }));
		expect(htmlNow(site)).toBe('<p>new</p>');
	});

	it(`Create or Update of a ${resource} creates one from Markdown`, async () => {
		const site = await openSite();
		await outputOf(site, run('- a'));
		expect(htmlNow(site)).toBe('<ul>\n<li>a</li>\n</ul>');
	});
});

it('Get Contents gives the edit time of Markdown only if all of the text is in it', async () => {
	const { site, page } = await siteWithPage('<p>old</p>');
	const get = { resource: 'page', operation: 'getContents', page: byPath('A'), format: 'markdown' };
	const read = async (options = {}) => {
		const [item] = await outputOf(site, { parameters: { ...get, options: { mode: 'edit', ...options } } as never });
		return item!;
	};
	const { editedAt, markdown } = await read();
	await outputOf(site, save(byPath('A'), `${String(markdown)}er`, { editTime: editedAt }, { format: 'markdown' }));
	expect(page.html).toBe('<p>older</p>');
	expect(await read({ mode: 'view' })).not.toHaveProperty('editedAt');
	expect(await read({ limitOfCharacters: 3 })).not.toHaveProperty('editedAt');
	page.html = '<p if="x">a</p>';
	expect(await read()).not.toHaveProperty('editedAt');
});

it('Create or Update refuses what Get Contents gives in view mode, and takes that of edit mode', async () => {
	const TEMPLATE = '<p>{{ template.Notice() }}</p>';
	const { site, page } = await siteWithPage(TEMPLATE, { viewedContents: 'rendered' });
	const read = async (mode: string) => {
		const get = { resource: 'page', operation: 'getContents', page: byPath('A') };
		return await runNode(site, { parameters: { ...get, options: { mode } } });
	};
	const more = (options = {}) => save(byPath('A'), '={{ $json.contents + "<p>more</p>" }}', options);
	const viewed = { input: await read('view') };
	const { message, description } = await refusalOf(site, { ...more(), ...viewed });
	expect(message).toBe("'Contents' is a page as readers see it, so nothing was saved");
	expect(description).toContain('would be lost (found: mt-section-origin)');
	expect(description).toContain('"Edit" in the option \'Mode\' of Page > Get Contents');
	await outputOf(site, { ...more(), input: await read('edit') });
	expect(page.html).toBe(`${TEMPLATE}<p>more</p>`);
	await outputOf(site, { ...more({ saveRenderedHtml: true }), ...viewed });
	expect(page.html).toContain('mt-section-origin');
});

it.each(['class="x mt-subpage-listings-container"', "class='mt-empty-state'"])(
	'Create or Update refuses the mark %s, but not a text about it',
	async (mark) => {
		const site = await openSite();
		const { message } = await refusalOf(site, save(byPath('A'), `<p>x</p><div ${mark}>y</div>`));
		expect(message).toContain('as readers see it');
		await outputOf(site, save(byPath('A'), `<p>Write &lt;div ${mark}&gt;</p>`));
	},
);
