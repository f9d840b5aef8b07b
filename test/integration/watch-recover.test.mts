import type { NodeContext } from '../../nodes/CxoneExpert/memory.ts';
import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
	authorizationAt,
	newDelivery,
	now,
	send,
	expectResponse,
} from '../support/integration/delivery.mts';
import { change } from '../support/integration/foreign.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import {
	ago,
	came,
	knownChangesOf,
	HOUR,
	published,
	whileAway,
} from '../support/integration/recovery.mts';
import {
	openAt,
	serverTokenFor,
	type Scene,
	type SceneOptions,
	useScenes,
} from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { Watch } from '../support/integration/watch.mts';
import {
	type FaultEffect,
	type Page,
	sendDelivery,
	type Subject,
} from '../support/simulator/index.mts';

useScenes();

interface Stored {
	global: Record<
		string,
		{ changes: { known: string }; progress: { site: string; cursor: number } }
	>;
}

const fails = async () => await Promise.reject(new Error('database is down'));

/** n8n is started, and looks for what was missed. */
async function startAgain({ host }: Scene): Promise<Watch> {
	const watch = await Watch.restart(host);
	await watch.tick();
	return watch;
}

const keyOf = ({ host }: Scene) => `cxoneExpertWatch:${host.row.node.id}`;

