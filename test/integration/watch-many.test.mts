import { describe, expect, it } from 'vitest';
import { change } from '../support/integration/foreign.mts';
import type { Host } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
import { came, HOUR } from '../support/integration/recovery.mts';
import { openAt, openSite, type SceneOptions, useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Settings, Simulator } from '../support/simulator/index.mts';

/* Many published workflows of one n8n, with triggers for one site. */

useScenes();

interface Many {
	site: Simulator;
	hosts: Host[];
	/** None has ticked yet since n8n has started. */
	watches: Watch[];
}

async function openMany(count: number, options: SceneOptions = {}, settings: Partial<Settings> = {}): Promise<Many> {
	const site = await openSite(settings);
	const many: Many = { site, hosts: [], watches: [] };
	for (let opened = 0; opened < count; opened++) {
		const { host } = await openAt(site, options);
		await host.production.publish();
		many.hosts.push(host);
		many.watches.push(await Watch.afterStart(host));
	}
	site.apiCalls.length = 0;
	log.lines = [];
	return many;
}

const tickAll = async (watches: Watch[]) => await Promise.all(watches.map(async (watch) => await watch.tick()));

it('all check with the first tick, and then every five minutes, spread over all of them', async () => {
	const { site, watches } = await openMany(20);
	const minutesOf = watches.map((): number[] => []);
	for (let minute = 0; minute <= 15; minute++) {
		for (const [index, watch] of watches.entries()) {
			const before = site.apiCalls.length;
			await watch.tick();
			if (site.apiCalls.length > before) minutesOf[index]!.push(minute);
		}
		passTime(60_000);
	}
	for (const [first, second, ...others] of minutesOf) {
		expect(first).toBe(0);
		expect(second).toBeGreaterThan(0);
		expect(second).toBeLessThanOrEqual(5);
		expect(others.slice(0, 2)).toEqual([second! + 5, second! + 10]);
	}
	const inMinute = (minute: number) => minutesOf.filter((each) => each.includes(minute)).length;
	expect(Math.max(...[6, 7, 8, 9, 10].map(inMinute))).toBeLessThan(16);
});

describe('calls of many watches to one site', () => {
	it('are four at once, with repairs, look-ups of users and recoveries', async () => {
		const events = ['page_create', 'page_move', 'page_copy', 'page_delete', 'user_create'];
		const parameters = { events, filters: { excludeUsers: ['reader'] } };
		const { site, hosts, watches } = await openMany(10, { parameters });
		// Another access to the API, so the users are looked up again.
		const credential = { ...hosts[0]!.credential(), runAsUser: 'other' };
		for (const host of hosts) host.credential = () => credential;
		for (const { id } of site.webhooks()) await change(site, 'DELETE', String(id));
		site.pauseDeliveries();
		const pages = [1, 2, 3].map((page) => site.site.createPage(`Missed_${page}`).pageId);
		site.settings.clockSkewMs += HOUR;
		site.faults.add({ effect: { delayMs: 10 } });
		site.apiCalls.length = 0;
		await tickAll(watches);
		expect(Math.max(...site.apiCalls.map(({ atOnce }) => atOnce))).toBe(4);
		expect(site.webhooks()).toHaveLength(10);
		expect(site.apiCalls.filter(({ path }) => path.endsWith('/users/=reader'))).toHaveLength(10);
		for (const host of hosts) expect(came({ site, host })).toEqual(pages.map((page) => `+ page_create ${page}`));
	});

	it('leave a place for a check, however much there is to recover', async () => {
		const { site, hosts, watches } = await openMany(6);
		site.pauseDeliveries();
		site.site.createPage('Guides/Missed');
		site.settings.clockSkewMs += HOUR;
		site.faults.add({ match: { path: '/find' }, effect: { hang: true } });
		const searches = () => site.apiCalls.filter(({ path }) => path.endsWith('/find'));
		const [checking, ...recovering] = watches;
		for (const watch of recovering) void watch.tick();
		await expect.poll(() => searches().length).toBe(3);
		const ours = () => site.webhooks().find(({ url }) => url === hosts[0]!.webhookUrl);
		site.disableWebhook(ours()!.id, '1');
		void checking!.tick();
		await expect.poll(ours).toMatchObject({ active: true });
		expect(searches()).toHaveLength(3);
	});

	/** Four checks whose first call takes two seconds, and one more that waits for them. */
	async function openWaiting() {
		const { site, hosts, watches } = await openMany(5);
		site.faults.add({ match: { times: 4 }, effect: { delayMs: 2_000 } });
		const ticks = tickAll(watches);
		await expect.poll(() => site.apiCalls.length).toBe(4);
		return { site, host: hosts[4]!, ticks };
	}

	it('spend no time of a check by which it waits for others', async () => {
		const { site, host, ticks } = await openWaiting();
		const { id } = site.webhooks().find(({ url }) => url === host.webhookUrl)!;
		site.disableWebhook(id, '1');
		passTime(60_000);
		await ticks;
		expect(site.webhooks().find(({ url }) => url === host.webhookUrl)).toMatchObject({
			active: true,
		});
	});

	it('hold up no unpublish, and a check that waits meanwhile calls nothing any more', async () => {
		const { site, host, ticks } = await openWaiting();
		await host.production.unpublish();
		expect(site.apiCalls.slice(0, 4).map(({ status }) => status)).toEqual([null, null, null, null]);
		const calls = site.apiCalls.length;
		await ticks;
		// The second call of each of the others.
		expect(site.apiCalls).toHaveLength(calls + 4);
		expect(log.of('warn')).toEqual([]);
	});
});
