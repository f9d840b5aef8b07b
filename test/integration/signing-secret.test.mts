import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/integration/advice.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, UNSIGNED, useScenes } from '../support/integration/scene.mts';

/* Whether a delivery needs a signature: the switch of the credential, and its two secrets. */

useScenes();

const CURRENT = 'whsec_current';
const PREVIOUS = 'whsec_previous';

const WITHOUT_SIGNATURE = { headers: { 'X-Nexus-Signature-256': null } };

it.each<
	[
		acceptUnsigned: boolean,
		signingSecret: string,
		previousSigningSecret: string,
		publishes: boolean,
		byCurrent: number,
		byPrevious: number,
		unsigned: number,
	]
>([
	[false, '', '', false, 503, 503, 503],
	[true, '', '', true, 200, 200, 200],
	[true, CURRENT, '', true, 200, 401, 401],
	[true, '', PREVIOUS, false, 401, 200, 401],
	[false, CURRENT, PREVIOUS, true, 200, 200, 401],
])(
	'with the switch %j, the secret "%s" and the previous one "%s" publishing works: %j; deliveries get %i by the secret, %i by the previous one, %i without',
	async (acceptUnsigned, signingSecret, previousSigningSecret, publishes, ...statuses) => {
		const scene = await openPublished();
		const secrets = { acceptUnsigned, signingSecret, previousSigningSecret };
		const credential = { ...scene.host.credential(), ...secrets } as ICredentialDataDecryptedObject;
		scene.host.credential = () => credential;
		const changes = [{ secret: CURRENT }, { secret: PREVIOUS }, WITHOUT_SIGNATURE];
		for (const [index, each] of changes.entries())
			expectResponse(await send(scene, newDelivery(scene), each), statuses[index]!);
		const ran = statuses.filter((status) => status === 200).length;
		expect(scene.host.executions).toHaveLength(ran);
		const published = scene.host.production.publish();
		if (publishes) await published;
		else expect((await failureOf(published)).message).toMatch(/has no signing secret/);
	},
);

describe('a site without a signing secret', () => {
	it.each([
		['no timestamp', 200, { headers: { 'X-Nexus-Timestamp': null } }],
		['a wrong token', 401, { authorization: 'Bearer x' }],
		['no id', 400, { headers: { 'X-Nexus-Delivery-Id': null } }],
	])('without a signing secret a delivery with %s gets %i', async (_name, status, changes) => {
		const scene = await openPublished({ credential: UNSIGNED });
		expectResponse(await send(scene, newDelivery(scene), changes), status);
		expect(scene.host.executions).toHaveLength(status === 200 ? 1 : 0);
	});

	it('log, item and output of the trigger say that signatures are not verified', async () => {
		const scene = await openPublished({ credential: UNSIGNED });
		const delivery = newDelivery(scene);
		// The second one is a duplicate: without a signature it is known by its ID.
		for (let copy = 0; copy < 2; copy++) expectResponse(await send(scene, delivery), 200);
		await scene.host.idle();
		expect(log.of('warn')).toEqual([expect.stringMatching(/^CXone Expert: Signatures are not verified, /)]);
		expect(scene.host.outputs).toMatchObject([[{ unverified: true }]]);
		expect(scene.host.hints).toEqual([
			expect.stringMatching(/^Signatures are not verified, .+ enter it as Signing Secret /),
		]);
	});

	it('neither log nor item nor output says so with a signing secret beside the switch', async () => {
		const scene = await openPublished({ credential: { acceptUnsigned: true } });
		await send(scene, newDelivery(scene));
		await scene.host.idle();
		expect(log.of('warn')).toEqual([]);
		expect(scene.host.outputs.flat()[0]).not.toHaveProperty('unverified');
		expect(scene.host.hints).toEqual([]);
	});
});
