import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/integration/advice.mts';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, type Scene, UNSIGNED, useScenes } from '../support/integration/scene.mts';

/* Whether a delivery needs a signature: the switch of the credential, and its two secrets. */

useScenes();

const CURRENT = 'whsec_current';
const PREVIOUS = 'whsec_previous';

/** A published workflow whose credential has become another since. */
async function openChanged(changes: object): Promise<Scene> {
	const scene = await openPublished();
	const credential = { ...scene.host.credential(), ...changes } as ICredentialDataDecryptedObject;
	scene.host.credential = () => credential;
	return scene;
}

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
	[false, CURRENT, '', true, 200, 401, 401],
	[true, CURRENT, '', true, 200, 401, 401],
	[false, '', PREVIOUS, false, 401, 200, 401],
	[true, '', PREVIOUS, false, 401, 200, 401],
	[false, CURRENT, PREVIOUS, true, 200, 200, 401],
	[true, CURRENT, PREVIOUS, true, 200, 200, 401],
])(
	'with the switch %j, the secret "%s" and the previous one "%s" publishing works: %j; deliveries get %i by the secret, %i by the previous one, %i without',
	async (acceptUnsigned, signingSecret, previousSigningSecret, publishes, ...statuses) => {
		const secrets = { acceptUnsigned, signingSecret, previousSigningSecret };
		const scene = await openChanged(secrets);
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
		['a wrong signature', 200, { secret: 'whsec_other' }],
		['no signature', 200, WITHOUT_SIGNATURE],
		['no timestamp', 200, { headers: { 'X-Nexus-Timestamp': null } }],
		['a timestamp of 1970', 200, { timestamp: '1' }],
		['a wrong token', 401, { authorization: 'Bearer x' }],
		['no id', 400, { headers: { 'X-Nexus-Delivery-Id': null } }],
	])('without a signing secret a delivery with %s gets %i', async (_name, status, changes) => {
		const scene = await openPublished({ credential: UNSIGNED });
		expectResponse(await send(scene, newDelivery(scene), changes), status);
		expect(scene.host.executions).toHaveLength(status === 200 ? 1 : 0);
	});

	it('a duplicate starts no run without a signing secret', async () => {
		const scene = await openPublished({ credential: UNSIGNED });
		const delivery = newDelivery(scene);
		await send(scene, delivery);
		expectResponse(await send(scene, delivery, { timestamp: now(5), secret: 'x' }), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('an item that came without a verified signature says so, and so does the output of the trigger', async () => {
		const scene = await openPublished({ credential: UNSIGNED });
		await send(scene, newDelivery(scene));
		await scene.host.idle();
		expect(scene.host.outputs).toMatchObject([[{ unverified: true }]]);
		expect(scene.host.hints).toEqual([
			expect.stringMatching(/^Signatures are not verified, .+ enter it as Signing Secret /),
		]);
	});

	it('neither item nor output says anything of signatures when they are verified', async () => {
		const scene = await openPublished({ credential: { acceptUnsigned: true } });
		await send(scene, newDelivery(scene));
		await scene.host.idle();
		expect(scene.host.outputs.flat()[0]).not.toHaveProperty('unverified');
		expect(scene.host.hints).toEqual([]);
	});
});

describe('the log when a workflow is published', () => {
	it('publish warns that signatures are not verified', async () => {
		await openPublished({ credential: UNSIGNED });
		expect(log.of('warn')).toEqual([
			expect.stringMatching(/^CXone Expert: Signatures are not verified, /),
		]);
	});

	it('publish warns of nothing with a signing secret beside the switch', async () => {
		await openPublished({ credential: { acceptUnsigned: true } });
		expect(log.of('warn')).toEqual([]);
	});
});