describe('recovery of what was missed', () => {
	it('changes made while n8n was away start the workflow once each, oldest first, marked', async () => {
		const scene = await published();
		const { site } = scene.site;
		let [old, fresh] = [0, 0];
		await whileAway(scene, () => {
			old = site.createPage('Guides/Old', { at: ago(scene, 400) }).pageId;
			fresh = site.createPage('Guides/Fresh', { at: ago(scene, 40), by: 'editor' }).pageId;
			site.editPage(fresh, { at: ago(scene, 30) });
			site.deletePage(old, { at: ago(scene, 20) });
		});
		const watch = await startAgain(scene);
		expect(came(scene)).toEqual([
			...[`+ page_create ${fresh}`, `+ pagecontent_update ${fresh} 1`],
			...[`+ pagecontent_update ${fresh} 2`, `+ page_delete ${old}`],
		]);
		await watch.anotherTick();
		expect(came(scene)).toHaveLength(4);
		expect(scene.host.items.at(-1)?.page).toMatchObject({ url: `${scene.site.url}/Guides/Old` });
		expect(scene.host.executions.every(({ items }) => items.length === 1)).toBe(true);
		// Of the process that was started last.
		const { readFigures } = await import('../../nodes/CxoneExpert/figures/delivery-figures.ts');
		expect(readFigures(scene.host.webhookUrl).counts.recovered).toBe(4);
	});

	it('a recovered item is the item of the event as far as the site tells it', async () => {
		const scene = await published();
		const at = ago(scene, 30);
		let id = 0;
		await whileAway(scene, () => {
			id = scene.site.site.createPage('Guides/Größe', { title: 'Größe', at, by: 'editor' }).pageId;
		});
		await startAgain(scene);
		expect(scene.host.items[0]).toEqual({
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
	});

	it('a recovered item holds an event with Simplify off, too', async () => {
		const scene = await published({ parameters: { simplify: false } });
		await missed(scene);
		await startAgain(scene);
		expect(scene.host.items[0]).toMatchObject({
			recovered: true,
			event: { '@type': 'page:create', page: { title: 'Page' } },
		});
	});

	it.each([
		['an event that is not chosen', { events: ['page_delete'] }],
		['Page Paths', { filters: { pathPrefixes: ['Other'] } }],
		['Exclude Users, by name', { filters: { excludeUsers: ['editor'] } }],
		['Exclude Users, by id', { filters: { excludeUsers: ['4'] } }],
		[
			'Watch: Recover Missed Changes, which is off',
			{ additionalOptions: { recoverMissedChanges: false } },
		],
	])('nothing is recovered that is held back by %s', async (_case, parameters) => {
		const scene = await published({ parameters });
		await whileAway(scene, () =>
			scene.site.site.createPage('Guides/Page', { at: ago(scene, 30), by: 'editor' }),
		);
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
	});

	it('the site is not searched for a workflow that no change of a page starts', async () => {
		const scene = await published({ parameters: { events: ['user_update'] } });
		await whileAway(scene, () => scene.site.site.createPage('Guides/Page', { at: ago(scene, 30) }));
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
		expect(scene.site.apiCalls.filter(({ path }) => path.endsWith('/find'))).toEqual([]);
	});

	it('what the user of the token has done is not recovered with Ignore Own Changes', async () => {
		const filters = { ignoreOwnChanges: true };
		const scene = await published({ parameters: { filters } });
		let other = 0;
		await whileAway(scene, () => {
			scene.site.site.createPage('Own', { at: ago(scene, 30), by: 'admin' });
			other = scene.site.site.createPage('Other', { at: ago(scene, 20), by: 'editor' }).pageId;
		});
		await startAgain(scene);
		expect(came(scene)).toEqual([`+ page_create ${other}`, `+ pagecontent_update ${other} 1`]);
	});

	it('nothing is recovered while a person has disabled the webhook, nor later for that time', async () => {
		const scene = await published();
		const watch = await Watch.restart(scene.host);
		scene.site.disableWebhook(1);
		scene.site.site.createPage('Meanwhile', { at: ago(scene, 30) });
		await watch.tick();
		scene.site.enableWebhook(1);
		await watch.anotherTick();
		await watch.anotherTick();
		expect(scene.host.executions).toEqual([]);
	});

	it.each([
		['', (scene: Scene) => Watch.start(scene.host)],
		[
			', also where nothing has come since n8n was started',
			({ host }: Scene) => Watch.restart(host),
		],
	])(
		'what an import has held back for less than an hour is recovered when Expert disables the webhook before it has sent all%s',
		async (_case, begin) => {
			const scene = await published({ parameters: { events: ['page_create'] } });
			const { site: simulator } = scene;
			const watch = await begin(scene);
			const pass = async (minutes: number) => {
				simulator.settings.clockSkewMs += minutes * 60_000;
				await watch.anotherTick();
			};
			await pass(0);
			await pass(5);
			const [first, second] = simulator.site.bulkImport(2, { pause: true, at: ago(scene, 0) });
			// Nothing fails meanwhile, so each check finds the webhook in order.
			for (let half = 0; half < 2; half++) await pass(25);
			simulator.site.endJobs();
			// One of the burst arrives, then Expert disables the webhook.
			const { page } = first!;
			const delivery = newDelivery(scene, { type: 'page_create', subject: { page } });
			expectResponse(await send(scene, delivery), 200);
			await scene.host.idle();
			await whileAway(scene, () => simulator.resumeDeliveries());
			await watch.anotherTick();
			expect(came(scene)).toEqual([`page_create ${page.id}`, `+ page_create ${second!.pageId}`]);
		},
	);

	it('nothing is recovered by a copy of n8n under another address', async () => {
		const scene = await published();
		await missed(scene);
		scene.host.row.node.webhookId = randomUUID();
		await startAgain(scene);
		expect(scene.host.executions).toEqual([]);
	});
});

it('what was missed is recovered where the token sees no page directly below the home page', async () => {
	const scene = await published({ parameters: { events: ['page_create'] } });
	const { id } = await missed(scene);
	const raw = '<subpages totalcount="0" count="0"/>';
	scene.site.faults.add({
		match: { path: /home\/subpages$/ },
		effect: { status: 200, body: { raw, contentType: 'application/xml' } },
	});
	await startAgain(scene);
	expect(came(scene)).toEqual([`+ page_create ${id}`]);
});

describe('recovered changes and deliveries', () => {
	/** The event of a change that the site has made. */
	const delivered = (scene: Scene, type: string, subject: Subject, at?: Date) =>
		newDelivery(scene, { type, subject, ...(at && { at }) });

	it('nothing is noted of deliveries where nobody watches, and the watch begins with its first look', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const { host, site } = scene;
		// As an older version of the node has left it.
		host.row.staticData = '{}';
		await host.restart();
		const at = ago(scene, 30);
		const page = await missed(scene, at);
		expectResponse(await send(scene, delivered(scene, 'page_create', { page }, at)), 200);
		await host.idle();
		expect(Object.keys((host.row.loadStaticData() as { global: IDataObject }).global)).toEqual([
			`cxoneExpert:${host.row.node.id}`,
		]);
		site.enableWebhook(1);
		await (await Watch.afterStart(host)).tick();
		expect(came(scene)).toEqual([`page_create ${page.id}`]);
	});

	it('a delivery that n8n is still saving is left to the next check', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const at = ago(scene, 30);
		const page = await missed(scene, at);
		const gate = Promise.withResolvers<void>();
		scene.host.store = async () => await gate.promise;
		expectResponse(await send(scene, delivered(scene, 'page_create', { page }, at)), 503);
		const watch = await Watch.afterStart(scene.host);
		await watch.tick();
		gate.resolve();
		await scene.host.idle();
		await watch.anotherTick();
		expect(came(scene)).toEqual([`page_create ${page.id}`]);
	});

	it('what a test has received does not count as delivered', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const at = ago(scene, 30);
		const page = await missed(scene, at);
		await scene.host.test.publish();
		const { authorizationHeader } = scene.site
			.webhooks()
			.find(({ url }) => url === scene.host.testUrl)!;
		const delivery = delivered(scene, 'page_create', { page }, at);
		const response = await sendDelivery(scene.host.testUrl, {
			...{ ...delivery, authorization: authorizationHeader },
			secret: scene.site.settings.signingSecret,
		});
		expectResponse(response, 200);
		await scene.host.idle();
		await (await Watch.afterStart(scene.host)).tick();
		expect(came(scene)).toEqual([`page_create ${page.id}`, `+ page_create ${page.id}`]);
	});

	it('what a filter has held back of a delivery is not recovered either', async () => {
		const filters = { excludeUsers: ['robot'] };
		const scene = await published({ parameters: { events: ['page_create'], filters } });
		scene.site.settings.requestDetails = 'user';
		scene.site.site.createUser('robot');
		const at = ago(scene, 30);
		// The site does not name the author of the revision as the one who has called it.
		const page = await missed(scene, at);
		const delivery = newDelivery(scene, {
			type: 'page_create',
			subject: { page },
			at,
			by: 'robot',
		});
		expectResponse(await send(scene, delivery), 200);
		await (await Watch.afterStart(scene.host)).tick();
		expect(scene.host.executions).toEqual([]);
	});
});

async function storedRows(scene: Scene): Promise<() => string> {
	const known = await knownChangesOf(scene);
	return () => known.stored().changes;
}

