import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { siteSecrets } from '../../nodes/CxoneExpert/trigger/delivery/site-secrets.ts';
import type { Settings } from '../support/simulator/index.mts';
import { outputOf } from '../support/integration/action-node.mts';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { expectUpToDate } from '../support/integration/up-to-date.mts';

useScenes();

const WITHOUT = { signingSecret: '' };
const NAMED = 'The credential has no signing secret, but the CXone Expert site names one';
const ADVICE =
	'The credential has no signing secret. Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, add "Verify Signature" under Additional Options of the trigger and turn it off.';

/** Publishing stops with this, and nothing is left behind. */
async function stopOf(scene: Scene): Promise<string> {
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(scene.site.webhooks()).toEqual([]);
	expect(scene.host.production.warnings).toEqual([]);
	return error.message;
}

describe('publish without a signing secret', () => {
	it.each(['secret', 'signing-key', 'hmacSecret'])(
		'publish uses a secret that the site names as <%s>, and logs that it does',
		async (secretElement) => {
			const scene = await openScene({
				site: { secretInEachResponse: true, secretElement },
				credential: WITHOUT,
			});
			const { host, site } = scene;
			await host.production.publish();
			expect(site.webhooks()).toMatchObject([
				{ active: true, events: ['Page_Create', 'Page_Delete'] },
			]);
			expect(log.of('info')).toContainEqual(expect.stringContaining(`${NAMED} for webhook 1`));
			await expectUpToDate({ site, host });
			expectNoSecretInLog(scene);
			expectNoSecretIn(host.row.staticData, scene);
		},
	);

	it('publish keeps an existing webhook whose secret the site names', async () => {
		const scene = await openPublished({ site: { secretInEachResponse: true } });
		const { host, site } = scene;
		const credential = { ...host.credential(), ...WITHOUT };
		host.credential = () => credential;
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ id: 1, active: true }]);
		expect(log.of('info').join()).toContain(NAMED);
	});

	it.each(['', '  '])(
		'publish stops when neither credential (%j) nor site names a secret',
		async (secret) => {
			expect(await stopOf(await openScene({ credential: { signingSecret: secret } }))).toBe(ADVICE);
		},
	);

	it('publish does not use the previous signing secret as the current one', async () => {
		const credential = { signingSecret: '', previousSigningSecret: 'whsec_old' };
		expect(await stopOf(await openScene({ credential }))).toBe(ADVICE);
	});

	it.each<Partial<Settings>>([{}, { createResponseFull: false, createResponseRoot: 'created' }])(
		'publish stops when the site names the secret only at registration (%j)',
		async (settings) => {
			const site = { secretInCreateResponse: true, ...settings };
			expect(await stopOf(await openScene({ site, credential: WITHOUT }))).toBe(
				`${ADVICE} The site shows one, but only once, when a webhook is registered: look for it in the Expert Dashboard or ask NiCE.`,
			);
		},
	);

	it('publish without a signing secret registers no event before it stops', async () => {
		const scene = await openScene({ credential: WITHOUT });
		await stopOf(scene);
		expect(scene.site.apiCalls.filter(({ path }) => path.includes('/events/'))).toEqual([]);
	});

	it('publish stops for an existing webhook whose secret the site does not name', async () => {
		const scene = await openPublished();
		const { host } = scene;
		const credential = { ...host.credential(), ...WITHOUT };
		host.credential = () => credential;
		expect(await stopOf(scene)).toBe(ADVICE);
	});

	it('publish reports why it could not read the secret from the site', async () => {
		const scene = await openScene({ credential: WITHOUT });
		scene.site.faults.add({ effect: { status: 500 } });
		const error = await failureOf(scene.host.production.publish());
		expectAdvice(error, scene);
		expect(error.message).toContain('(500)');
	});
});

it('publish uses the secret of the credential even when the site names one', async () => {
	const scene = await openPublished({ site: { secretInEachResponse: true } });
	expect(log.of('info').join()).not.toContain(NAMED);
	await expectUpToDate(scene);
});

it('Get Many returns no item with the secret that the site names', async () => {
	const scene = await openPublished({
		site: { secretInEachResponse: true, secretElement: 'hmac-key' },
	});
	for (const simplify of [true, false]) {
		const parameters = { resource: 'webhook', operation: 'getMany', simplify };
		const items = await outputOf(scene.site, { parameters });
		expect(items).toHaveLength(1);
		expectNoSecretIn(items, scene);
	}
});

describe('the secret that the site names, read during a delivery', () => {
	/** n8n's own context of a request at the trigger, kept for the test. */
	async function contextOf(scene: Scene): Promise<IWebhookFunctions> {
		const { promise, resolve } = Promise.withResolvers<IWebhookFunctions>();
		scene.host.loaded.trigger.webhook = async function (this: IWebhookFunctions) {
			resolve(this);
			this.getResponseObject().end();
			return { noWebhookResponse: true };
		};
		await send(scene, newDelivery(scene));
		return await promise;
	}

	it('siteSecrets reads secret and guid once, and neither writes nor logs anything', async () => {
		const scene = await openPublished({ site: { secretInEachResponse: true } });
		const { host, site } = scene;
		const context = await contextOf(scene);
		const { staticData } = host.row;
		site.apiCalls.length = 0;
		const read = async () => await siteSecrets(context, host.credential(), host.webhookUrl);
		expect(await read()).toEqual({
			secrets: [site.signingSecret],
			guids: site.webhooks().map(({ guid }) => guid),
		});
		await read();
		// The list, until a page of it is empty, and the webhook.
		expect(site.apiCalls.map(({ method, user }) => `${method} ${user}`)).toEqual([
			'GET admin',
			'GET admin',
			'GET admin',
		]);
		expect(host.row.staticData).toBe(staticData);
		expectNoSecretInLog(scene);
	});

	it('siteSecrets reads again after the workflow is unpublished', async () => {
		const scene = await openPublished({ site: { secretInEachResponse: true } });
		const { host, site } = scene;
		const context = await contextOf(scene);
		const read = async () => await siteSecrets(context, host.credential(), host.webhookUrl);
		await read();
		await host.production.unpublish();
		site.apiCalls.length = 0;
		expect(await read()).toEqual({ secrets: [], guids: [] });
		expect(site.apiCalls).toHaveLength(1);
	});
});
