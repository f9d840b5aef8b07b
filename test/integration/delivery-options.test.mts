import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import {
	expectResponse,
	eventXml,
	newDelivery,
	now,
	send,
} from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { elementAt } from '../support/present.mts';

useScenes();

const options = (additionalOptions: IDataObject): SceneOptions => ({
	parameters: { additionalOptions },
});

const at = (path: string) => ({ subject: { page: { id: 1, path } } });
const USER_6 = { type: 'user_update', subject: { user: { id: 6 } } };

it('an event of the site becomes one flat item', async () => {
	const { site, host } = await openPublished();
	site.site.createPage('Guides/Größe', { title: 'Hello', html: '<p>x</p>', by: 'admin' });
	await site.idle();
	const mine = host.items.filter(({ page }) => (page as IDataObject).path === 'Guides/Größe');
	expect(mine).toEqual([
		expect.objectContaining({
			eventType: 'page_create',
			deliveryId: site.deliveries.find(({ eventId }) => eventId === elementAt(mine, 0).eventId)
				?.deliveryId,
			occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
			receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
			siteId: 'site_1',
			language: 'en-US',
			page: expect.objectContaining({
				id: expect.stringMatching(/^\d+$/),
				url: `${site.url}/Guides/Gr%C3%B6%C3%9Fe`,
			}),
		}),
	]);
	expect(site.deliveries.every(({ statusCode }) => statusCode === 200)).toBe(true);
});

it('an item contains the whole event, neither headers nor XML, when Simplify is off', async () => {
	const scene = await openPublished({ parameters: { simplify: false } });
	await send(scene, newDelivery(scene));
	const { event, ...rest } = elementAt(scene.host.items, 0);
	for (const name of ['page', 'headers', 'rawXml']) expect(rest).not.toHaveProperty(name);
	expect(event).toMatchObject({
		'@type': 'page:create',
		page: { '@id': '371', path: 'Guides/New_Page' },
	});
});

it('an item contains headers without secrets, and the exact XML, when these options are on', async () => {
	const scene = await openPublished(options({ includeHeaders: true, includeRawXml: true }));
	const delivery = newDelivery(scene);
	await send(scene, delivery, { contentType: 'text/xml' });
	const item = elementAt(scene.host.items, 0);
	expect(item.rawXml).toBe(delivery.body);
	expect(item.headers).toMatchObject({
		'x-nexus-delivery-id': delivery.deliveryId,
		'x-nexus-timestamp': delivery.timestamp,
		'x-nexus-event-type': 'Page_Create',
	});
	expect(item.headers).not.toHaveProperty('authorization');
	expect(item.headers).not.toHaveProperty('x-nexus-signature-256');
	expectNoSecretIn(item, scene);
});

/** Which entry fits which event is said in the unit tests of the filters. */
it.each<[about: string, filters: IDataObject, event: object, runs: number]>([
	['below the path', { pathPrefixes: ['guides'] }, at('Guides/Setup'), 1],
	['beside the path', { pathPrefixes: ['Guides'] }, at('Guides_Old/Setup'), 0],
	['by the excluded user', { excludeUsers: ['6'] }, USER_6, 0],
	['by another user', { excludeUsers: ['7'] }, USER_6, 1],
])(
	'a delivery of an event %s gets 200, and runs only when the filters allow it',
	async (_about, filters, event, runs) => {
		const parameters = { events: ['page_create', 'user_update'], filters };
		const scene = await openPublished({ parameters });
		expectResponse(await send(scene, newDelivery(scene, event)), 200);
		expect(scene.host.executions).toHaveLength(runs);
	},
);

it('the signed event type decides, not the one in the header', async () => {
	const scene = await openPublished();
	const moved = newDelivery(scene, { type: 'page_move' });
	expectResponse(await send(scene, moved, { eventType: 'Page_Create' }), 200);
	expect(scene.host.executions).toEqual([]);
});

describe('credentials that cannot be used', () => {
	const undecryptable = () => {
		throw new Error('Credentials could not be decrypted. whsec_test');
	};

	it.each([
		['has no signing secret', () => ({ signingSecret: '' })],
		['has only white space as signing secret', () => ({ signingSecret: ' ' })],
		['has no API token', () => ({ longTermToken: '' })],
		['cannot be decrypted', undecryptable],
	])('a delivery gets 503 and runs later when the credential %s', async (_name, changes) => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const good = scene.host.credential();
		scene.host.credential = () => ({ ...good, ...changes() });
		log.lines = [];
		expectResponse(await send(scene, delivery), 503);
		expectResponse(await send(scene, delivery, { secret: '' }), 503);
		expect(scene.host.executions).toEqual([]);
		expect(log.of('error')[0]).toMatch(/credential/);
		expect(scene.host.thrown).toEqual([]);
		scene.host.credential = () => good;
		expectNoSecretInLog(scene);
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});
});

it('the events of a list become the items of one run', async () => {
	const scene = await openPublished();
	const events = [
		eventXml(scene),
		eventXml(scene, { type: 'page_delete' }),
		eventXml(scene, { type: 'page_move' }),
	];
	const bare = events.map((xml) => xml.replace(/^<\?xml[^>]*\?>/, ''));
	const body = `<events>${bare.join('')}</events>`;
	expectResponse(await send(scene, { ...newDelivery(scene), body }), 200);
	expect(scene.host.executions).toHaveLength(1);
	expect(scene.host.items.map(({ eventType }) => eventType)).toEqual([
		'page_create',
		'page_delete',
	]);
});

it('a Deliveries: Max Age of less than a second, below what the field takes, refuses nothing genuine', async () => {
	const scene = await openPublished(options({ maxDeliveryAge: 0.5 }));
	expectResponse(await send(scene, newDelivery(scene), { timestamp: now(-30) }), 200);
	expect(scene.host.executions).toHaveLength(1);
});
