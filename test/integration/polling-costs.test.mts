import { describe, expect, it } from 'vitest';
import { ago, ALL, oldSite, published } from '../support/integration/polling.mts';
import { useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import type { Settings, Simulator } from '../support/simulator/index.mts';

useScenes();

const EVERY = { events: ALL.slice(1) };
const HOURS_MS = 2 * 3_600_000;

const callsOf = ({ apiCalls }: Simulator) => apiCalls.splice(0).map(({ path }) => path.replace(/^.*deki/, ''));

async function siteOf(paths: string[], settings: Partial<Settings> = {}): Promise<Simulator> {
	const site = await oldSite(settings);
	for (const path of paths) site.site.createPage(path, { at: ago(site, 1400) });
	return site;
}

describe('what a poll without a change costs', () => {
	const flat = Array.from({ length: 150 }, (_, index) => `Page_${index}`);
	const tree = { findDepth: 'tree' } as const;
	const children = { findDepth: 'children' } as const;

	it.each([
		['an empty site', [], tree],
		['a flat site', flat, tree],
		['a deep site', ['A/B/C', 'D/E'], tree],
		['a deep site whose find gives children', ['A/B/C', 'D/E'], children],
	])('three polls of %s make three calls each', async (_case, paths, settings) => {
		const site = await siteOf(paths, settings);
		const poller = await published(site, EVERY);
		site.apiCalls.length = 0;
		for (let poll = 0; poll < 3; poll++) {
			expect(await poller.poll()).toEqual([]);
			expect(callsOf(site)).toEqual(['/pages/home/find', '/pages/home/revisions', '/archive/pages']);
		}
		expect(poller.row.staticData.length).toBeLessThan(300);
	});

	it('a branch costs less', async () => {
		const site = await siteOf(['A', 'B']);
		const poller = await published(site, { ...EVERY, filters: { pathPrefixes: ['A'] } });
		site.apiCalls.length = 0;
		await poller.poll();
		expect(callsOf(site)).toEqual(['/pages/home/find', '/archive/pages']);
	});

	it('without Page Deleted it asks who we are instead', async () => {
		const site = await siteOf(['A/B/C']);
		const poller = await published(site, { events: ['page_published'] });
		site.apiCalls.length = 0;
		await poller.poll();
		expect(callsOf(site)).toEqual(['/pages/home/find', '/pages/home/revisions', '/users/current']);
	});
});

describe('what polls cost where much happens', () => {
	it('what is stored is bounded by what changes within an hour', async () => {
		const site = await siteOf(['A/B']);
		const poller = await published(site, EVERY);
		for (let poll = 0; poll < 4; poll++) {
			for (let edit = 0; edit < 100; edit++) site.site.editPage('A/B', { at: ago(site, 1 - edit / 1000) });
			expect(await poller.poll()).toHaveLength(100);
			site.settings.clockSkewMs += HOURS_MS;
			passTime(HOURS_MS);
		}
		expect(poller.row.staticData.length).toBeLessThan(3_000);
	});

	it('a page with a thousand revisions is read 50 at a time, and once', async () => {
		const site = await oldSite();
		const { pageId } = site.site.createPage('Page', { at: ago(site, 1400) });
		for (let edit = 0; edit < 1000; edit++) site.site.editPage(pageId, { at: ago(site, 600) });
		const poller = await published(site, EVERY);
		for (let edit = 0; edit < 60; edit++) site.site.editPage(pageId, { at: ago(site, 30) });
		site.apiCalls.length = 0;
		expect(await poller.poll()).toHaveLength(60);
		await poller.poll();
		expect(callsOf(site).filter((path) => path === `/pages/${pageId}/revisions`)).toHaveLength(2);
	});

	it('Fetch Test Event makes five calls', async () => {
		const site = await siteOf(['A/B/C', 'D/E']);
		site.site.deletePage('D/E', { at: ago(site, 1200) });
		const poller = await published(site, EVERY);
		site.site.editPage('A/B/C', { at: ago(site, 1000) });
		site.apiCalls.length = 0;
		expect(await poller.fetchTestEvent()).toHaveLength(1);
		expect(callsOf(site)).toHaveLength(5);
	});
});
