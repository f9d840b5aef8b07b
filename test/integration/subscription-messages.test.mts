import { describe, expect, it } from 'vitest';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { register } from '../support/integration/foreign.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openScene, type Scene, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { jwtUntil } from '../support/jwt.mts';
import type { Fault } from '../support/simulator/index.mts';

/* What people read when a publish fails, and what the operator finds in the log. */

useScenes();

const DAY = 86_400_000;

/** From now on the credential of the trigger is another one. */
function changeCredential({ host }: Scene, changes: SceneOptions['credential']): void {
	const credential = { ...host.credential(), ...changes };
	host.credential = () => credential;
}

const WITHOUT_WEBHOOKS = { webhooksFeature: false };
const NO_WEBHOOKS = /^Webhooks are not enabled for the site\. Ask your NiCE contact/;
const REFUSED = /^Expert did not allow this \(403\).*NiCE has enabled webhooks/;
const QUOTA = 'The quota of 20 webhooks is used up';

it.each<[cause: string, options: SceneOptions, says: RegExp, fault?: Fault]>([
	['webhooks are not enabled', { site: WITHOUT_WEBHOOKS }, NO_WEBHOOKS],
	[
		'the site does not have the call',
		{},
		NO_WEBHOOKS,
		{ match: { path: '/webhooks' }, effect: { status: 405, body: 'noCall' } },
	],
	[
		'the site refuses webhooks and cannot say who we are',
		{ site: WITHOUT_WEBHOOKS },
		REFUSED,
		{ match: { path: '/users/current' }, effect: { status: 500 } },
	],
	[
		'a firewall refuses with a web page',
		{},
		REFUSED,
		{ match: { path: '/webhooks' }, effect: { status: 403, body: 'html' } },
	],
	[
		'a wrong token gets 401',
		{ site: { refuseBadTokens: true }, credential: { longTermToken: 'bad-token' } },
		/^The site does not accept the token\. .*Enter the token again/,
	],
	[
		'a wrong token counts as anonymous',
		{ credential: { longTermToken: 'bad-token' } },
		/^The site does not accept the token\. .*Enter the token again/,
	],
	[
		'a long-term token has expired',
		{ site: { longTermTokenValidityMs: -DAY } },
		/^The long-term token expired on [\d-]+\. Create a new one/,
	],
	[
		'the site gives a reason of its own',
		{},
		new RegExp(QUOTA),
		{ match: { method: 'POST' }, effect: { status: 400, message: QUOTA } },
	],
	[
		'the site does not know an additional event',
		{ parameters: { events: ['page_create', 'other'], additionalEvents: 'page_createe' } },
		/^Your Expert site does not know the event "page_createe"/,
	],
	[
		'the site has not registered an event although it said so',
		{},
		/Not registered: page_delete\./,
		{ match: { method: 'PUT', path: /page_delete/ }, effect: { status: 200, body: 'empty' } },
	],
])('publish says what is wrong, and leaves nothing, when %s', async (_cause, options, says, fault) => {
	const scene = await openScene(options);
	if (fault) scene.site.faults.add(fault);
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(says);
	expect(scene.site.webhooks()).toEqual([]);
});

it('publish names the user of the token who is not an admin', async () => {
	const scene = await openScene();
	changeCredential(scene, { longTermToken: scene.site.editorJwt });
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(/^The user of the token, "editor", does not have the Admin role\. /);
});

