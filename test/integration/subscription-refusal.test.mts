import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { openScene, type SceneOptions, useScenes } from '../support/integration/scene.mts';

useScenes();

/** Publishing stops before anything reaches the site, and the text says how to go on. */
async function expectStop(options: SceneOptions, says: RegExp[]): Promise<void> {
	const scene = await openScene(options);
	const { site, host } = scene;
	const error = await failureOf(host.production.publish());
	expectAdvice(error, scene);
	for (const text of says) expect(error.message).toMatch(text);
	// `delete` after the failed `create` may look, but there was nothing to write.
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
	expect(host.production.warnings).toEqual([]);
}

it('publish stops when no event is chosen', async () => {
	await expectStop({ parameters: { events: [] } }, [/No events are chosen/, /Choose/]);
});

it('publish stops when a line break was copied along with the signing secret', async () => {
	await expectStop({ credential: { signingSecret: 'whsec_test\n' } }, [/white space/]);
});

it.each(['no-scheme', 'Digest abc', 'Bearer', 'Bearer two words', 'Bearer zwölf'])(
	'publish stops when the delivery token is "%s"',
	async (deliveryToken) => {
		await expectStop({ credential: { deliveryToken } }, [/Delivery Token/, /Bearer …/]);
	},
);

it.each(['', 'not an address', 'ftp://help.example.com'])(
	'publish stops when the Site URL is "%s"',
	async (siteUrl) => {
		const scene = await openScene({ credential: { siteUrl } });
		const error = await failureOf(scene.host.production.publish());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/Site URL/);
	},
);

it('publish stops when the credential has no API token', async () => {
	const scene = await openScene({ credential: { longTermToken: ' ' } });
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(/token/);
	expect(scene.site.webhooks()).toEqual([]);
});

it('publish needs no signing secret when verification is disabled', async () => {
	const { site, host } = await openScene({
		parameters: { additionalOptions: { verifySignature: false } },
		credential: { signingSecret: '' },
	});
	await host.production.publish();
	expect(site.webhooks()).toHaveLength(1);
});

it('publish refuses to register an http address at a remote site, and names WEBHOOK_URL', async () => {
	const scene = await openScene({ credential: { siteUrl: 'https://help.example.invalid' } });
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toContain('WEBHOOK_URL');
	expect(error.message).toContain('https');
});
