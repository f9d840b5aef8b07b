import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import {
	openPublished,
	openScene,
	type SceneOptions,
	useScenes,
} from '../support/integration/scene.mts';

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

const NO_SECRET =
	'The credential has no signing secret. Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, add "Verify Signature" under Additional Options of the trigger and turn it off.';

it.each<[string, SceneOptions['credential'], SceneOptions['site']?]>([
	['empty', { signingSecret: '' }],
	['white space', { signingSecret: '  ' }],
	['empty and the site shows one', { signingSecret: '' }, { secretInEachResponse: true }],
	['empty beside a previous one', { signingSecret: '', previousSigningSecret: 'whsec_old' }],
])('publish stops when the signing secret is %s', async (_case, credential, site = {}) => {
	await expectStop({ credential, site }, [new RegExp(`^${NO_SECRET}$`)]);
});

it('a publish that stops for want of a signing secret leaves no webhook of an earlier one', async () => {
	const scene = await openPublished();
	const { host, site } = scene;
	const credential = { ...host.credential(), signingSecret: '' };
	host.credential = () => credential;
	expect((await failureOf(host.production.publish())).message).toBe(NO_SECRET);
	expect(site.webhooks()).toEqual([]);
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
