import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byId, byPath, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const save = (page: unknown, contents: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'createOrUpdate', page, contents, ...more } as never,
});
const htmlAt = (site: Simulator, path: string) => site.site.page(path).html;

/** What HTML, XML and careless clients stumble over. */
const AWKWARD =
	'\r\n  <p>a&nbsp;b<br>c &amp;amp; ]]> \u0001\u001f {{x}} 100% "Größe" 😀 日本語<p>\r\n<script>if (a[b[0]]>1) {}</script> ';

it('Create or Update creates a page where there is none, and gives it', async () => {
	const site = await openSite();
	const more = { title: 'Größe & Co', options: { comment: 'first' } };
	const [page] = await outputOf(site, save(byPath('Guides/New page'), AWKWARD, more));
	expect(page).toMatchObject({ path: 'Guides/New_page', title: 'Größe & Co', revision: 1 });
	expect(page).toMatchObject({ created: true });
	expect(site.site.page('Guides/New_page')).toMatchObject({ html: AWKWARD, id: Number(page!.id) });
	expectSchema('page', 'createOrUpdate', [page!]);
});

it('Create or Update adds a revision to an existing page', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { html: '<p>old</p>', title: 'Keep me' });
	const options = { comment: 'Prices of 2026' };
	const [page] = await outputOf(site, save(byId(pageId), AWKWARD, { options }));
	expect(page).toMatchObject({ id: String(pageId), revision: 2, created: false, title: 'Keep me' });
	expect(htmlAt(site, 'A')).toBe(AWKWARD);
	expect(site.site.page('A').revisions.at(-1)!.description).toContain('Prices of 2026');
	expectSchema('page', 'createOrUpdate', [page!]);
});

it.each(['Guides/Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'a+b', "it's/=x%2Fy"])(
	'Create or Update creates the page at %s and finds it again',
	async (path) => {
		const site = await openSite();
		await outputOf(site, save(byPath(path), 'one'));
		const [page] = await outputOf(site, save(byPath(path), 'two'));
		expect(page).toMatchObject({ path: path.replaceAll(' ', '_'), revision: 2 });
		expect(htmlAt(site, path.replaceAll(' ', '_'))).toBe('two');
	},
);

it('Create or Update appends to a page', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>1</p>' });
	await outputOf(site, save(byPath('A'), '<p>2</p>', { options: { mode: 'append' } }));
	expect(htmlAt(site, 'A')).toBe('<p>1</p><p>2</p>');
});

it('Create or Update turns plain text into paragraphs', async () => {
	const site = await openSite();
	await outputOf(site, save(byPath('A'), 'a < b & "c"\n\n<script>', { format: 'text' }));
	expect(htmlAt(site, 'A')).toBe('<p>a &lt; b &amp; &quot;c&quot;</p>\n<p>&lt;script&gt;</p>');
});

/** A conflict in a 200 can have been saved: docs/vendor-facts.md#writing-pages. */
function expectMerged({ message, description }: Awaited<ReturnType<typeof refusalOf>>) {
	expect(message).toBe('Expert reported that the page was changed at the same moment');
	expect(description).toContain('see which text it has now');
}

describe.each([200, 409, 412])('conflicts with status %i', (editConflictStatus) => {
	it(`Create or Update leaves an existing page unchanged with "ifExists: abort" (conflict status ${editConflictStatus})`, async () => {
		const site = await openSite({ editConflictStatus });
		const options = { ifExists: 'abort' };
		const [made] = await outputOf(site, save(byPath('A'), 'one', { options }));
		expect(made).toMatchObject({ created: true });
		const refusal = await refusalOf(site, save(byPath('A'), 'two', { options }));
		if (editConflictStatus === 200) expectMerged(refusal);
		else {
			expect(refusal.message).toContain('The page exists already, so nothing was saved');
			expect(refusal.description).toContain('Choose another path');
		}
		expect(htmlAt(site, 'A')).toBe('one');
	});

	it(`Create or Update leaves a page that was changed meanwhile unchanged (conflict status ${editConflictStatus})`, async () => {
		const site = await openSite({ editConflictStatus });
		const { page } = site.site.createPage('A', { html: 'one' });
		const edited = new Date(page.edited).toISOString();
		const [saved] = await outputOf(
			site,
			save(byPath('A'), 'two', { options: { editTime: edited } }),
		);
		expect(saved).toMatchObject({ revision: 2 });
		page.edited = new Date(Date.now() + 60_000);
		const refusal = await refusalOf(
			site,
			save(byPath('A'), 'three', { options: { editTime: edited } }),
		);
		if (editConflictStatus === 200) expectMerged(refusal);
		else expect(refusal.message).toContain('changed after the given edit time');
		expect(htmlAt(site, 'A')).toBe('two');
	});
});

