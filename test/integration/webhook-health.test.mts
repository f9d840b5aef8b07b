import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { endOfLongTermToken, sendDelivery, type Simulator } from '../support/simulator/index.mts';
import { named, outputOf } from '../support/integration/action-node.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { change } from '../support/integration/foreign.mts';
import { itemsPassedOn } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { instanceSettings } from '../support/integration/n8n.mts';
import {
	openPublished,
	openSite,
	PATIENT,
	type Scene,
	serverTokenFor,
	UNSIGNED,
	useScenes,
} from '../support/integration/scene.mts';
import manifest from '../../package.json' with { type: 'json' };
import { expectSchema } from '../support/integration/schema.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';
import { jwtUntil } from '../support/jwt.mts';

/* Which findings there are: test/unit/actions/webhook-health.test.mts. */

useScenes();
afterEach(() => void (instanceSettings.instanceType = 'main'));

/** Where the n8n of the action node receives webhooks. */
const THIS_N8N = 'http://127.0.0.1:5678/webhook/';

interface Health extends IDataObject {
	findings: string[];
	deliveries: IDataObject;
}

async function health(
	site: Simulator,
	fields: IDataObject = {},
	credential?: ICredentialDataDecryptedObject,
): Promise<Health[]> {
	const parameters = { resource: 'webhook', operation: 'checkHealth', ...fields };
	const items = await outputOf(site, { parameters, ...(credential ? { credential } : {}) });
	expectSchema('webhook', 'checkHealth', items);
	return items as Health[];
}

/** Of the published trigger, whose n8n has another port than that of the action node. */
async function healthOf(scene: Scene, fields: IDataObject = {}): Promise<Health> {
	const options = { webhookUrl: scene.host.url };
	const items = await health(scene.site, { options, ...fields });
	expect(items).toHaveLength(1);
	expectNoSecretIn(items, scene);
	return items[0]!;
}

/** As after a night without a database: Expert has disabled the webhook. */
async function disabledByExpert({ site, host }: Scene): Promise<void> {
	host.store = () => Promise.reject(new Error('database is down'));
	site.emit('page_create');
	await site.idle();
	host.store = async () => {};
	expect(site.webhooks()[0]).toMatchObject({ active: false, disabledReason: '1' });
}

function expectNothingWritten({ site }: Scene): void {
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
}

it('Check Health reports that all is up to date, and says what time it is at the site', async () => {
	const scene = await openPublished({ site: { clockSkewMs: -7_200_000 } });
	const expectedEvents = scene.host.row.node.parameters.events;
	const before = Date.now();
	const item = await healthOf(scene, { expectedEvents });
	expect(item).toEqual({
		...{ id: '1', url: scene.host.webhookUrl, healthy: true, active: true },
		...{ workflow: expect.any(Object), node: expect.any(Object) },
		...{ consecutiveFailures: 0, events: ['page_create', 'page_delete'], missingEvents: [] },
		eventNames: ['Page Created', 'Page Deleted'],
		...{ findings: [], siteTime: expect.any(String) },
		tokenExpiresAt: new Date(endOfLongTermToken(scene.site.longTermToken)).toISOString(),
		deliveries: expect.objectContaining({ process: 'main', accepted: 0, refused: {} }),
		runningJobs: [],
		versions: { package: manifest.version, n8n: expect.stringMatching(/^2\.\d+$/) },
	});
	const asked = Date.parse(item.siteTime as string) + 7_200_000;
	// The site tells whole seconds.
	expect(asked).toBeGreaterThan(before - 1000);
	expect(asked).toBeLessThanOrEqual(Date.now());
});

it('Check Health says what to do when the workflow is not published, and a token expires soon', async () => {
	const site = await openSite({ longTermTokenValidityMs: 86_400_000 });
	site.addWebhook('https://n8n.example.com/webhook/a/webhook', 'Bearer x');
	const [item, ...others] = await health(site);
	expect(others).toEqual([]);
	expect(item).toMatchObject({
		...{ healthy: false, active: false, siteTime: expect.any(String) },
		tokenExpiresAt: new Date(endOfLongTermToken(site.longTermToken)).toISOString(),
		findings: [
			expect.stringMatching(/not published.*publish it again.*N8N_WEBHOOK_URL/),
			expect.stringContaining('The long-term token expires '),
		],
	});
	expect(item!.findings[0]).toContain(`begins with ${THIS_N8N}.`);
});

