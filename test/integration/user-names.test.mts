import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { elementAt } from '../support/present.mts';

useScenes();

/** A trigger at a site whose events name users by ID only: see docs/vendor-facts.md#users-in-events. */
async function open(parameters: IDataObject = {}): Promise<Scene> {
	return await openPublished({
		parameters: { events: ['page_create', 'page_delete'], pageDetails: true, ...parameters },
		site: { requestDetails: 'userId', createFiresContentUpdate: false },
	});
}

/** The items of all executions so far, once all is delivered. */
async function items({ site, host }: Scene): Promise<IDataObject[]> {
	await site.idle();
	await host.idle();
	return host.outputs.flat();
}

const users = (all: IDataObject[]) => all.map(({ user }) => user);
const lookUps = ({ site }: Scene) =>
	site.apiCalls.map(({ path }) => path).filter((path) => /\/users\/\d+$/.test(path));

it('a user whom the event names by ID gets a name, asked for once in ten minutes', async () => {
	const scene = await open();
	for (const [path, by] of [
		['A', 'editor'],
		['B', 'editor'],
	] as const) {
		scene.site.site.createPage(path, { by });
		await items(scene);
	}
	expect(users(await items(scene))).toEqual([
		{ id: '4', name: 'editor' },
		{ id: '4', name: 'editor' },
	]);
	expect(lookUps(scene)).toEqual(['/@api/deki/users/4']);
	passTime(11 * 60_000);
	scene.site.site.createPage('C', { by: 'editor' });
	await items(scene);
	expect(lookUps(scene)).toHaveLength(2);
});

it('a user whom the event names is not looked up, and without Add Page Details nobody is', async () => {
	const named = await openPublished({
		parameters: { pageDetails: true },
		site: { requestDetails: 'user', createFiresContentUpdate: false },
	});
	named.site.site.createPage('A', { by: 'editor' });
	expect(users(await items(named))).toMatchObject([{ name: 'editor' }]);
	const plain = await open({ pageDetails: false });
	plain.site.site.createPage('A', { by: 'editor' });
	expect(users(await items(plain))).toEqual([{ id: '4' }]);
	expect([...lookUps(named), ...lookUps(plain)]).toEqual([]);
});

it('a user event is about a user: nobody is asked who that is', async () => {
	const scene = await open({ events: ['user_update'] });
	await send(scene, newDelivery(scene, { type: 'user_update', subject: { user: { id: 4 } } }));
	expect(users(await items(scene))).toEqual([{ id: '4' }]);
	expect(lookUps(scene)).toEqual([]);
});

it.each([
	['refuses to name', { status: 403 }, 1],
	['does not know', { status: 404 }, 1],
	['fails to name', { status: 500 }, 2],
])('a user whom the site %s stays an ID, and the event goes on', async (_case, effect, asked) => {
	const scene = await open();
	scene.site.faults.add({ match: { path: /\/users\/4$/ }, effect });
	for (const path of ['A', 'B']) {
		scene.site.site.createPage(path, { by: 'editor' });
		await items(scene);
	}
	expect(users(await items(scene))).toEqual([{ id: '4' }, { id: '4' }]);
	expect((await items(scene)).map(({ page }) => (page as IDataObject).title)).toEqual(['A', 'B']);
	expect(lookUps(scene)).toHaveLength(asked);
});

it('an event that is not simplified stays as it is, but for its page', async () => {
	const scene = await open({ simplify: false });
	scene.site.site.createPage('A', { by: 'editor' });
	const item = elementAt(await items(scene), 0);
	expect(Object.keys(item).slice(0, 3)).toEqual(['eventType', 'page', 'event']);
	expect(item).not.toHaveProperty('user');
	expect(lookUps(scene)).toEqual([]);
});

const LEADING = ['eventType', 'eventName', 'page', 'user'];

it('an event that names nothing says who deleted which page, in the same order as any other', async () => {
	const scene = await open();
	const { pageId } = scene.site.site.createPage('Guides/Old one', { title: 'Old one' });
	const [full] = await items(scene);
	scene.site.site.deletePage(pageId);
	await items(scene);
	scene.host.outputs.length = 0;
	const archived = scene.site.apiCalls.length;
	scene.site.settings.eventBody = 'thin';
	const at = scene.site.site.page(pageId).deletedAt;
	await send(scene, newDelivery(scene, { type: 'page_delete', at }));
	const item = elementAt(await items(scene), 0);
	expect(item).toMatchObject({
		page: {
			id: String(pageId),
			path: 'Guides/Old_one',
			url: `${scene.site.url}/Guides/Old_one`,
			deletedBy: { name: 'admin' },
		},
		user: { id: '1', name: 'admin' },
	});
	expect(scene.site.apiCalls.length).toBeGreaterThan(archived);
	expect(Object.keys(item).slice(0, 4)).toEqual(LEADING);
	expect(Object.keys(full!).slice(0, 4)).toEqual(LEADING);
});
