import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import type { Fault, FaultEffect } from '../support/simulator/index.mts';
import { byId, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';

useScenes();

/* An update of a webhook may clear its events: a sample of the vendor looks like that. */
const site = { putClearsEvents: true };
const webhook = byId('1');
/** A 200 for nothing. */
const BY_WORD: FaultEffect = { status: 200, body: 'empty' };
const EVENTS = ['Page_Create', 'Page_Delete'];

const doing = (operation: string, fields: IDataObject = {}) => ({
	parameters: { resource: 'webhook', operation, webhook, ...fields },
});

async function itemOf(scene: Scene, operation: string, fields: IDataObject = {}) {
	const [item] = await outputOf(scene.site, doing(operation, fields));
	return item!;
}

it('a publish with other events leaves exactly the chosen ones', async () => {
	const scene = await openPublished({ site, parameters: { events: ['*'] } });
	const { host } = scene;
	scene.site.disableWebhook(1);
	host.row.node.parameters.events = ['page_move', 'page_create'];
	await host.production.publish();
	expect(scene.site.webhooks()).toEqual([
		expect.objectContaining({ id: 1, active: true, events: ['Page_Move', 'Page_Create'] }),
	]);
});

it('Disable and Enable keep id and events', async () => {
	const scene = await openPublished({ site });
	const off = await itemOf(scene, 'disable');
	expect(off).toMatchObject({ id: '1', active: false, events: ['page_create', 'page_delete'] });
	expect(scene.site.webhooks()).toMatchObject([{ id: 1, active: false, events: EVENTS }]);
	const on = await itemOf(scene, 'enable');
	expect(on).toMatchObject({ id: '1', active: true, events: ['page_create', 'page_delete'] });
	expect(scene.site.webhooks()).toMatchObject([{ id: 1, active: true, events: EVENTS }]);
	expect(scene.site.apiCalls.filter(({ method }) => method === 'DELETE')).toEqual([]);
	expect((await send(scene, newDelivery(scene))).status).toBe(200);
});

const BOTH = 'page_create, page_delete';
const readBy = (nth: number) => ({ method: 'GET', path: /webhooks\/1$/, nth });

it.each<[when: string, lacking: string, match: Fault['match'], effect: FaultEffect]>([
	['the first event cannot be added', BOTH, { path: /events\//, nth: 1 }, { status: 500 }],
	['the second event cannot be added', BOTH, { path: /events\//, nth: 2 }, { status: 500 }],
	['the site only says that it has added one', 'page_create', { path: /page_create/ }, BY_WORD],
	['it cannot be read after the update', 'Page_Create, Page_Delete', readBy(2), { status: 500 }],
	['it cannot be read after events were added', BOTH, readBy(3), { status: 500 }],
])(
	'Enable names the events that the webhook may lack when %s',
	async (_when, lacking, match, effect) => {
		const scene = await openPublished({ site });
		scene.site.disableWebhook(1);
		scene.site.apiCalls.length = 0;
		scene.site.faults.add({ match, effect });
		const { description } = await refusalOf(scene.site, doing('enable'));
		expect(description).toContain(`The webhook may lack events now: ${lacking}.`);
	},
);

it('Enable loses no event when the response to the update is lost', async () => {
	const scene = await openPublished({ site });
	scene.site.disableWebhook(1);
	const match = { method: 'PUT', path: /\/webhooks\/1$/, times: 1 };
	scene.site.faults.add({ match, effect: { reset: true, applyThenFail: true } });
	await refusalOf(scene.site, doing('enable'));
	expect(scene.site.webhooks()).toMatchObject([{ id: 1, active: true, events: EVENTS }]);
});