/** A new page of which nothing was delivered. */
async function missed(scene: Scene, at = ago(scene, 30)): Promise<Page> {
	await whileAway(scene, () => scene.site.site.createPage('Page', { at }));
	return scene.site.site.page('Page');
}

describe('what is remembered of recovered changes', () => {
	it('what was recovered a day ago and is out of reach goes with the next recovery, without any delivery', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		await missed(scene);
		const watch = await Watch.restart(scene.host);
		const known = await storedRows(scene);
		await watch.tick();
		scene.site.settings.clockSkewMs += 10 * 60_000;
		await watch.anotherTick();
		await watch.anotherTick();
		const before = known();
		expect(before).not.toBe('');
		passTime(25 * HOUR);
		const { now } = Date;
		const today = vi.spyOn(Date, 'now').mockImplementation(() => now() + 25 * HOUR);
		onTestFinished(() => today.mockRestore());
		await watch.anotherTick();
		await whileAway(scene, () => scene.site.site.createPage('Other', { at: ago(scene, 2) }));
		await watch.anotherTick();
		await watch.anotherTick();
		await whileAway(scene, () => scene.site.site.createPage('Third', { at: ago(scene, 1) }));
		await watch.anotherTick();
		expect(known()).not.toContain(before);
	});
});

describe('recovery at a site that lists late', () => {
	it('a page is read again whose revision was not listed yet when the page was', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const page = await missed(scene, ago(scene, 0.5));
		const watch = await Watch.restart(scene.host);
		const raw = '<pages count="0" totalcount="0"/>';
		scene.site.faults.add({
			match: { path: /revisions$/ },
			effect: { status: 200, body: { raw, contentType: 'application/xml' } },
		});
		await watch.tick();
		expect(came(scene)).toEqual([]);
		scene.site.faults.clear();
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${page.id}`]);
	});

	it('the search after ten minutes leaves an event alone that Expert holds back, and is the last one', async () => {
		const { scene, pass } = await withEmptyLists(['pagecontent_update']);
		const { site } = scene;
		await whileAway(scene, () => site.emit('pagecontent_update'));
		for (let check = 0; check < 2; check++) await pass(5);
		site.faults.clear();
		site.pauseDeliveries();
		const { id } = site.site.page('Delivered');
		site.site.editPage(id);
		const search = site.apiCalls.length;
		await pass(5);
		const calls = site.apiCalls.length;
		for (let check = 0; check < 3; check++) await pass(5);
		site.resumeDeliveries();
		await site.idle();
		await scene.host.idle();
		expect(came(scene)).toEqual([`pagecontent_update ${id} 2`]);
		const isSearch = ({ path }: { path: string }) => path.endsWith('/find');
		expect(site.apiCalls.slice(search, calls).some(isSearch)).toBe(true);
		expect(site.apiCalls.slice(calls).some(isSearch)).toBe(false);
	});

	/** All is well, but find shows nothing. */
	async function withEmptyLists(events = ['page_create']) {
		const parameters = { events, additionalOptions: { maxDeliveryAge: 86_400 } };
		const scene = await published({ parameters, site: { autoDisableAfter: 50 } });
		scene.site.settings.clockSkewMs -= 2 * HOUR;
		const watch = await Watch.restart(scene.host);
		const pass = async (minutes: number) => {
			scene.site.settings.clockSkewMs += minutes * 60_000;
			await watch.anotherTick(minutes);
		};
		await watch.tick();
		for (let check = 0; check < 4; check++) await pass(5);
		// Deliveries come to this process.
		scene.site.site.createPage('Delivered');
		await scene.site.idle();
		await scene.host.idle();
		scene.host.executions.length = 0;
		await pass(5);
		const raw = '<pages count="0" totalcount="0"/>';
		const body = { raw, contentType: 'application/xml' };
		scene.site.faults.add({ match: { path: /find$/ }, effect: { status: 200, body } });
		return { scene, pass };
	}
});

it.each([403, 404])(
	'a missed page whose revisions the site refuses once (%i) is recovered',
	async (status) => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const page = await missed(scene, ago(scene, 5));
		scene.site.faults.add({
			match: { path: `${page.id}/revisions`, times: 1 },
			effect: { status },
		});
		const watch = await Watch.restart(scene.host);
		await watch.tick();
		expect(came(scene)).toEqual([]);
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${page.id}`]);
	},
);

