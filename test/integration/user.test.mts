import { expect, it } from 'vitest';
import { named, outputOf, refusalOf, searchList } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const user = (operation: string, more = {}) => ({
	parameters: { resource: 'user', operation, ...more } as never,
});

it('User: Get returns the user of a user event', async () => {
	const site = await openSite();
	const { userId } = site.site.createUser('jdoe');
	site.site.updateUser(userId, 'Jörg Doe');
	const input = [{ json: { eventType: 'user_update', user: { id: String(userId) } } }];
	const items = await outputOf(site, { ...user('get'), input });
	expect(items).toEqual([
		{
			...{ id: String(userId), name: 'jdoe', fullName: 'Jörg Doe', email: 'jdoe@site.example' },
			...{ status: 'active', role: 'Viewer', isSeated: false },
			createdAt: expect.any(String),
			lastLoginAt: expect.any(String),
		},
	]);
	expectSchema('user', 'get', items);
});

it.each(['Jörg & Ann', '100% #1?x=y', 'a/b', '42'])('User: Get finds the user named %s', async (name) => {
	const site = await openSite();
	const { userId } = site.site.createUser(name);
	const [item] = await outputOf(site, user('get', { user: named('name', name) }));
	expect(item).toMatchObject({ id: String(userId), name });
});

it('User: Get finds a user by guid, and the user of the token', async () => {
	const site = await openSite();
	const { user: jane } = site.site.createUser('jane');
	const [byGuid] = await outputOf(site, user('get', { user: named('id', jane.guid) }));
	expect(byGuid).toMatchObject({ name: 'jane' });
	const current = user('get', { user: named('id', 'current') });
	const run = { ...current, credential: { longTermToken: site.editorJwt } };
	expect(await outputOf(site, run)).toMatchObject([{ name: 'editor', role: 'Contributor' }]);
});

it('User: Get reports an unknown user without the name', async () => {
	const site = await openSite();
	const byNumber = await refusalOf(site, user('get', { user: named('id', '999') }));
	expect(byNumber.message).toBe('There is no user 999');
	const byName = await refusalOf(site, user('get', { user: named('name', 'jane@example.com') }));
	expect(byName.message).toBe('There is no user with this name');
	expect(`${byName.message} ${byName.description}`).not.toContain('jane');
});

it.each([
	[{ name: 'jdo' }, ['jdoe']],
	[{ name: 'nobody' }, []],
	[{ options: { fullName: 'Jane &' } }, ['jdoe']],
	[{ options: { email: 'jdoe@site' } }, ['jdoe']],
	// The site finds the start of a text only, and either of name and full name.
	[{ name: 'doe' }, []],
	[{ options: { email: 'site.example' } }, []],
	[{ name: 'jd', options: { fullName: 'max' } }, ['jdoe', 'mroe']],
	[{ options: { seat: 'seated' } }, ['admin', 'editor']],
	[{ options: { seat: 'unseated' } }, ['Anonymous', 'reader', 'jdoe', 'mroe']],
	[{ options: { seat: 'recommended' } }, ['mroe']],
	[{ options: { seat: '' } }, ['admin', 'Anonymous', 'reader', 'editor', 'jdoe', 'mroe']],
	[{ options: { status: 'active', role: 'Viewer' } }, ['reader']],
	[{ options: { status: 'inactive' } }, ['jdoe']],
	[{ options: { role: 'Contributor' } }, ['editor', 'mroe']],
])('User: Get Many filters by %j', async (filter, names) => {
	const site = await openSite();
	const [jane, max] = [site.site.createUser('jdoe').user, site.site.createUser('mroe').user];
	Object.assign(jane, { fullname: 'Jane & Joe', active: false });
	Object.assign(max, { fullname: 'Max Roe', role: 'Contributor', seated: false });
	const found = await outputOf(site, user('getMany', filter));
	expect(found.map(({ name }) => name)).toEqual(names);
	if (names.length > 0) expectSchema('user', 'getMany', found);
});

it('User: Get Many returns all users, or as many as requested', async () => {
	const site = await openSite();
	for (let i = 0; i < 120; i++) site.site.createUser(`user${i}`);
	const all = await outputOf(site, user('getMany', { returnAll: true, name: 'user' }));
	expect(new Set(all.map(({ name }) => name)).size).toBe(120);
	const calls = site.apiCalls.length;
	expect(await outputOf(site, user('getMany', { limit: 7 }))).toHaveLength(7);
	expect(site.apiCalls.slice(calls + 1)).toMatchObject([{ query: { limit: '7', offset: '0' } }]);
});

it('the list of users is paged, is searched by name, full name or address, and shows no addresses', async () => {
	const site = await openSite();
	for (let i = 0; i < 60; i++) site.site.createUser(`user${i}`);
	const first = await searchList(site, 'searchUsers');
	expect(first.results).toHaveLength(50);
	const second = await searchList(site, 'searchUsers', { token: String(first.paginationToken) });
	expect(second.results).toHaveLength(site.site.users.all.length - 50);
	for (const filter of [' editor@site ', 'edit', 'Edda Ed']) {
		const found = await searchList(site, 'searchUsers', { filter });
		expect(found.results).toEqual([{ name: 'Edda Editor (editor)', value: String(site.site.user('editor').id) }]);
	}
	expect(JSON.stringify([first, second])).not.toContain('@');
});