it('Check Health reports signatures that are not verified, and a delivery token that expires soon', async () => {
	const end = Date.now() + 29 * 86_400_000;
	const deliveryToken = `Bearer ${jwtUntil(end)}`;
	const site = await openSite();
	const [item] = await health(site, {}, { ...serverTokenFor(site), ...UNSIGNED, deliveryToken });
	const deliveryTokenExpiresAt = new Date(Math.floor(end / 1000) * 1000).toISOString();
	expect(item).toMatchObject({ deliveryTokenExpiresAt });
	// A server token has no end.
	expect(item).not.toHaveProperty('tokenExpiresAt');
	expect(item!.findings.slice(1)).toEqual([
		expect.stringMatching(/^Signatures are not verified, .+ Ask NiCE for the secret, /),
		expect.stringContaining('The delivery token expires in 29 days, on '),
	]);
	expect(JSON.stringify(item)).not.toContain(deliveryToken.slice('Bearer '.length));
});

it('Check Health reports why Expert has disabled a webhook, and leaves it as it is', async () => {
	const scene = await openPublished({ site: PATIENT });
	await disabledByExpert(scene);
	scene.site.apiCalls.length = 0;
	expect(await healthOf(scene)).toMatchObject({
		...{ healthy: false, active: false, consecutiveFailures: 3, disabledReason: '1' },
		findings: [
			expect.stringContaining('after 3 deliveries in a row did not get through. What happens'),
			expect.stringContaining('told Expert 3 times to send a delivery again'),
		],
	});
	expectNothingWritten(scene);
});

it('Check Health says that a person has probably disabled the webhook', async () => {
	const scene = await openPublished();
	scene.site.disableWebhook(1);
	expect(await healthOf(scene)).toMatchObject({
		...{ healthy: false, active: false },
		findings: [expect.stringContaining('somebody has probably disabled it')],
	});
});

it('Check Health names the events of the trigger that went missing, and adds none', async () => {
	const scene = await openPublished();
	await change(scene.site, 'DELETE', '1/events/page_delete');
	await change(scene.site, 'PUT', '1/events/user_create');
	scene.site.apiCalls.length = 0;
	const fields = { expectedEvents: ['page_create', 'page_delete'] };
	expect(await healthOf(scene, fields)).toMatchObject({
		...{ healthy: false, active: true, missingEvents: ['page_delete'] },
		findings: [expect.stringContaining('Not registered: Page Deleted.')],
	});
	const all = { expectedEvents: ['*', 'other'], additionalEvents: 'page_view' };
	expect((await healthOf(scene, all)).missingEvents).toHaveLength(26);
	expectNothingWritten(scene);
});

it('Check Health reports the webhooks of this n8n alone', async () => {
	const site = await openSite();
	const urls = [
		`${THIS_N8N}a/webhook`,
		'http://127.0.0.1:5678/webhook-test/b/webhook',
		'http://127.0.0.1:56789/webhook/c/webhook',
		'https://n8n.example.com/webhook/d/webhook',
		`${THIS_N8N}e/webhook`,
	];
	for (const url of urls) site.addWebhook(url, 'Bearer x');
	for (const { id } of site.webhooks()) await change(site, 'PUT', `${id}/events/page_create`);
	const items = await health(site, { expectedEvents: ['page_create'] });
	expect(items.map(({ id, healthy }) => [id, healthy])).toEqual([
		['1', true],
		['5', true],
	]);
});

it('Check Health keeps to itself what the URL of a webhook of another system may hold', async () => {
	const site = await openSite();
	const url = 'https://jane:s3cret@other.example/hook?token=s3cret';
	site.addWebhook(url, 'Bearer x');
	const [item] = await health(site, { webhooks: 'one', webhook: named('url', url) });
	expect(item).toMatchObject({ id: '1', url: 'https://other.example/hook?…' });
	expect(JSON.stringify(item)).not.toContain('s3cret');
});

it('Check Health says what to do when the webhook that was named is gone', async () => {
	const fields = { webhooks: 'one', webhook: named('id', '1'), expectedEvents: ['page_create'] };
	expect(await health(await openSite(), fields)).toMatchObject([
		{
			...{ healthy: false, active: false, missingEvents: ['page_create'] },
			findings: [expect.stringMatching(/^The webhook is not at the site: .* publish it again\.$/)],
		},
	]);
});