it.each<[when: string, options: SceneOptions, says: RegExp]>([
	['no event is chosen', { parameters: { events: [] } }, /No events are chosen.*Choose/],
	[
		'a line break was copied along with the signing secret',
		{ credential: { signingSecret: 'whsec_test\n' } },
		/white space/,
	],
	['the delivery token has no scheme', { credential: { deliveryToken: 'abc' } }, /Delivery Token.*Bearer …/],
	['the site cannot reach this n8n', { credential: { siteUrl: 'https://help.example.invalid' } }, /https.*WEBHOOK_URL/],
	[
		'there is no signing secret',
		{ credential: { signingSecret: ' ' } },
		/^The credential has no signing secret\. Enter the Signing Secret .* turn on 'My Site Has No Signing Secret Yet' there\.$/,
	],
])('publish says how to go on before anything reaches the site when %s', async (_when, options, says) => {
	const scene = await openScene(options);
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(says);
	expect(scene.site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
	expect(scene.host.production.warnings).toEqual([]);
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

describe('a webhook that may be left', () => {
	const leftAt = (url: string) => `A webhook may be left at the site. Remove it in the Expert Dashboard: ${url}.`;
	const halfMade: Fault = { match: { method: 'PUT' }, effect: { status: 500 } };

	it.each<[case_: string, left: number, options: SceneOptions, ...faults: Fault[]]>([
		[
			'the site does not list what it has registered',
			1,
			{},
			{
				match: { method: 'GET', path: /\/webhooks$/ },
				effect: { status: 200, body: { raw: '<webhooks/>' } },
			},
			halfMade,
		],
		['the site stores another address', 1, { site: { webhookUrlSpelling: 'elsewhere' } }],
		['the response to the registration is lost', 0, {}, { match: { method: 'POST' }, effect: { reset: true } }],
	])('publish names the address when %s', async (_case, left, options, ...faults) => {
		const { site, host } = await openScene(options);
		for (const fault of faults) site.faults.add(fault);
		const { message } = await failureOf(host.production.publish());
		expect(message).toContain(leftAt(host.webhookUrl));
		expect(site.webhooks()).toHaveLength(left);
	});

	it.each<[when: string, fault: Fault]>([
		['the site has refused to register it', { match: { method: 'POST' }, effect: { status: 409 } }],
		['it has removed what it could not complete', halfMade],
	])('publish names no address when %s', async (_when, fault) => {
		const { site, host } = await openScene();
		site.faults.add(fault);
		const { message } = await failureOf(host.production.publish());
		expect(message).not.toContain('may be left');
		expect(site.webhooks()).toEqual([]);
	});

	it('publish removes the webhook whose registration was answered too late', async () => {
		const { site, host } = await openScene();
		const match = { method: 'POST', times: 1 };
		site.faults.add({ match, effect: { status: 504, body: 'html' } });
		await failureOf(host.production.publish());
		register(site, host.webhookUrl);
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
	});

	it('publish registers no second webhook when it cannot tell whether the first is there', async () => {
		const { site, host } = await openScene();
		const busy = { status: 503, headers: { 'Retry-After': '0' } };
		site.faults.add({ match: { method: 'POST', times: 1 }, effect: busy });
		site.faults.add({ match: { nth: 3 }, effect: { status: 500 } });
		await failureOf(host.production.publish());
		expect(site.apiCalls.filter(({ method }) => method === 'POST')).toHaveLength(1);
	});

	it('a publish with a wrong token names it in the log only if an earlier publish has made one', async () => {
		const [first, later] = [await openScene(), await openPublished()];
		for (const [scene, isNamed] of [
			[first, false],
			[later, true],
		] as const) {
			changeCredential(scene, { longTermToken: 'wrong' });
			log.lines = [];
			await failureOf(scene.host.production.publish());
			const warned = log.of('warn').join('\n');
			expect(warned).toContain('does not accept the token');
			expect(warned.includes(leftAt(scene.host.webhookUrl))).toBe(isNamed);
		}
	});
});

it('publish warns in the log of tokens that expire soon', async () => {
	const end = Date.now() + 29 * DAY;
	const scene = await openScene({
		site: { longTermTokenValidityMs: DAY / 10 },
		credential: { deliveryToken: `Bearer ${jwtUntil(end)}` },
	});
	await scene.host.production.publish();
	const [day] = new Date(end).toISOString().split('T');
	expect(log.of('warn')).toEqual([
		expect.stringContaining('The long-term token expires within a day, on '),
		expect.stringContaining(`The delivery token expires in 29 days, on ${day}.`),
	]);
	expectNoSecretInLog(scene);
});
