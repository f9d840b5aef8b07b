import { describe, expect, it } from 'vitest';
import { byId, byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const get = (page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'get', page, ...more } as never,
});

it('Page: Get returns what a message needs: title, address, author and tags', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up', {
		title: 'Set up',
		tags: ['article:topic'],
		language: 'de-DE',
	});
	site.site.activateDraft(pageId);
	const [page] = await outputOf(site, get(byId(pageId)));
	expect(page).toMatchObject({
		id: String(pageId),
		path: 'Guides/Set_up',
		title: 'Set up',
		url: `${site.url}/Guides/Set_up`,
		author: { name: 'admin' },
		tags: ['article:topic'],
		articleType: 'topic',
		language: 'de-DE',
		draftState: 'active',
	});
	expectSchema('page', 'get', [page!]);
});

it('Page: Get returns a deleted page by its ID when Include Deleted is on', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { tags: ['x'] });
	site.site.deletePage('A', { at: new Date('2026-01-30T10:00:00Z') });
	const page = byId(pageId);
	expect((await refusalOf(site, get(page))).message).toBe(`There is no page ${pageId}`);
	const items = await outputOf(site, get(page, { options: { includeDeleted: true } }));
	expect(items).toMatchObject([{ path: 'A', deleted: true, deletedAt: '2026-01-30T10:00:00Z' }]);
	expectSchema('page', 'get', items);
});

it('Page: Get says that a deleted page can only be found by its ID', async () => {
	const site = await openSite();
	const page = byPath('A');
	const refusal = await refusalOf(site, get(page, { options: { includeDeleted: true } }));
	expect(refusal.message).toBe('A deleted page can only be found by its ID');
	expect(site.apiCalls.filter(({ path }) => path.includes('/pages'))).toEqual([]);
});

describe('refusals by the site', () => {
	const home = byId('home');

	it('Page: Get says that a token that was accepted before may have expired', async () => {
		const site = await openSite();
		await outputOf(site, get(home));
		site.faults.add({ match: { path: '/pages/home' }, effect: { status: 403, body: 'xml' } });
		const refusal = await refusalOf(site, get(home));
		expect(refusal.message).toBe(
			'Expert did not allow this (403) while n8n tried to read the home page',
		);
		expect(refusal.description).toContain('the token may have expired');
		expect(refusal.httpCode).toBe('403');
	});

	it.each(['exception', 'framework'] as const)(
		'Page: Get repeats what the site said (error style %s)',
		async (errorStyle) => {
			const site = await openSite({ errorStyle });
			const { pageId, page } = site.site.createPage('Secret');
			page.restriction = 'Private';
			const wanted = get(byId(pageId));
			const refusal = await refusalOf(site, {
				...wanted,
				credential: { longTermToken: site.readerJwt },
			});
			expect(refusal.message).toContain(`Expert did not allow this (403) while n8n tried to read`);
			expect(refusal.description).toMatch(/The site said: .*access is required/);
			expect(await outputOf(site, wanted)).toMatchObject([{ path: 'Secret' }]);
		},
	);
});

it('Page: Get returns the home page of a site that has nothing else', async () => {
	const site = await openSite();
	const items = await outputOf(site, get(byPath('/')));
	expect(items).toMatchObject([{ id: '1', path: '', title: 'Home', tags: [] }]);
	expectSchema('page', 'get', items);
});

it('Page: Get returns no e-mail address of an author', async () => {
	const site = await openSite();
	site.site.createPage('A', { by: 'editor' });
	const items = await outputOf(site, get(byPath('A')));
	expect(items).toMatchObject([{ author: { id: '4', name: 'editor', fullName: 'Edda Editor' } }]);
	expect(JSON.stringify(items)).not.toContain('@site.example');
});

it('Page: Get reports a refused token even though the site would show public pages', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const { parameters } = get(byId(pageId));
	const credential = { longTermToken: 'run.out.long-ago' };
	const refusal = await refusalOf(site, { parameters, credential });
	expect(refusal.message).toBe('The site does not accept the token');
	expect(refusal.description).toContain('treats it as anonymous');
	const failed = await outputOf(site, { parameters, credential, continueOnFail: true });
	expect(failed).toEqual([{ error: expect.stringContaining('does not accept the token') }]);
});