describe('recovery where more has come than is remembered', () => {
	/** So many deliveries of the last minute that the oldest of them are forgotten. */
	async function fill(scene: Scene): Promise<void> {
		const from = await fillWithout(scene);
		(await knownChangesOf(scene)).forget(from);
	}

	async function fillWithout(scene: Scene): Promise<number> {
		const known = await knownChangesOf(scene);
		const from = Math.floor(ago(scene, 4).getTime() / 1000);
		for (let page = 0; page < 10_110; page++) {
			const change = { kind: 'created', page: `x${page}`, at: (from + page) * 1000 } as const;
			known.noteDelivered(scene.site.url, change);
		}
		return from;
	}

	it('what a filter holds back is forgotten above the limit, too, though nothing else comes', async () => {
		const filters = { pathPrefixes: ['Other'] };
		const scene = await published({ parameters: { events: ['page_create'], filters } });
		await fillWithout(scene);
		expectResponse(await send(scene, newDelivery(scene, { type: 'page_create' })), 200);
		expect((await knownChangesOf(scene)).stored().changes.length).toBeLessThanOrEqual(10_000 * 14);
	});

	it('a recovery forgets no delivery that is younger than Deliveries: Max Age', async () => {
		const events = ['page_create', 'page_move'];
		const additionalOptions = { maxDeliveryAge: 72 * 3600 };
		const scene = await published({ parameters: { events, additionalOptions } });
		const signed = async (hours: number) => {
			const delivery = newDelivery(scene, { type: 'page_move' });
			return await send(scene, delivery, { timestamp: now(-hours * 3600) });
		};
		await missed(scene);
		expectResponse(await signed(30), 200);
		await scene.host.idle();
		await startAgain(scene);
		expectResponse(await signed(31), 200);
	});

	it('a change older than what is remembered is not looked for, and the log says so', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		await missed(scene);
		const watch = await Watch.restart(scene.host);
		await fill(scene);
		await watch.tick();
		expect(came(scene)).toEqual([]);
		expect(log.of('warn')).toContainEqual(expect.stringContaining('cannot tell which changes'));
	});

	it('what is forgotten while a recovery is at work is not recovered any more', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const { site } = scene.site;
		await whileAway(scene, () => {
			for (const minutes of [40, 30])
				site.createPage(`Page_${minutes}`, { at: ago(scene, minutes) });
		});
		const watch = await Watch.restart(scene.host);
		scene.host.store = async () => await fill(scene);
		await watch.tick();
		expect(came(scene)).toEqual([`+ page_create ${site.page('Page_40').id}`]);
	});
});

describe('recovery when another version of the workflow is published', () => {
	/** A change is missed, and the recovery of the start has failed. */
	async function withGap(
		options: SceneOptions = {},
	): Promise<Scene & { watch: Watch; id: number }> {
		const scene = await published(options);
		const { id } = await missed(scene);
		const watch = await Watch.restart(scene.host);
		scene.site.faults.add({ match: { path: /find$/ }, effect: { status: 502 } });
		await watch.tick();
		scene.site.faults.clear();
		return { ...scene, watch, id };
	}

	/** As n8n does it: the watch of the version before ends, and that of the new one begins. */
	async function publishAgain(scene: Scene & { watch: Watch }, parameters: IDataObject = {}) {
		await scene.watch.close();
		Object.assign(scene.host.row.node.parameters, parameters);
		await scene.host.production.unpublish();
		await scene.host.production.publish();
		const watch = await Watch.start(scene.host, 'update');
		await watch.tick();
		return { ...scene, watch };
	}

	it.each<[string, IDataObject, IDataObject]>([
		['an event', { events: ['page_create'] }, { events: ['page_create', 'pagecontent_update'] }],
		[
			'pages that a filter has left out',
			{ events: ['pagecontent_update'], filters: { pathPrefixes: ['Elsewhere'] } },
			{ filters: {} },
		],
	])(
		'of %s that only the new version wants, nothing older than its publication is recovered, also when n8n restarts after a delivery',
		async (_what, before, after) => {
			const scene = await published({ parameters: before });
			const old = scene.site.site.createPage('Old', { at: ago(scene, 200) }).pageId;
			const edit = (minutes: number) =>
				void scene.site.site.editPage(old, { at: ago(scene, minutes), html: `${minutes}` });
			edit(30);
			await scene.site.idle();
			const started = await startAgain(scene);
			await whileAway(
				scene,
				() => void scene.site.site.createPage('Elsewhere', { at: ago(scene, 20) }),
			);
			scene.host.executions.length = 0;
			const { watch } = await publishAgain({ ...scene, watch: started }, after);
			await whileAway(scene, () => edit(-1));
			scene.site.settings.clockSkewMs += 5 * 60_000;
			for (let check = 0; check < 4; check++) await watch.anotherTick();
			const wanted = [`+ pagecontent_update ${old} 3`];
			expect(came(scene).filter((name) => name.includes(` ${old}`))).toEqual(wanted);
			expect(came(scene).join()).toContain(`${scene.site.site.page('Elsewhere').id}`);
			edit(-6);
			await scene.site.idle();
			await startAgain(scene);
			const delivered = `pagecontent_update ${old} 4`;
			expect(came(scene).filter((name) => name.includes(` ${old}`))).toEqual([
				...wanted,
				delivered,
			]);
		},
	);

	it('nothing is recovered of the time in which Watch: Recover Missed Changes was off', async () => {
		const off = { additionalOptions: { recoverMissedChanges: false } };
		const scene = await publishAgain(await withGap(), off);
		const watch = await Watch.restart(scene.host);
		await publishAgain({ ...scene, watch }, { additionalOptions: {} });
		expect(scene.host.executions).toEqual([]);
	});

	it('a recovery that is under way ends without a fault when the workflow is published without recovery', async () => {
		const scene = await withGap({ parameters: { events: ['page_create'] } });
		const gate = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		scene.host.slot = async () => {
			begun.resolve();
			await gate.promise;
		};
		const underWay = scene.watch.anotherTick();
		await begun.promise;
		await publishAgain(scene, { additionalOptions: { recoverMissedChanges: false } });
		gate.resolve();
		await underWay;
		expect(log.of('error')).toEqual([]);
	});
});

