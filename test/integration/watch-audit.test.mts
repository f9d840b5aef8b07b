import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import { outputOf } from '../support/integration/action-node.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { ago, HOUR, passedOn, publishedUnseen, whileAway } from '../support/integration/recovery.mts';
import { type Scene, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { Watch } from '../support/integration/watch.mts';

useScenes();

/*
 * The hourly comparison: nothing has failed, and Expert has sent no event for a change. The clock of the
 * site begins some hours behind, so that time can pass there, too.
 */

const HOURS = 8;
const EDITED = { parameters: { events: ['pagecontent_update'] } };

interface Audited extends Scene {
	watch: Watch;
	/** Time passes, and a check is due. */
	pass: (minutes: number) => Promise<void>;
	/** Time passes. */
	passUnchecked: (minutes: number) => void;
	/** What the site has sent is there, and has run. */
	calm: () => Promise<void>;
}

async function audited({ parameters = {}, site }: SceneOptions = {}): Promise<Audited> {
	const additionalOptions = { maxDeliveryAge: 86_400, ...(parameters.additionalOptions as object) };
	const scene = await publishedUnseen(
		{
			parameters: { ...parameters, additionalOptions },
			site: { knowsDraftPublish: true, autoDisableAfter: 10, ...site },
		},
		HOURS + 1,
	);
	const { settings } = scene.site;
	settings.clockSkewMs -= HOURS * HOUR;
	const watch = await Watch.restart(scene.host);
	const passUnchecked = (minutes: number) => {
		settings.clockSkewMs += minutes * 60_000;
		passTime(minutes * 60_000);
	};
	const pass = async (minutes: number) => {
		passUnchecked(minutes);
		await watch.tick();
	};
	const calm = async () => {
		await scene.site.idle();
		await scene.host.idle();
	};
	// What may have been missed before the start is searched for.
	await watch.tick();
	for (const minutes of [5, 10]) await pass(minutes);
	scene.site.apiCalls.length = 0;
	log.lines = [];
	return { ...scene, watch, pass, passUnchecked, calm };
}
/** Calls beside those of checks. */
const auditCalls = ({ site }: Scene) =>
	site.apiCalls
		.map(({ method, path }) => `${method} ${path.replace(/^.*?deki/, '')}`)
		.filter((call) => !call.includes('/webhooks'));

const SENT_NO_EVENT = 'Expert has sent no event for';
const DO_NOT_MATCH = 'Events and changes of this site do not match';
const reported = (text: string) => log.of('warn').filter((line) => line.includes(text));

/** A page and a draft of a page, delivered as far as the site sends events. */
async function publishDraft({ site, calm }: Audited, path: string): Promise<number> {
	const { pageId } = site.site.createDraft(path);
	await calm();
	site.settings.clockSkewMs += 60_000;
	site.site.publishDraft(path);
	await calm();
	return pageId;
}

async function findingsAt({ site, host }: Scene): Promise<string[]> {
	const [item] = await outputOf(site, {
		parameters: {
			...{ resource: 'webhook', operation: 'checkHealth' },
			options: { webhookUrl: host.url },
		},
	});
	return (item as IDataObject).findings as string[];
}

/** Expert gives up these deliveries, but not the next one, so that nothing looks failed. */
async function unheard(scene: Audited, deed: () => void): Promise<void> {
	await whileAway(scene, deed);
	scene.site.site.createPage(`Next ${randomUUID()}`);
	await scene.calm();
}

const recovered = (scene: Scene) => passedOn(scene).filter((item) => item.startsWith('+'));

it('a change is left to the next comparison while its event may still come', async () => {
	const scene = await audited();
	const { pageId } = scene.site.site.createPage('Page');
	await scene.calm();
	await scene.pass(55);
	await unheard(scene, () => void scene.site.site.editPage(pageId));
	await scene.pass(5);
	expect(recovered(scene)).toEqual([]);
	await scene.pass(65);
	expect(recovered(scene)).toEqual([`+ pagecontent_update ${pageId} 2`]);
});

describe('where publications send nothing', () => {
	const site = { publicationFires: 'nothing' } as const;

	it('the comparison recovers them, says so once until the workflow is published again, and then looks with each check', async () => {
		const scene = await audited({ parameters: { events: ['page_published'] }, site });
		const first = await publishDraft(scene, 'First');
		await scene.pass(30);
		expect(passedOn(scene)).toEqual([]);
		await scene.pass(35);
		expect(passedOn(scene)).toEqual([`+ pagecontent_update ${first} 1`]);
		expect(scene.host.outputs.flat()).toEqual([expect.objectContaining({ firstPublication: true, recovered: true })]);
		expect(reported(SENT_NO_EVENT)).toEqual([
			expect.stringMatching(/no event for 1 edit or publication since \S+; the trigger now looks every 5 minutes/),
		]);
		expect(await findingsAt(scene)).toEqual([expect.stringContaining(SENT_NO_EVENT)]);
		// None has matched, so others than the first one wait for an hour.
		await scene.pass(60);
		const second = await publishDraft(scene, 'Second');
		await scene.pass(5);
		expect(passedOn(scene).slice(1)).toEqual([`+ pagecontent_update ${second} 1`]);
		expect(reported(SENT_NO_EVENT)).toHaveLength(1);
		await scene.pass(65);
		expect(passedOn(scene)).toHaveLength(2);
		expect(scene.watch.failures).toEqual([]);
		await scene.host.production.publish();
		expect(await findingsAt(scene)).toEqual([]);
	});

	it('a comparison that the site or the database of n8n interrupts is made again, and loses nothing', async () => {
		const scene = await audited({ ...EDITED, site });
		const { host } = scene;
		const id = await publishDraft(scene, 'Page');
		const { faults } = scene.site;
		for (const path of [/find$/, /revisions$/]) {
			faults.add({ match: { path }, effect: { status: 500 } });
			await scene.pass(65);
			faults.clear();
		}
		const { store } = host;
		host.store = async () => await Promise.reject(new Error('disk full'));
		await scene.pass(5);
		host.store = store;
		expect(passedOn(scene)).toEqual([]);
		await scene.pass(5);
		expect(passedOn(scene)).toEqual([`+ pagecontent_update ${id} 1`]);
	});

	it('in queue mode one execution starts, and the comparisons end', async () => {
		const scene = await audited({ ...EDITED, site });
		for (const path of ['One', 'Two']) await publishDraft(scene, path);
		scene.host.loaded.trigger.execute = async function () {
			return [this.getInputData()];
		};
		await scene.pass(65);
		scene.site.apiCalls.length = 0;
		await scene.pass(65);
		expect(scene.host.items).toHaveLength(1);
		expect(auditCalls(scene)).toEqual([]);
	});

	it('in queue mode nothing starts for what other processes may have got since the last delivery to this one', async () => {
		const scene = await audited(EDITED);
		const { site } = scene.site;
		scene.host.loaded.trigger.execute = async function () {
			return [this.getInputData()];
		};
		const pages = ['One', 'Two', 'Three'].map((path) => site.createPage(path).pageId);
		await scene.calm();
		await scene.pass(60);
		site.editPage('One');
		await scene.calm();
		await scene.pass(5);
		scene.site.pauseDeliveries();
		for (const id of pages) site.editPage(id);
		for (let hour = 0; hour < 2; hour++) await scene.pass(65);
		expect(scene.host.items.filter((item) => item.recovered)).toEqual([]);
		expect(reported(SENT_NO_EVENT)).toEqual([]);
		const subject = { page: { id: 9999, path: 'Elsewhere' }, revision: 2 };
		const delivery = newDelivery(scene, { type: 'pagecontent_update', subject, at: ago(scene, 0) });
		expectResponse(await send(scene, delivery), 200);
		await scene.host.idle();
		for (let hour = 0; hour < 2; hour++) await scene.pass(65);
		expect(scene.host.items.filter((item) => item.recovered)).toHaveLength(3);
	});

	it('in queue mode a delivery that is filtered out shows, too, that this process gets them', async () => {
		const scene = await audited({ parameters: { ...EDITED.parameters, filters: { pathPrefixes: ['Wanted'] } } });
		scene.host.loaded.trigger.execute = async function () {
			return [this.getInputData()];
		};
		const { pageId } = scene.site.site.createPage('Wanted');
		await scene.calm();
		await scene.pass(65);
		await whileAway(scene, () => void scene.site.site.editPage(pageId));
		scene.passUnchecked(1);
		scene.site.site.createPage('Other');
		await scene.calm();
		await scene.pass(65);
		expect(scene.host.items.filter((item) => item.recovered)).toHaveLength(1);
	});

	it('once n8n has updated the package without a restart, the comparisons end, and the log says so once', async () => {
		const scene = await audited({ ...EDITED, site });
		await publishDraft(scene, 'Page');
		await scene.host.restart();
		for (let hour = 0; hour < 2; hour++) await scene.pass(65);
		expect(auditCalls(scene)).toEqual([]);
		expect(reported('the package was updated while n8n ran')).toHaveLength(1);
	});
});

describe('where events and changes do not match', () => {
	it('the log and Check Health say so until an event has matched', async () => {
		const scene = await audited({ ...EDITED, site: { eventSkewMs: 120_000, publicationFires: 'nothing' } });
		const { site, settings } = scene.site;
		site.createPage('Page');
		await scene.calm();
		await scene.pass(65);
		expect(await findingsAt(scene)).toEqual([]);
		await publishDraft(scene, 'Draft');
		for (let hour = 0; hour < 3; hour++) await scene.pass(65);
		expect(recovered(scene)).toEqual([]);
		expect(reported(DO_NOT_MATCH)).toHaveLength(1);
		expect(await findingsAt(scene)).toEqual([expect.stringContaining(DO_NOT_MATCH)]);
		settings.eventSkewMs = 0;
		site.editPage('Page');
		await scene.calm();
		await scene.pass(65);
		expect(await findingsAt(scene)).toEqual([]);
	});

	it('for one kind, what Expert has sent no event for of another one is a finding as well', async () => {
		const scene = await audited();
		const { site, settings } = scene.site;
		for (const path of ['Page', 'First', 'Second']) site.createPage(path);
		await scene.calm();
		await scene.pass(5);
		await unheard(scene, () => void site.editPage('Page'));
		await scene.pass(65);
		settings.eventSkewMs = 120_000;
		site.deletePage('First');
		await scene.calm();
		await scene.pass(5);
		expect(await findingsAt(scene)).toEqual([
			expect.stringContaining(SENT_NO_EVENT),
			expect.stringContaining(DO_NOT_MATCH),
		]);
		settings.eventSkewMs = 0;
		site.deletePage('Second');
		await scene.calm();
		await scene.pass(5);
		expect(await findingsAt(scene)).toEqual([expect.stringContaining(SENT_NO_EVENT)]);
	});
});

describe('the calls of a comparison', () => {
	/** The site is known to search all of its tree: a flat one is asked each time. */
	async function known(options: SceneOptions = {}): Promise<Audited> {
		const scene = await audited(options);
		scene.site.site.createPage('Top/Below/Page');
		await scene.calm();
		await scene.pass(65);
		scene.site.apiCalls.length = 0;
		return scene;
	}

	it.each<[string, SceneOptions, calls: RegExp[]]>([
		['two in a calm hour', {}, [/\/pages\/home\/find/, /\/archive\/pages/]],
		['one in a calm hour without Page Deleted', EDITED, [/\/pages\/home\/find/]],
	])('are %s', async (_what, options, calls) => {
		const scene = await known(options);
		for (let check = 0; check < 11; check++) await scene.pass(5);
		expect(auditCalls(scene)).toEqual([]);
		await scene.pass(5);
		expect(auditCalls(scene)).toEqual(calls.map((call) => expect.stringMatching(call) as string));
	});

	it('in a busy hour are one more for each change that no delivery explains', async () => {
		const scene = await known();
		const { site } = scene.site;
		for (let page = 0; page < 40; page++) site.createPage(`Page${page}`);
		await scene.calm();
		await scene.pass(5);
		for (let page = 0; page < 40; page++) site.editPage(`Page${page}`);
		await scene.calm();
		scene.site.settings.clockSkewMs += 60_000;
		for (let page = 0; page < 10; page++) site.tagPage(`Page${page}`, { add: ['new'] });
		await scene.calm();
		await scene.pass(65);
		expect(auditCalls(scene)).toHaveLength(2 + 10);
		scene.site.apiCalls.length = 0;
		await scene.pass(65);
		expect(auditCalls(scene)).toHaveLength(2);
		expect(scene.host.items.filter(({ recovered }) => recovered)).toEqual([]);
	});
});