it('Check Health says nothing of a webhook whose workflow was unpublished but that, and does not call it healthy', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	site.faults.add({ match: { method: 'DELETE' }, effect: { status: 500 } });
	await expect(host.production.unpublish()).rejects.toThrow('A webhook may be left');
	site.faults.clear();
	site.disableWebhook(1, '1');
	await change(site, 'DELETE', '1/events/page_delete');
	expect(await healthOf(scene, { expectedEvents: ['page_delete'] })).toMatchObject({
		...{ healthy: false, active: false },
		findings: [expect.stringMatching(/^Its workflow is not published, so n8n /)],
	});
	await host.production.publish();
	expect(await healthOf(scene)).toMatchObject({ healthy: true, findings: [] });
});

it('Check Health reports two webhooks with one address', async () => {
	const { site, host } = await openPublished();
	site.addWebhook(host.webhookUrl, 'Bearer y');
	const items = await health(site, { options: { webhookUrl: host.url } });
	expect(items).toHaveLength(2);
	for (const { healthy, findings } of items) {
		expect(healthy).toBe(false);
		expect(findings).toContainEqual(expect.stringContaining('2 webhooks have this address'));
	}
});

it('Check Health says where pages below the first level are not searched for, as publishing does', async () => {
	const scene = await openPublished({ site: { findDepth: 'children' } });
	expect((await healthOf(scene)).findings).toEqual([]);
	scene.site.site.createPage('A/B', { at: new Date(Date.now() - 60_000) });
	const says = /Pages below the first level are not searched for/;
	const { findings, healthy } = await healthOf(scene);
	expect(findings).toEqual([expect.stringMatching(says)]);
	expect(healthy).toBe(true);
	await scene.host.production.publish();
	expect(log.of('warn')).toEqual([expect.stringMatching(says)]);
	scene.site.settings.findDepth = 'tree';
	expect((await healthOf(scene)).findings).toEqual([]);
});

it('Check Health names a running import, which explains silence', async () => {
	const scene = await openPublished();
	scene.site.site.bulkImport(3, { pause: true });
	expect(await healthOf(scene)).toMatchObject({
		healthy: true,
		runningJobs: [{ type: 'IMPORT', status: 'IN_PROGRESS', completed: 0, total: 3 }],
		findings: [expect.stringMatching(/^An import is running at the site \(items done: 0 of 3\)/)],
	});
	scene.site.resumeDeliveries();
	await scene.site.idle();
	expect(await healthOf(scene)).toMatchObject({ runningJobs: [], findings: [] });
});

describe('figures of deliveries', () => {
	it('Check Health counts each kind of delivery', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		await send(scene, delivery);
		await send(scene, delivery);
		await send(scene, newDelivery(scene, { type: 'page_move' }));
		await send(scene, newDelivery(scene), { secret: 'whsec_other' });
		await send(scene, newDelivery(scene), { authorization: undefined });
		const last = newDelivery(scene);
		await send(scene, last);
		const { deliveries, findings } = await healthOf(scene);
		expect(deliveries).toEqual({
			process: 'main',
			since: new Date(performance.timeOrigin).toISOString(),
			...{ accepted: 2, duplicates: 1, filtered: 1 },
			refused: { 'signature wrong': 1, 'authorization missing': 1 },
			...{ toldToRetry: {}, late: 0, repaired: 0, recovered: 0 },
			...{ p50Ms: expect.any(Number), p95Ms: expect.any(Number) },
			hours: expect.any(Array),
			lastDelivery: { at: expect.stringMatching(/Z$/), deliveryId: last.deliveryId },
			lastRefusal: {
				at: expect.stringMatching(/Z$/),
				deliveryId: expect.any(String),
				...{ reason: 'authorization missing', status: 401 },
			},
		});
		expect(findings).toEqual([]);
		const hours = (deliveries as { hours: Array<Record<string, number>> }).hours;
		const sum = (what: string) => hours.reduce((all, hour) => all + hour[what]!, 0);
		expect(['accepted', 'refused', 'late', 'recovered'].map(sum)).toEqual([2, 2, 0, 0]);
	});

	it('Check Health counts deliveries to a webhook whose URL the site has rewritten', async () => {
		const scene = await openPublished({ site: { webhookUrlSpelling: 'slashAtEnd' } });
		const authorization = scene.site.webhooks()[0]!.authorizationHeader;
		const secret = scene.site.signingSecret;
		await sendDelivery(scene.host.webhookUrl, { ...newDelivery(scene), authorization, secret });
		expect((await healthOf(scene)).deliveries).toMatchObject({ accepted: 1 });
	});

	it('Check Health counts repairs of the trigger', async () => {
		const scene = await openPublished();
		const watch = await Watch.start(scene.host);
		await change(scene.site, 'DELETE', '1');
		await watch.tick();
		expect((await healthOf(scene)).deliveries).toMatchObject({ repaired: 1 });
	});

	it('Check Health does not name a kind of process that it does not know', async () => {
		const scene = await openPublished();
		instanceSettings.instanceType = 'something new';
		expect((await healthOf(scene)).deliveries.process).toBe('this process');
	});

	it('Check Health names the reason of refusals in a row, until a delivery is accepted', async () => {
		const scene = await openPublished();
		await send(scene, newDelivery(scene), { authorization: 'Bearer other' });
		const last = newDelivery(scene);
		await send(scene, last, { secret: 'whsec_other' });
		const { findings, deliveries, healthy } = await healthOf(scene);
		expect(findings).toEqual([
			expect.stringMatching(
				new RegExp(
					`^n8n has refused the last 2 deliveries, the latest \\(${last.deliveryId} at .*Z\\) because its signature does not match the Signing Secret\\. Enter the Signing Secret`,
				),
			),
		]);
		expect([healthy, deliveries.refusedInARow]).toEqual([true, 2]);
		await send(scene, newDelivery(scene));
		expect((await healthOf(scene)).findings).toEqual([]);
	});

	it('Check Health points to the Dashboard and other processes while this one has seen no delivery', async () => {
		const scene = await openPublished({ site: PATIENT });
		await disabledByExpert(scene);
		await scene.host.restart();
		const [disabled, dashboard, elsewhere] = (await healthOf(scene)).findings;
		expect(disabled).toContain('Expert has disabled it');
		expect(dashboard).toContain('If it shows 401 for them, the Signing Secret in the credential');
		expect(elsewhere).toMatch(/arrive in the webhook processes, .*: read their logs/);
		await send(scene, newDelivery(scene));
		expect((await healthOf(scene)).findings).toEqual([disabled, dashboard]);
	});
});