it.each([
	['an edit time', { editTime: '20500130165945' }, 'A'],
	['"Do Not Save"', { ifExists: 'abort' }, 'New'],
])('Create or Update with %s does not repeat a save that may be done', async (_, options, path) => {
	const site = await openSite();
	site.site.createPage('A');
	const match = { method: 'POST', path: /contents$/, times: 1 };
	site.faults.add({ match, effect: { status: 503, applyThenFail: true } });
	const { message, description } = await refusalOf(site, save(byPath(path), 'new', { options }));
	expect(message).toBe('Expert did not confirm that the page was saved');
	expect(description).toMatch(
		/^Expert is busy at the moment \(503\) while .*\. Open the page to see whether it has the new text/,
	);
	expect(htmlAt(site, path)).toBe('new');
	expect(site.apiCalls.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

it('Create or Update does not say that a text may be saved where only the token could not be checked', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	site.faults.add({ match: { path: '/users/current' }, effect: { status: 500 } });
	const { message } = await refusalOf(site, save(byId(pageId), 'new'));
	expect(message).toMatch(/500.* check the token/);
	expect(site.apiCalls.map(({ method }) => method)).not.toContain('POST');
});

it.each([
	[
		'a reset connection',
		{ reset: true },
		/^The Expert site could not be reached while .*was cut\.$/,
	],
	['a 500', { status: 500 }, / \(500\) while n8n tried to save the contents of page "A"\. /],
	['a 504', { status: 504, body: 'html' }, / \(504\) while n8n tried to save /],
	['a 200 without a body', { status: 200, body: 'empty' }, /^Missing in the response: edit\. /],
] as const)(
	'Create or Update says that a text may be appended when %s hides what was done',
	async (_, effect, said) => {
		const site = await openSite();
		site.site.createPage('A', { html: '<p>old</p>' });
		const match = { method: 'POST', path: /contents$/, times: 1 };
		site.faults.add({ match, effect: { ...effect, applyThenFail: true } });
		const run = save(byPath('A'), '<p>new</p>', { options: { mode: 'append' } });
		const { message, description } = await refusalOf(site, run);
		expect(message).toBe('Expert did not confirm that the page was saved');
		expect(description).toMatch(said);
		expect(description).toContain('and save again if it does not');
		expect(description).not.toMatch(/try again/i);
		expect(htmlAt(site, 'A')).toBe('<p>old</p><p>new</p>');
	},
);

it.each(['virtual', 'notFound'] as const)(
	'Create or Update brings no page back that was deleted after the edit time (missing page: %s)',
	async (missingPage) => {
		const site = await openSite({ missingPage });
		site.site.createPage('A', { html: 'old' });
		site.site.deletePage('A');
		const run = (options: object) => save(byPath('A'), 'new', { options });
		for (const options of [{ mode: 'append' }, { mode: 'replace' }, { ifExists: 'abort' }]) {
			const { message, description } = await refusalOf(site, run({ editTime: AT, ...options }));
			expect(message).toBe('There is no page "A", so nothing was saved');
			expect(description).toContain("leave out the option 'Edit Time'");
		}
		expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
		expect(await outputOf(site, run({}))).toMatchObject([{ created: true }]);
	},
);

it('Create or Update with an edit time replaces no redirect: the page was moved', async () => {
	const site = await openSite();
	site.site.movePage(site.site.createPage('Old').page, 'New');
	const options = { ...REDIRECTS, editTime: AT };
	const { message } = await refusalOf(site, save(byPath('Old'), 'new', { options }));
	expect(message).toBe('There is no page "Old", so nothing was saved');
});

it('Create or Update repeats a save without a condition at a busy site', async () => {
	const site = await openSite();
	site.site.createPage('A');
	const match = { method: 'POST', path: /contents$/, times: 1 };
	site.faults.add({ match, effect: { status: 503, applyThenFail: true } });
	await outputOf(site, save(byPath('A'), 'new'));
	expect(htmlAt(site, 'A')).toBe('new');
});

it('Create or Update accepts the edit time that Page: Get returns', async () => {
	const site = await openSite();
	site.site.createPage('A');
	const get = { resource: 'page', operation: 'get', page: byPath('A') } as never;
	const input = await runNode(site, { parameters: get });
	const options = { editTime: '={{ $json.editedAt }}' };
	const [page] = await outputOf(site, { ...save(byPath('A'), 'new', { options }), input });
	expect(page).toMatchObject({ revision: 2 });
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ abort: 'modified' });
});

