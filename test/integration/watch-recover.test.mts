import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NodeContext } from '../../nodes/CxoneExpert/memory.ts';
import { authorizationAt, expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import type { Host } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { ago, came, HOUR, published, whileAway } from '../support/integration/recovery.mts';
import { openAt, type Scene, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { Watch } from '../support/integration/watch.mts';
import { type Page, sendDelivery } from '../support/simulator/index.mts';

/* What one recovery starts, asks the site for and says. What comes in the course of time is in test/world/stories. */

useScenes();

const CREATED = { parameters: { events: ['page_create'] } };
const ONE = { deliveriesPerExecution: 'one' };

const isSearch = ({ path }: { path: string }) => path.endsWith('/find');

/** n8n is started, and looks for what was missed. */
async function startAgain({ host }: Scene): Promise<Watch> {
	const watch = await Watch.restart(host);
	await watch.tick();
	return watch;
}

/** A new page of which nothing was delivered. */
async function missed(scene: Scene, minutes = 30, by = 'admin'): Promise<Page> {
	const path = `Page_${minutes}`;
	await whileAway(scene, () => scene.site.site.createPage(path, { at: ago(scene, minutes), by }));
	return scene.site.site.page(path);
}

describe('recovery of what was missed', () => {
	it('a recovered item is the item of the event as far as the site tells it', async () => {
		const scene = await published();
		const at = ago(scene, 30);
		let id = 0;
		await whileAway(scene, () => {
			id = scene.site.site.createPage('Guides/Größe', { title: 'Größe', at, by: 'editor' }).pageId;
		});
		await startAgain(scene);
		expect(scene.host.items[0]).toEqual({
			...{ title: 'Größe', by: 'Edda Editor' },
			deliveryId: `recovered:c:${id}`,
			eventId: `recovered:c:${id}`,
			eventType: 'page_create',
			eventName: 'Page Created',
			occurredAt: `${at.toISOString().slice(0, -5)}Z`,
			receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			language: 'en-US',
			page: {
				...{
					id: `${id}`,
					path: 'Guides/Größe',
					title: 'Größe',
					revision: 1,
					draftState: 'inactive',
				},
				url: `${scene.site.url}/Guides/Gr%C3%B6%C3%9Fe`,
			},
			user: { id: '4', name: 'editor' },
			recovered: true,
		});
		// Of the process that was started last.
		const { readFigures } = await import('../../nodes/CxoneExpert/metrics/delivery-figures.ts');
		expect(readFigures(scene.host.webhookUrl).counts.recovered).toBe(2);
	});

	it('a recovered item holds an event with Simplify off, too', async () => {
		const scene = await published({ parameters: { simplify: false } });
		await missed(scene);
		await startAgain(scene);
		expect(scene.host.items[0]).toMatchObject({
			recovered: true,
			event: { '@type': 'page:create', page: { path: { '#text': 'Page_30' } } },
		});
	});

	it.each<[string, IDataObject, by?: string]>([
		['an event that is not chosen', { events: ['page_delete'] }],
		['Page Paths', { filters: { pathPrefixes: ['Other'] } }],
		['Exclude Users, by name', { filters: { excludeUsers: ['editor'] } }],
		['Exclude Users, by id', { filters: { excludeUsers: ['4'] } }],
		['Ignore Own Changes', { filters: { ignoreOwnChanges: true } }, 'admin'],
		['Watch: Recover Changes, which is off', { additionalOptions: { recoverMissedChanges: false } }],
	])('nothing is recovered that is held back by %s', async (_case, parameters, by = 'editor') => {
		const scene = await published({ parameters });
		await missed(scene, 30, by);
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
	});

	it('the site is not searched for a workflow that no change of a page starts', async () => {
		const scene = await published({ parameters: { events: ['user_update'] } });
		await missed(scene);
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
		expect(scene.site.apiCalls.filter(isSearch)).toEqual([]);
	});

	it('nothing is recovered by a copy of n8n under another address', async () => {
		const scene = await published();
		await missed(scene);
		scene.host.row.node.webhookId = randomUUID();
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
	});

	it('what a test has received does not count as delivered', async () => {
		const scene = await published(CREATED);
		const { host, site } = scene;
		const page = await missed(scene);
		await host.test.publish();
		const { authorizationHeader } = site.webhooks().find(({ url }) => url === host.testUrl)!;
		const at = ago(scene, 30);
		const response = await sendDelivery(host.testUrl, {
			...newDelivery(scene, { type: 'page_create', subject: { page }, at }),
			...{ authorization: authorizationHeader, secret: site.settings.signingSecret },
		});
		expectResponse(response, 200);
		await host.idle();
		await (await Watch.afterStart(host)).tick();
		expect(came(scene)).toEqual([`page_create ${page.id}`, `+ page_create ${page.id}`]);
	});

	it('pages are recovered although the site refuses its archive; that and a refused search are told once each', async () => {
		const scene = await published(CREATED);
		scene.host.row.node.parameters.events = ['page_create', 'page_delete'];
		const { id } = await missed(scene);
		const watch = await Watch.restart(scene.host);
		scene.site.faults.add({ match: { path: /archive/ }, effect: { status: 403 } });
		await watch.tick();
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
		expect(log.of('warn').at(-1)).toMatch(/^CXone Expert recovery of /);
		scene.site.faults.add({ match: { path: /find$/ }, effect: { status: 403 } });
		await watch.anotherTick();
		expect(watch.failures.map(({ message }) => message)).toEqual([
			'Missed deletions cannot be recovered for now: Only admins may see the archive (403) while n8n tried to list the pages in the archive',
			expect.stringMatching(/^Missed changes cannot be recovered .* find what was changed/),
		]);
	});

	it('what n8n could not save is recovered by a later check without another search, and by none beside it', async () => {
		const scene = await published(CREATED);
		const { host } = scene;
		const { id } = await missed(scene);
		const watch = await Watch.restart(host);
		const { store } = host;
		host.store = async () => await Promise.reject(new Error('disk full'));
		for (let check = 0; check < 2; check++) await watch.anotherTick();
		host.store = store;
		const calls = scene.site.apiCalls.length;
		const run = gate();
		host.running = run.wait;
		const recovering = watch.anotherTick();
		await run.reached;
		await watch.anotherTick();
		run.open();
		await recovering;
		expect(scene.site.apiCalls.slice(calls).filter(isSearch)).toEqual([]);
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
	});

	it('an execution that n8n is slow to begin does not come twice, nor hold up another one', async () => {
		const scene = await published(CREATED);
		const { host } = scene;
		const { id } = await missed(scene);
		const watch = await Watch.restart(host);
		const place = gate();
		host.slot = place.wait;
		await watch.tick();
		host.slot = async () => {};
		scene.site.settings.clockSkewMs += 10 * 60_000;
		const later = await missed(scene, 1);
		await watch.anotherTick();
		place.open();
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${id}`, `+ page_create ${later.id}`]);
	});

	it('changes that are more than one search keeps come with the next ones', async () => {
		const path = '../../nodes/CxoneExpert/trigger/changes/period-search.ts';
		vi.doMock(path, async (original) => {
			const real = await original<typeof import('../../nodes/CxoneExpert/trigger/changes/period-search.ts')>();
			const siteChanges: typeof real.siteChanges = (query) => real.siteChanges({ ...query, maxChanges: 2 });
			return { ...real, siteChanges };
		});
		onTestFinished(() => vi.doUnmock(path));
		const scene = await published(CREATED);
		const pages = [];
		for (const minutes of [40, 30, 20]) pages.push(await missed(scene, minutes));
		const watch = await startAgain(scene);
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(came(scene)).toEqual(pages.map(({ id }) => `+ page_create ${id}`));
	});

	it('what could not be looked for is recovered by another version, as far as that before wanted it, and not at another site', async () => {
		const scene = await published(CREATED);
		const { host, site } = scene;
		const { id } = await missed(scene);
		const watch = await Watch.restart(host);
		site.faults.add({ match: { path: /find$/ }, effect: { status: 502 } });
		await watch.tick();
		await watch.close();
		host.row.node.parameters.events = ['page_create', 'pagecontent_update'];
		await host.production.unpublish();
		await host.production.publish();
		site.faults.clear();
		const next = await Watch.start(host, 'update');
		await next.tick();
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
		await missed(scene, 1);
		const siteUrl = site.url.replace('127.0.0.1', 'localhost');
		const credential = { ...host.credential(), siteUrl };
		host.credential = () => credential;
		await next.anotherTick();
		expect(came(scene)).toHaveLength(1);
	});

	it.each([
		['share an execution, a hundred at most,', {}, [100, 5]],
		['have one each where deliveries have', ONE, Array.from({ length: 105 }, () => 1)],
	])('missed changes %s', async (_how, additionalOptions, sizes) => {
		const scene = await published({ parameters: { ...CREATED.parameters, additionalOptions } });
		await whileAway(scene, () => {
			for (let page = 0; page < 105; page++) scene.site.site.createPage(`P${page}`, { at: ago(scene, 30) });
		});
		await startAgain(scene);
		expect(scene.host.executions.map(({ items }) => items.length)).toEqual(sizes);
	});

	it('a recovery ends when the workflow is unpublished', async () => {
		const scene = await published({ parameters: { ...CREATED.parameters, additionalOptions: ONE } });
		for (const minutes of [40, 30]) await missed(scene, minutes);
		const watch = await Watch.restart(scene.host);
		scene.host.running = async () => await watch.close();
		await watch.tick();
		expect(scene.host.executions).toHaveLength(1);
	});
});

describe('what a recovery asks the site for', () => {
	/** Ids of the pages whose revisions were asked for. */
	const read = ({ site }: Scene) =>
		site.apiCalls.flatMap(({ path }) => /pages\/(\d+)\/revisions/.exec(path)?.[1] ?? []);

	it('no revisions of a page that Page Paths leave out, and of an old one where Page Created alone is chosen', async () => {
		const filters = { pathPrefixes: ['Old', 'Page_20'] };
		const scene = await published({ parameters: { events: ['page_create'], filters } });
		const { site } = scene.site;
		await whileAway(scene, () => {
			site.createPage('Other', { at: ago(scene, 30) });
			site.createPage('Old', { at: ago(scene, 400) });
			site.editPage('Old', { at: ago(scene, 30) });
		});
		const { id } = await missed(scene, 20);
		await startAgain(scene);
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
		expect(read(scene)).toEqual([`${id}`]);
		const home = scene.site.apiCalls.filter(({ path }) => path.endsWith('home/revisions'));
		expect(home).toEqual([]);
	});

	it('nothing before the time that Retry-After names', async () => {
		const scene = await published(CREATED);
		const { site } = scene;
		const { id } = await missed(scene);
		const watch = await Watch.restart(scene.host);
		const effect = { status: 429, headers: { 'Retry-After': '600' } };
		site.faults.add({ match: { path: /pages|users/, nth: 2, times: 1 }, effect });
		await watch.tick();
		const calls = site.apiCalls.length;
		await watch.anotherTick();
		const paths = site.apiCalls.slice(calls).map(({ path }) => path);
		expect(paths).toContain('/@api/deki/webhooks');
		expect(paths.filter((path) => /pages|users/.test(path))).toEqual([]);
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
	});

	it('nothing at each further check while the site goes on counting the same failed deliveries', async () => {
		const scene = await published({ site: { autoDisableAfter: 50 } });
		const watch = await startAgain(scene);
		await watch.anotherTick();
		await missed(scene, 0);
		scene.site.settings.clockSkewMs += 60_000;
		for (let check = 0; check < 4; check++) await watch.anotherTick();
		expect(came(scene)).toHaveLength(2);
		const calls = scene.site.apiCalls.length;
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(scene.site.webhooks()).toMatchObject([{ active: true }]);
		expect(scene.site.apiCalls.slice(calls).some(isSearch)).toBe(false);
	});

	it.each([
		['nothing after a late response to a request without the token', false],
		['what was missed after a late response to a delivery', true],
	])('%s', async (_what, isGenuine) => {
		const scene = await published(CREATED);
		const { host, site } = scene;
		const watch = await startAgain(scene);
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		// Nothing is cached any more.
		passTime(HOUR);
		const reading = gate();
		host.readCredential = reading.wait;
		const authorization = isGenuine ? authorizationAt(scene) : 'Bearer of-a-stranger';
		expectResponse(await send(scene, newDelivery(scene), { authorization }), 503);
		reading.open();
		await host.idle();
		const calls = site.apiCalls.length;
		await watch.anotherTick();
		expect(site.apiCalls.slice(calls).some(isSearch)).toBe(isGenuine);
	});
});

it('each of two triggers that look at the same site at the same time gets all changes', async () => {
	const scene = await published(CREATED);
	const other = await openAt(scene.site, CREATED);
	scene.site.settings.clockSkewMs -= 3 * HOUR;
	await other.host.production.publish();
	scene.site.settings.clockSkewMs += 3 * HOUR;
	const expected: string[] = [];
	other.host.isAway = true;
	await whileAway(scene, () => {
		for (let minutes = 20; minutes > 0; minutes--) {
			const { pageId } = scene.site.site.createPage(`P${minutes}`, { at: ago(scene, minutes) });
			expected.push(`+ page_create ${pageId}`);
		}
	});
	const watch = await Watch.restart(scene.host);
	other.host.loaded = scene.host.loaded;
	const watches = [watch, await Watch.afterStart(other.host)];
	await Promise.all(watches.map(async (each) => await each.tick()));
	expect(came(scene)).toEqual(expected);
	expect(came(other)).toEqual(expected);
});

it('with a check a day, what was missed is recovered although other triggers are busy meanwhile', async () => {
	const additionalOptions = { checkEvery: 1500 };
	const scene = await published({ parameters: { events: ['page_create'], additionalOptions } });
	const watch = await startAgain(scene);
	const page = await missed(scene, 1);
	const { changesAt } = await import('../../nodes/CxoneExpert/trigger/state/progress.ts');
	const other = { getWorkflow: () => ({ id: 'other' }), getNode: () => ({ id: 'other' }) };
	scene.site.settings.clockSkewMs += 26 * HOUR;
	for (let half = 0; half < 2; half++) {
		passTime(12.6 * HOUR);
		changesAt(other as unknown as NodeContext);
		await watch.tick();
	}
	expect(came(scene)).toEqual([`+ page_create ${page.id}`]);
});

describe('recovery when the trigger was disabled before n8n was restarted', () => {
	/** What else saves static data of the workflow after the trigger was disabled, as it was before that. */
	const savers: Array<[string, (scene: Scene, watch: Watch) => Promise<void>]> = [
		[
			'another trigger of the workflow',
			async ({ host }, watch) => {
				await host.production.unpublish();
				watch.neighbourWrites();
			},
		],
		[
			'an execution that ends later',
			async (scene) => {
				const { host } = scene;
				host.slot = async () => await host.production.unpublish();
				host.downstream = (staticData) => void (staticData.ofAnother = randomUUID());
				expectResponse(await send(scene, newDelivery(scene, { type: 'page_create' })), 200);
				await host.idle();
				host.executions.length = 0;
			},
		],
	];

	it.each(savers)('nothing is recovered of that time, though %s saves static data later', async (_what, disable) => {
		const scene = await published(CREATED);
		const { host, site } = scene;
		const watch = await Watch.start(host);
		await watch.tick();
		await disable(scene, watch);
		await missed(scene);
		await host.restart();
		site.settings.clockSkewMs += 60_000;
		await host.production.publish('update');
		await (await Watch.start(host, 'update')).tick();
		expect(came(scene)).toEqual([]);
	});
});

describe('static data of the workflow', () => {
	const count = ({ row }: Host) => {
		row.staticData = JSON.stringify({ ...row.loadStaticData(), 'node:Counter': { count: 5 } });
	};
	const expectCount = ({ row }: Host) => expect(row.loadStaticData()).toHaveProperty(['node:Counter'], { count: 5 });

	it('a recovered execution puts back nothing that another node has stored meanwhile', async () => {
		const scene = await published(CREATED);
		await missed(scene);
		scene.host.running = async () => count(scene.host);
		await startAgain(scene);
		expect(came(scene)).toHaveLength(1);
		expectCount(scene.host);
	});

	it('a delivery that has waited for a free place puts back nothing that another node has stored', async () => {
		const scene = await published(CREATED);
		const { host } = scene;
		const place = gate();
		host.slot = place.wait;
		expectResponse(await send(scene, newDelivery(scene, { type: 'page_create' })), 200);
		count(host);
		passTime(6_000);
		place.open();
		await host.idle();
		expect(came(scene)).toHaveLength(1);
		expectCount(host);
	});
});
