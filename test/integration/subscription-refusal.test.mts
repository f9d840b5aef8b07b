import { expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import {
	openPublished,
	openScene,
	type SceneOptions,
	useScenes,
} from '../support/integration/scene.mts';

useScenes();

const NO_SECRET =
	"The credential has no signing secret. Enter the Signing Secret of your site in the CXone Expert API credential. Until you have it, turn on 'My Site Has No Signing Secret Yet' there.";

it.each<[when: string, options: SceneOptions, says: RegExp[]]>([
	['no event is chosen', { parameters: { events: [] } }, [/No events are chosen/, /Choose/]],
	[
		'a line break was copied along with the signing secret',
		{ credential: { signingSecret: 'whsec_test\n' } },
		[/white space/],
	],
	[
		'the delivery token has no scheme',
		{ credential: { deliveryToken: 'abc' } },
		[/Delivery Token/, /Bearer …/],
	],
	['the Site URL is no address', { credential: { siteUrl: 'not an address' } }, [/Site URL/]],
	['the credential has no API token', { credential: { longTermToken: ' ' } }, [/token/]],
	[
		'the site cannot reach this n8n',
		{ credential: { siteUrl: 'https://help.example.invalid' } },
		[/WEBHOOK_URL/, /https/],
	],
	...[
		{ signingSecret: '', previousSigningSecret: '' },
		{ signingSecret: '  ', acceptUnsigned: false },
		{ signingSecret: '', previousSigningSecret: 'whsec_old', acceptUnsigned: true },
		{ signingSecret: '', acceptUnsigned: 'true' },
	].map((credential): [string, SceneOptions, RegExp[]] => [
		`the credential holds ${JSON.stringify(credential)}`,
		{ credential: credential as SceneOptions['credential'] },
		[new RegExp(`^${NO_SECRET}$`)],
	]),
])(
	'publish stops before anything reaches the site, and says how to go on, when %s',
	async (_when, options, says) => {
		const scene = await openScene(options);
		const { site, host } = scene;
		const error = await failureOf(host.production.publish());
		expectAdvice(error, scene);
		for (const text of says) expect(error.message).toMatch(text);
		// `delete` after the failed `create` may look, but there was nothing to write.
		expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
		expect(host.production.warnings).toEqual([]);
	},
);

it('a publish that stops for want of a signing secret leaves no webhook of an earlier one', async () => {
	const scene = await openPublished();
	const { host, site } = scene;
	const credential = { ...host.credential(), signingSecret: '' };
	host.credential = () => credential;
	expect((await failureOf(host.production.publish())).message).toBe(NO_SECRET);
	expect(site.webhooks()).toEqual([]);
});

it('publish stops on an engine of n8n that does not say when an execution is saved, and so does a test', async () => {
	const scene = await openScene();
	const { host, site } = scene;
	host.row.settings = { engineType: 'v2' };
	for (const hooks of [host.production, host.test]) {
		const error = await failureOf(hooks.publish());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/^The workflow runs on n8n's Engine 2.0/);
	}
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
});
