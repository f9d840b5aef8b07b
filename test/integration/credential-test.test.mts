import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { endOfLongTermToken, type Fault, type Simulator } from '../support/simulator/index.mts';
import { testCredential, openScene, type Scene, serverTokenFor, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';
import { jwtUntil } from '../support/jwt.mts';
import { elementAt } from '../support/present.mts';

useScenes();

/** Runs the test as n8n does, and looks for secrets in what it says. */
async function test(scene: Scene, changes: ICredentialDataDecryptedObject = {}): Promise<INodeCredentialTestResult> {
	const result = await testCredential(scene, changes);
	expectNoSecretIn(result, scene);
	expectNoSecretInLog(scene);
	return result;
}

const failure = (says: RegExp) => ({ status: 'Error', message: expect.stringMatching(says) });

it('the node names the credential test for this credential', async () => {
	const { host } = await openScene();
	const { trigger } = host.loaded;
	const { testedBy } = elementAt(trigger.description.credentials!, 0);
	expect(trigger.methods.credentialTest).toHaveProperty(String(testedBy));
});

it('the credential test of a server token names its user, and changes nothing at the site', async () => {
	const scene = await openScene();
	const { longTermToken } = scene.site;
	expect(await test(scene, { ...serverTokenFor(scene.site), longTermToken })).toEqual({
		status: 'OK',
		message: 'Connected as admin',
	});
	expect(scene.site.apiCalls.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

const DAY = 86_400_000;
const dayOf = (end: number) => new Date(end).toISOString().split('T')[0];
const endOf = ({ site }: Scene) => dayOf(endOfLongTermToken(site.longTermToken));

describe('expiry of tokens', () => {
	it('the credential test names the days on which both tokens expire, or the one that expires soon', async () => {
		const scene = await openScene({ site: { longTermTokenValidityMs: 400 * DAY } });
		const start = Date.now();
		const delivery = (days: number) => ({
			deliveryToken: `Bearer ${jwtUntil(start + days * DAY)}`,
		});
		expect(await test(scene, delivery(300))).toEqual({
			status: 'OK',
			message: `Connected as admin. The long-term token is valid until ${endOf(scene)}. The delivery token is valid until ${dayOf(start + 300 * DAY)}.`,
		});
		const { message } = await test(scene, delivery(29));
		expect(message).toMatch(/^Connected as admin\. The delivery token expires in 29 days, on [\d-]+\. .* publish/);
	});

	it.each([
		['is refused', 'Error', { longTermTokenValidityMs: -3 * DAY }],
		['is still accepted by a slow site clock', 'OK', { longTermTokenValidityMs: 3 * DAY, clockSkewMs: -6 * DAY }],
	])('the credential test names expiry when the long-term token %s', async (_what, status, site) => {
		const scene = await openScene({ site });
		const says = `The long-term token expired on ${endOf(scene)}. Create a new one under Site Tools`;
		expect(await test(scene)).toEqual({ status, message: expect.stringContaining(says) });
	});
});

it.each<[problem: string, site: object, changes: (site: Simulator) => ICredentialDataDecryptedObject, says: RegExp]>([
	[
		'a token that gets 200 as Anonymous',
		{},
		() => ({ longTermToken: 'a.bad.token' }),
		/^The site does not accept the token\. The site rejects the call or treats it as anonymous\. (?!.*(secret|clock)).*Enter the token again/,
	],
	[
		'a token that is no long-term token',
		{},
		() => ({ longTermToken: 'hello' }),
		/^The site does not accept the token\. What is entered is no long-term token, which has three parts/,
	],
	[
		'a token that gets 401',
		{ refuseBadTokens: true },
		() => ({ longTermToken: 'bad-token' }),
		/does not accept the token.*Enter the token again/,
	],
	[
		'a server token with a wrong secret',
		{},
		(site) => ({ ...serverTokenFor(site), tokenSecret: 'not-the-right-secret' }),
		/Also check Run As User, and the clock/,
	],
	[
		'a server token of an unknown user',
		{},
		(site) => ({ ...serverTokenFor(site), runAsUser: 'nobody' }),
		/Also check Run As User, and the clock/,
	],
	[
		'a server token without a user',
		{},
		(site) => ({ ...serverTokenFor(site), runAsUser: ' = ' }),
		/'Run As User' is empty/,
	],
	['no token', {}, () => ({ longTermToken: '' }), /token/],
])('the credential test refuses %s', async (_problem, site, changes, says) => {
	const scene = await openScene({ site });
	expect(await test(scene, changes(scene.site))).toEqual(failure(says));
});

const EDITOR = /^The user of the token, "editor", does not have the Admin role\. CXone Expert Trigger, webhooks/;
const NO_FEATURE = /^Webhooks are not enabled for the site\. Ask your NiCE contact/;

it.each<[who: string, of: (site: Simulator) => string, says: RegExp, fault?: Fault['effect']]>([
	['a user without the Admin role', (site) => site.editorJwt, EDITOR],
	[
		'an admin of a site that does not have the webhook calls',
		(site) => site.longTermToken,
		NO_FEATURE,
		{ status: 405, body: 'noCall' },
	],
	[
		'an admin by a group of a site that does not allow webhooks',
		({ site, settings, tokens }) => {
			settings.webhooksFeature = false;
			return tokens.issue(Object.assign(site.users.add('boss', 'Contributor'), { groupRole: 'Admin' }));
		},
		NO_FEATURE,
	],
])(
	'the credential test says what %s can do: with a signing secret or the switch, which are for the trigger, it fails',
	async (_who, of, says, effect) => {
		const scene = await openScene();
		const longTermToken = of(scene.site);
		if (effect) scene.site.faults.add({ match: { path: '/webhooks' }, effect });
		for (const [signingSecret, acceptUnsigned, expected] of [
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

it('the credential test says what the site says of a disabled user', async () => {
	const scene = await openScene();
	const message = "User 'admin' is disabled";
	scene.site.faults.add({ match: { path: '/users/current' }, effect: { status: 403, message } });
	expect(await test(scene)).toEqual(
		failure(/^The site does not accept the token\. The site said: User 'admin' is disabled\. .*Enterprise license/),
	);
});

it.each([
	['', /Site URL/],
	['ftp://help.example.com', /Site URL/],
	['http://help.example.com', /^The Site URL begins with http instead of https\. .*with https\.$/],
	['http://127.0.0.1:1', /could not be reached/],
	['https://no-such-host.invalid', /There is no site/],
])('the credential test says what to do about the Site URL "%s"', async (siteUrl, says) => {
	const scene = await openScene();
	const result = await test(scene, { siteUrl });
	expect(result).toEqual(failure(says));
	expect(result.message).toMatch(/Check the Site URL|enter the (Site URL|address)/i);
	expect(scene.site.apiCalls).toEqual([]);
});

const headers = { Location: 'http://127.0.0.1:1/elsewhere' };
const ME = '/users/current';
const HOOKS = '/webhooks';

it.each<[response: string, path: string, effect: Fault['effect'], says: RegExp]>([
	['a web page', ME, { status: 200, body: 'html' }, /web page/],
	['XML of something else', HOOKS, { status: 200, body: 'wrongRoot' }, /unexpected/],
	['an empty body', ME, { status: 200, body: 'empty' }, /unexpected/],
	['a redirect', ME, { status: 302, headers, body: 'empty' }, /redirects to another address/],
	['the 403 of a firewall', HOOKS, { status: 403, body: 'html' }, /^Expert did not allow this/],
	['a server failure', HOOKS, { status: 500 }, /500/],
	['a request to slow down', ME, { status: 429, headers: { 'Retry-After': '0' } }, /slow down/],
	['no response', HOOKS, { hang: triggerTimeout }, /did not respond in time/],
	[
		'that the site does not have the call, and does not blame the token',
		ME,
		{ status: 404, body: 'noCall' },
		/^The Expert site does not support this call \(404\) while n8n tried to check/,
	],
])('the credential test explains %s in response to %s', async (_response, path, effect, says) => {
	const scene = await openScene();
	scene.site.faults.add({ match: { path }, effect });
	const result = await test(scene);
	expect(result).toEqual(failure(says));
	expect(result.message).toMatch(/check|enter|try again|wait/i);
});
