import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../support/simulator/index.mts';
import type { Host } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretInLog } from '../support/integration/secrets.mts';
import { triggerTimeout } from '../support/integration/timeout.mts';

useScenes();

/*
 * When n8n starts, or another main process takes over, a throw would take the route away: Expert
 * would get 404 until somebody publishes again. So the check warns and treats the webhook as up to
 * date.
 */
const starts = ['init', 'leadershipChange'] as const;

const faults: Array<[string, FaultEffect]> = [
	...[400, 401, 403, 404, 429, 500, 502, 503].map((status): [string, FaultEffect] => [
		`responds ${status}`,
		{ status, headers: { 'Retry-After': '0' } },
	]),
	['breaks the connection', { reset: true }],
	['does not respond', { hang: triggerTimeout }],
	['responds with a web page', { status: 200, body: 'html' }],
	['responds with a sign-in page', { body: 'login' }],
	['responds with a truncated document', { status: 200, body: 'truncated' }],
	['repeats the token in its response', { status: 500, echo: true }],
];

const withCredential = (changes: ICredentialDataDecryptedObject) => (host: Host) => {
	const credential = { ...host.credential(), ...changes };
	host.credential = () => credential;
};

/** What publish refuses, too: the check at the start sees it again. */
const unready: Record<string, (host: Host) => void> = {
	'the credential cannot be read': (host) => {
		host.credential = () => {
			throw new Error('database is locked');
		};
	},
	'no event is chosen': (host) => void (host.row.node.parameters.events = []),
	'the signing secret ends with a line break': withCredential({ signingSecret: 'whsec_x\n' }),
	'there is no API token': withCredential({ jwt: '' }),
	'the Site URL is not a web address': withCredential({ siteUrl: 'help' }),
	'the delivery token has no scheme': withCredential({ deliveryToken: 'abc' }),
	'the site cannot reach this n8n': withCredential({ siteUrl: 'https://help.example.invalid' }),
};

describe.each(starts)('the check at the start (%s)', (start) => {
	it.each(faults)(
		`the check at the start (${start}) warns and does not throw when the site %s`,
		async (_name, effect) => {
			const scene = await openPublished();
			const { host, site } = scene;
			log.lines = [];
			site.faults.add({ effect });
			expect(await host.production.checkExists(start)).toBe(true);
			expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked/)]);
			expectNoSecretInLog(scene);
			expect((await send(scene, newDelivery(scene))).status).toBe(200);
		},
	);

	it(`the check at the start (${start}) warns and does not throw when nothing listens at the site`, async () => {
		const { host } = await openPublished();
		const credential = { ...host.credential(), siteUrl: 'http://127.0.0.1:1' };
		host.credential = () => credential;
		log.lines = [];
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked/)]);
	});

	it.each(Object.entries(unready))(
		`the check at the start (${start}) warns and does not throw when %s`,
		async (_name, change) => {
			const scene = await openPublished();
			const { host } = scene;
			log.lines = [];
			change(host);
			expect(await host.production.checkExists(start)).toBe(true);
			expect(log.of('warn')).toEqual([expect.stringMatching(/could not be checked/)]);
		},
	);

	it(`the check at the start (${start}) does not log what n8n says about the credential`, async () => {
		const { host } = await openPublished();
		log.lines = [];
		host.credential = () => {
			throw new Error('bad decrypt of whsec_secret');
		};
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.lines.map(({ all }) => all).join()).not.toContain('whsec_secret');
	});

	it(`the check at the start (${start}) logs nothing when the webhook is up to date`, async () => {
		const { host } = await openPublished();
		log.lines = [];
		expect(await host.production.checkExists(start)).toBe(true);
		expect(log.lines).toEqual([]);
	});
});
