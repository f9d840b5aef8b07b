import { expect, it } from 'vitest';
import { byId, byPath, callsOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const get = (page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'get', page, ...more } as never,
});
const includeDeleted = { options: { includeDeleted: true } };

it('Page: Get returns what a message needs: title, address, author without e-mail address, and tags', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up', {
		...{ title: 'Set up', tags: ['article:topic'], language: 'de-DE', by: 'editor' },
	});
	site.site.activateDraft(pageId);
	const items = await outputOf(site, get(byId(pageId)));
	expect(items).toMatchObject([
		{
			id: String(pageId),
			path: 'Guides/Set_up',
			title: 'Set up',
			url: `${site.url}/Guides/Set_up`,
			author: { id: '4', name: 'editor', fullName: 'Edda Editor' },
			tags: ['article:topic'],
			articleType: 'topic',
			language: 'de-DE',
			draftState: 'active',
		},
	]);
	expect(JSON.stringify(items)).not.toContain('@site.example');
	expectSchema('page', 'get', items);
});

it('Page: Get returns a deleted page by its ID when Include Deleted is on', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { tags: ['x'] });
	site.site.deletePage('A', { at: new Date('2026-01-30T10:00:00Z') });
	const page = byId(pageId);
	expect((await refusalOf(site, get(page))).message).toBe(`There is no page ${pageId}`);
	const items = await outputOf(site, get(page, includeDeleted));
	expect(items).toMatchObject([{ path: 'A', deleted: true, deletedAt: '2026-01-30T10:00:00Z' }]);
	expectSchema('page', 'get', items);
});

it('Page: Get says that a deleted page can only be found by its ID', async () => {
	const site = await openSite();
	const { message } = await refusalOf(site, get(byPath('A'), includeDeleted));
	expect(message).toBe('A deleted page can only be found by its ID');
	expect(callsOf(site)).toEqual([]);
});

it('Page: Get says that a token that was accepted before may have expired', async () => {
	const site = await openSite();
	site.faults.add({ match: { path: '/pages/home' }, effect: { status: 403, body: 'xml' } });
	const { message, description } = await refusalOf(site, get(byId('home')));
	expect(message).toBe('Expert did not allow this (403) while n8n tried to read the home page');
	expect(description).toContain('the token may have expired');
});

it('Page: Get returns the home page of a site that has nothing else', async () => {
	const items = await outputOf(await openSite(), get(byPath('/')));
	expect(items).toMatchObject([{ id: '1', path: '', title: 'Home', tags: [] }]);
	expectSchema('page', 'get', items);
});
