import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData, WorkflowExecuteMode } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { log } from '../support/integration/log.mts';
import { instanceSettings, processedItems } from '../support/integration/n8n.mts';
import { deliver, EVENTS, openSilent, passedOn } from '../support/integration/page-published.mts';
import { ago } from '../support/integration/recovery.mts';
import { itemsPassedOn } from '../support/integration/host.mts';
import { credentialFor, type Scene, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';
import { elementAt } from '../support/present.mts';
import { LIMIT_MS } from '../support/wait.mts';
import type { Settings, SimulatedEvent, Site } from '../support/simulator/index.mts';

useScenes();
afterEach(() => {
	instanceSettings.instanceType = 'main';
});

const PATH = 'Page';

/** The items of these events, as n8n gives them to the step: nothing is known of them. */
async function given(scene: Scene, events: SimulatedEvent[]): Promise<INodeExecutionData[]> {
	const { host } = scene;
	const { events: chosen } = host.row.node.parameters;
	host.row.node.parameters.events = ['*'];
	const before = host.items.length;
	await deliver(scene, ...events);
	host.row.node.parameters.events = chosen!;
	host.outputs.length = 0;
	return host.items.slice(before).map((json) => ({ json }));
}

const eventTypes = (scene: Scene) => passedOn(scene).map(({ eventType }) => eventType);

describe('Page Published (First Time)', () => {
	it('the item is that of the event, with its type, and says that it is the first publication', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { events, pageId } = scene.site.site.createPage(PATH);
		await deliver(scene, ...events);
		const { page, ...received } = elementAt(scene.host.items, 0);
		expect(passedOn(scene)).toEqual([
			{
				...received,
				page: expect.objectContaining({ ...(page as object), draftState: 'inactive' }),
				...{ firstPublication: true, eventName: 'Page Published', by: 'Site Admin' },
			},
		]);
		expect(passedOn(scene)).toMatchObject([{ eventType: 'page_create', page: { id: `${pageId}` } }]);
		const names = ['title', 'by', 'eventType', 'eventName', 'firstPublication'];
		expect(Object.keys(passedOn(scene)[0]!).slice(0, 5)).toEqual(names);
	});

	it('the webhook gets the two events that can tell of it', async () => {
		const scene = await openSilent();
		expect(scene.site.webhooks()).toMatchObject([{ events: ['Page_Create', 'PageContent_Update'] }]);
	});

	it('a draft comes once it is published, with Simplify or Add Page Details off, too', async () => {
		for (const parameters of [{ simplify: false }, { pageDetails: false }]) {
			const scene = await openSilent({}, parameters);
			const { site } = scene.site;
			await deliver(scene, ...site.createDraft(PATH).events);
			expect(passedOn(scene)).toEqual([]);
			await deliver(scene, ...site.publishDraft(PATH).events, ...site.editPage(PATH).events);
			expect(passedOn(scene)).toMatchObject([{ firstPublication: true }]);
		}
	});

	it('the execution says why it ends at an event', async () => {
		const scene = await openSilent();
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft('Draft').events, ...site.createPage(PATH).events);
		expect(scene.host.hints).toEqual([
			'1 event was left out by: Page Published (First Time), because the page is a draft',
			'1 event was left out: the workflow has run for the first publication of this page before',
		]);
	});

	it.each([
		['All Events', ['*'], []],
		['Page Updated: Content', ['pagecontent_update'], []],
	])('%s alone marks nothing, and asks for no page', async (_name, events) => {
		const scene = await openSilent({}, { events, pageDetails: false });
		const calls = scene.site.apiCalls.length;
		await deliver(scene, ...scene.site.site.createPage(PATH).events);
		expect(passedOn(scene)).not.toEqual([]);
		for (const item of passedOn(scene)) expect(item).not.toHaveProperty('firstPublication');
		expect(scene.site.apiCalls).toHaveLength(calls);
	});

	it.each([
		['page_create', ['page_create', 'page_create', 'pagecontent_update']],
		['pagecontent_update', ['page_create', 'pagecontent_update']],
		['*', ['page_create', 'page_create', 'pagecontent_update', 'pagecontent_update']],
	])('%s beside it passes as well, and is marked where it is the first publication', async (other, types) => {
		const scene = await openSilent({}, { events: [...EVENTS, other] });
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft('Draft').events);
		await deliver(scene, ...site.createPage(PATH).events, ...site.publishDraft('Draft').events);
		expect(eventTypes(scene).toSorted()).toEqual(types);
		const marked = passedOn(scene).filter(({ firstPublication }) => firstPublication === true);
		expect(marked.map(({ page }) => (page as IDataObject).path).toSorted()).toEqual(['Draft', PATH]);
	});

	it('Unlisted Events take it, too, in any spelling', async () => {
		const scene = await openSilent({}, { events: ['other'], additionalEvents: 'Page_Published' });
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft('Draft').events, ...site.createPage(PATH).events);
		expect(passedOn(scene)).toMatchObject([{ firstPublication: true, page: { path: PATH } }]);
	});

	it('a page that an option leaves out has not been published for the workflow', async () => {
		const scene = await openSilent({}, { filters: { pageTags: ['wanted'] } });
		const { site } = scene.site;
		const [created, text] = site.createPage(PATH).events;
		await deliver(scene, created!);
		expect(passedOn(scene)).toEqual([]);
		site.tagPage(PATH, { add: ['wanted'] });
		await deliver(scene, text!);
		expect(eventTypes(scene)).toEqual(['pagecontent_update']);
	});

	it('a draft that an option leaves out is remembered all the same', async () => {
		const scene = await openSilent({ eventRevisionOffset: 2 }, { filters: { pageTags: ['wanted'] } });
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft(PATH, { tags: ['wanted'] }).events);
		const { events } = site.publishDraft(PATH);
		site.editPage(PATH);
		await deliver(scene, ...events);
		expect(eventTypes(scene)).toEqual(['pagecontent_update']);
	});

	it('a draft comes whatever revision its publication has', async () => {
		const scene = await openSilent();
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft(PATH).events);
		site.page(PATH).revision = 16;
		await deliver(scene, ...site.publishDraft(PATH).events, ...site.editPage(PATH).events);
		expect(passedOn(scene)).toMatchObject([{ page: { revision: 17 } }]);
	});

	it('a draft comes although its publication names the page by its path alone', async () => {
		const scene = await openSilent();
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft(PATH).events);
		site.page(PATH).revision = 16;
		const [item] = await given(scene, site.publishDraft(PATH).events);
		const { id: _id, ...page } = item!.json.page as IDataObject;
		expect(page).toEqual(expect.objectContaining({ path: PATH, revision: 17 }));
		const json = { ...item!.json, page };
		expect(await itemsPassedOn(scene.host, [{ json }], 'webhook')).toMatchObject([{ firstPublication: true }]);
	});

	it('the site is not asked about an edit whose event names a high revision', async () => {
		const scene = await openSilent();
		const { site } = scene.site;
		site.createPage(PATH, { at: ago(scene, 60) });
		scene.site.apiCalls.length = 0;
		for (let edits = 0; edits < 3; edits++) await deliver(scene, ...site.editPage(PATH).events);
		const calls = scene.site.apiCalls.filter(({ path }) => path.includes('/pages/'));
		expect(scene.host.outputs).toEqual([[], [], []]);
		// Those of revision 2 and 3 may be first texts, as some sites count.
		expect(calls).toHaveLength(2);
	});

	it('the site is not asked who has made an edit whose event names a high revision', async () => {
		const scene = await openSilent({ requestDetails: 'userId' });
		const { site } = scene.site;
		site.createPage(PATH, { at: ago(scene, 60) });
		site.page(PATH).revision = 16;
		const calls = scene.site.apiCalls.length;
		await deliver(scene, ...site.editPage(PATH).events);
		expect(scene.host.outputs).toEqual([[]]);
		expect(scene.site.apiCalls).toHaveLength(calls);
	});

	it.each([
		['deleted', ({ site }: Scene) => void site.site.deletePage(PATH)],
		[
			'hidden',
			(scene: Scene) => void scene.site.faults.add({ match: { path: /pages\/\d+$/ }, effect: { status: 403 } }),
		],
	])('a page that is %s meanwhile does not come', async (_fate, meanwhile) => {
		const scene = await openSilent();
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		meanwhile(scene);
		stopTime();
		for (const item of items) await passUntil(itemsPassedOn(scene.host, [item], 'webhook'));
		expect(passedOn(scene)).toEqual([]);
		expect(scene.host.hints[0]).toMatch(/because the page was deleted or hidden meanwhile$/);
	});

	it.each([
		['', () => {}],
		[
			', also where the site refuses to look for it',
			({ site }: Scene) => void site.faults.add({ match: { path: '/find' }, effect: { status: 403 } }),
		],
	])('a creation of which nobody can tell the page passes, unmarked%s', async (_case, prepare) => {
		const scene = await openSilent({ eventBody: 'thin' });
		prepare(scene);
		const at = ago(scene, 60);
		await deliver(scene, scene.site.emit('page_create', { at }));
		expect(passedOn(scene)).toEqual([expect.not.objectContaining({ firstPublication: true })]);
	});

	it.each([
		['does not come', EVENTS, []],
		['comes where it is chosen by itself', [...EVENTS, 'pagecontent_update'], ['pagecontent_update']],
	])('a text of which nobody can tell the page %s', async (_what, events, came) => {
		const scene = await openSilent({ eventBody: 'thin' }, { events });
		const at = ago(scene, 60);
		await deliver(scene, scene.site.emit('pagecontent_update', { at }));
		expect(eventTypes(scene)).toEqual(came);
		const why = /because the site does not say which page it was$/;
		expect(scene.host.hints).toEqual(came.length === 0 ? [expect.stringMatching(why)] : []);
	});

	it('of two pages that are imported in one second, with events that name none, each comes once', async () => {
		const scene = await openSilent({ eventBody: 'thin' });
		const at = ago(scene, 60);
		const imported = ['One', 'Two'].flatMap((path) => scene.site.site.createPage(path, { at }).events);
		await deliver(scene, ...imported);
		expect(eventTypes(scene)).toEqual(['page_create', 'page_create']);
	});

	it('a new page comes once where Page Updated: Content is chosen beside it, whichever event comes first', async () => {
		const scene = await openSilent({}, { events: [...EVENTS, 'pagecontent_update'] });
		const { site } = scene.site;
		const [created, text] = site.createPage('One').events;
		const reversed = site.createPage('Two').events.toReversed();
		await deliver(scene, created!, text!, ...reversed, ...site.editPage('One').events);
		const came = passedOn(scene).map(({ eventType, firstPublication }) => [eventType, firstPublication]);
		expect(came).toEqual([
			['page_create', true],
			['pagecontent_update', true],
			['pagecontent_update', undefined],
		]);
	});

	it('of both events of a page in one execution the first passes, and n8n is asked once', async () => {
		const scene = await openSilent();
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		const store = processedItems();
		expect(await itemsPassedOn(scene.host, items, 'retry')).toHaveLength(1);
		const published = [...store.rows].find(([key]) => key.includes(':published '));
		expect(published?.[1]).toHaveLength(2);
	});

	it('an event whose execution was lost passes, marked, also behind another event of its page', async () => {
		const scene = await openSilent();
		const [created, text] = await given(scene, scene.site.site.createPage(PATH).events);
		expect(await itemsPassedOn(scene.host, [text!], 'webhook')).toHaveLength(1);
		expect(await itemsPassedOn(scene.host, [created!, text!], 'webhook')).toMatchObject([
			{ eventType: 'pagecontent_update', redelivered: true },
		]);
	});

	it('an event that was left out in an execution that was killed meanwhile passes in a retry, marked', async () => {
		const scene = await openSilent();
		const [created, text] = await given(scene, scene.site.site.createPage(PATH).events);
		const store = processedItems();
		expect(await itemsPassedOn(scene.host, [created!], 'webhook')).toHaveLength(1);
		let writes = 0;
		// The mark is added, and not removed any more.
		store.access = async ({ row, kind }) => {
			if (row === 'of an event' && kind === 'write' && ++writes > 1) throw new Error('killed');
		};
		expect(await itemsPassedOn(scene.host, [text!], 'webhook')).toEqual([]);
		store.access = async () => {};
		expect(await itemsPassedOn(scene.host, [text!], 'retry')).toMatchObject([
			{ firstPublication: true, redelivered: true },
		]);
	});

	it('a test remembers nothing: a page passes each time, a draft never', async () => {
		const scene = await openSilent();
		const [created] = scene.site.site.createPage(PATH).events;
		const [draft] = scene.site.site.createDraft('Draft').events;
		const items = await given(scene, [created!, draft!]);
		const store = processedItems();
		for (let tries = 0; tries < 2; tries++) {
			expect(await itemsPassedOn(scene.host, items, 'manual')).toMatchObject([
				{ firstPublication: true, page: { path: PATH } },
			]);
		}
		expect(store.rows.size).toBe(0);
	});
});

