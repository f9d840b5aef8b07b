import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';
import { watchMaps } from '../support/memory/maps.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { loadPackage } from '../support/integration/package-under-test.mts';
import { openPublished, type Scene, UNSIGNED, useScenes } from '../support/integration/scene.mts';

useScenes();

/** n8n reads the credential again for each call, which costs more than all the work of the node. */
async function openCounted() {
	const scene = await openPublished();
	const { host } = scene;
	let data = host.credential();
	let readings = 0;
	host.credential = () => {
		readings++;
		return data;
	};
	const change = (changes: ICredentialDataDecryptedObject) => (data = { ...data, ...changes });
	return { scene, change, readings: () => readings };
}

async function sendNew(scene: Scene, secret = scene.site.signingSecret) {
	return await send(scene, newDelivery(scene), { secret });
}

function pass(ms: number): void {
	vi.advanceTimersByTime(ms);
}

/** Other tests have filled the maps of this process: by default a hundred entries are shown. */
const EVERYTHING = { depth: 8, maxArrayLength: null, maxStringLength: null } as const;

describe('caching of the credential', () => {
	it('the credential is read once for concurrent and consecutive deliveries', async () => {
		const { scene, readings } = await openCounted();
		const responses = await Promise.all(Array.from({ length: 10 }, () => sendNew(scene)));
		for (const response of responses) expectResponse(response, 200);
		for (let count = 0; count < 10; count++) expectResponse(await sendNew(scene), 200);
		expect(readings()).toBe(1);
	});

	it('the credential is read again after ten seconds', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const { scene, readings } = await openCounted();
		await sendNew(scene);
		pass(9_000);
		await sendNew(scene);
		expect(readings()).toBe(1);
		pass(1_001);
		await sendNew(scene);
		expect(readings()).toBe(2);
	});

	it('the credential is no longer in memory ten seconds after the last delivery', async () => {
		// The map of loaded modules reaches all that they keep: nothing may be loaded from here on.
		await loadPackage();
		vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
		const maps = watchMaps();
		const credential = { signingSecret: 'whsec_of_one_node_only' };
		const holding = () => {
			const texts = [...maps].map((map) => inspect([...map.values()], EVERYTHING));
			return texts.filter((text) => text.includes(credential.signingSecret));
		};
		const scene = await openPublished({ credential });
		expectResponse(await sendNew(scene, credential.signingSecret), 200);
		expect(holding()).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(10_001);
		expect(holding()).toEqual([]);
	});
});

describe('changes of the credential', () => {
	it('a new secret and a new token in the credential are accepted at once', async () => {
		const { scene, change } = await openCounted();
		expectResponse(await sendNew(scene), 200);
		change({ signingSecret: 'whsec_new' });
		expectResponse(await sendNew(scene, 'whsec_new'), 200);
		change({ deliveryToken: 'Bearer a-new-one' });
		const changes = { secret: 'whsec_new', authorization: 'Bearer a-new-one' };
		expectResponse(await send(scene, newDelivery(scene), changes), 200);
		expect(scene.host.executions).toHaveLength(3);
	});

	it('an old token is rejected although the delivery is signed with the new secret', async () => {
		const { scene, change } = await openCounted();
		const authorization = 'Bearer an-old-one';
		change({ deliveryToken: authorization });
		// Reads the credential, and proves no token: the signature is wrong.
		expectResponse(await send(scene, newDelivery(scene), { authorization, secret: 'a guess' }), 401);
		change({ deliveryToken: 'Bearer a-new-one', signingSecret: 'whsec_new' });
		expectResponse(await send(scene, newDelivery(scene), { authorization, secret: 'whsec_new' }), 401);
	});

	it('an unsigned delivery is refused ten seconds after a signing secret was entered', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const { scene, change } = await openCounted();
		const { signingSecret } = scene.site;
		change(UNSIGNED);
		expectResponse(await sendNew(scene, 'x'), 200);
		change({ signingSecret });
		pass(10_001);
		expectResponse(await sendNew(scene, 'x'), 401);
		expectResponse(await sendNew(scene, signingSecret), 200);
	});

	it('another credential chosen in the node applies at once', async () => {
		const { scene, change } = await openCounted();
		await sendNew(scene);
		const { node } = scene.host.row;
		node.credentials = { cxoneExpertApi: { id: 'another', name: 'Another' } };
		change({ signingSecret: 'whsec_other' });
		expectResponse(await sendNew(scene), 401);
	});
});

describe('forged deliveries', () => {
	it('a wrong signature is refused only after the credential was read again', async () => {
		const { scene, readings } = await openCounted();
		await sendNew(scene);
		const before = scene.site.apiCalls.length;
		for (let count = 0; count < 3; count++) expectResponse(await sendNew(scene, 'a guess'), 401);
		expect(readings()).toBe(1 + 3);
		expect(scene.site.apiCalls).toHaveLength(before);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('wrong tokens make the trigger read the credential at most once a second', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const { scene, readings } = await openCounted();
		await sendNew(scene);
		pass(1);
		const forged = async () =>
			expectResponse(await send(scene, newDelivery(scene), { authorization: 'Bearer guess' }), 401);
		for (let count = 0; count < 20; count++) await forged();
		expect(readings()).toBe(2);
		pass(999);
		await forged();
		expect(readings()).toBe(2);
		pass(1);
		for (let count = 0; count < 20; count++) await forged();
		expect(readings()).toBe(3);
		expect(scene.host.outputs).toHaveLength(1);
	});
});