const AT = '20500130165945';

it.each<[string, object, object]>([
	['no edit time', {}, { abort: 'never', edittime: 'now' }],
	...[
		['a text with an offset', '2050-01-30T17:59:45.999+01:00'],
		['the form of the API', AT],
		['a time in the zone of the workflow', '2050-01-30T17:59:45'],
		['an expression that gives a text', '={{ "2050-01-30T16:59:45Z" }}'],
		['an expression that gives a DateTime', '={{ DateTime.fromISO("2050-01-30T16:59:45Z") }}'],
		['an expression that gives a Date', '={{ new Date("2050-01-30T16:59:45Z") }}'],
	].map(([what, editTime]): [string, object, object] => [
		what!,
		{ editTime },
		{ abort: 'modified', edittime: AT },
	]),
])('Create or Update accepts %s as edit time', async (_what, options, query) => {
	const site = await openSite();
	site.site.createPage('A');
	await outputOf(site, { ...save(byPath('A'), 'new', { options }), timezone: 'Europe/Berlin' });
	expect(site.apiCalls.at(-1)!.query).toMatchObject(query);
});

it('Create or Update saves no page that exists when it must not, whatever the edit time', async () => {
	const site = await openSite();
	site.site.createPage('A');
	await refusalOf(site, save(byPath('A'), 'new', { options: { ifExists: 'abort', editTime: AT } }));
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ abort: 'exists', edittime: 'now' });
});

it.each(['={{ $json.none * 2 }}', '={{ 1 / 0 }}'])(
	'Create or Update does not overwrite a page with what is no number: %s',
	async (contents) => {
		const site = await openSite();
		site.site.createPage('A', { html: '<p>old</p>' });
		const refusal = await refusalOf(site, save(byPath('A'), contents));
		expect(refusal.message).toBe("'Contents' is empty");
		expect(htmlAt(site, 'A')).toBe('<p>old</p>');
	},
);

it('Create or Update does not overwrite a page when the expression for the edit time is empty', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: 'old' });
	const options = { editTime: '={{ $json.editedAt }}' };
	const refusal = await refusalOf(site, save(byPath('A'), 'new', { options }));
	expect(refusal.message).toBe("'Edit Time' is empty");
	expect(refusal.description).toContain('A text that was cut comes without');
	expect(htmlAt(site, 'A')).toBe('old');
});

it('Create or Update explains a missing right', async () => {
	const site = await openSite();
	const credential = { longTermToken: site.readerJwt };
	const refusal = await refusalOf(site, { ...save(byPath('A'), 'x'), credential });
	expect(refusal.message).toContain('Expert did not allow saving this page (403)');
	expect(refusal.description).toContain('The site said: CREATE access is required');
	expect(site.site.pages.byPath('A')).toBeUndefined();
});