describe('Page Published (First Time), where the site cannot be asked', () => {
	const failing = { match: { path: /\/(pages|users)\// }, effect: { status: 500 } };

	/** What the execution passes on, though the site is asked again and again for a while. */
	async function run(scene: Scene, items: INodeExecutionData[], mode: WorkflowExecuteMode = 'webhook') {
		if (!vi.isFakeTimers()) stopTime();
		return await passUntil(itemsPassedOn(scene.host, items, mode));
	}

	it('a new page fails the execution, which says what to do, and passes when a person retries it', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		scene.site.faults.add(failing);
		await run(scene, items).catch(() => {});
		expect(scene.host.failures).toEqual([
			{
				message: 'The site could not say whether a new page is a draft',
				description: expect.stringMatching(/\(500\).*Nothing was passed on.*"Retry execution"/),
				isTest: false,
			},
		]);
		expect(passedOn(scene)).toEqual([]);
		scene.site.faults.clear();
		expect(await run(scene, items, 'retry')).toMatchObject([{ firstPublication: true }]);
	});

	it.each<[string, number, (site: Site) => SimulatedEvent[]]>([
		['a new page of which the site responds 401', 401, (site) => site.createPage(PATH).events],
		['an edit that may be a first text', 500, (site) => site.editPage(PATH).events],
	])('%s fails the execution', async (_case, status, deed) => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { site } = scene.site;
		if (status === 500) site.createPage(PATH, { at: ago(scene, 60) });
		const items = await given(scene, deed(site));
		scene.site.faults.add({ match: { path: /pages\/\d+$/ }, effect: { status } });
		await run(scene, items).catch(() => {});
		expect(scene.host.failures).toHaveLength(1);
	});

	it('a page passes although one of another site with its number has come', async () => {
		const scene = await openSilent();
		const [created, text] = await given(scene, scene.site.site.createPage(PATH).events);
		expect(await run(scene, [created!])).toHaveLength(1);
		const { clearMemory } = await import('../../nodes/CxoneExpert/memory.ts');
		clearMemory();
		const elsewhere = { ...credentialFor(scene.site), siteUrl: 'http://127.0.0.1:1' };
		scene.host.credential = () => elsewhere;
		expect(await run(scene, [text!])).toMatchObject([{ firstPublication: true }]);
	});

	it('a page passes although one with its number has come from the site that the credential led to before', async () => {
		const scene = await openSilent();
		const { host, site } = scene;
		const [created, text] = await given(scene, site.site.createPage(PATH).events);
		expect(await itemsPassedOn(host, [created!], 'webhook')).toHaveLength(1);
		const siteUrl = site.url.replace('127.0.0.1', 'localhost');
		host.credential = () => ({ ...credentialFor(site), siteUrl });
		expect(await itemsPassedOn(host, [text!], 'webhook')).toMatchObject([{ firstPublication: true }]);
	});

	it('a text of which nobody tells the number of the page fails the execution: it may have come before', async () => {
		const scene = await openSilent();
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		const [, text] = items.map(({ json }) => ({
			json: { ...json, page: { path: PATH, revision: 1 } },
		}));
		scene.site.faults.add(failing);
		await run(scene, [text!]).catch(() => {});
		expect(scene.host.failures).toMatchObject([{ message: 'The site could not say whether a new page is a draft' }]);
		scene.site.faults.clear();
		expect(await run(scene, [text!], 'retry')).toMatchObject([{ firstPublication: true }]);
	});

	it('a retry leaves out a draft, and a page of which another event has told meanwhile', async () => {
		const scene = await openSilent();
		const [created, text] = scene.site.site.createPage(PATH).events;
		const [draft] = scene.site.site.createDraft('Draft').events;
		const items = await given(scene, [created!, draft!]);
		await deliver(scene, text!);
		expect(eventTypes(scene)).toEqual(['pagecontent_update']);
		expect(await run(scene, items, 'retry')).toEqual([]);
	});

	it('a retry passes what has passed before, marked', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		const [passed] = await run(scene, items);
		expect(passed).not.toHaveProperty('redelivered');
		expect(await run(scene, items, 'retry')).toEqual([{ ...passed, redelivered: true }]);
	});

	/** New pages, and the item of each. */
	async function several(scene: Scene, paths: string[]) {
		const pages = paths.map((path) => scene.site.site.createPage(path));
		const items = await given(
			scene,
			pages.flatMap(({ events }) => events),
		);
		const numbers = pages.map(({ pageId }) => pageId);
		return { numbers, items, moved: { json: { eventType: 'page_move', eventId: randomUUID() } } };
	}
	const paths = ({ host }: Scene) => host.outputs.map((items) => items.map(({ page }) => (page as IDataObject)?.path));

	it('one of several in an execution fails alone, after the others have passed at once, and passes when it is retried', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { numbers, items, moved } = await several(scene, ['One', 'Two', 'Three']);
		const path = new RegExp(`/pages/${numbers[1]!}$`);
		scene.site.faults.add({ match: { path }, effect: { status: 500 } });
		stopTime();
		const running = itemsPassedOn(scene.host, [...items, moved], 'webhook');
		// While no time passes.
		const limit = AbortSignal.timeout(LIMIT_MS);
		while (scene.host.outputs.length === 0 && !limit.aborted) await letSettle();
		expect(paths(scene)).toEqual([['One', 'Three', undefined]]);
		expect(scene.host.hints[0]).toMatch(/^1 event could not be judged yet/);
		await passUntil(running);
		expect(scene.host.failures).toEqual([
			expect.objectContaining({ message: 'The site could not say whether a new page is a draft' }),
		]);
		scene.site.faults.clear();
		const left = elementAt(scene.host.putOff, 0);
		expect(left).toHaveLength(1);
		expect(await run(scene, left, 'retry')).toEqual([
			expect.objectContaining({ page: expect.objectContaining({ path: 'Two' }) }),
		]);
		expect(scene.host.outputs.flat().some((item) => 'redelivered' in item)).toBe(false);
	});

	it('one of several whose page the site knows a moment later passes after the others, in a worker, too', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { numbers, items } = await several(scene, ['One', 'Two']);
		const match = { path: new RegExp(`/pages/${numbers[0]!}$`), times: 2 };
		scene.site.faults.add({ match, effect: { status: 404 } });
		instanceSettings.instanceType = 'worker';
		const loop = { items: [], done: true };
		Object.assign(scene.host.contextData, { 'node:Loop Over Items': loop, flow: {} });
		await run(scene, items);
		expect(paths(scene)).toEqual([['Two'], ['One']]);
		// A loop that counted as done would leave it out.
		expect(scene.host.contextData).toEqual({ flow: {} });
		expect(scene.host.failures).toEqual([]);
		expect(scene.host.outputs.flat().some((item) => 'redelivered' in item)).toBe(false);
	});

	it('an event that may have run before is still marked when it passes after the others', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { numbers, items } = await several(scene, ['One', 'Two']);
		const match = { path: new RegExp(`/pages/${numbers[0]!}$`), times: 2 };
		scene.site.faults.add({ match, effect: { status: 500 } });
		instanceSettings.instanceType = 'worker';
		const receivedAt = new Date(Date.now() - 20 * 60_000).toISOString();
		await run(
			scene,
			items.map(({ json }) => ({ json: { ...json, receivedAt } })),
		);
		expect(paths(scene)).toEqual([['Two'], ['One']]);
		expect(scene.host.outputs.flat()).toMatchObject([{ redelivered: true }, { redelivered: true }]);
	});

	it('where n8n cannot run the step once more, one of several fails all, and a retry passes all', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const { numbers, items } = await several(scene, ['One', 'Two', 'Three']);
		const path = new RegExp(`/pages/${numbers[1]!}$`);
		scene.site.faults.add({ match: { path }, effect: { status: 500 } });
		scene.host.runsLater = false;
		await run(scene, items).catch(() => {});
		expect([scene.host.failures, passedOn(scene)]).toMatchObject([[{}], []]);
		scene.site.faults.clear();
		expect(await run(scene, items, 'retry')).toHaveLength(3);
	});

	it.each([
		[404, 2, 1, 'by the same clock'],
		[403, 2, 1, 'by the same clock'],
		[404, 4, 0, 'by the same clock'],
		[404, 2, 1, 'while the clock of the site is 90 seconds behind', -1.5],
		[404, 2, 1, 'while the clock of the site is half an hour ahead', 30],
	])(
		'a page of which the site responds %i for %i times after its event comes %i times, %s',
		async (status, times, came, _clock, minutesAhead = 0) => {
			const scene = await openSilent({ createFiresContentUpdate: false });
			const at = ago(scene, -minutesAhead);
			const items = await given(scene, scene.site.site.createPage(PATH, { at }).events);
			scene.site.faults.add({ match: { path: /pages\/\d+$/, times }, effect: { status } });
			await run(scene, items);
			expect(passedOn(scene)).toHaveLength(came);
			expect(scene.host.failures).toEqual([]);
		},
	);

	it.each([405, 500])('a proxy that responds %i says nothing of the page', async (status) => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		const body = { raw: 'Maintenance', contentType: 'text/plain' };
		scene.site.faults.add({ match: { path: /pages\/\d+$/ }, effect: { status, body } as never });
		await run(scene, items).catch(() => {});
		expect(scene.host.failures).toHaveLength(1);
	});

	it('a draft that an option leaves out fails nothing while the database of n8n is away', async () => {
		const scene = await openSilent({}, { filters: { skipDrafts: true } });
		const items = await given(scene, scene.site.site.createDraft(PATH).events);
		processedItems().access = async () => await Promise.reject(new Error('SQLITE_BUSY'));
		expect(await run(scene, items)).toEqual([]);
		expect(scene.host.failures).toEqual([]);
	});

	it('a page that is away for more than a minute after its event is not asked for again', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const [{ json } = { json: {} }] = await given(scene, scene.site.site.createPage(PATH).events);
		scene.site.faults.add({ match: { path: /pages\/\d+$/, times: 1 }, effect: { status: 404 } });
		const receivedAt = ago(scene, 2).toISOString();
		expect(await run(scene, [{ json: { ...json, receivedAt } }])).toEqual([]);
	});

	it.each<[string, Partial<Settings>, number]>([
		['says that the page is no draft', { pageShape: 'full', createFiresContentUpdate: false }, 1],
		['is of a first text', { newDraftFiresPageCreate: false }, 1],
	])('an event that %s passes', async (_case, settings, times) => {
		const scene = await openSilent(settings);
		const { events } = scene.site.site.createPage(PATH);
		const items = await given(scene, [events.at(-1)!]);
		scene.site.faults.add(failing);
		expect(await run(scene, items)).toHaveLength(times);
		expect(scene.host.failures).toEqual([]);
	});

	it('the publication of a known draft passes', async () => {
		const scene = await openSilent({ eventRevisionOffset: 1 });
		const { site } = scene.site;
		await deliver(scene, ...site.createDraft(PATH).events);
		const items = await given(scene, site.publishDraft(PATH).events);
		scene.site.faults.add(failing);
		expect(await run(scene, items)).toMatchObject([{ firstPublication: true }]);
	});

	it('an event that is chosen by itself passes, unmarked', async () => {
		const scene = await openSilent({}, { events: [...EVENTS, 'page_create'] });
		const [created] = scene.site.site.createPage(PATH).events;
		const items = await given(scene, [created!]);
		scene.site.faults.add(failing);
		expect(await run(scene, items)).toEqual([expect.not.objectContaining({ firstPublication: true })]);
	});

	it('a site that responds again within seconds fails nothing', async () => {
		const scene = await openSilent({ createFiresContentUpdate: false });
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		scene.site.faults.add({ ...failing, match: { ...failing.match, times: 3 } });
		expect(await run(scene, items)).toMatchObject([{ page: { title: 'Page' } }]);
		expect(scene.host.failures).toEqual([]);
	});
});

