import { describe, expect, it } from 'vitest';
import type { Settings } from '../support/simulator/index.mts';
import { failureOf } from '../support/integration/advice.mts';
import { register } from '../support/integration/foreign.mts';
import { log } from '../support/integration/log.mts';
import { openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';
import { elementAt } from '../support/present.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';

useScenes();

const LEFT = 'A webhook may be left at the site';

describe('registrations whose response is lost', () => {
	it.each([
		['is cut off', { reset: true }],
		['never comes', { hang: triggerTimeout }],
		['is a 500', { status: 500 }],
		['is a 504 of a proxy', { status: 504, body: 'html' as const }],
		['is a web page', { status: 200, body: 'html' as const }],
	])(
		'publish names the address and leaves one webhook when the response to the registration %s',
		async (_name, effect) => {
			const scene = await openScene();
			const { site, host } = scene;
			site.faults.add({ match: { method: 'POST', times: 1 }, effect });
			const { message } = await failureOf(host.production.publish());
			expect(message).toContain(`${LEFT}. Remove it in the Expert Dashboard: ${host.webhookUrl}.`);
			// The work of the lost call is done now.
			register(site, host.webhookUrl);
			await host.production.publish();
			expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
			await host.production.unpublish();
			expect(site.webhooks()).toEqual([]);
		},
	);

	it.each([400, 403, 404, 409])('publish names no left webhook after a %i', async (status) => {
		const { site, host } = await openScene();
		site.faults.add({ match: { method: 'POST' }, effect: { status } });
		const { message } = await failureOf(host.production.publish());
		expect(message).not.toContain(LEFT);
	});

	it('a first publish with a wrong token names no left webhook in the log', async () => {
		const { site, host } = await openScene({ credential: { longTermToken: 'wrong' } });
		await failureOf(host.production.publish());
		await failureOf(host.production.publish());
		expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
		const warnings = log.of('warn');
		expect(warnings.filter((line) => !line.includes('accept the token'))).toEqual([]);
		expect(warnings).not.toEqual([]);
		expect(warnings.join('\n')).not.toContain(LEFT);
	});

	it('a later publish with a wrong token names the webhook of the first one in the log', async () => {
		const { host } = await openScene();
		await host.production.publish();
		const credential = { ...host.credential(), longTermToken: 'wrong' };
		host.credential = () => credential;
		await failureOf(host.production.publish());
		expect(log.of('warn').join('\n')).toContain(
			`${LEFT}. Remove it in the Expert Dashboard: ${host.webhookUrl}.`,
		);
	});

	it('publish leaves one webhook when the first one appears while the second is registered', async () => {
		const { site, host } = await openScene();
		site.faults.add({
			match: { method: 'GET', path: /\/webhooks$/, times: 1 },
			effect: { status: 200, body: { raw: '<webhooks/>' } },
		});
		register(site, host.webhookUrl);
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
		await expectUpToDate({ site, host });
	});
});

describe.each<Settings['webhookUrlSpelling']>([
	'slashAtEnd',
	'hostInCapitals',
	'withPort',
	'encoded',
])('a site that rewrites the URL: %s', (webhookUrlSpelling) => {
	async function spelledScene(): Promise<Scene> {
		const scene = await openScene({ site: { webhookUrlSpelling } });
		scene.host.url = 'https://n8n.example.com/a-b';
		return scene;
	}

	it(`publish and unpublish recognise the URL that the site has rewritten (${webhookUrlSpelling})`, async () => {
		const { site, host } = await spelledScene();
		await host.production.publish();
		const { url } = elementAt(site.webhooks(), 0);
		expect(url).not.toBe(host.webhookUrl);
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ id: 1, url, active: true }]);
		await expectUpToDate({ site, host });
		await host.production.unpublish();
		expect(site.webhooks()).toEqual([]);
	});

	it(`repeated failed publishes leave no orphan at a site that rewrites the URL (${webhookUrlSpelling})`, async () => {
		const { site, host } = await spelledScene();
		const match = { method: 'PUT' };
		site.faults.add({ match, effect: { status: 500 } });
		for (let attempt = 1; attempt <= 3; attempt++) await failureOf(host.production.publish());
		expect(site.webhooks()).toEqual([]);
	});
});

it('publish names the address when the site does not list what it has registered', async () => {
	const { site, host } = await openScene();
	const emptyList = { status: 200, body: { raw: '<webhooks/>' } };
	site.faults.add({ match: { method: 'GET', path: /\/webhooks$/ }, effect: emptyList });
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 500 } });
	const { message } = await failureOf(host.production.publish());
	expect(site.webhooks()).toHaveLength(1);
	expect(message).toContain(`${LEFT}. Remove it in the Expert Dashboard: ${host.webhookUrl}.`);
});

it('publish names no left webhook when it has removed the one that it could not complete', async () => {
	const { site, host } = await openScene();
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 500 } });
	const { message } = await failureOf(host.production.publish());
	expect(site.webhooks()).toEqual([]);
	expect(message).not.toContain(LEFT);
});

it('publish names the address when the site stores an unrecognisable one', async () => {
	const { site, host } = await openScene({ site: { webhookUrlSpelling: 'elsewhere' } });
	const { message } = await failureOf(host.production.publish());
	expect(message).toContain(`${LEFT}. Remove it in the Expert Dashboard: ${host.webhookUrl}.`);
	expect(site.webhooks()).toHaveLength(1);
});

it.each([
	['another host', (url: string) => url.replace('127.0.0.1', 'localhost')],
	['a base path', (url: string) => url.replace('/webhook/', '/n8n/webhook/')],
	['the test address', (url: string) => url.replace('/webhook/', '/webhook-test/')],
])('publish and unpublish never touch a webhook with %s', async (_name, change) => {
	const { site, host } = await openScene();
	register(site, change(host.webhookUrl));
	const before = site.webhooks();
	await host.production.publish();
	expect(site.webhooks()).toHaveLength(2);
	await host.production.unpublish();
	expect(site.webhooks()).toEqual(before);
});
