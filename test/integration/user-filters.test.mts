import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';
import { named } from '../support/integration/action-node.mts';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openScene, type Scene, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
import { elementAt } from '../support/present.mts';

useScenes();

/** Rows as the editor stores them. */
const rows = (users: string[]) => ({ rows: users.map((user) => ({ user: named('name', user) })) });
const excluding = (...users: string[]): IDataObject => ({ filters: { excludeUsers: rows(users) } });
const excludingOwnAnd = (...users: string[]): IDataObject => ({
	filters: { excludeUsers: rows(users), ignoreOwnChanges: true },
});
const ignoringOwn = excludingOwnAnd();
/** Events name their user by ID only: see docs/vendor-facts.md#users-in-events. */
const idOnly = { requestDetails: 'userId' } as const;

/** Ids of the site's users, see the simulator. */
const [ADMIN, READER, EDITOR] = ['1', '3', '4'];

function openFiltered(parameters: IDataObject) {
	return openPublished({ parameters, site: idOnly });
}

/** Pages that these users create, and the users for whose pages the workflow has run. */
async function ranFor(scene: Scene, ...users: string[]): Promise<unknown[]> {
	const { site, host } = scene;
	const before = host.items.length;
	for (const by of users) site.site.createPage(`By_${by}_${Math.random()}`, { by });
	await site.idle();
	return host.items.slice(before).map(({ user }) => (user as IDataObject | undefined)?.id);
}

/** Deliveries that are under way together may overtake each other. */
const inOrder = ({ site }: Scene) => void (site.settings.concurrencyPerWebhook = 1);

const userCalls = ({ site }: Scene) => site.apiCalls.map(({ path }) => path).filter((path) => path.includes('/users/'));

/** What static data contains about users. */
function stored({ host }: Scene): unknown {
	const { staticData, node } = host.row;
	const { global } = JSON.parse(staticData) as { global?: Record<string, unknown> };
	return global?.[`cxoneExpertUsers:${node.id}`];
}

describe('Exclude Users', () => {
	it('a name in Exclude Users is looked up once, when the workflow is published', async () => {
		const scene = await openFiltered(excluding(' EDITOR ', 'editor', '3', ''));
		expect(userCalls(scene)).toEqual(['/@api/deki/users/=editor']);
		await ranFor(scene, 'editor', 'admin', 'editor');
		await scene.host.restart();
		expect(await ranFor(scene, 'editor', 'reader', 'admin')).toEqual([ADMIN]);
		expect(userCalls(scene)).toHaveLength(1);
	});

	it('a name in Exclude Users may contain any character', async () => {
		const { site, host } = await openScene({
			parameters: excluding('jörg+a/b@x.example?'),
			site: idOnly,
		});
		site.site.users.add('Jörg+a/b@x.example?', 'Contributor');
		await host.production.publish();
		expect(log.of('warn')).toEqual([]);
		expect(await ranFor({ site, host }, 'Jörg+a/b@x.example?', 'admin')).toEqual([ADMIN]);
	});

	it('a name in Exclude Users is stored as a user id and nothing else', async () => {
		const scene = await openFiltered(excluding('editor'));
		expect(stored(scene)).toEqual({ for: expect.stringMatching(/^[\w-]{8}$/), excluded: [EDITOR] });
		expect(scene.host.row.staticData).not.toContain('editor');
		expectNoSecretIn(scene.host.row.staticData, scene);
	});

	it('Exclude Users lets events without a user pass, and looks nobody up', async () => {
		const scene = await openPublished({ parameters: excluding('editor') });
		scene.host.row.staticData = '{}';
		expect(await ranFor(scene, 'editor')).toEqual([undefined]);
		expect(userCalls(scene)).toHaveLength(1);
	});

	it('Exclude Users takes full names as items show them, of all users who have them', async () => {
		const { site, host } = await openScene({
			parameters: excluding('edda editor'),
			site: idOnly,
		});
		const { users } = site.site;
		users.add('second', 'Contributor', 'Edda Editor');
		users.add('third', 'Contributor', 'Edda Editorial');
		await host.production.publish();
		expect(log.of('warn')).toEqual([]);
		inOrder({ site, host });
		expect(await ranFor({ site, host }, 'editor', 'second', 'third', 'admin')).toEqual(['6', ADMIN]);
	});

	it('a test is refused where Exclude Users names nobody, before anything is registered', async () => {
		const scene = await openScene({
			parameters: excluding('editor', 'nobody\nhere'),
			site: idOnly,
		});
		await expect(scene.host.test.publish()).rejects.toThrow(
			/^The site has no user "nobody\?here", whom 'Exclude Users' names/,
		);
		expect(scene.site.webhooks()).toEqual([]);
	});

	it.each([
		[['editor', 'nobody'], 1],
		[['editor', 'Rita Reader', '99'], 0],
	])('a workflow that excludes the users %j makes %i failed executions once it is published', async (names, failed) => {
		const scene = await openScene({ parameters: excluding(...names), site: idOnly });
		const watch = await Watch.start(scene.host);
		await scene.host.production.publish();
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(watch.failures).toHaveLength(failed);
		if (failed > 0) expect(watch.failures[0]!.message).toContain('The site has no user "nobody"');
	});

	it('publish succeeds when the site does not know a name in Exclude Users, and logs the name', async () => {
		const scene = await openFiltered(excluding('nobody\nhere', 'editor'));
		expect(log.of('warn')).toEqual([expect.stringMatching(/no user "nobody\?here".*'Exclude Users'.*publish again/)]);
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([ADMIN]);
		expect(userCalls(scene)).toHaveLength(2);
	});

	it('publish succeeds when a name in Exclude Users cannot be looked up', async () => {
		const scene = await openScene({ parameters: excluding('editor'), site: idOnly });
		scene.site.faults.add({ match: { path: '/users/' }, effect: { status: 500 } });
		await scene.host.production.publish();
		expect(scene.site.webhooks()).toHaveLength(1);
		expect(log.of('warn')).toEqual([expect.stringMatching(/published, but.*asks again/)]);
		expectNoSecretInLog(scene);
		expect(stored(scene)).toBeUndefined();
		scene.site.faults.clear();
		await (await Watch.start(scene.host)).tick();
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([ADMIN]);
		expect(stored(scene)).toMatchObject({ excluded: [EDITOR] });
	});

	it('a name that cannot be looked up leaves the other users excluded', async () => {
		const parameters = excludingOwnAnd('editor', 'reader');
		const scene = await openScene({ parameters, site: idOnly });
		scene.site.faults.add({ match: { path: '/users/=reader' }, effect: { status: 500 } });
		await scene.host.production.publish();
		inOrder(scene);
		expect(await ranFor(scene, 'editor', 'admin', 'reader')).toEqual([READER]);
		expect(stored(scene)).toBeUndefined();
	});

	it('a changed Exclude Users applies after the next publish', async () => {
		const scene = await openFiltered(excluding('editor'));
		scene.host.row.node.parameters.filters = { excludeUsers: ['admin'] };
		await scene.host.production.publish();
		expect(stored(scene)).toMatchObject({ excluded: [ADMIN] });
		scene.host.row.node.parameters.filters = {};
		await scene.host.production.publish();
		expect(stored(scene)).toBeUndefined();
		inOrder(scene);
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([EDITOR, ADMIN]);
	});

	it('a second publish with the same Exclude Users writes no static data', async () => {
		// For a recovery the time of the publication is stored.
		const additionalOptions = { recoverMissedChanges: false };
		const { host } = await openFiltered({ ...excluding('editor'), additionalOptions });
		const { saves } = host.row;
		await host.production.publish();
		expect(host.row.saves).toBe(saves);
	});
});