it('Create or Update says that only a path creates a page', async () => {
	const site = await openSite();
	const refusal = await refusalOf(site, save(byId(999), 'x'));
	expect(refusal.message).toBe('There is no page 999');
	expect(refusal.description).toContain('Choose "By Path"');
});

const REDIRECTS = { allow: ['deleteredirects'] };

it('Create or Update creates a page in the place of a redirect when that is allowed, and else says so', async () => {
	const site = await openSite();
	site.site.movePage(site.site.createPage('Old', { html: 'moved' }).page, 'New');
	const refusal = await refusalOf(site, save(byPath('Old'), 'again'));
	expect(refusal.message).toBe('Nothing was changed: page "Old" leads to another page');
	expect(refusal.description).toMatch(
		/^To write a new page here, choose "Replace Redirects" in the option 'Allow'\. /,
	);
	const [page] = await outputOf(site, save(byPath('Old'), 'again', { options: REDIRECTS }));
	expect(page).toMatchObject({ path: 'Old', revision: 1, created: true });
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ allow: 'deleteredirects', redirects: '0' });
	expect([htmlAt(site, 'Old'), htmlAt(site, 'New')]).toEqual(['again', 'moved']);
});

it('Create or Update never writes where a redirect leads, whatever is allowed', async () => {
	const site = await openSite({ redirectsParameter: 'ignored' });
	site.site.movePage(site.site.createPage('Old', { html: 'moved' }).page, 'New');
	const refusal = await refusalOf(site, save(byPath('Old'), 'again', { options: REDIRECTS }));
	expect(refusal.message).toContain('leads to another page');
	expect(htmlAt(site, 'New')).toBe('moved');
});

it('Create or Update sends nothing to allow unless it is chosen, and refuses what is no choice', async () => {
	const site = await openSite();
	await outputOf(site, save(byPath('A'), 'x'));
	expect(site.apiCalls.at(-1)!.query).not.toHaveProperty('allow');
	const options = { allow: ['deleteredirects', 'idferrors'] };
	await outputOf(site, save(byPath('A'), 'x', { options }));
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ allow: 'deleteredirects,idferrors' });
	const run = save(byPath('A'), 'x', { options: { allow: '={{ "everything" }}' } });
	expect((await refusalOf(site, run)).message).toBe('"everything" is not a choice for \'Allow\'');
});

it('Create or Update appends to a page that does not exist by creating it', async () => {
	const site = await openSite();
	const options = { mode: 'append' };
	const [page] = await outputOf(site, save(byPath('Log'), '<p>1</p>', { options }));
	expect(page).toMatchObject({ path: 'Log', created: true });
	await outputOf(site, save(byPath('Log'), '<p>2</p>', { options }));
	expect(htmlAt(site, 'Log')).toBe('<p>1</p><p>2</p>');
});

it('Create or Update replaces no page that was created just before it could append', async () => {
	const site = await openSite();
	site.site.createPage('Log', { html: 'first' });
	const body = { raw: '<page id="0" virtual="true"/>' };
	site.faults.add({ match: { path: '/info' }, effect: { status: 200, body } });
	const refusal = await refusalOf(
		site,
		save(byPath('Log'), 'second', { options: { mode: 'append' } }),
	);
	expect(refusal.message).toContain('Expert did not create the page');
	expect(htmlAt(site, 'Log')).toBe('first');
});

it.each(['a/../b', './a', 'a/ ..'])(
	'Create or Update refuses the path %s before it calls the site',
	async (path) => {
		const site = await openSite();
		const refusal = await refusalOf(site, save(byPath(path), 'x'));
		expect(refusal.message).toMatch(/^"\.\.?" cannot be a part of a path$/);
		expect(site.apiCalls.filter(({ path: called }) => called.includes('/pages'))).toEqual([]);
	},
);

