import { describe, expect, it } from 'vitest';
import { makeServerToken, type Simulator } from './index.mts';
import { mtEpochOffset } from './events.mts';
import { uuidTime } from './uuid.mts';
import { ask, each, listening, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

/** How far a time is from now, in whole minutes. */
const minutesOff = (time: string | number | Date) =>
	Math.round((new Date(time).getTime() - Date.now()) / 60_000) + 0;

const dateOf = async (simulator: Simulator, path: string) =>
	minutesOff((await ask(simulator, 'GET', path)).headers.date as string);

describe.each([0, 7, -7])('a site clock that is %i minutes off', (minutes) => {
	const clockSkewMs = minutes * 60_000;

	it(`responses, refusals and faults are dated by a site clock that is ${minutes} minutes off`, async () => {
		const simulator = await site({ clockSkewMs });
		expect(await dateOf(simulator, '/users/current')).toBe(minutes);
		expect(await dateOf(simulator, '/pages/99')).toBe(minutes);
		simulator.faults.add({ effect: { status: 503 } });
		expect(await dateOf(simulator, '/users/current')).toBe(minutes);
	});

	it(`all that the site stores is dated by a site clock that is ${minutes} minutes off`, async () => {
		const simulator = await site({ clockSkewMs });
		const { site: pages } = simulator;
		pages.createPage('A');
		pages.attachFile('A', 'a.txt');
		pages.setProperty('A', 'p', 'x');
		pages.activateDraft('A');
		pages.createPage('B');
		pages.deletePage('B');
		pages.deleteFile(1);
		await listening(simulator, 'page_create');
		const paths = [
			...['/pages/=A?include=draft', '/pages/=A/revisions', '/pages/=A/properties', '/drafts'],
			...['/users/1', '/archive/pages', '/archive/files/1/info', '/webhooks/1'],
		];
		for (const path of paths) {
			const dates = each(await read(simulator, path), />(\d{4}-\d\d-\d\dT[\d:]+Z)</g);
			// The home page, which is above A, is a day older than the rest.
			const off = dates.map(minutesOff).filter((each) => each !== minutes - 24 * 60);
			expect([path, new Set(off)]).toEqual([path, new Set([minutes])]);
		}
	});

	it(`events and deliveries are dated by a site clock that is ${minutes} minutes off`, async () => {
		const simulator = await site({ clockSkewMs });
		const endpoint = await listening(simulator, 'page_create', 'page_delete');
		simulator.site.createPage('A');
		simulator.emit('page_delete');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(2);
		for (const { body, headers } of endpoint.received) {
			const [, id, datetime, epoch] =
				/^<event id="(.*?)" datetime="(.*?)" mt-epoch="(\d+)"/.exec(body.toString()) ?? [];
			expect(minutesOff(uuidTime(id ?? ''))).toBe(minutes);
			expect(minutesOff(datetime ?? '')).toBe(minutes);
			expect(minutesOff(Number(epoch) + mtEpochOffset)).toBe(minutes);
			expect(minutesOff(Number(headers['x-nexus-timestamp']) * 1000)).toBe(minutes);
		}
		expect(minutesOff(elementAt(simulator.deliveries, 0).deliveryTimestamp)).toBe(minutes);
	});

	it(`the age of server tokens is judged by a site clock that is ${minutes} minutes off`, async () => {
		const simulator = await site({ clockSkewMs });
		const epoch = Math.floor(Date.now() / 1000);
		const token = makeServerToken({ ...simulator.serverToken, user: '=admin', epoch });
		const headers = { Authorization: '', 'X-Deki-Token': token };
		const { text } = await ask(simulator, 'GET', '/users/current', { headers });
		expect(text).toContain(`anonymous="${minutes !== 0}"`);
	});
});

it('the site clock can be set while the site runs', async () => {
	const simulator = await site();
	simulator.settings.clockSkewMs = 3_600_000;
	expect(await dateOf(simulator, '/users/current')).toBe(60);
	expect(minutesOff(simulator.site.createPage('A').page.created)).toBe(60);
});

describe('webhooks', () => {
	it('PUT disables and enables a webhook, and the list filters by it', async () => {
		const simulator = await site();
		const endpoint = await listening(simulator, 'page_create');
		const set = (active: boolean) =>
			ask(simulator, 'PUT', '/webhooks/1', {
				body: `<webhook><active>${active}</active></webhook>`,
			});
		const count = async (query: string) =>
			each(await read(simulator, `/webhooks?limit=100&offset=0${query}`), /<webhook><id>(\d+)/g)
				.length;
		expect((await set(false)).text).toContain('<active>false</active>');
		expect([await count('&active=true'), await count('&active=false')]).toEqual([0, 1]);
		simulator.site.createPage('A');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(0);
		expect((await set(true)).text).toContain('<active>true</active>');
		expect([await count('&active=true'), await count('&active=false')]).toEqual([1, 0]);
		simulator.site.createPage('B');
		await simulator.idle();
		expect(endpoint.received).toHaveLength(1);
		expect((await ask(simulator, 'GET', '/webhooks?active=maybe')).status).toBe(400);
	});
});
