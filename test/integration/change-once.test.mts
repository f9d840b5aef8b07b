import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { OnceWorkflow } from '../support/integration/once.mts';
import { forgetModules } from '../support/integration/package-under-test.mts';
import { openPublished, useScenes } from '../support/integration/scene.mts';
import { expectSchema } from '../support/integration/schema.mts';

useScenes();

const created = (id: number) => ({ json: { change: 'created', id: String(id), revision: 1 } });
const edited = (id: number, revision: number) => ({
	json: { eventType: 'pagecontent_update', page: { id: String(id), revision } },
});

const range = (count: number) => [...Array(count).keys()];

/** An event as the trigger gives it. */
const event = (deliveryId: string, id: number, more: IDataObject = {}) => ({
	json: {
		...{ deliveryId, eventId: `event-${deliveryId}`, eventType: 'page_create' },
		...{ siteId: 'site_1', page: { id: String(id), revision: 0 } },
		...more,
	},
});

it('Let Through Once lets the items through as they came, in their order', async () => {
	const binary = { file: { data: 'eA==', mimeType: 'text/plain' } };
	const first = { ...created(1), binary };
	const items = await new OnceWorkflow().execute([first, created(1), edited(1, 2)]);
	expect(items).toEqual([
		{ ...first, pairedItem: { item: 0 } },
		{ ...edited(1, 2), pairedItem: { item: 2 } },
	]);
	expectSchema(
		'change',
		'letThroughOnce',
		items.map(({ json }) => json),
	);
});

it('Let Through Once remembers between executions, and when n8n was restarted', async () => {
	const workflow = new OnceWorkflow();
	expect(await workflow.execute([created(1)])).toHaveLength(1);
	expect(await workflow.execute([created(1)])).toEqual([]);
	forgetModules();
	expect(await workflow.execute([created(1), created(2)])).toEqual([
		expect.objectContaining(created(2)),
	]);
});

it('Let Through Once lets a change through once, whether it comes as an event or from a catch-up', async () => {
	const { site, host } = await openPublished({
		parameters: { events: ['page_create', 'pagecontent_update', 'page_move'] },
	});
	const { pageId } = site.site.createPage('Guides/New');
	site.site.editPage(pageId);
	site.site.movePage(pageId, 'Guides/Moved');
	await site.idle();
	await host.idle();
	expect(host.items).toHaveLength(4);
	const workflow = new OnceWorkflow();
	const passed = await workflow.execute(host.items.map((json) => ({ json })));
	const isCreation = ({ json }: (typeof passed)[0]) =>
		json.eventType === 'page_create' || (json.page as IDataObject).revision === 1;
	// The content update that came along with the creation is the creation, whichever came first.
	expect(passed.filter(isCreation)).toHaveLength(1);
	expect(passed).toHaveLength(3);
	expectSchema(
		'change',
		'letThroughOnce',
		passed.map(({ json }) => json),
	);
	const page = { id: String(pageId), url: `${site.url}/Guides/Moved` };
	const caughtUp = [
		{ json: { change: 'created', ...page, revision: 1 } },
		{ json: { change: 'edited', ...page, revision: 2 } },
		{ json: { change: 'edited', ...page, revision: 3 } },
	];
	expect(await workflow.execute(caughtUp)).toEqual([expect.objectContaining(caughtUp[2])]);
});

it('Let Through Once lets a created page that was edited since through, when one of the two is new', async () => {
	const workflow = new OnceWorkflow();
	const both = { json: { change: 'created', id: '1', revision: 3 } };
	await workflow.execute([created(1)]);
	expect(await workflow.execute([both])).toHaveLength(1);
	expect(await workflow.execute([both])).toEqual([]);
	expect(await workflow.execute([edited(1, 3)])).toEqual([]);
});

it('Let Through Once lets each change through once when many executions run at the same time', async () => {
	const workflow = new OnceWorkflow();
	const input = range(10).map(created);
	const runs = await Promise.all(range(20).map(() => workflow.execute(input)));
	const passed = runs.flat().map(({ json }) => json.id);
	expect(passed.sort()).toEqual(range(10).map(String));
});

