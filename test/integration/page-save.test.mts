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
	expect(page).not.toHaveProperty('created');
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

describe.each([200, 409, 412])('conflicts with status %i', (editConflictStatus) => {
	it(`Create or Update leaves an existing page unchanged with "ifExists: abort" (conflict status ${editConflictStatus})`, async () => {
		const site = await openSite({ editConflictStatus });
		const options = { ifExists: 'abort' };
		const [made] = await outputOf(site, save(byPath('A'), 'one', { options }));
		expect(made).toMatchObject({ created: true });
		const refusal = await refusalOf(site, save(byPath('A'), 'two', { options }));
		expect(refusal.message).toContain('The page exists already, so nothing was saved');
		expect(refusal.description).toContain('Choose another path');
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
		expect(refusal.message).toContain('changed after the given edit time');
		expect(htmlAt(site, 'A')).toBe('two');
	});
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
