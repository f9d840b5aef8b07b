import { expect, it } from 'vitest';
import { outputOf, refusalOf, runNode } from './support/action-node.mts';
import { expectSchema } from './support/schema.mts';
import { openSite, useScenes } from './support/scene.mts';

useScenes();

const get = (page: unknown, more = {}) => ({
	parameters: { resource: 'page', operation: 'get', page, ...more } as never,
});

it('gives what a message needs: title, address, author and tags', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up', {
		title: 'Set up',
		tags: ['article:topic'],
	});
	const [page] = await outputOf(site, get({ __rl: true, mode: 'id', value: String(pageId) }));
	expect(page).toMatchObject({
		id: String(pageId),
		path: 'Guides/Set_up',
		title: 'Set up',
		url: `${site.url}/Guides/Set_up`,
		createdBy: { name: 'admin' },
		tags: ['article:topic'],
		parent: { path: 'Guides' },
	});
	expectSchema('page', 'get', [page!]);
});

it('takes the page from the item that comes in when nothing else is entered', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const parameters = { resource: 'page', operation: 'get' };
	const input = [{ json: { page: { id: String(pageId) } } }];
	const [item] = await runNode(site, { parameters, input });
	expect(item).toMatchObject({ json: { path: 'A' }, pairedItem: { item: 0 } });
});

it.each(['Guides/Größe & 100% "sure"', 'Ünï/日本語 #1?x=y', 'a+b'])(
	'finds the page at %s',
	async (path) => {
		const site = await openSite();
		site.site.createPage(path);
		const [page] = await outputOf(site, get({ __rl: true, mode: 'path', value: path }));
		expect(page).toMatchObject({ path: path.replaceAll(' ', '_') });
	},
);

it('says that there is no such page, whichever way the site puts it', async () => {
	for (const missingPage of ['virtual', 'notFound'] as const) {
		const site = await openSite({ missingPage });
		const refusal = await refusalOf(site, get({ __rl: true, mode: 'path', value: 'No/Where' }));
		expect(refusal.message).toMatch(/There is no page "No\/Where"|did not find it/);
	}
});

it('goes on with the other items when the builder wants that', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const input = [{ json: { page: { id: '999' } } }, { json: { page: { id: String(pageId) } } }];
	const parameters = { resource: 'page', operation: 'get' };
	const [first, second] = await runNode(site, { parameters, input, continueOnFail: true });
	expect(first).toEqual({
		json: { error: expect.stringContaining('did not find it') },
		pairedItem: { item: 0 },
	});
	expect(second).toMatchObject({ json: { path: 'A' }, pairedItem: { item: 1 } });
});

it('says that the token is not accepted, where the site would only show less', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const { parameters } = get({ __rl: true, mode: 'id', value: String(pageId) });
	const credential = { jwt: 'run.out.long-ago' };
	const refusal = await refusalOf(site, { parameters, credential });
	expect(refusal.message).toBe(
		'The site does not accept the token: it treats the call as anonymous',
	);
	const failed = await outputOf(site, { parameters, credential, continueOnFail: true });
	expect(failed).toEqual([{ error: expect.stringContaining('does not accept the token') }]);
});

it('does not ask again and again whether the token is accepted', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const run = get({ __rl: true, mode: 'id', value: String(pageId) });
	for (let time = 0; time < 3; time++) await outputOf(site, run);
	expect(site.apiCalls.filter(({ path }) => path.endsWith('/users/current'))).toHaveLength(1);
});
