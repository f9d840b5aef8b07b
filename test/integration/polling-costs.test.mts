import { describe, expect, it } from 'vitest';
import { ago, ALL, oldSite, published } from '../support/integration/polling.mts';
import { useScenes } from '../support/integration/scene.mts';
import { passTime } from '../support/integration/stop-time.mts';
import type { Settings, Simulator } from '../support/simulator/index.mts';

useScenes();

const EVERY = { events: ALL.slice(1) };
const CREATED = { events: ['page_create'] };
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

	const probe = ['/pages/home/subpages'];

	it.each([
		['an empty site', 'four', [], tree, probe],
		['an empty site whose find gives children', 'four', [], children, probe],
		['a flat site', 'four', flat, tree, probe],
		['a flat site whose find gives children', 'four', flat, children, probe],
		['a deep site', 'three', ['A/B/C', 'D/E'], tree, []],
	])('three polls of %s make %s calls each', async (_case, _calls, paths, settings, first) => {
		const site = await siteOf(paths, settings);
		const poller = await published(site, EVERY);
		site.apiCalls.length = 0;
		for (let poll = 0; poll < 3; poll++) {
			expect(await poller.poll()).toEqual([]);
			const always = ['/pages/home/find', '/pages/home/revisions', '/archive/pages'];
			expect(callsOf(site)).toEqual([...first, ...always]);
		}
		expect(poller.row.staticData.length).toBeLessThan(300);
	});

	it('a branch of a flat site costs nothing more', async () => {
		const site = await siteOf(['A', 'B']);
		const poller = await published(site, { ...EVERY, filters: { pathPrefixes: ['A'] } });
		site.apiCalls.length = 0;
		await poller.poll();
		expect(callsOf(site)).toEqual([...probe, '/pages/home/find', '/archive/pages']);
	});

	it('without Page Deleted it asks who we are instead', async () => {
		const site = await siteOf(['A/B/C']);
		const poller = await published(site, { events: ['page_published'] });
		site.apiCalls.length = 0;
		await poller.poll();
		expect(callsOf(site)).toEqual(['/pages/home/find', '/pages/home/revisions', '/users/current']);
	});

	it.each(['tree', 'children'] as const)(
		'a first page two levels down comes, too, where find gives %s',
		async (findDepth) => {
			const site = await siteOf(['A', 'B'], { findDepth });
			const poller = await published(site, CREATED);
			await poller.poll();
			const { pageId } = site.site.createPage('B/Deep', { at: ago(site, 10) });
			await poller.poll();
			const next = site.site.createPage('B/Next', { at: ago(site, 5) }).pageId;
			await poller.poll();
			expect(poller.came).toEqual([`page_create ${pageId}`, `page_create ${next}`]);
		},
	);
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

	it('Fetch Test Event makes ten calls', async () => {
		const site = await siteOf(['A/B/C', 'D/E']);
		site.site.deletePage('D/E', { at: ago(site, 1200) });
		const poller = await published(site, EVERY);
		site.site.editPage('A/B/C', { at: ago(site, 1000) });
		site.apiCalls.length = 0;
		expect(await poller.fetchTestEvent()).toHaveLength(3);
		expect(callsOf(site)).toHaveLength(10);
	});
});