it('Create or Update gives the reason of the site first where no page can have the path', async () => {
	const site = await openSite();
	const { message, description } = await refusalOf(site, save(byPath('x'.repeat(260)), 'x'));
	expect(message).not.toContain('same moment');
	expect(description).toMatch(/^The site said: The page path is not valid\. /);
});

it('Create or Update says what the site has against a page that it does not save', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: 'old' });
	const error =
		'<error><exception>X</exception><message>The structure forbids it</message></error>';
	for (const status of [400, 409]) {
		const effect = { status, body: { raw: error } };
		site.faults.add({ match: { method: 'POST', path: '/contents' }, effect });
		const { message, description } = await refusalOf(site, save(byPath('A'), 'new'));
		expect(message).toMatch(/^Expert (refused this|did not save the page) \(4..\)/);
		expect(description).toMatch(
			/^The site said: The structure forbids it\. .* If a redirect or the structure of the site is in the way, choose "Replace Redirects" or "Structure Errors" in the option 'Allow'\.$/,
		);
		expect(`${message} ${description}`).not.toMatch(/Site URL|NiCE support/);
		site.faults.clear();
	}
});

it('Create or Update writes a path with + again at a site that reads it as a space', async () => {
	const site = await openSite({ plusInPath: 'space' });
	const [made] = await outputOf(site, save(byPath('Ops/C++ guide'), 'one'));
	expect(made).toMatchObject({ path: 'Ops/C___guide', created: true });
	const [again] = await outputOf(site, save(byPath('Ops/C++ guide'), 'two'));
	expect(again).toMatchObject({ id: made!.id, revision: 2 });
	const tags = { resource: 'page', operation: 'addTags', page: byPath('Ops/C++ guide'), tags: 'x' };
	expect(await outputOf(site, { parameters: tags })).toMatchObject([{ tags: ['x'] }]);
});

