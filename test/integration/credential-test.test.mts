import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { endOfLongTermToken, type Fault, type Simulator } from '../support/simulator/index.mts';
import {
	testCredential,
	openScene,
	type Scene,
	serverTokenFor,
	useScenes,
} from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';
import { jwtUntil } from '../support/jwt.mts';
import { elementAt } from '../support/present.mts';

useScenes();

/** Runs the test as n8n does, and looks for secrets in what it says. */
async function test(
	scene: Scene,
	changes: ICredentialDataDecryptedObject = {},
): Promise<INodeCredentialTestResult> {
	const result = await testCredential(scene, changes);
	expectNoSecretIn(result, scene);
	expectNoSecretInLog(scene);
	return result;
}

it('the node names the credential test for this credential', async () => {
	const { host } = await openScene();
	const { trigger } = host.loaded;
	const { testedBy } = elementAt(trigger.description.credentials!, 0);
	expect(trigger.methods.credentialTest).toHaveProperty(String(testedBy));
});

it('the credential test passes with the long-term token of an admin, and names the user', async () => {
	const scene = await openScene();
	expect(await test(scene)).toMatchObject({
		status: 'OK',
		message: expect.stringMatching(/^Connected as admin\. /),
	});
});

const DAY = 86_400_000;
const dayOf = (end: number) => new Date(end).toISOString().split('T')[0];
const endOf = ({ site }: Scene) => dayOf(endOfLongTermToken(site.longTermToken));

describe('expiry of the long-term token', () => {
	it('the credential test names the day on which the long-term token expires', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: 400 * DAY } });
		expect(await test(scene)).toEqual({
			status: 'OK',
			message: `Connected as admin. The long-term token is valid until ${endOf(scene)}.`,
		});
	});

	it('the credential test names the day on which a JWT entered as delivery token expires', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: 400 * DAY } });
		const start = Date.now();
		const inDays = (days: number) => dayOf(start + days * DAY);
		const delivery = (days: number) => ({
			deliveryToken: `Bearer ${jwtUntil(start + days * DAY)}`,
		});
		expect(await test(scene, delivery(300))).toEqual({
			status: 'OK',
			message: `Connected as admin. The long-term token is valid until ${endOf(scene)}. The delivery token is valid until ${inDays(300)}.`,
		});
		const { message } = await test(scene, delivery(29));
		expect(message).toMatch(
			new RegExp(
				`^Connected as admin\\. The delivery token expires in 29 days, on ${inDays(29)}\\. .* publish`,
			),
		);
	});

	it('the credential test names expiry as the reason when the long-term token is refused', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: -3 * DAY } });
		const { status, message } = await test(scene);
		expect(status).toBe('Error');
		expect(message).toMatch(
			new RegExp(
				`^The long-term token expired on ${endOf(scene)}\\. Create a new one under Site Tools`,
			),
		);
	});

	it('the credential test reports an expired long-term token that a slow site clock still accepts', async () => {
		const scene = await openScene({
			site: { longTermTokenValidityMs: 2 * DAY, clockSkewMs: -4 * DAY },
		});
		const { status, message } = await test(scene);
		expect(status).toBe('OK');
		expect(message).toContain(`The long-term token expired on ${endOf(scene)}. Create a new one`);
	});

	it('the credential test does not mention expiry of a server token', async () => {
		const scene = await openScene();
		const { longTermToken } = scene.site;
		expect(await test(scene, { ...serverTokenFor(scene.site), longTermToken })).toEqual({
			status: 'OK',
			message: 'Connected as admin',
		});
	});
});

