import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { openPublished, openScene, useScenes } from '../support/integration/scene.mts';

useScenes();

it('unpublish removes the webhook, and succeeds a second time', async () => {
	const { site, host } = await openPublished();
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
});

it('unpublish succeeds when there never was a webhook', async () => {
	const { site, host } = await openScene();
	await host.production.unpublish();
	expect(site.apiCalls.map(({ method }) => method)).toEqual(['GET']);
});

it.each([404, 410])(
	'unpublish succeeds when the webhook disappears meanwhile (%s)',
	async (status) => {
		const { site, host } = await openPublished();
		site.faults.add({ match: { method: 'DELETE' }, effect: { status, applyThenFail: true } });
		await host.production.unpublish();
		expect(site.webhooks()).toEqual([]);
	},
);

it('unpublish removes the webhook of a trigger without events', async () => {
	const { site, host } = await openPublished();
	host.row.node.parameters.events = [];
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
});

it('unpublish removes the webhook without a signing secret', async () => {
	const { site, host } = await openPublished();
	const credential = { ...host.credential(), signingSecret: '', deliveryToken: 'odd' };
	host.credential = () => credential;
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
});

it('unpublish fails when the API token is no longer accepted', async () => {
	const scene = await openPublished();
	const credential = { ...scene.host.credential(), longTermToken: 'revoked' };
	scene.host.credential = () => credential;
	const error = await failureOf(scene.host.production.unpublish());
	expectAdvice(error, scene);
	expect(scene.site.webhooks()).toHaveLength(1);
});
