import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential } from '../support/n8n/client.mts';
import { send } from '../support/http.mts';
import { authorizationSecrets, type Secret, secretsIn, serverTokenSecrets } from '../support/secret.mts';
import { event, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { withCode } from '../support/n8n/settings.mts';
import { Scene, TRIGGER } from '../support/e2e/scene.mts';
import { type Traces, tracesOf } from '../support/e2e/traces.mts';

const SIGNING = 'whsec_"odd"\\&<sécret>';
const PREVIOUS = 'whsec_of-last-month';
const BASIC = `Basic ${Buffer.from('expert:pa"ss\\w&rd').toString('base64')}`;
const BEARER = 'Bearer own-delivery-token/+&"';

/** Both ways to authenticate, and each kind of delivery token. */
const kinds: Array<[kind: string, changes: Record<string, string>]> = [
	['a long-term token', {}],
	['a server token', { ...serverTokenData(), deliveryToken: BASIC }],
	['a long-term token and a token of their own', { deliveryToken: BEARER }],
];

/** A number that no webhook has. */
const NO_WEBHOOK = '999';

/** The action node reads what holds a secret, and is refused by a site that repeats what it gets. */
const ACTIONS = [
	{ resource: 'webhook', operation: 'getMany', limit: 1, simplify: false },
	{
		...{ resource: 'webhook', operation: 'get' },
		webhook: { __rl: true, mode: 'id', value: NO_WEBHOOK },
	},
];

/** Where a user reads why publishing has stopped. */
const shown = ['what was said', 'publication status'];

/** A credential of n8n, and what is in it. */
interface Used {
	credential: Credential;
	data: Record<string, string>;
}

function serverTokenData() {
	const tokenKey = 'key-of-the-token';
	return {
		authentication: 'serverToken',
		longTermToken: '',
		tokenKey,
		tokenSecret: 'se"cret\\of&the<tökén>',
		runAsUser: 'admin',
	};
}

describe('secrets, in a real n8n that logs everything', () => {
	let scene: Scene;
	const workflows: PublishedTrigger[] = [];
	const said: unknown[] = [];
	let secrets: Secret[] = [];
	let traces: Traces;

	beforeAll(async () => {
		const { tokenKey, tokenSecret } = serverTokenData();
		const serverToken = { key: tokenKey, secret: tokenSecret };
		const settings = { signingSecret: SIGNING, serverToken };
		scene = await Scene.open(settings, { ...withCode, N8N_LOG_LEVEL: 'debug' });
		const used = await Promise.all(kinds.map(async ([kind, changes]) => await use(kind, changes)));
		const match = { path: `webhooks/${NO_WEBHOOK}` };
		scene.site.faults.add({ match, effect: { status: 400, echo: true } });
		const registered: string[] = [];
		for (const each of used) registered.push(...(await deliver(each)));
		scene.site.faults.add({ match: { path: 'users' }, effect: { status: 400, echo: true } });
		scene.site.faults.add({ match: { method: 'POST' }, effect: { status: 400, echo: true } });
		const published = [...workflows];
		await Promise.all(used.map(meetEcho));
		scene.site.faults.add({ match: { method: 'DELETE' }, effect: { status: 403, echo: true } });
		await Promise.all(published.map(async ({ id }) => await scene.client.deactivate(id)));
		scene.site.faults.clear();
		secrets = [
			{ name: 'signing secret', value: SIGNING },
			{ name: 'previous signing secret', value: PREVIOUS },
			{ name: 'token secret', value: tokenSecret },
			{ name: 'token key', value: tokenKey },
			...authorizationSecrets('jwt', scene.site.longTermToken),
			...authorizationSecrets('delivery token', BASIC),
			...authorizationSecrets('delivery token', BEARER),
			...registered.flatMap((value) => authorizationSecrets('registered token', value)),
			...scene.site.apiCalls.flatMap(({ token }) =>
				token.startsWith('tkn_') ? serverTokenSecrets('server token', token) : [],
			),
		];
		traces = await tracesOf(scene, workflows, said);
	});
	afterAll(async () => await scene.close());

	it('all kinds of secrets were in use', () => {
		const names = new Set(secrets.map(({ name }) => name));
		expect([...names].toSorted()).toEqual([
			'delivery token',
			'jwt',
			'previous signing secret',
			'registered token',
			'server token',
			'signing secret',
			'token key',
			'token secret',
		]);
		const statuses = said.map((one) => (one as { status?: unknown }).status);
		expect(statuses).toEqual(expect.arrayContaining([200, 401, 'Error']));
		// The action node has called the site that repeats them.
		expect(traces.executions).toContain('Cannot take');
	});

	it('no secret is anywhere in what n8n stores, logs or shows', async () => {
		expect(await findings(secrets)).toEqual({});
	});

	it('secrets that a site repeats are hidden, and the rest of its message is shown', () => {
		for (const place of shown) {
			expect(traces[place]).toContain('Cannot take');
			expect(traces[place]).toContain('[hidden]');
		}
	});

	it('a planted secret is found in every place that was searched', async () => {
		const planted = `planted-${randomUUID().slice(0, 8)}`;
		await plant(planted);
		traces = await tracesOf(scene, workflows, said);
		const places = Object.keys(await findings([{ name: 'it', value: planted }]));
		expect(places).toEqual(
			expect.arrayContaining([
				'executions',
				'exported workflows',
				...shown,
				...['the log of n8n', 'the file n8n.log'],
				'static data',
				'the addresses that were called at the site',
				'rows of the database',
			]),
		);
		expect(places.join()).toMatch(/the file \.n8n\/database\.sqlite/);
	});

	/** What was found, by place; places without a finding are left out. */
	async function findings(wanted: Secret[]): Promise<Record<string, string[]>> {
		const all: Record<string, string[]> = {};
		for (const [place, content] of Object.entries(traces)) {
			const found = secretsIn(content, wanted);
			if (found.length > 0) all[place] = found;
			// The search takes seconds: connections that n8n closes meanwhile must be noticed.
			await nextTurn();
		}
		return all;
	}

	async function use(kind: string, changes: Record<string, string>): Promise<Used> {
		const data = { ...scene.secrets, previousSigningSecret: PREVIOUS, ...changes };
		const credential = await scene.client.createCredential(kind, 'cxoneExpertApi', data);
		return { credential, data };
	}

	/** Deliveries, genuine and half-right, in production and in a test. */
	async function deliver({ credential }: Used): Promise<string[]> {
		const workflow = await scene.published(
			{
				events: ['page_create'],
				simplify: false,
				additionalOptions: { includeHeaders: true, includeRawXml: true },
			},
			{ credential, actions: ACTIONS, code: "throw new Error('The node behind it fails')" },
		);
		workflows.push(workflow);
		const { authorizationHeader: authorization } = workflow.webhooks()[0]!;
		const headers = {
			Cookie: `session=${authorization}`,
			'PROXY-authorization': authorization,
			'X-Forwarded-Authorization': authorization,
			'x-DEKI-token': scene.site.longTermToken,
		};
		said.push(await workflow.deliver({ headers }));
		said.push(await workflow.deliver({ secret: PREVIOUS, headers }));
		said.push(await workflow.deliver({ body: '<event type="page:create"><page>', headers }));
		said.push(await workflow.deliver({ secret: 'guessed', headers }));
		said.push(await workflow.deliver({ authorization: 'Bearer guessed', headers }));
		said.push(await workflow.deliver({ timestamp: '1769792386', headers }));
		await scene.client.waitForExecutions(workflow.id, 3);
		return [authorization, await test(workflow)];
	}

	async function test(workflow: PublishedTrigger): Promise<string> {
		await scene.client.listenForTest(workflow.id, TRIGGER);
		const url = scene.client.testUrl(workflow.webhookId);
		const { authorizationHeader } = workflow.webhooks(url)[0]!;
		said.push(await workflow.send({}, url));
		return authorizationHeader;
	}

	/** A publish, an unpublish and a test of the credential at a site that repeats what it gets. */
	async function meetEcho({ credential, data }: Used): Promise<void> {
		said.push(await scene.client.testCredential(credential, data));
		const workflow = await scene.workflow({ events: ['page_create'] }, { credential });
		workflows.push(workflow);
		said.push(await scene.client.activate(workflow.id, 280_000).catch((error: unknown) => error));
	}

	/** In each place, and on the way on which a secret would come there. */
	async function plant(planted: string): Promise<void> {
		const { site, client } = scene;
		const code = `$getWorkflowStaticData('global').note = '${planted}'; return $input.all();`;
		const running = await scene.published({ events: ['page_create'] }, { code });
		await running.deliver({ body: event({ page: planted }) });
		await client.waitForExecutions(running.id, 1);
		await send(`${site.url}/@api/deki/users/current?note=${planted}`);
		site.faults.add({ match: { method: 'POST' }, effect: { status: 400, message: planted } });
		const refused = await scene.workflow({ events: ['page_create'] });
		said.push(await client.activate(refused.id).catch((error: unknown) => error));
		workflows.push(running, refused);
	}
});