describe('recovery in parts', () => {
	it('a delivery stores how far a recovery has got that is still at work', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const at = [40, 30].map((minutes) => ago(scene, minutes));
		await whileAway(scene, () => {
			for (const each of at) scene.site.site.createPage(`Page_${each.getTime()}`, { at: each });
		});
		const watch = await Watch.restart(scene.host);
		const cursors: unknown[] = [];
		scene.host.running = async () => {
			expectResponse(await send(scene, newDelivery(scene)), 200);
			const { global } = scene.host.row.loadStaticData() as unknown as Stored;
			cursors.push(global[keyOf(scene)]!.progress.cursor);
		};
		await watch.tick();
		expect(cursors[1]).toBe(Math.floor(at[0]!.getTime() / 1000) * 1000);
	});

	it('executions that n8n is slow to begin do not come twice', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		await missed(scene);
		const gate = Promise.withResolvers<void>();
		scene.host.slot = async () => await gate.promise;
		// As n8n 2.8.4, which does not know the key.
		scene.host.keys.has = () => false;
		const watch = await Watch.restart(scene.host);
		const first = watch.tick();
		await first;
		await watch.anotherTick();
		expect(scene.host.executions).toHaveLength(1);
		gate.resolve();
		await watch.anotherTick();
		expect(scene.host.executions).toHaveLength(1);
	});

	it('pages are recovered although the site refuses its archive, with one failed execution that says so', async () => {
		const scene = await published();
		const { id } = await missed(scene);
		const watch = await Watch.restart(scene.host);
		scene.site.faults.add({ match: { path: /archive/ }, effect: { status: 403 } });
		await watch.tick();
		await watch.anotherTick();
		expect(came(scene)).toEqual([`+ page_create ${id}`, `+ pagecontent_update ${id} 1`]);
		expect(watch.failures.map(({ message }) => message)).toEqual([
			'Missed deletions cannot be recovered for now: Only admins may see the archive (403) while n8n tried to list the pages in the archive',
		]);
		expect(log.of('warn').at(-1)).toMatch(/^CXone Expert recovery of /);
	});

	it('a refusal of the search is told although that of the archive was', async () => {
		const scene = await published();
		const watch = await Watch.restart(scene.host);
		scene.site.faults.add({ match: { path: /archive/ }, effect: { status: 403 } });
		await watch.tick();
		scene.site.faults.add({ match: { path: /find$/ }, effect: { status: 403 } });
		await watch.anotherTick();
		expect(watch.failures.map(({ message }) => message)).toEqual([
			expect.stringContaining('list the pages in the archive'),
			expect.stringMatching(/^Missed changes cannot be recovered .* find what was changed/),
		]);
	});

	it('refusals of the archive do not count for the search, which has failed once', async () => {
		const scene = await published();
		const watch = await Watch.restart(scene.host);
		scene.site.faults.add({ match: { path: /archive/ }, effect: { status: 403 } });
		await watch.tick();
		await watch.anotherTick();
		scene.site.faults.add({ match: { path: /find$/ }, effect: { status: 502 } });
		// Something may be missing again.
		await change(scene.site, 'DELETE', '1');
		scene.site.apiCalls.length = 0;
		await watch.anotherTick();
		expect(scene.site.apiCalls.some(({ path }) => path.endsWith('find'))).toBe(true);
		expect(watch.failures).toHaveLength(1);
	});

	it('a recovery ends when the workflow is unpublished', async () => {
		const scene = await published();
		await whileAway(scene, () => {
			scene.site.site.createPage('One', { at: ago(scene, 30) });
			scene.site.site.createPage('Two', { at: ago(scene, 20) });
		});
		const watch = await Watch.restart(scene.host);
		scene.host.running = async () => {
			await watch.close();
			scene.host.running = async () => {};
		};
		await watch.tick();
		expect(scene.host.executions).toHaveLength(1);
	});

	it('checks go on during a recovery, and none of them recovers beside it', async () => {
		const scene = await published();
		await missed(scene);
		const gate = Promise.withResolvers<void>();
		const isRunning = Promise.withResolvers<void>();
		scene.host.running = async () => {
			isRunning.resolve();
			await gate.promise;
		};
		const watch = await Watch.restart(scene.host);
		const first = watch.tick();
		await isRunning.promise;
		const calls = scene.site.apiCalls.length;
		await watch.anotherTick();
		expect(scene.site.apiCalls.length).toBeGreaterThan(calls);
		expect(scene.host.executions).toHaveLength(1);
		gate.resolve();
		await first;
		expect(scene.host.executions).toHaveLength(2);
	});
});