describe('article type', () => {
	it.each([
		['topic', 'article:topic'],
		['guide', 'article:topic-guide'],
		['category', 'article:topic-category'],
		['={{ "article:faq  page" }}', 'article:faq page'],
		...['How-To', 'HOWTO', 'how to', 'how_to', 'how\u2011to', 'how\u2013to', 'article:howto'].map(
			(type): [string, string] => [`={{ "${type}" }}`, 'article:howto'],
		),
		['={{ "Topic" }}', 'article:topic'],
		['={{ "topic-guide" }}', 'article:topic-guide'],
		['={{ "Category" }}', 'article:topic-category'],
	])('Create or Update gives a new page the type %s', async (articleType, tag) => {
		const site = await openSite();
		const options = { articleType };
		const items = await outputOf(site, save(byPath('A'), 'x', { options }));
		expect(site.site.page('A').tags).toEqual([tag]);
		expectSchema('page', 'createOrUpdate', items);
	});

	it('Create or Update renames no type on other pages, however it is spelled', async () => {
		const site = await openSite({ tagSpelling: 'one' });
		const { page } = site.site.createPage('Other', { tags: ['article:howto'] });
		const options = { articleType: '={{ "HowTo" }}' };
		await outputOf(site, save(byPath('A'), 'x', { options }));
		expect([page.tags, site.site.page('A').tags]).toEqual([['article:howto'], ['article:howto']]);
	});

	it.each(['page', 'draft'])(
		'Create or Update of a %s takes from a model only types of the list',
		async (resource) => {
			const site = await openSite();
			const run = (articleType: string) => {
				const { parameters } = save(byPath('A'), '<p>x</p>', { options: { articleType } });
				return { parameters: { ...(parameters as object), resource } as never, asTool: true };
			};
			for (const type of ['tutorial', 'null', 'topic-faq']) {
				const [item] = await outputOf(site, run(type));
				expect(item!.error).toBe(
					`"${type}" is not a choice for 'Article Type'. Choose from the list, or let the expression give one of these: "category", "guide", "howto", "reference", "topic", "unchanged".`,
				);
			}
			expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
			await outputOf(site, run('How-To'));
			const { draft, tags } = site.site.page('A');
			expect(draft?.tags ?? tags).toEqual(['article:howto']);
		},
	);

	it('Create or Update changes the type of a page, keeps its other tags, and writes none twice', async () => {
		const site = await openSite();
		const { page } = site.site.createPage('A', { tags: ['x', 'article:topic', 'y'] });
		const options = { articleType: 'howto' };
		await outputOf(site, save(byPath('A'), 'x', { options }));
		expect(page.tags.toSorted()).toEqual(['article:howto', 'x', 'y']);
		await outputOf(site, save(byPath('A'), 'y', { options }));
		expect(site.apiCalls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
	});

	it('Create or Update leaves the type alone unless one is chosen, and refuses an empty one', async () => {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html: 'old', tags: ['article:topic'] });
		for (const type of ['unchanged', '={{ "Unchanged" }}']) {
			await outputOf(site, save(byPath('A'), 'x', { options: { articleType: type } }));
		}
		expect(page.tags).toEqual(['article:topic']);
		expect(site.apiCalls.filter(({ path }) => path.endsWith('/tags'))).toEqual([]);
		const options = { articleType: '={{ $json.none }}' };
		const refusal = await refusalOf(site, save(byPath('A'), 'y', { options }));
		expect(refusal.message).toBe("'Article Type' is empty");
		expect(page.html).toBe('x');
	});

	it('Create or Update allows of tags only what their call knows, and says of appended text that it is there', async () => {
		const site = await openSite();
		site.site.createPage('Guide', { tags: ['article:topic-guide'] });
		site.site.createPage('Guide/Sub', { html: 'old' });
		const options = { articleType: 'category', allow: ['deleteredirects'], mode: 'append' };
		const { message, description } = await refusalOf(
			site,
			save(byPath('Guide/Sub'), 'x', { options }),
		);
		expect(site.apiCalls.at(-1)).toMatchObject({ method: 'PUT' });
		expect(site.apiCalls.at(-1)!.query).not.toHaveProperty('allow');
		expect(message).toBe('The text is appended to the page, but its article type is not set');
		expect(description).not.toContain('Replace Redirects');
	});

	it('Create or Update says that the page is saved when only its type is refused', async () => {
		const site = await openSite();
		site.site.createPage('Guide', { tags: ['article:topic-guide'] });
		const options = { articleType: 'category' };
		const { message, description } = await refusalOf(
			site,
			save(byPath('Guide/Sub'), 'x', { options }),
		);
		expect(message).toBe('The page is saved, but its article type is not set');
		expect(description).toContain('A category cannot be below an article');
		expect(description).toContain('"Structure Errors" in the option \'Allow\'');
		const allowed = { ...options, allow: ['idferrors'] };
		await outputOf(site, save(byPath('Guide/Sub'), 'x', { options: allowed }));
		expect(site.site.page('Guide/Sub').tags).toEqual(['article:topic-category']);
	});
});