it('the credential test changes nothing at the site', async () => {
	const scene = await openScene();
	await test(scene);
	expect(scene.site.apiCalls.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

describe('tokens that are not accepted', () => {
	it.each([
		['the site responds 200 as Anonymous', { refuseBadTokens: false }],
		['the site responds 401', { refuseBadTokens: true }],
	])('the credential test reports a refused token when %s', async (_name, settings) => {
		const scene = await openScene({ site: settings });
		const { status, message } = await test(scene, { longTermToken: 'not-the-right-token' });
		expect(status).toBe('Error');
		expect(message).toMatch(/does not accept the token/);
		expect(message).toMatch(/Enter the token again/);
	});

	it.each([
		['a wrong secret', { tokenSecret: 'not-the-right-secret' }],
		['a wrong key', { tokenKey: 'not-the-right-key' }],
		['an unknown user', { runAsUser: 'nobody' }],
	])('the credential test reports a refused server token with %s', async (_name, changes) => {
		const scene = await openScene();
		const { status, message } = await test(scene, { ...serverTokenFor(scene.site), ...changes });
		expect(status).toBe('Error');
		expect(message).toMatch(/Also check Run As User, and the clock/);
	});

	it('the credential test reports a missing token', async () => {
		const scene = await openScene();
		const { status, message } = await test(scene, { longTermToken: '' });
		expect(status).toBe('Error');
		expect(message).toMatch(/token/);
	});
});

const EDITOR =
	/^The user of the token, "editor", does not have the Admin role\. CXone Expert Trigger, webhooks/;
const NO_FEATURE = /^Webhooks are not enabled for the site\. Ask your NiCE contact/;

it.each<[who: string, of: (site: Simulator) => string, webhooksFeature: boolean, says: RegExp]>([
	['a user without the Admin role', (site) => site.editorJwt, true, EDITOR],
	[
		'an admin of a site that does not allow webhooks',
		(site) => site.longTermToken,
		false,
		NO_FEATURE,
	],
])(
	'the credential test says what %s can do: with a signing secret or the switch, which are for the trigger, it fails',
	async (_who, of, webhooksFeature, says) => {
		const scene = await openScene({ site: { webhooksFeature } });
		const longTermToken = of(scene.site);
		for (const [signingSecret, acceptUnsigned, expected] of [
			['', false, 'OK'],
			[' ', false, 'OK'],
			['whsec_x', false, 'Error'],
			['', true, 'Error'],
		] as const) {
			const secrets = { signingSecret, acceptUnsigned };
			const { status, message } = await test(scene, { longTermToken, ...secrets });
			expect({ ...secrets, status }).toEqual({ ...secrets, status: expected });
			expect(message).toMatch(says);
		}
	},
);

it.each([404, 405])(
	'the credential test of a site that does not have the webhook calls (%d) passes without a signing secret',
	async (status) => {
		const scene = await openScene();
		scene.site.faults.add({ match: { path: '/webhooks' }, effect: { status, body: 'noCall' } });
		const forPages = await test(scene, { signingSecret: '' });
		expect(forPages).toEqual({ status: 'OK', message: expect.stringMatching(NO_FEATURE) });
		const forTrigger = await test(scene, { signingSecret: 'whsec_x' });
		expect(forTrigger).toEqual({ status: 'Error', message: expect.stringMatching(NO_FEATURE) });
	},
);

it('the credential test of a site that cannot say who we are does not blame the token', async () => {
	const scene = await openScene();
	const effect = { status: 404, body: 'noCall' } as const;
	scene.site.faults.add({ match: { path: '/users/current' }, effect });
	const { message } = await test(scene);
	expect(message).toMatch(
		/^The Expert site does not support this call \(404\) while n8n tried to check/,
	);
});

it('the credential test says what the site says of a disabled user', async () => {
	const scene = await openScene();
	const message = "User 'admin' is disabled";
	scene.site.faults.add({ match: { path: '/users/current' }, effect: { status: 403, message } });
	const result = await test(scene);
	expect(result.status).toBe('Error');
	expect(result.message).toMatch(
		/^The site does not accept the token\. The site said: User 'admin' is disabled\. .*Enterprise license/,
	);
});

it('the credential test asks for nothing of a server token when a long-term token is refused', async () => {
	const scene = await openScene();
	const { message } = await test(scene, { longTermToken: 'not-the-right-token' });
	expect(message).not.toMatch(/secret|clock/);
});

it('the credential test knows an admin by a group', async () => {
	const scene = await openScene({ site: { webhooksFeature: false } });
	const { site } = scene;
	const boss = site.site.users.add('boss', 'Contributor');
	boss.groupRole = 'Admin';
	const { message } = await test(scene, { longTermToken: site.tokens.issue(boss) });
	expect(message).toMatch(NO_FEATURE);
});

it('the credential test takes what a firewall says of the webhooks for no word of the site', async () => {
	const scene = await openScene();
	scene.site.faults.add({ match: { path: '/webhooks' }, effect: { status: 403, body: 'html' } });
	const { status, message } = await test(scene, {});
	expect(status).toBe('Error');
	expect(message).toMatch(/^Expert did not allow this \(403\)/);
});

describe('Site URLs that lead nowhere', () => {
	it.each([
		['', /Site URL/],
		['not an address', /Site URL/],
		['ftp://help.example.com', /Site URL/],
		['http://127.0.0.1:1', /could not be reached/],
		['https://no-such-host.invalid', /There is no site/],
	])('the credential test reports the Site URL "%s"', async (siteUrl, says) => {
		const scene = await openScene();
		const { status, message } = await test(scene, { siteUrl });
		expect(status).toBe('Error');
		expect(message).toMatch(says);
		expect(message).toMatch(/Check the Site URL|enter the address/i);
		expect(scene.site.apiCalls).toEqual([]);
	});

	it('the credential test sends nothing to an http address that is not this machine', async () => {
		const scene = await openScene();
		const port = new URL(scene.site.url).port;
		const { status, message } = await test(scene, { siteUrl: `http://0.0.0.0:${port}` });
		expect(status).toBe('Error');
		expect(message).toMatch(/^The Site URL begins with http instead of https\. .*with https\.$/);
		expect(scene.site.apiCalls).toEqual([]);
	});
});

const headers = { Location: 'http://127.0.0.1:1/elsewhere' };
const odd: Array<[string, Fault['effect'], RegExp]> = [
	['a web page', { status: 200, body: 'html' }, /web page/],
	['a 404 with a web page', { status: 404, body: 'html' }, /web page/],
	['XML of something else', { status: 200, body: 'wrongRoot' }, /unexpected/],
	['truncated XML', { status: 200, body: 'truncated' }, /unexpected/],
	['an empty body', { status: 200, body: 'empty' }, /unexpected/],
	['JSON', { status: 200, body: 'json' }, /unexpected/],
	['a redirect', { status: 302, headers, body: 'empty' }, /redirects to another address/],
	['a server failure', { status: 500 }, /500/],
	['a request to slow down', { status: 429, headers: { 'Retry-After': '0' } }, /slow down/],
	['a broken connection', { reset: true }, /could not be reached/],
	['no response', { hang: triggerTimeout }, /did not respond in time/],
];

describe.each([
	['the current user', '/users/current'],
	['the webhooks', '/webhooks'],
])('responses to the request for %s', (what, path) => {
	it.each(odd)(
		`the credential test explains %s in response to the request for ${what}`,
		async (_response, effect, says) => {
			const scene = await openScene();
			scene.site.faults.add({ match: { path }, effect });
			const { status, message } = await test(scene);
			expect(status).toBe('Error');
			expect(message).toMatch(says);
			expect(message).toMatch(/check|enter|try again|wait/i);
		},
	);
});