describe('Page Published (First Time) in queue mode', () => {
	/** Items of both events of a page, as a webhook process gives them to workers. */
	async function twoEvents(scene: Scene): Promise<INodeExecutionData[]> {
		const items = await given(scene, scene.site.site.createPage(PATH).events);
		processedItems();
		instanceSettings.instanceType = 'worker';
		return items;
	}

	it('of the events of fifty pages in several workers at the same moment one of each page passes', async () => {
		const scene = await openSilent();
		const [one, two] = await twoEvents(scene);
		const ofPage = (item: INodeExecutionData, id: number): INodeExecutionData => {
			const page = { id: `${id}`, revision: 1 };
			return { json: { ...item.json, eventId: randomUUID(), page } };
		};
		const ids = Array.from({ length: 50 }, () => scene.site.site.createPage(randomUUID()).pageId);
		const all = ids.flatMap((id) => [ofPage(one!, id), ofPage(two!, id)]);
		await Promise.all(all.map(async (item) => await itemsPassedOn(scene.host, [item], 'webhook')));
		const came = passedOn(scene).map(({ page }) => Number((page as IDataObject).id));
		expect(came.toSorted((a, b) => a - b)).toEqual(ids);
		expect(passedOn(scene).filter((item) => 'redelivered' in item)).toEqual([]);
	});

	it('an event whose worker was lost passes when its execution is begun again, and no other one of its page', async () => {
		const scene = await openSilent();
		const [one, two] = await twoEvents(scene);
		const run = async (item: INodeExecutionData, id: string) => await itemsPassedOn(scene.host, [item], 'webhook', id);
		expect(await run(one!, '7')).toHaveLength(1);
		expect(await run(two!, '8')).toEqual([]);
		expect(await run(one!, '7')).toMatchObject([{ firstPublication: true, redelivered: true }]);
		expect(await run(two!, '8')).toEqual([]);
	});

	const draft = (site: Site) => site.createDraft(PATH).events;
	const textOfOld = (site: Site, at: Date) => {
		site.createPage(PATH, { at });
		site.page(PATH).revision = 16;
		return site.editPage(PATH).events;
	};
	const isDown = async () => await Promise.reject(new Error('SQLITE_BUSY'));
	const hangs = async () => await new Promise<void>(() => {});

	it.each([
		['a text that may be that of a draft', 'is down', textOfOld, isDown],
		['a text that may be that of a draft', 'hangs', textOfOld, hangs],
		['a draft that cannot be remembered', 'is down', draft, isDown],
		['a draft that cannot be remembered', 'hangs', draft, hangs],
	])('%s fails the execution when the database of n8n %s', async (_what, _case, deed, access) => {
		const scene = await openSilent();
		const items = await given(scene, deed(scene.site.site, ago(scene, 60)));
		processedItems().access = access;
		stopTime();
		await passUntil(itemsPassedOn(scene.host, items, 'retry')).catch(() => {});
		expect(scene.host.failures).toEqual([
			{
				message: "n8n's database, which knows the drafts, did not respond",
				description: expect.stringMatching(/^So nothing was passed on.*"Retry execution"/),
				isTest: false,
			},
		]);
	});

	it('a page passes, marked, when the database of n8n does not say whether it has come', async () => {
		const scene = await openSilent();
		const [one] = await twoEvents(scene);
		instanceSettings.instanceType = 'main';
		processedItems().access = async () => await new Promise(() => {});
		stopTime();
		const run = itemsPassedOn(scene.host, [one!], 'webhook');
		expect(await passUntil(run)).toMatchObject([{ firstPublication: true, redelivered: true }]);
		expect(log.of('warn').join()).toContain('whether a page was published before');
	});
});

describe('Page Published (First Time) and recovery', () => {
	it('what is left out as a change that has come before does not use up the publication', async () => {
		const scene = await openSilent();
		const [created, text] = await given(scene, scene.site.site.createPage(PATH).events);
		const deliveryId = 'recovered:c:1';
		const recovered = { ...created!.json, deliveryId, eventId: deliveryId, recovered: true };
		// Delivered before: for a workflow that had chosen Page Created then.
		expect(await itemsPassedOn(scene.host, [{ json: recovered }], 'trigger')).toEqual([]);
		expect(await itemsPassedOn(scene.host, [text!], 'webhook')).toMatchObject([{ firstPublication: true }]);
	});
});
