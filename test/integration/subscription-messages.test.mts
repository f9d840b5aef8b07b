import { describe, expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { log } from '../support/integration/log.mts';
import { openScene, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { jwtUntil } from '../support/jwt.mts';
import { endOfLongTermToken } from '../support/simulator/index.mts';

useScenes();

/** What the site is asked by a publish that it refuses: n8n then unpublishes what may be left. */
const ASKED = ['/webhooks', '/users/current', '/webhooks', '/users/current'];

it.each<[cause: string, options: SceneOptions, says: RegExp]>([
	[
		'Webhooks are not enabled',
		{ site: { webhooksFeature: false } },
		/^Webhooks are not enabled for the site\. Ask your NiCE contact/,
	],
	[
		'a wrong token that gets 401',
		{ site: { refuseBadTokens: true }, credential: { longTermToken: 'bad-token' } },
		/^The site does not accept the token\. .*Enter the token again/,
	],
	[
		'a wrong token that counts as anonymous',
		{ credential: { longTermToken: 'bad-token' } },
		/^The site does not accept the token\. .*Enter the token again/,
	],
	[
		'a long-term token that has expired',
		{ site: { longTermTokenValidityMs: -86_400_000 } },
		/^The long-term token expired on [\d-]+\. Create a new one/,
	],
])('publish says in its first sentence what is wrong: %s', async (_cause, options, says) => {
	const scene = await openScene(options);
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(says);
	// Once more without `authenticate`, as a site may refuse that.
	const calls = scene.site.apiCalls.filter(({ isAuthenticated }) => isAuthenticated);
	expect(calls.map(({ path }) => path.replace('/@api/deki', ''))).toEqual(ASKED);
});

it.each([404, 405])(
	'publish says that webhooks are not enabled where the site does not have the call (%d)',
	async (status) => {
		const scene = await openScene();
		scene.site.faults.add({ match: { path: '/webhooks' }, effect: { status, body: 'noCall' } });
		const error = await failureOf(scene.host.production.publish());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/^Webhooks are not enabled for the site\. Ask your NiCE contact/);
	},
);

it('publish names the user of the token who is not an admin', async () => {
	const scene = await openScene();
	const credential = { ...scene.host.credential(), longTermToken: scene.site.editorJwt };
	scene.host.credential = () => credential;
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(
		/^The user of the token, "editor", does not have the Admin role\. .*token of an admin in the CXone Expert API/,
	);
});

it.each([
	['the site cannot say who we are', { path: '/users/current' }, { status: 500 }],
	['a firewall refuses with a web page', { path: '/webhooks' }, { status: 403, body: 'html' }],
] as const)(
	'publish says what webhooks need when the site refuses them and %s',
	async (_case, match, effect) => {
		const scene = await openScene({ site: { webhooksFeature: false } });
		scene.site.faults.add({ match, effect });
		const error = await failureOf(scene.host.production.publish());
		expectAdvice(error, scene);
		expect(error.message).toMatch(/^Expert did not allow this \(403\).*NiCE has enabled webhooks/);
	},
);

describe('a token that expires', () => {
	const DAY = 86_400_000;

	it.each([
		[29, 'in 29 days'],
		[0.1, 'within a day'],
	])('publish warns in the log when the long-term token expires in %d days', async (days, says) => {
		const scene = await openScene({ site: { longTermTokenValidityMs: days * DAY } });
		await scene.host.production.publish();
		const [day] = new Date(endOfLongTermToken(scene.site.longTermToken)).toISOString().split('T');
		expect(log.of('warn')).toEqual([
			expect.stringContaining(`The long-term token expires ${says}, on ${day}. Create a new one`),
		]);
		expectNoSecretInLog(scene);
	});

	it('publish warns in the log when a JWT entered as delivery token expires soon', async () => {
		const end = Date.now() + 29 * DAY;
		const deliveryToken = `Bearer ${jwtUntil(end)}`;
		const scene = await openScene({ credential: { deliveryToken } });
		await scene.host.production.publish();
		const [day] = new Date(end).toISOString().split('T');
		expect(log.of('warn')).toEqual([
			expect.stringContaining(`The delivery token expires in 29 days, on ${day}.`),
		]);
		expectNoSecretInLog(scene);
	});

	it('publish reports an expired long-term token before the site refuses it', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: -DAY } });
		await failureOf(scene.host.production.publish());
		expect(log.of('warn')[0]).toMatch(/The long-term token expired on .* Create a new one/);
	});

	it('publish does not mention a long-term token that is valid for longer', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: 31 * DAY } });
		await scene.host.production.publish();
		expect(log.of('warn')).toEqual([]);
	});

	it('replacing a long-term token needs no new publish with a delivery token of your own', async () => {
		const scene = await openScene({
			site: { longTermTokenValidityMs: DAY },
			credential: { deliveryToken: 'Bearer my-own-token' },
		});
		await scene.host.production.publish();
		expect(log.of('warn')[0]).toMatch(/enter it in the CXone Expert API credential\.$/);
	});
});

it('publish sends no token to an http site that is not this machine', async () => {
	const scene = await openScene();
	const { host, site } = scene;
	const credential = host.credential();
	const siteUrl = `http://0.0.0.0:${new URL(site.url).port}`;
	host.credential = () => ({ ...credential, siteUrl });
	const error = await failureOf(host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(/^The Site URL begins with http instead of https\. /);
	expect(site.apiCalls).toEqual([]);
});

it('publish passes on what the site said', async () => {
	const scene = await openScene();
	const message = 'The quota of 20 webhooks is used up';
	scene.site.faults.add({ match: { method: 'POST' }, effect: { status: 400, message } });
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toContain(message);
});

it('publish does not follow a redirect with the token', async () => {
	const other = await openScene();
	const scene = await openScene();
	const headers = { Location: `${other.site.url}/@api/deki/webhooks` };
	scene.site.faults.add({ effect: { status: 307, headers, body: 'empty' } });
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(/redirects to another address/);
	expect(other.site.apiCalls).toEqual([]);
});
