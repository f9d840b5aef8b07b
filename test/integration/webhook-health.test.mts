import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { endOfLongTermToken, type Simulator } from '../support/simulator/index.mts';
import { named, outputOf } from '../support/integration/action-node.mts';
import { change } from '../support/integration/foreign.mts';
import {
	credentialFor,
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
import { jwtUntil } from '../support/jwt.mts';

useScenes();

/** Where the n8n of the action node receives webhooks. */
const THIS_N8N = 'http://127.0.0.1:5678/webhook/';

const checking = (fields: IDataObject = {}) => ({
	parameters: { resource: 'webhook', operation: 'checkHealth', ...fields },
});

async function health(site: Simulator, fields: IDataObject = {}): Promise<IDataObject[]> {
	const items = await outputOf(site, checking(fields));
	expectSchema('webhook', 'checkHealth', items);
	return items;
}

/** Of the published trigger, whose n8n has another port than that of the action node. */
async function healthOfTrigger(scene: Scene, fields: IDataObject = {}): Promise<IDataObject> {
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

const NOT_SAVED = expect.stringContaining('because n8n could not save the execution');

/** Calls that change something. */
function writes({ apiCalls }: Simulator): string[] {
	return apiCalls
		.filter(({ method }) => method !== 'GET')
		.map(({ method, path }) => `${method} ${path}`);
}

it('Check Health reports that all is up to date, and says what time it is at the site', async () => {
	const scene = await openPublished({ site: { clockSkewMs: -7_200_000 } });
	const expectedEvents = scene.host.row.node.parameters.events;
	const before = Date.now();
	const item = await healthOfTrigger(scene, { expectedEvents });
	const after = Date.now();
	expect(item).toEqual({
		...{ id: '1', url: scene.host.webhookUrl, healthy: true, active: true },
		...{ workflow: expect.any(Object), node: expect.any(Object) },
		...{ consecutiveFailures: 0, events: ['page_create', 'page_delete'], missingEvents: [] },
		...{ findings: [], siteTime: expect.any(String) },
		tokenExpiresAt: new Date(endOfLongTermToken(scene.site.longTermToken)).toISOString(),
		deliveries: expect.objectContaining({ process: 'main', accepted: 0, refused: {} }),
		runningJobs: [],
		versions: { package: manifest.version, n8n: expect.stringMatching(/^2\.\d+$/) },
	});
	const asked = Date.parse(item.siteTime as string) + 7_200_000;
	// The site tells whole seconds.
	expect(asked).toBeGreaterThan(before - 1000);
	expect(asked).toBeLessThanOrEqual(after);
});

it.each([0, 29])('Check Health reports a long-term token with %i days left', async (days) => {
	const longTermTokenValidityMs = days * 86_400_000 + 60_000;
	const scene = await openPublished({ site: { longTermTokenValidityMs } });
	const item = await healthOfTrigger(scene);
	const [day] = String(item.tokenExpiresAt).split('T');
	expect(item).toMatchObject({
		...{ healthy: true },
		findings: [
			expect.stringMatching(
				new RegExp(`The long-term token expires .* day.*, on ${day}\\. Create a new one`),
			),
		],
	});
});

it('Check Health reports a JWT entered as delivery token that expires soon, and names its expiry', async () => {
	const end = Date.now() + 29 * 86_400_000;
	const deliveryToken = `Bearer ${jwtUntil(end)}`;
	const site = await openSite();
	const [item] = await outputOf(site, {
		...checking(),
		credential: { ...serverTokenFor(site), deliveryToken },
	});
	expectSchema('webhook', 'checkHealth', [item!]);
	const expiresAt = new Date(Math.floor(end / 1000) * 1000).toISOString();
	expect(item).toMatchObject({ deliveryTokenExpiresAt: expiresAt });
	// A server token has no end.
	expect(item).not.toHaveProperty('tokenExpiresAt');
	const [day] = expiresAt.split('T');
	expect(item?.findings).toContainEqual(
		expect.stringContaining(`The delivery token expires in 29 days, on ${day}.`),
	);
	expect(JSON.stringify(item)).not.toContain(deliveryToken.slice('Bearer '.length));
});

it('Check Health says when the token expires, also without a webhook', async () => {
	const site = await openSite({ longTermTokenValidityMs: 86_400_000 });
	const [item] = await health(site);
	expect(item).toMatchObject({ healthy: false, tokenExpiresAt: expect.stringMatching(/Z$/) });
	expect(item?.findings).toHaveLength(2);
});

it.each([
	['that the site has no signing secret yet', UNSIGNED, 1],
	['so beside a signing secret', { acceptUnsigned: true }, 0],
])(
	'Check Health has a finding on signatures that are not verified, by a credential that says %s: %j, %i',
	async (_case, credential, count) => {
		const site = await openSite();
		const data = { ...credentialFor(site), ...credential };
		const [item] = await outputOf(site, { ...checking(), credential: data });
		const unsigned = /^Signatures are not verified, .+ Ask NiCE for the secret, /;
		const findings = item?.findings as string[];
		expect(findings.filter((finding) => unsigned.test(finding))).toHaveLength(count);
	},
);

it('Check Health reports why Expert has disabled a webhook, and leaves it as it is', async () => {
	const scene = await openPublished({ site: PATIENT });
	await disabledByExpert(scene);
	scene.site.apiCalls.length = 0;
	expect(await healthOfTrigger(scene)).toMatchObject({
		...{ healthy: false, active: false, consecutiveFailures: 3, disabledReason: '1' },
		findings: [
			expect.stringContaining('after 3 deliveries in a row did not get through (reason 1)'),
			expect.stringContaining('told Expert 3 times to send a delivery again'),
		],
	});
	expect(writes(scene.site)).toEqual([]);
});

it('Check Health names the events of the trigger that went missing, and adds none', async () => {
	const scene = await openPublished();
	await change(scene.site, 'DELETE', '1/events/page_delete');
	await change(scene.site, 'PUT', '1/events/user_create');
	scene.site.apiCalls.length = 0;
	const fields = { expectedEvents: ['page_create', 'page_delete'] };
	expect(await healthOfTrigger(scene, fields)).toMatchObject({
		...{ healthy: false, active: true, missingEvents: ['page_delete'] },
		findings: [expect.stringContaining('Not registered: page_delete.')],
	});
	expect(writes(scene.site)).toEqual([]);
});

it('Check Health treats * as all events, and accepts names that the list does not contain', async () => {
	const scene = await openPublished({ site: { unknownEventTypeStatus: 200 } });
	const options = { webhookUrl: scene.host.webhookUrl };
	const fields = { expectedEvents: ['*', 'other'], additionalEvents: 'page_view', options };
	const item = await healthOfTrigger(scene, fields);
	expect(item.missingEvents).toHaveLength(26);
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

it('Check Health reports one webhook of another n8n', async () => {
	const scene = await openPublished({ site: PATIENT });
	await disabledByExpert(scene);
	const webhook = named('url', scene.host.webhookUrl);
	const [item] = await health(scene.site, { webhooks: 'one', webhook });
	expect(item).toMatchObject({ id: '1', healthy: false, active: false });
});

it('Check Health keeps to itself what the URL of a webhook of another system may hold', async () => {
	const { site } = await openPublished();
	const url = 'https://jane:s3cret@other.example/hook?token=s3cret';
	site.addWebhook(url, 'Bearer x');
	const webhook = named('url', url);
	const [item] = await health(site, { webhooks: 'one', webhook });
	expect(item).toMatchObject({ url: 'https://other.example/hook?…' });
	expect(JSON.stringify(item)).not.toContain('s3cret');
});

it('Check Health says that a person has probably disabled the webhook', async () => {
	const scene = await openPublished();
	scene.site.disableWebhook(1);
	expect(await healthOfTrigger(scene)).toMatchObject({
		...{ healthy: false, active: false },
		findings: [expect.stringContaining('somebody has probably disabled it')],
	});
});

it('Check Health reports failed deliveries while the webhook is still on', async () => {
	const scene = await openPublished({ site: { retries: 0, ...PATIENT } });
	scene.host.store = () => Promise.reject(new Error('database is down'));
	scene.site.emit('page_create');
	await scene.site.idle();
	const item = await healthOfTrigger(scene);
	expect(item).toMatchObject({ healthy: true, active: true, consecutiveFailures: 1 });
	expect(item.findings).toEqual([
		expect.stringContaining('1 delivery did not get through'),
		NOT_SAVED,
	]);
});

it('Check Health does not call a webhook healthy whose workflow was unpublished', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	expect(await healthOfTrigger(scene)).toMatchObject({ healthy: true, findings: [] });
	site.faults.add({ match: { method: 'DELETE' }, effect: { status: 500 } });
	await expect(host.production.unpublish()).rejects.toThrow('A webhook may be left');
	site.faults.clear();
	const left = await healthOfTrigger(scene);
	expect(left).toMatchObject({ healthy: false, active: true });
	expect(left.findings).toEqual([expect.stringMatching(/^Its workflow is not published, so n8n /)]);
	await host.production.publish();
	expect(await healthOfTrigger(scene)).toMatchObject({ healthy: true, findings: [] });
});

it('Check Health reports two webhooks with one address', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	site.addWebhook(host.webhookUrl, 'Bearer y');
	const fields = { options: { webhookUrl: host.url }, expectedEvents: ['page_create'] };
	const items = await health(site, fields);
	expect(items.map(({ healthy, events }) => [healthy, events])).toEqual([
		[false, ['page_create', 'page_delete']],
		[false, []],
	]);
	for (const { findings } of items) {
		expect(findings).toContainEqual(expect.stringContaining('2 webhooks have this address'));
	}
});

it('Check Health says what to do when the webhook that was named is gone', async () => {
	const site = await openSite();
	const webhook = { __rl: true, mode: 'id', value: '1' };
	const expectedEvents = ['page_create'];
	expect(await health(site, { webhooks: 'one', webhook, expectedEvents })).toMatchObject([
		{
			...{ healthy: false, active: false, missingEvents: ['page_create'] },
			findings: [expect.stringMatching(/^The webhook is not at the site: .* publish it again\.$/)],
		},
	]);
});

it('Check Health says what to do when the workflow is not published', async () => {
	const site = await openSite();
	site.addWebhook('https://n8n.example.com/webhook/a/webhook', 'Bearer x');
	const [item, ...others] = await health(site);
	expect(others).toEqual([]);
	expect(item).toMatchObject({ healthy: false, active: false, siteTime: expect.any(String) });
	expect((item!.findings as string[])[0]).toContain(`begins with ${THIS_N8N}.`);
	expect((item!.findings as string[])[0]).toMatch(/not published.*publish it again.*WEBHOOK_URL/);
});