describe('recovery at a large or strict site', () => {
	const isOfSearch = /pages|archive|users/;

	/** The site takes so many calls of a search, and then asks to be left alone. */
	function allow({ site }: Scene, calls: number, retryAfter = '60'): void {
		site.faults.clear();
		const effect = { status: 429, headers: { 'Retry-After': retryAfter } };
		site.faults.add({ match: { path: isOfSearch, nth: calls + 1 }, effect });
	}

	/** New pages that nobody has told n8n of, one a minute, the oldest first. */
	async function withMissed(count: number, options: SceneOptions = {}, title = 'Page') {
		const scene = await published({ parameters: { events: ['page_create'] }, ...options }, 20);
		const ids: number[] = [];
		await whileAway(scene, () => {
			for (let index = count; index > 0; index--) {
				const page = { title, at: ago(scene, 1 + index) };
				ids.push(scene.site.site.createPage(`Page_${index}`, page).pageId);
			}
		});
		const watch = await Watch.restart(scene.host);
		return { ...scene, watch, expected: ids.map((id) => `+ page_create ${id}`) };
	}

	/** Pages whose revisions the site has given, by the order of its responses. */
	const read = ({ site }: Scene) =>
		site.apiCalls
			.filter(({ path, status }) => /pages\/\d+\/revisions/.test(path) && status === 200)
			.map(({ path }) => `+ page_create ${/\d+/.exec(path)![0]}`);

	const searchCalls = ({ site }: Scene, from: number) =>
		site.apiCalls.slice(from).filter(({ path }) => isOfSearch.test(path));

	it.each(['tree', 'children'] as const)(
		'a site that limits calls is searched to its end, and no page is read twice: find gives the %s',
		async (findDepth) => {
			const { watch, expected, ...scene } = await withMissed(60, { site: { findDepth } });
			for (let check = 0; check < 4 && came(scene).length === 0; check++) {
				allow(scene, 25);
				await watch.anotherTick();
			}
			expect(came(scene)).toEqual(expected);
			expect(read(scene).toSorted()).toEqual(expected.toSorted());
		},
	);

	it.each([
		['seconds', () => '600', 5, 5],
		['a date', () => new Date(Date.now() + 600_000).toUTCString(), 5, 5],
		['a day, of which an hour counts', () => '86400', 55, 5],
	])('Retry-After is obeyed: %s', async (_case, retryAfter, early, later) => {
		const { watch, expected, ...scene } = await withMissed(5);
		allow(scene, 3, retryAfter());
		await watch.tick();
		const calls = scene.site.apiCalls.length;
		scene.site.faults.clear();
		await watch.anotherTick(early);
		expect(scene.site.apiCalls.length).toBeGreaterThan(calls);
		expect(searchCalls(scene, calls)).toEqual([]);
		await watch.anotherTick(later);
		expect(came(scene)).toEqual(expected);
	});

	it('what was read counts once the site has said who the token is, and is not asked for again', async () => {
		const { watch, expected, ...scene } = await withMissed(3);
		const effect = { status: 429, headers: { 'Retry-After': '60' } };
		scene.site.faults.add({ match: { path: /users\/current/ }, effect });
		await watch.tick();
		expect(came(scene)).toEqual([]);
		scene.site.faults.clear();
		const calls = scene.site.apiCalls.length;
		await watch.anotherTick();
		expect(came(scene)).toEqual(expected);
		expect(searchCalls(scene, calls).map(({ path }) => path)).toEqual(['/@api/deki/users/current']);
	});

	const anonymous = { status: 200, body: { raw: '<user anonymous="true"/>' } };

	it.each<[string, FaultEffect, (scene: Scene) => void]>([
		[
			'was replaced',
			{ status: 502 },
			({ host, site }) => void (host.credential = () => serverTokenFor(site)),
		],
		['is not accepted', anonymous, () => {}],
	])(
		'what was read with a token that %s does not count: all is asked again',
		async (_case, effect, mend) => {
			const { watch, expected, ...scene } = await withMissed(3);
			scene.site.faults.add({ match: { path: /users\/current/ }, effect });
			await watch.tick();
			expect(came(scene)).toEqual([]);
			scene.site.faults.clear();
			mend(scene);
			await watch.anotherTick();
			expect(read(scene)).toEqual([...expected, ...expected]);
			expect(came(scene)).toEqual(expected);
		},
	);

	it('what is missed after a search has begun is recovered after it', async () => {
		const { watch, expected, ...scene } = await withMissed(5);
		allow(scene, 3);
		await watch.tick();
		scene.site.faults.clear();
		scene.site.settings.clockSkewMs += 30 * 60_000;
		await whileAway(scene, () => {
			const { pageId } = scene.site.site.createPage('Later', { at: ago(scene, 20) });
			expected.push(`+ page_create ${pageId}`);
		});
		await watch.anotherTick();
		await watch.anotherTick();
		expect(came(scene)).toEqual(expected);
	});

	it('the site is not searched again for what n8n could not save, once all was well for a minute', async () => {
		const { watch, expected, ...scene } = await withMissed(3);
		const { store } = scene.host;
		scene.host.store = fails;
		for (let check = 0; check < 2; check++) await watch.anotherTick();
		scene.host.store = store;
		const calls = scene.site.apiCalls.length;
		await watch.anotherTick();
		expect(came(scene)).toEqual(expected);
		expect(searchCalls(scene, calls)).toEqual([]);
		expect(read(scene)).toEqual(expected);
	});

	it('changes that are more than one search keeps come with the next ones', async () => {
		const path = '../../nodes/CxoneExpert/trigger/changes/site-changes.ts';
		vi.doMock(path, async (original) => {
			const real =
				await original<typeof import('../../nodes/CxoneExpert/trigger/changes/site-changes.ts')>();
			const siteChanges: typeof real.siteChanges = (query) =>
				real.siteChanges({ ...query, maxChanges: 2 });
			return { ...real, siteChanges };
		});
		onTestFinished(() => vi.doUnmock(path));
		const { watch, expected, ...scene } = await withMissed(5);
		for (let check = 0; check < 5; check++) await watch.anotherTick();
		expect(came(scene)).toEqual(expected);
	});

	it('a long archive is read to its end although each second call fails', async () => {
		const scene = await published({
			parameters: { events: ['page_delete'] },
			site: { maxPageSize: 2 },
		});
		const { site, faults } = scene.site;
		const paths = Array.from({ length: 6 }, (_, index) => `Page_${index}`);
		await whileAway(scene, () => {
			for (const path of paths) {
				const { pageId } = site.createPage(path, { at: ago(scene, 400) });
				site.deletePage(pageId, { at: ago(scene, 20) });
			}
		});
		const watch = await Watch.restart(scene.host);
		for (let nth = 2; nth < 60; nth += 2)
			faults.add({ match: { path: /archive\/pages$/, nth, times: 1 }, effect: { status: 502 } });
		for (let check = 0; check < 8; check++) await watch.anotherTick();
		expect(came(scene)).toHaveLength(paths.length);
	});

	it('what is missed while n8n has not begun an earlier execution is recovered', async () => {
		const { watch, expected, ...scene } = await withMissed(1);
		const gate = Promise.withResolvers<void>();
		scene.host.slot = async () => {
			scene.host.slot = async () => {};
			await gate.promise;
		};
		await watch.tick();
		scene.site.settings.clockSkewMs += 10 * 60_000;
		await whileAway(scene, () => {
			const { pageId } = scene.site.site.createPage('Later', { at: ago(scene, 1) });
			expected.push(`+ page_create ${pageId}`);
		});
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(came(scene)).toEqual(expected);
		gate.resolve();
	});

	it('find is asked in slices where it has more to tell than n8n reads at once', async () => {
		const { watch, expected, ...scene } = await withMissed(400, {}, 'long '.repeat(200));
		await watch.tick();
		expect(came(scene)).toEqual(expected);
		const slices = scene.site.apiCalls.filter(
			({ path, query }) => path.endsWith('home/find') && 'upto' in query,
		);
		expect(slices.length).toBeGreaterThan(1);
	});
});

