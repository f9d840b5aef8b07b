import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { FaultEffect, SingleDelivery } from '../support/simulator/index.mts';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { authorizationAt, newDelivery, now, send } from '../support/integration/delivery.mts';
import { testCredential, openScene, type Scene, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import { log } from '../support/integration/log.mts';
import { expectNoSecretIn, expectNoSecretInLog, foundIn, foundInLog } from '../support/integration/secrets.mts';
import { elementAt } from '../support/present.mts';

useScenes();

const BASIC = `Basic ${Buffer.from('expert:pa"ss\\w&rd').toString('base64')}`;
const SIGNING = { signingSecret: 'whsec_"odd"\\&<ü>', previousSigningSecret: 'whsec_before' };

const credentials: Array<[name: string, changes: (scene: Scene) => ICredentialDataDecryptedObject]> = [
	['a long-term token', () => ({})],
	['a server token', ({ site }) => serverTokenFor(site)],
	['a long-term token and a Basic delivery token', () => ({ deliveryToken: BASIC })],
	[
		'a server token and a Bearer delivery token',
		({ site }) => ({ ...serverTokenFor(site), deliveryToken: 'Bearer own/"token"\\%41&' }),
	],
];

async function openWith(changes: (scene: Scene) => ICredentialDataDecryptedObject): Promise<Scene> {
	const scene = await openScene({ site: { signingSecret: SIGNING.signingSecret } });
	const credential = { ...scene.host.credential(), ...changes(scene), ...SIGNING };
	scene.host.credential = () => credential;
	return scene;
}

const echoes: Array<[name: string, effect: FaultEffect]> = [
	['XML', { status: 400, body: 'xml' }],
	['XML of the older style', { status: 403, body: 'old' }],
	['JSON', { status: 500, body: 'json' }],
	['a web page', { status: 400, body: 'html' }],
	['a web page of success', { status: 200, body: 'html' }],
];

describe.each(credentials)('a site that repeats secrets, called with %s', (name, changes) => {
	it.each(echoes)(`publish with ${name} quotes no secret that the site repeats in %s`, async (_form, effect) => {
		for (const match of [{ method: 'GET' }, { method: 'POST' }, { method: 'PUT' }]) {
			const scene = await openWith(changes);
			scene.site.faults.add({ match, effect: { ...effect, echo: true } });
			const error = await failureOf(scene.host.production.publish());
			expectAdvice(error, scene);
			for (const warning of scene.host.production.warnings) expectNoSecretIn(warning, scene);
		}
	});

	it.each(echoes)(
		`the credential test with ${name} quotes no secret that the site repeats in %s`,
		async (_form, effect) => {
			const scene = await openWith(changes);
			scene.site.faults.add({ effect: { ...effect, echo: true } });
			const result = await testCredential(scene);
			expect(result.status).toBe('Error');
			expectNoSecretIn(result, scene);
			expectNoSecretInLog(scene);
		},
	);
});

/** Deliveries whose sender knows some of the secrets. */
const deliveries: Array<[name: string, changes: (scene: Scene) => Partial<SingleDelivery>]> = [
	['genuine', () => ({})],
	['genuine, signed with the previous secret', () => ({ secret: SIGNING.previousSigningSecret })],
	['with the right token and a wrong signature', () => ({ secret: 'guessed' })],
	['with the right token, too old', () => ({ timestamp: now(-4000) })],
	['with the right token and no id', () => ({ headers: { 'X-Nexus-Delivery-Id': null } })],
	['with the right signature and a wrong token', () => ({ authorization: 'Bearer guessed' })],
	['with a body that cannot be read', () => ({ body: '<event type="page:create"><page>' })],
];

it.each(credentials)(
	'deliveries with %s leave no secret in items, static data, responses or log',
	async (_name, changes) => {
		const scene = await openWith(changes);
		const { host, site } = scene;
		host.row.node.parameters.simplify = false;
		host.row.node.parameters.additionalOptions = { includeHeaders: true, includeRawXml: true };
		await host.production.publish();
		const passedOn = {
			Cookie: `session=${authorizationAt(scene)}`,
			'PROXY-authorization': authorizationAt(scene),
			'X-Forwarded-Authorization': authorizationAt(scene),
			'x-DEKI-token': site.longTermToken,
		};
		for (const [, part] of deliveries) {
			const { headers, ...rest } = part(scene);
			const all = { ...rest, headers: { ...passedOn, ...headers } };
			expectNoSecretIn(await send(scene, newDelivery(scene), all), scene);
		}
		await host.idle();
		expect(host.items).toHaveLength(3);
		expect(elementAt(host.items, 0).headers).toHaveProperty('x-nexus-delivery-id');
		const { items, row, thrown, lostExecutions } = host;
		expectNoSecretIn([items, row.staticData, row.node, thrown, lostExecutions], scene);
		expectNoSecretInLog(scene);
		expect(log.of('warn')).toHaveLength(4);
	},
);

describe('the search for secrets', () => {
	it.each<[place: string, plant: (scene: Scene, secret: string) => unknown]>([
		['in static data', (_scene, secret) => JSON.stringify({ global: { note: secret } })],
		['in the cause of an error', (_scene, secret) => new Error('x', { cause: new Error(secret) })],
		['in a hidden property', (_scene, secret) => Object.defineProperty({}, 'hidden', { value: { deep: secret } })],
	])('the search for secrets finds a planted one %s', async (_place, plant) => {
		const scene = await openWith(() => ({ deliveryToken: BASIC }));
		for (const secret of [...Object.values(SIGNING), scene.site.longTermToken, 'pa"ss\\w&rd']) {
			expect(foundIn(plant(scene, secret), scene)).not.toEqual([]);
		}
	});

	it('the search for secrets finds a planted one in the log', async () => {
		const scene = await openWith(() => ({}));
		log.debug('a line', { with: { an: { object: SIGNING.signingSecret } } });
		expect(foundInLog(scene)).toContain('signingSecret escaped as in JavaScript');
	});
});
