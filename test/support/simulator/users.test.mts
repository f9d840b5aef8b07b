import { describe, expect, it } from 'vitest';
import { ask, each, read, site } from '../unit/simulator-site.mts';

const names = (text: string) => each(text, /<username>(.*?)</g);

describe('single users', () => {
	it('a user is read by every identifier, with the elements of the sample', async () => {
		const simulator = await site();
		const { user } = simulator.site.createUser('50% größe', { role: 'Contributor' });
		simulator.site.updateUser(user.id, 'Fifty');
		const key = encodeURIComponent(encodeURIComponent(user.username));
		for (const id of [user.id, `:${user.guid}`, `=${key}`]) {
			const text = await read(simulator, `/users/${id}?exclude=groups,properties`);
			expect(text).toMatch(
				new RegExp(
					`^<user anonymous="false" virtual="false" id="5" wikiid="site_1" href="[^"]*/users/5" guid="${user.guid}"><nick>50% größe</nick><username>50% größe</username><fullname>Fifty</fullname><email>50% größe@site.example</email><license.seat owner="false">true</license.seat><date.created>.*<status>active</status><date.lastlogin>.*<permissions.user><operations mask="1">.*<role id="4" href="[^"]*">Contributor</role>`,
				),
			);
		}
		const token = simulator.readerJwt;
		expect(names((await ask(simulator, 'GET', '/users/current', { token })).text)).toEqual([
			'reader',
		]);
	});

	it('an unknown user gets 404, a malformed key 400 and Anonymous 403', async () => {
		const simulator = await site();
		const status = async (path: string) => (await ask(simulator, 'GET', path)).status;
		expect(await status('/users/99')).toBe(404);
		expect(await status('/users/=nobody')).toBe(404);
		expect(await status('/users/:0123')).toBe(404);
		expect(await status('/users/admin')).toBe(400);
		expect(await status('/users/=a%20b')).toBe(400);
		const anonymous = await ask(simulator, 'GET', '/users/1', { token: 'nobody' });
		expect(anonymous.status).toBe(403);
	});

	it('a user ID and a numeric user name are told apart', async () => {
		const simulator = await site();
		simulator.site.createUser('1');
		expect(names(await read(simulator, '/users/1'))).toEqual(['admin']);
		expect(names(await read(simulator, '/users/=1'))).toEqual(['1']);
	});
});

describe('lists of users', () => {
	it('users are listed in parts and filtered, with counts', async () => {
		const simulator = await site();
		const list = (query: string) => read(simulator, `/users?${query}`);
		expect(await list('limit=1&offset=1')).toMatch(
			/^<users count="1" querycount="4" totalcount="4" seateduserstotalcount="2"><user /,
		);
		expect(names(await list('limit=2&offset=1'))).toEqual(['Anonymous', 'reader']);
		expect(names(await list('limit=all'))).toHaveLength(4);
		expect(names(await list('usernamefilter=EDIT'))).toEqual(['editor']);
		expect(names(await list('fullnamefilter=rita'))).toEqual(['reader']);
		expect(names(await list('usernameemailfilter=reader%40site'))).toEqual(['reader']);
		expect(await list('usernamefilter=zzz')).toMatch(/^<users count="0" querycount="0" total/);
		for (let count = 0; count < 120; count++) simulator.site.createUser(`user${count}`);
		expect(names(await list(''))).toHaveLength(100);
	});

	it('users are searched by name, full name and e-mail address', async () => {
		const simulator = await site();
		const search = async (query: string) => names(await read(simulator, `/users/search?${query}`));
		expect(await search('username=edi')).toEqual(['editor']);
		expect(await search('fullname=Rita')).toEqual(['reader']);
		expect(await search('email=admin%40site.example')).toEqual(['admin']);
		expect(await search('limit=2')).toEqual(['admin', 'reader']);
		expect(await read(simulator, '/users/search?username=zzz')).toMatch(/^<users count="0"/);
	});

	it('lists of users require the right to read', async () => {
		const simulator = await site();
		for (const path of ['/users', '/users/search?username=a']) {
			expect((await ask(simulator, 'GET', path, { token: 'nobody' })).status).toBe(403);
			const { readerJwt: token } = simulator;
			expect((await ask(simulator, 'GET', path, { token })).status).toBe(200);
		}
	});
});

it('users are filtered by seat, role and status, and other values are refused', async () => {
	const simulator = await site();
	simulator.site.createUser('gone').user.active = false;
	const found = async (query: string) => names(await read(simulator, `/users?${query}`));
	expect(await found('seatfilter=seated')).toEqual(['admin', 'editor']);
	expect(await found('rolefilter=Viewer&activatedfilter=true')).toEqual(['reader']);
	expect(await found('activatedfilter=false')).toEqual(['gone']);
	for (const query of ['seatfilter=true', 'activatedfilter=active', 'rolefilter=King']) {
		expect((await ask(simulator, 'GET', `/users?${query}`)).status).toBe(400);
	}
});
