import { expect, it } from 'vitest';
import { sendDelivery } from '../support/simulator/index.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';

useScenes();

function ofTest({ site, host }: Scene) {
	return site.webhooks().filter(({ url }) => url === host.testUrl);
}

function ofProduction({ site, host }: Scene) {
	return site.webhooks().filter(({ url }) => url === host.webhookUrl);
}

it('a test has its own webhook and does not change that of production', async () => {
	const scene = await openPublished();
	const before = ofProduction(scene);
	await scene.host.test.publish();
	expect(ofTest(scene)).toHaveLength(1);
	expect(ofProduction(scene)).toEqual(before);
	await scene.host.test.unpublish();
	expect(ofTest(scene)).toEqual([]);
	expect(ofProduction(scene)).toEqual(before);
});

it('a test finds the webhook of an earlier test that did not end properly', async () => {
	const scene = await openScene();
	await scene.host.test.publish();
	await scene.host.restart();
	await scene.host.test.publish();
	expect(ofTest(scene)).toHaveLength(1);
});

it('the webhook of a test stays when production is unpublished', async () => {
	const scene = await openPublished();
	await scene.host.test.publish();
	await scene.host.production.unpublish();
	expect(ofTest(scene)).toHaveLength(1);
	expect(ofProduction(scene)).toEqual([]);
});

it('the same delivery runs in every test, and is recorded nowhere', async () => {
	const scene = await openScene();
	const { site, host } = scene;
	const delivery = newDelivery(scene);
	for (let test = 0; test < 2; test++) {
		await host.test.publish();
		const { authorizationHeader: authorization } = elementAt(ofTest(scene), 0);
		const parts = { ...delivery, authorization, secret: site.signingSecret };
		expectResponse(await sendDelivery(host.testUrl, parts), 200);
		await host.test.unpublish();
	}
	expect(host.executions.map(({ isTest }) => isTest)).toEqual([true, true]);
	expect(host.items.every((item) => !('redelivered' in item))).toBe(true);
	expect(host.row.staticData).toBe('{}');
});

it('production runs a delivery that was tried in a test', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	await host.test.publish();
	const { authorizationHeader: authorization } = elementAt(ofTest(scene), 0);
	const delivery = newDelivery(scene);
	await sendDelivery(host.testUrl, { ...delivery, authorization, secret: site.signingSecret });
	expectResponse(await send(scene, delivery), 200);
	expect(host.executions.map(({ isTest }) => isTest)).toEqual([true, false]);
});