it.each<[string, (scene: Scene) => void, (scene: Scene) => unknown, string]>([
	[
		'a site that cannot be reached',
		({ site }) => site.faults.add({ effect: { status: 502 } }),
		({ site }) => site.faults.clear(),
		'The Expert site could not be reached',
	],
	[
		'a credential that cannot be read',
		({ host }) => {
			host.readCredential = async () => await Promise.reject(new Error('database is down'));
		},
		({ host }) => (host.readCredential = async () => {}),
		'The credential of the trigger could not be read',
	],
])(
	'Check Health names a check of the trigger that failed for %s, until one works or it is published',
	async (_why, fail, heal, message) => {
		const scene = await openPublished();
		const watch = await Watch.start(scene.host);
		const repair = [async () => await watch.anotherTick(), async () => await scene.host.production.publish()];
		for (const undo of repair) {
			fail(scene);
			await watch.anotherTick();
			heal(scene);
			expect(await healthOf(scene)).toMatchObject({
				healthy: false,
				findings: [expect.stringContaining(`The last check of this webhook failed: ${message}`)],
			});
			await undo();
			expect(await healthOf(scene)).toMatchObject({ healthy: true, findings: [] });
		}
	},
);

describe('the trigger that a webhook belongs to', () => {
	const owner = ({ host: { row } }: Scene) => ({
		workflow: { id: row.id, name: 'Test' },
		node: { id: row.node.id, name: row.node.name },
	});

	it.each<[string, (scene: Scene) => Promise<unknown>]>([
		['has started and serves it', async ({ host }) => await host.production.checkExists()],
		[
			'has run an event, as a worker does',
			async ({ host }) => await itemsPassedOn(host, [{ json: { deliveryId: 'd' } }], 'webhook'),
		],
	])('Check Health names workflow and node once the process %s', async (_case, meet) => {
		const scene = await openPublished();
		await scene.host.restart();
		expect(await healthOf(scene)).not.toHaveProperty('workflow');
		await meet(scene);
		expect(await healthOf(scene)).toMatchObject(owner(scene));
	});

	it('Check Health names workflow and node as they were published last, but not those of another n8n', async () => {
		const scene = await openPublished();
		scene.host.row.node.name = 'Pages';
		await scene.host.production.publish();
		expect(await healthOf(scene)).toMatchObject(owner(scene));
		// A webhook of another n8n can belong to a copy of the workflow.
		const options = { webhookUrl: 'https://n8n.example.com/webhook/' };
		const elsewhere = { webhooks: 'one', webhook: named('id', '1'), options };
		expect(await healthOf(scene, elsewhere)).not.toHaveProperty('workflow');
	});
});