describe('what a recovery asks the site for', () => {
	/** Ids of the pages whose revisions were asked for. */
	const read = ({ site }: Scene, from = 0) =>
		site.apiCalls
			.slice(from)
			.flatMap(({ path }) => /pages\/(\d+)\/revisions/.exec(path)?.[1] ?? []);

	it('no revisions of a page that Page Paths leave out', async () => {
		const filters = { pathPrefixes: ['Guides'] };
		const scene = await published({ parameters: { events: ['page_create'], filters } });
		const { site } = scene.site;
		let id = 0;
		await whileAway(scene, () => {
			site.createPage('Other', { at: ago(scene, 30) });
			id = site.createPage('Guides', { at: ago(scene, 20) }).pageId;
		});
		await startAgain(scene);
		expect(came(scene)).toEqual([`+ page_create ${id}`]);
		expect(read(scene)).toEqual([`${id}`]);
		const home = scene.site.apiCalls.filter(({ path }) => path.endsWith('home/revisions'));
		expect(home).toEqual([]);
	});

	it('no revisions of an old page where Page Created alone starts the workflow', async () => {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const { site } = scene.site;
		let id = 0;
		await whileAway(scene, () => {
			const old = site.createPage('Old', { at: ago(scene, 400) }).pageId;
			site.editPage(old, { at: ago(scene, 30) });
			id = site.createPage('New', { at: ago(scene, 20) }).pageId;
		});
		await startAgain(scene);
		expect(read(scene)).toEqual([`${id}`]);
	});

	it('nothing at each further check while the site goes on counting the same failed deliveries', async () => {
		const scene = await published({ site: { autoDisableAfter: 50 } });
		const watch = await startAgain(scene);
		await watch.anotherTick();
		await whileAway(scene, () => scene.site.site.createPage('Missed', { at: ago(scene, 0) }));
		scene.site.settings.clockSkewMs += 60_000;
		for (let check = 0; check < 4; check++) await watch.anotherTick();
		expect(came(scene)).toHaveLength(2);
		const calls = scene.site.apiCalls.length;
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(scene.site.webhooks()).toMatchObject([{ active: true }]);
		expect(scene.site.apiCalls.slice(calls).some(({ path }) => path.endsWith('/find'))).toBe(false);
	});

	it.each([
		['nothing after a late response to a request without the token', false],
		['what was missed after a late response to a delivery', true],
	])('%s', async (_what, isGenuine) => {
		const scene = await published({ parameters: { events: ['page_create'] } });
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
		const isSearched = site.apiCalls.slice(calls).some(({ path }) => path.endsWith('/find'));
		expect(isSearched).toBe(isGenuine);
	});

	it('nothing of the time up to the last delivery that a filter has held back, once an hour', async () => {
		const filters = { pathPrefixes: ['Wanted'] };
		const scene = await published({ parameters: { filters } });
		const { host, site } = scene;
		const watch = await Watch.restart(host);
		const cursor = () =>
			(host.row.loadStaticData() as unknown as Stored).global[keyOf(scene)]!.progress.cursor;
		const before = cursor();
		for (let check = 0; check < 2; check++) await watch.anotherTick();
		const hourly: number[] = [];
		for (const minutes of [0, 30, 31]) {
			passTime(minutes * 60_000);
			site.settings.clockSkewMs += minutes * 60_000;
			await watch.anotherTick();
			const subject = { page: { id: 7, path: 'Elsewhere' } };
			expectResponse(await send(scene, newDelivery(scene, { type: 'page_create', subject })), 200);
			hourly.push(cursor());
		}
		expect(host.executions).toEqual([]);
		expect(hourly[0]).toBeGreaterThan(before);
		expect(hourly[1]).toBe(hourly[0]);
		expect(hourly[2]).toBeGreaterThan(hourly[1]!);
	});

	/** Two workflows of one n8n with triggers for the same site, and pages that both have missed. */
	async function twoWatches(count: number) {
		const options = { parameters: { events: ['page_create'] } };
		const scene = await published(options);
		const other = await openAt(scene.site, options);
		scene.site.settings.clockSkewMs -= 3 * HOUR;
		await other.host.production.publish();
		scene.site.settings.clockSkewMs += 3 * HOUR;
		const ids: number[] = [];
		other.host.isAway = true;
		await whileAway(scene, () => {
			for (let minutes = count; minutes > 0; minutes--)
				ids.push(scene.site.site.createPage(`P${minutes}`, { at: ago(scene, minutes) }).pageId);
		});
		const watches = [await Watch.restart(scene.host)];
		other.host.loaded = scene.host.loaded;
		watches.push(await Watch.afterStart(other.host));
		return { scene, other, watches, ids, expected: ids.map((id) => `+ page_create ${id}`) };
	}

	it('each page once for all triggers that look at the same time, and each gets all changes', async () => {
		const { scene, other, watches, ids, expected } = await twoWatches(20);
		await Promise.all(watches.map(async (watch) => await watch.tick()));
		expect(came(scene)).toEqual(expected);
		expect(came(other)).toEqual(expected);
		expect(read(scene)).toEqual(ids.map(String));
	});

	it('a page again for a trigger that begins more than a minute later', async () => {
		const { scene, other, watches, ids, expected } = await twoWatches(3);
		await watches[0]!.tick();
		passTime(61_000);
		await watches[1]!.tick();
		expect(came(other)).toEqual(expected);
		expect(read(scene)).toEqual([...ids, ...ids].map(String));
	});

	it('what one trigger has read with a token that is not accepted no other one uses', async () => {
		const { scene, other, watches, expected } = await twoWatches(3);
		const anonymous = { status: 200, body: { raw: '<user anonymous="true"/>' } };
		scene.site.faults.add({ match: { path: /users\/current/ }, effect: anonymous });
		await watches[0]!.tick();
		scene.site.faults.clear();
		const calls = scene.site.apiCalls.length;
		await watches[1]!.tick();
		expect(read(scene, calls)).toHaveLength(3);
		expect(came(other)).toEqual(expected);
	});
});