describe('Ignore Own Changes', () => {
	it('Ignore Own Changes filters events that the user of the token caused', async () => {
		const scene = await openFiltered(ignoringOwn);
		expect(userCalls(scene)).toEqual(['/@api/deki/users/current']);
		expect(stored(scene)).toMatchObject({ excluded: [], own: ADMIN });
		expect(await ranFor(scene, 'admin', 'editor')).toEqual([EDITOR]);
	});

	it('publish names a long-term token that has expired before it looks for its user', async () => {
		const site = { longTermTokenValidityMs: -86_400_000 };
		const scene = await openScene({ parameters: ignoringOwn, site });
		const error = await failureOf(scene.host.production.publish());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/^The long-term token expired on [\d-]+\. Create a new one/);
	});

	it('Ignore Own Changes lets events without a user pass', async () => {
		const scene = await openPublished({ parameters: ignoringOwn });
		expect(await ranFor(scene, 'admin')).toEqual([undefined]);
	});

	it('Ignore Own Changes goes by who changed a user, not by which user was changed', async () => {
		const scene = await openFiltered({ ...ignoringOwn, events: ['user_update'] });
		const { site, host } = scene;
		site.site.updateUser('editor', 'Edda', { by: 'admin' });
		site.site.updateUser('admin', 'Ada', { by: 'editor' });
		await site.idle();
		expect(host.items).toMatchObject([{ eventType: 'user_update', user: { id: ADMIN } }]);
	});

	it('Ignore Own Changes follows a new token from the next check on', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const scene = await openFiltered(ignoringOwn);
		const { site, host } = scene;
		const watch = await Watch.start(host);
		await watch.tick();
		const { id } = site.site.users.add('bot', 'Admin');
		// Expert goes on sending the token that was registered.
		const { authorizationHeader: deliveryToken } = elementAt(site.webhooks(), 0);
		const data = { ...serverTokenFor(site), runAsUser: 'bot', deliveryToken };
		host.credential = () => data;
		vi.advanceTimersByTime(10_001);
		await watch.anotherTick();
		expect(await ranFor(scene, 'admin', 'bot')).toEqual([ADMIN]);
		expect(stored(scene)).toMatchObject({ own: String(id) });
	});

	it('publish with Ignore Own Changes fails and leaves no webhook when the user is not found', async () => {
		const scene = await openScene({ parameters: ignoringOwn, site: idOnly });
		const { site, host } = scene;
		site.faults.add({ match: { path: '/users/current' }, effect: { status: 500 } });
		const busy = await failureOf(host.production.publish());
		expectAdvice(busy, scene);
		expect(busy.message).toContain('check the token');
		expect(site.webhooks()).toEqual([]);
		site.faults.clear();
		site.expireTokens();
		const expired = await failureOf(host.production.publish());
		expectAdvice(expired, scene);
		expect(expired.message).toContain('does not accept the token');
		expect(site.apiCalls.some(({ method }) => method === 'POST')).toBe(false);
	});

	it('publish with Ignore Own Changes reports that the site does not number its users', async () => {
		const scene = await openScene({ parameters: ignoringOwn });
		const body = '<user anonymous="false"><username>admin</username></user>';
		scene.site.faults.add({
			match: { path: '/users/current' },
			effect: { status: 200, body: { raw: body, contentType: 'application/xml' } },
		});
		const failure = await failureOf(scene.host.production.publish());
		expectAdvice(failure, scene);
		expect(failure.message).toContain("'Ignore Own Changes'");
	});
});