it('Let Through Once keeps the marks of executions that run at the same time', async () => {
	const workflow = new OnceWorkflow();
	const inputs = range(20).map((number) => [created(number), edited(number, 5)]);
	const runs = await Promise.all(inputs.map((input) => workflow.execute(input)));
	expect(runs.flat()).toHaveLength(40);
	expect(await workflow.execute(inputs.flat())).toEqual([]);
});

it('Let Through Once reads and writes the record once for all items of a run', async () => {
	const workflow = new OnceWorkflow();
	let accesses = 0;
	workflow.record.access = async () => void accesses++;
	expect(await workflow.execute(range(100).map(created))).toHaveLength(100);
	expect(accesses).toBe(2);
});

it('Let Through Once keeps a record for each node and does not let one wait for another', async () => {
	const workflow = new OnceWorkflow();
	const { promise: opened, resolve: open } = Promise.withResolvers<void>();
	workflow.record.access = () => opened;
	const slow = workflow.execute([created(1)]);
	await new Promise((resolve) => setTimeout(resolve, 50));
	workflow.record.access = async () => {};
	expect(await workflow.execute([created(1)], { node: 'node-2' })).toHaveLength(1);
	open();
	expect(await slow).toHaveLength(1);
});

it('Let Through Once refuses an item that names no change, and marks nothing then', async () => {
	const workflow = new OnceWorkflow();
	const odd = { json: { id: '5', title: 'No event' } };
	const refusal = await workflow
		.execute([created(1), odd, created(2)])
		.catch((error: unknown) => error);
	expect(refusal).toMatchObject({
		message: 'This item names neither a change of a page nor an event',
		description: expect.stringContaining('CXone Expert Trigger'),
		context: { itemIndex: 1 },
	});
	expect(workflow.record.rows.size).toBe(0);
	expect(await workflow.execute([created(1), created(2)])).toHaveLength(2);
});

it('Let Through Once continues with the other items with On Error: Continue', async () => {
	const workflow = new OnceWorkflow();
	const input = [created(1), { json: {} }, created(1), created(2)];
	const items = await workflow.execute(input, { continueOnFail: true });
	expect(items).toEqual([
		{ ...created(1), pairedItem: { item: 0 } },
		{ json: { error: expect.stringContaining('names neither a change') }, pairedItem: { item: 1 } },
		{ ...created(2), pairedItem: { item: 3 } },
	]);
	const none = await workflow.execute([{ json: {} }], { continueOnFail: true });
	expect(none).toHaveLength(1);
});

it('Let Through Once evicts the oldest beyond its limit', async () => {
	const workflow = new OnceWorkflow({ history: 2 });
	await workflow.execute([created(1)]);
	await workflow.execute([created(2), created(3)]);
	expect(await workflow.execute([created(2)])).toEqual([]);
	expect(await workflow.execute([created(3)])).toEqual([]);
	expect(await workflow.execute([created(1)])).toHaveLength(1);
});

it.each([{}, { history: 0 }, { history: 'many' }])(
	'Let Through Once remembers 10,000 changes with %j',
	async (options) => {
		const workflow = new OnceWorkflow(options);
		await workflow.execute(range(10_001).map(created));
		const [marks] = [...workflow.record.rows.values()];
		// A change and the occasion on which it passed.
		expect(marks).toHaveLength(20_000);
	},
);

it('Let Through Once is not stuck when n8n could not read its record', async () => {
	const workflow = new OnceWorkflow();
	workflow.record.access = async () => {
		throw new Error('database is down');
	};
	const failing = workflow.execute([created(1), created(2)]);
	const waiting = workflow.execute([created(1)]);
	await expect(failing).rejects.toThrow('database is down');
	await expect(waiting).rejects.toThrow('database is down');
	workflow.record.access = async () => {};
	expect(await workflow.execute([created(1), created(2)])).toHaveLength(2);
});

