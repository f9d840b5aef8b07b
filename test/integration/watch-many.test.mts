import { expect, it } from 'vitest';
import type { Host } from '../support/integration/host.mts';
import { log } from '../support/integration/log.mts';
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

async function openMany(
	count: number,
	options: SceneOptions = {},
	settings: Partial<Settings> = {},
): Promise<Many> {
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