describe('lost user ids', () => {
	const filtering = excludingOwnAnd('editor');

	/** Static data is lost, and n8n starts: no process knows the ids. */
	async function openForgetful(staticData = (_stored: unknown): object => ({})) {
		// A recovery asks who we are as well, and a late response to this test would cause one.
		const additionalOptions = { recoverMissedChanges: false };
		const scene = await openFiltered({ ...filtering, additionalOptions });
		const { row } = scene.host;
		const ofUsers = { [`cxoneExpertUsers:${row.node.id}`]: staticData(stored(scene)) };
		const { global } = JSON.parse(row.staticData) as { global: object };
		row.staticData = JSON.stringify({ global: { ...global, ...ofUsers } });
		scene.site.apiCalls.length = 0;
		inOrder(scene);
		return { ...scene, watch: await Watch.restart(scene.host) };
	}

	it('lost user ids are stored again with the next delivery, by the process that knows them', async () => {
		const scene = await openFiltered(filtering);
		scene.host.row.staticData = '{}';
		expect(await ranFor(scene, 'editor', 'admin', 'reader')).toEqual([READER]);
		expect(stored(scene)).toMatchObject({ excluded: [EDITOR], own: ADMIN });
		expect(userCalls(scene)).toHaveLength(2);
	});

	it.each([
		['nothing', () => ({})],
		['a number', () => 3 as unknown as object],
		['numbers as ids', (ids: unknown) => ({ ...(ids as object), excluded: [7] })],
		['the ids of another look-up', () => ({ for: 'old', excluded: [READER] })],
	])(
		'an event runs after a start when static data contains %s, until the next check has asked',
		async (_case, staticData) => {
			const scene = await openForgetful(staticData);
			expect(await ranFor(scene, 'editor', 'admin', 'reader')).toEqual([EDITOR, ADMIN, READER]);
			expect(userCalls(scene)).toEqual([]);
			await scene.watch.tick();
			expect(await ranFor(scene, 'editor', 'admin', 'reader')).toEqual([READER]);
			expect(stored(scene)).toMatchObject({ excluded: [EDITOR], own: ADMIN });
			await scene.watch.anotherTick();
			expect(userCalls(scene)).toHaveLength(2);
		},
	);

	it('the first check asks once, says so if it cannot, and the next start asks again', async () => {
		const scene = await openForgetful();
		scene.site.faults.add({ match: { path: '/users/' }, effect: { status: 500 } });
		await scene.watch.tick();
		expect(log.of('warn')).toEqual([
			expect.stringMatching(/did not say who the users.* until you publish again or restart n8n/),
		]);
		expectNoSecretInLog(scene);
		scene.site.faults.clear();
		await scene.watch.anotherTick();
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([EDITOR, ADMIN]);
		await (await Watch.restart(scene.host)).tick();
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([]);
	});

	it('a check does not ask where nobody is wanted', async () => {
		const scene = await openFiltered({});
		await (await Watch.start(scene.host)).tick();
		expect(userCalls(scene)).toEqual([]);
	});
});

it('a test of the workflow applies Ignore Own Changes and stores nothing', async () => {
	const scene = await openScene({ parameters: ignoringOwn, site: idOnly });
	await scene.host.test.publish();
	await ranFor(scene, 'admin', 'editor');
	await scene.host.idle();
	// An event that is left out ends the listening, and says so.
	expect(scene.host.outputs.flat()).toMatchObject([{ user: { id: EDITOR } }]);
	expect(scene.host.row.staticData).toBe('{}');
});