describe.each(['page', 'draft'])('what a model writes (%s)', (resource) => {
	const run = (contents: string, more = {}) => {
		const { parameters } = save(byPath('A'), contents, more);
		return { parameters: { ...(parameters as object), resource } as never };
	};

	it.each([
		'## Reset\n\n1. Hold **both** buttons.',
		'Hold both buttons.',
		'See <https://example.com>, if a < b and c > d.',
		'# Expressions\n\nWrite `{{ $json.id }}`.',
	])(
		`Create or Update of a ${resource} refuses from a model as HTML what has no tag: %j`,
		async (text) => {
			const site = await openSite();
			const [item] = await outputOf(site, { ...run(text), asTool: true });
			expect(item!.error).toMatch(/^'Contents' is not HTML, so nothing was saved\. .*Write HTML/);
			expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
		},
	);

	it.each([
		'# Reset',
		'Reset:\n\n1. Hold the button.\n\n2. Wait.',
		'Hold **both** buttons.',
		'See [Guides](https://x.example/)',
	])(
		`Create or Update of a ${resource} saves Markdown as HTML only if it is told to: %j`,
		async (text) => {
			const site = await openSite();
			const { message, description } = await refusalOf(site, run(text));
			expect(message).toBe("'Contents' is not HTML, so nothing was saved");
			expect(description).toContain("add the option 'Save as It Is'");
			expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
			await outputOf(site, run(text, { options: { saveRenderedHtml: true } }));
			const htmlNow = () => site.site.page('A').draft?.html ?? htmlAt(site, 'A');
			expect(htmlNow()).toBe(text);
			for (const html of [`<p>${text}</p>`, 'Item #1, 1.5 * 2 ** 3, a[1] (b)', '1. January 2027']) {
				await outputOf(site, run(html));
				expect(htmlNow()).toBe(html);
			}
		},
	);

	it(`Create or Update of a ${resource} takes HTML and plain text from a model, and any text from others`, async () => {
		const site = await openSite();
		const htmlNow = () => site.site.page('A').draft?.html ?? htmlAt(site, 'A');
		const inHtml = ['<p></p>', '<br/>', '<div class="x">y</div>', '<p title="a<b">x', '<my-tag>x'];
		site.site.createPage('A', { html: '<p>{{ template("x") }}</p>' });
		for (const html of ['{{ template("x") }}', ...inHtml, '<!-- x -->']) {
			await outputOf(site, { ...run(html), asTool: true });
			expect(htmlNow()).toBe(html);
		}
		await outputOf(site, { ...run('one\ntwo', { format: 'text' }), asTool: true });
		expect(htmlNow()).toBe('<p>one</p>\n<p>two</p>');
		await outputOf(site, run('one'));
		expect(htmlNow()).toBe('one');
	});
});

describe('rendered HTML', () => {
	const improve = (mode: string, more = {}) => ({
		parameters: {
			...{ resource: 'page', operation: 'getContents', page: byPath('A') },
			options: { mode, ...more },
		} as never,
	});

	it('Create or Update refuses what Get Contents gives in view mode, and takes that of edit mode', async () => {
		const site = await openSite({ viewedContents: 'rendered' });
		site.site.createPage('A', { html: '<p>{{ template.Notice() }}</p>' });
		const contents = '={{ $json.contents + "<p>more</p>" }}';
		const viewed = await runNode(site, improve('view'));
		expect(viewed[0]!.json).toMatchObject({ mode: 'view' });
		const refusal = await refusalOf(site, { ...save(byPath('A'), contents), input: viewed });
		expect(refusal.message).toBe("'Contents' is a page as readers see it, so nothing was saved");
		expect(refusal.description).toContain('would be lost (found: mt-section-origin)');
		expect(refusal.description).toContain('"Edit" in the option \'Mode\' of Page > Get Contents');
		expect(htmlAt(site, 'A')).toBe('<p>{{ template.Notice() }}</p>');

		const input = await runNode(site, improve('edit'));
		expect(input[0]!.json).toMatchObject({ mode: 'edit' });
		await outputOf(site, { ...save(byPath('A'), contents), input });
		expect(htmlAt(site, 'A')).toBe('<p>{{ template.Notice() }}</p><p>more</p>');

		const options = { saveRenderedHtml: true };
		await outputOf(site, { ...save(byPath('A'), contents, { options }), input: viewed });
		expect(htmlAt(site, 'A')).toContain('mt-section-origin');
	});

	it.each([
		'mt-section-origin="A"',
		'class="x mt-subpage-listings-container"',
		"class='mt-empty-state'",
	])('Create or Update refuses the mark %s, but not a text about it', async (mark) => {
		const site = await openSite();
		const refusal = await refusalOf(site, save(byPath('A'), `<p>x</p><div ${mark}>y</div>`));
		expect(refusal.message).toContain('as readers see it');
		await outputOf(site, save(byPath('A'), `<p>Write &lt;div ${mark}&gt;</p>`));
		await outputOf(site, save(byPath('A'), `<div ${mark}>`, { format: 'text' }));
	});
});
