import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../simulator/index.mts';
import { log } from './support/log.mts';
import { newDelivery, send } from './support/delivery.mts';
import { openPublished, useScenes } from './support/scene.mts';
import { expectNoSecretInLog } from './support/secrets.mts';

useScenes();

/*
 * When n8n starts, or another main process takes over, a throw would take the route away: Expert
 * would get 404 until somebody publishes again. So the check warns and takes the webhook to be in
 * order.
 */
const starts = ['init', 'leadershipChange'] as const;

const faults: Array<[string, FaultEffect]> = [
	...[400, 401, 403, 404, 429, 500, 502, 503].map((status): [string, FaultEffect] => [
		`answers ${status}`,
		{ status, headers: { 'Retry-After': '0' } },
	]),
	['breaks the connection', { reset: true }],
	['does not answer', { hang: true }],
	['answers with a web page', { status: 200, body: 'html' }],
	['answers with a page to sign in at', { body: 'login' }],
	['answers with half a document', { status: 200, body: 'truncated' }],
	['repeats the token in its answer', { status: 500, echo: true }],
];

describe.each(starts)('the check at the start (%s)', (start) => {
	it.each(faults)('warns and does not throw when the site %s', async (_name, effect) => {
		const scene = await openPublished();
		const { host, site } = scene;
		log.lines = [];
		host.longestCall = 400;
		site.faults.add({ effect });
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked/)]);
		expectNoSecretInLog(scene);
		expect((await send(scene, newDelivery(scene))).status).toBe(200);
	});

	it('warns and does not throw when nothing listens at the address of the site', async () => {
		const { host } = await openPublished();
		const credential = { ...host.credential(), siteUrl: 'http://127.0.0.1:1' };
		host.credential = () => credential;
		log.lines = [];
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked/)]);
	});

	it('warns and does not throw when the credential cannot be read', async () => {
		const { host } = await openPublished();
		log.lines = [];
		host.readCredential = () => Promise.reject(new Error('the encryption key is another one'));
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked.*encryption key/)]);
	});

	it('warns and does not throw when no events are chosen any more', async () => {
		const { host } = await openPublished();
		log.lines = [];
		host.row.node.parameters.events = [];
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked.*No events/)]);
	});

	it('says nothing when the webhook is in order', async () => {
		const { host } = await openPublished();
		log.lines = [];
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.lines).toEqual([]);
	});
});
