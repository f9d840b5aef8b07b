import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { expectResponse } from '../support/integration/response.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import {
	openPublished,
	openScene,
	type Scene,
	serverTokenFor,
	useScenes,
} from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { elementAt } from '../support/present.mts';

useScenes();

const excluding = (...excludeUsers: string[]): IDataObject => ({ filters: { excludeUsers } });
const ignoringOwn: IDataObject = { additionalOptions: { ignoreOwnChanges: true } };
/** Events name their user by ID only: see docs/vendor-facts.md#users-in-events. */
const idOnly = { requestDetails: 'userId' } as const;

/** Ids of the site's users, see the simulator. */
const [ADMIN, EDITOR] = ['1', '4'];

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

const userCalls = ({ site }: Scene) =>
	site.apiCalls.map(({ path }) => path).filter((path) => path.includes('/users/'));

/** What static data contains about users. */
function stored({ host }: Scene): unknown {
	const { staticData, node } = host.row;
	const { global } = JSON.parse(staticData) as { global?: Record<string, unknown> };
	return global?.[`cxoneExpertUsers:${node.id}`];
}

describe('Exclude Users', () => {
	it("a name in Exclude Users filters events that carry only the user's id", async () => {
		const scene = await openFiltered(excluding(' Editor '));
		expect(userCalls(scene)).toEqual(['/@api/deki/users/=Editor']);
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([ADMIN]);
		expect(scene.site.deliveries.every(({ statusCode }) => statusCode === 200)).toBe(true);
	});

	it('a name in Exclude Users is looked up once, when the workflow is published', async () => {
		const scene = await openFiltered(excluding('EDITOR', 'editor', '3', ''));
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

	it('a name in Exclude Users filters events that carry the name', async () => {
		const scene = await openPublished({
			parameters: excluding('editor'),
			site: { requestDetails: 'user' },
		});
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([ADMIN]);
	});

	it('Exclude Users lets events without a user pass, and looks nobody up', async () => {
		const scene = await openPublished({ parameters: excluding('editor') });
		scene.host.row.staticData = '{}';
		expect(await ranFor(scene, 'editor')).toEqual([undefined]);
		expect(userCalls(scene)).toHaveLength(1);
	});

	it('publish succeeds when the site does not know a name in Exclude Users, and logs the name', async () => {
		const scene = await openFiltered(excluding('nobody\nhere', 'editor'));
		expect(log.of('warn')).toEqual([
			expect.stringMatching(/no user "nobody\?here".*"Exclude Users".*publish again/),
		]);
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
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([ADMIN]);
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
	it('Ignore Own Changes is off by default and then looks nobody up', async () => {
		const scene = await openFiltered({});
		expect(await ranFor(scene, 'admin')).toEqual([ADMIN]);
		expect(userCalls(scene)).toEqual([]);
	});

	it('Ignore Own Changes filters events that the user of the token caused', async () => {
		const scene = await openFiltered(ignoringOwn);
		expect(userCalls(scene)).toEqual(['/@api/deki/users/current']);
		expect(stored(scene)).toMatchObject({ excluded: [], own: ADMIN });
		expect(await ranFor(scene, 'admin', 'editor')).toEqual([EDITOR]);
	});

	it('Ignore Own Changes finds the user of a server token', async () => {
		const scene = await openScene({ parameters: ignoringOwn, site: idOnly });
		const data = serverTokenFor(scene.site);
		scene.host.credential = () => data;
		await scene.host.production.publish();
		expect(await ranFor(scene, 'admin', 'editor')).toEqual([EDITOR]);
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

	it('Ignore Own Changes follows a new token without a new publish', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const scene = await openFiltered(ignoringOwn);
		const { site, host } = scene;
		const data = { ...host.credential(), longTermToken: site.editorJwt };
		// Expert goes on sending the token that was registered.
		const { authorizationHeader } = elementAt(site.webhooks(), 0);
		host.credential = () => ({ ...data, deliveryToken: authorizationHeader });
		vi.advanceTimersByTime(10_001);
		expect(await ranFor(scene, 'admin', 'editor')).toEqual([ADMIN]);
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
		expect(failure.message).toContain('"Ignore Own Changes"');
	});
});

describe('lost user ids', () => {
	/** As after a publish by an older version, or after static data was emptied. */
	async function openForgetful() {
		const scene = await openFiltered({ ...excluding('editor'), ...ignoringOwn });
		scene.host.row.staticData = '{}';
		scene.site.apiCalls.length = 0;
		return scene;
	}

	it('lost user ids are looked up once for all deliveries', async () => {
		const scene = await openForgetful();
		expect(await ranFor(scene, 'editor', 'admin', 'reader', 'editor')).toEqual(['3']);
		expect(userCalls(scene).sort()).toEqual([
			'/@api/deki/users/=editor',
			'/@api/deki/users/current',
		]);
	});

	it.each(['3', '{"for":"KEY","excluded":[7]}', '{"for":"old","excluded":["3"]}'])(
		'lost user ids are looked up when static data contains %s instead',
		async (text) => {
			const scene = await openFiltered({ ...excluding('editor'), ...ignoringOwn });
			const { row } = scene.host;
			const { for: configKey } = stored(scene) as { for: string };
			const key = `cxoneExpertUsers:${row.node.id}`;
			row.staticData = `{"global":{"${key}":${text.replace('KEY', configKey)}}}`;
			expect(await ranFor(scene, 'editor', 'reader')).toEqual(['3']);
		},
	);

	it('a delivery gets 503 while the look-up of lost user ids is slow, and 200 later', async () => {
		const scene = await openForgetful();
		scene.site.faults.add({ match: { path: '/users/current' }, effect: { delayMs: 1_200 } });
		const subject = { page: { id: 1, path: 'A' } };
		const delivery = newDelivery(scene, { subject, by: 'editor' });
		expectResponse(await send(scene, delivery), 503);
		await expect.poll(() => scene.site.apiCalls.map(({ status }) => status)).not.toContain(null);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(0);
		expect(userCalls(scene)).toHaveLength(2);
	});

	it('an event runs after the look-up of lost user ids has timed out', async () => {
		const scene = await openForgetful();
		scene.site.faults.add({ match: { path: '/users/' }, effect: { hang: true } });
		const delivery = newDelivery(scene, { by: 'editor' });
		expectResponse(await send(scene, delivery), 503);
		await expect.poll(() => log.of('warn')).toContainEqual(expect.stringMatching(/did not/));
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('events run while the look-up of lost user ids fails, and are filtered once it succeeds', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const scene = await openForgetful();
		scene.site.faults.add({ match: { path: '/users/' }, effect: { status: 500 } });
		inOrder(scene);
		expect(await ranFor(scene, 'editor', 'admin')).toEqual([EDITOR, ADMIN]);
		expect(userCalls(scene)).toHaveLength(1);
		expect(log.of('warn')).toEqual([expect.stringMatching(/did not say who the users/)]);
		expectNoSecretInLog(scene);
		scene.site.faults.clear();
		vi.advanceTimersByTime(60_000);
		// This delivery still uses the known ids, and starts a new look-up.
		await ranFor(scene, 'reader');
		await expect.poll(() => userCalls(scene)).toHaveLength(3);
		await expect.poll(async () => await ranFor(scene, 'editor', 'admin')).toEqual([]);
	});

	it('known user ids stay in use when a new look-up fails', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const scene = await openForgetful();
		expect(await ranFor(scene, 'editor')).toEqual([]);
		scene.site.faults.add({ match: { path: '/users/' }, effect: { status: 500 } });
		vi.advanceTimersByTime(60_000);
		expect(await ranFor(scene, 'editor')).toEqual([]);
		await expect.poll(() => log.of('warn')).toHaveLength(1);
		expect(await ranFor(scene, 'editor')).toEqual([]);
	});
});

it('a test of the workflow applies Ignore Own Changes and stores nothing', async () => {
	const scene = await openScene({ parameters: ignoringOwn, site: idOnly });
	await scene.host.test.publish();
	expect(await ranFor(scene, 'admin', 'editor')).toEqual([EDITOR]);
	expect(scene.host.row.staticData).toBe('{}');
});