describe('a check a day or less often', () => {
	it('what was missed since the last one is recovered although other triggers are busy meanwhile', async () => {
		const additionalOptions = { checkEvery: 1500 };
		const scene = await published({ parameters: { events: ['page_create'], additionalOptions } });
		const watch = await startAgain(scene);
		const page = await missed(scene, ago(scene, 1));
		const { changesAt } = await import('../../nodes/CxoneExpert/trigger/node/progress.ts');
		const other = { getWorkflow: () => ({ id: 'other' }), getNode: () => ({ id: 'other' }) };
		scene.site.settings.clockSkewMs += 26 * HOUR;
		for (let half = 0; half < 2; half++) {
			passTime(12.6 * HOUR);
			changesAt(other as unknown as NodeContext);
			await watch.tick();
		}
		expect(came(scene)).toEqual([`+ page_create ${page.id}`]);
	});
});

describe('recovery when the trigger was disabled before n8n was restarted', () => {
	/** Published, and all was well at a check a short time ago, which a delivery since then has stored. */
	async function publishedAndChecked(): Promise<Scene> {
		const scene = await published({ parameters: { events: ['page_create'] } });
		const watch = await Watch.start(scene.host);
		await watch.tick();
		expectResponse(await send(scene, newDelivery(scene, { type: 'page_create' })), 200);
		await scene.host.idle();
		await watch.close();
		scene.host.executions.length = 0;
		return scene;
	}

	/** While n8n is away a page is made, and one comes to light that was made before the last check. */
	async function missedAtRestart(scene: Scene): Promise<string[]> {
		const { site } = scene.site;
		await whileAway(scene, () => {
			site.createPage('Late', { at: ago(scene, 30) });
			site.createPage('Meanwhile', { at: ago(scene, 0) });
		});
		await scene.host.restart();
		scene.site.settings.clockSkewMs += 60_000;
		return ['Late', 'Meanwhile'].map((path) => `+ page_create ${site.page(path).id}`);
	}

	/** n8n publishes the workflow again, and looks for what was missed. */
	async function startAsUpdate({ host }: Scene): Promise<Watch> {
		await host.production.publish('update');
		const watch = await Watch.start(host, 'update');
		await watch.tick();
		return watch;
	}

	/** What else saves static data of the workflow after the trigger was disabled, as it was before that. */
	const savers: Array<[string, (scene: Scene, watch: Watch) => Promise<void>]> = [
		[
			'another trigger of the workflow',
			async ({ host }, watch) => {
				await host.production.unpublish();
				watch.neighbourWrites(host);
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

	it.each(savers)(
		'nothing is recovered of the time in which the trigger was disabled and n8n restarted, when %s saves static data later',
		async (_what, disable) => {
			const scene = await publishedAndChecked();
			await disable(scene, await Watch.start(scene.host));
			await missedAtRestart(scene);
			await startAsUpdate(scene);
			expect(came(scene)).toEqual([]);
		},
	);
});