it('Let Through Once lets an event through again only when n8n retries its execution', async () => {
	const workflow = new OnceWorkflow();
	const first = event('d-1', 1);
	expect(await workflow.execute([first])).toHaveLength(1);
	expect(await workflow.execute([first], { retry: true })).toEqual([
		{ ...first, pairedItem: { item: 0 } },
	]);
	// A retry that was cut off, too.
	expect(await workflow.execute([first], { retry: true })).toHaveLength(1);
	expect(await workflow.execute([first])).toEqual([]);
	expect(await workflow.execute([event('d-2', 1)])).toEqual([]);
});

it('Let Through Once lets an unmarked change through in a retry, and then no more', async () => {
	const workflow = new OnceWorkflow();
	expect(await workflow.execute([event('d-1', 1)], { retry: true })).toHaveLength(1);
	expect(await workflow.execute([event('d-1', 1)])).toEqual([]);
});

it('Let Through Once drops in a retry what the execution itself had dropped', async () => {
	const workflow = new OnceWorkflow();
	await workflow.execute([event('d-1', 1)]);
	const resumeToken = 'token of the second execution';
	const caughtUp = [created(1), created(2), created(2)];
	expect(await workflow.execute(caughtUp, { resumeToken })).toHaveLength(1);
	for (let retries = 0; retries < 2; retries++) {
		const again = await workflow.execute(caughtUp, { resumeToken, retry: true });
		expect(again).toEqual([{ ...created(2), pairedItem: { item: 1 } }]);
	}
	expect(await workflow.execute(caughtUp)).toEqual([]);
});

it('Let Through Once lets a delivery through in a retry although a copy came with other events', async () => {
	const workflow = new OnceWorkflow();
	await workflow.execute([event('d-1', 1)]);
	expect(await workflow.execute([event('d-1', 1), event('d-2', 2)])).toHaveLength(1);
	expect(await workflow.execute([event('d-1', 1)], { retry: true })).toHaveLength(1);
});

it('Let Through Once prefers a duplicate to a loss when a retry cannot be matched to its execution', async () => {
	const workflow = new OnceWorkflow();
	const resumeToken = '';
	expect(await workflow.execute([created(1)], { resumeToken })).toHaveLength(1);
	expect(await workflow.execute([created(1)], { resumeToken })).toEqual([]);
	expect(await workflow.execute([created(1)], { resumeToken, retry: true })).toHaveLength(1);
});

it('Let Through Once does not store the token of an execution', async () => {
	const workflow = new OnceWorkflow();
	await workflow.execute([created(1)], { resumeToken: 'resume-me' });
	expect(JSON.stringify([...workflow.record.rows])).not.toContain('resume-me');
});

it.each([
	['addresses', (site: string) => ({ page: { id: '371', revision: 0, url: `https://${site}/A` } })],
	['ids alone', (siteId: string) => ({ siteId })],
	[
		'ids within an event that is not simplified',
		(wikiid: string) => ({ page: undefined, event: { '@wikiid': wikiid, page: { '@id': '371' } } }),
	],
])('Let Through Once tells pages with the same ID on two sites apart by %s', async (_how, of) => {
	const workflow = new OnceWorkflow();
	const [one, other] = ['one.example', 'other.example'].map((site) => of(site) as IDataObject);
	expect(await workflow.execute([event('d-1', 371, one)])).toHaveLength(1);
	expect(await workflow.execute([event('d-2', 371, other)])).toHaveLength(1);
	expect(await workflow.execute([event('d-3', 371, one)])).toEqual([]);
	expect(await workflow.execute([event('d-4', 371, other)])).toEqual([]);
});

it('Let Through Once recognises a page of another site that a catch-up has found there', async () => {
	const workflow = new OnceWorkflow();
	const url = 'https://other.example/A';
	await workflow.execute([event('d-1', 371, { page: { id: '371', url } })]);
	expect(await workflow.execute([{ json: { ...created(371).json, url } }])).toEqual([]);
	const raw = { change: 'created', '@id': '371', '@revision': '1', 'uri.ui': url };
	expect(await workflow.execute([{ json: raw }])).toEqual([]);
	expect(await workflow.execute([created(371)])).toHaveLength(1);
});
