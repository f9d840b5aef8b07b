import { describe, expect, it } from 'vitest';
import { ago, ALL, oldSite, published } from '../support/integration/polling.mts';
import { useScenes } from '../support/integration/scene.mts';
import type { Simulator } from '../support/simulator/index.mts';

useScenes();

/** More on demand: what a poll costs must not depend on it. */
const PAGES = Number(process.env.POLLING_PAGES ?? 3000);
const EVERY = { events: ALL.slice(1) };

async function largeSite(): Promise<Simulator> {
	const site = await oldSite();
	for (let index = 0; index < PAGES; index++) {
		site.site.createPage(`Category_${(index % 40) + 3}/Page_${index}`, { at: ago(site, 1400) });
		if (index % 5 > 0) continue;
		const { pageId } = site.site.createPage(`Gone_${index}`, { at: ago(site, 1400) });
		site.site.deletePage(pageId, { at: ago(site, 1300 - index / 60) });
	}
	return site;
}

const callsOf = ({ apiCalls }: Simulator) =>
	apiCalls.splice(0).map(({ path }) => path.replace(/^.*deki/, ''));

describe('what polls cost at a large site', () => {
	it('a poll without a change makes three calls', { timeout: 600_000 }, async () => {
		const site = await largeSite();
		const poller = await published(site, EVERY);
		await poller.poll();
		site.apiCalls.length = 0;
		for (let poll = 0; poll < 3; poll++) {
			expect(await poller.poll()).toEqual([]);
			expect(callsOf(site)).toEqual([
				'/pages/home/find',
				'/pages/home/revisions',
				'/archive/pages',
			]);
		}
		expect(poller.row.staticData.length).toBeLessThan(1_000);
	});

	it('without Page Deleted it asks who we are instead', async () => {
		const site = await oldSite();
		site.site.createPage('A/B/C', { at: ago(site, 1400) });
		const poller = await published(site, { events: ['page_published'] });
		await poller.poll();
		site.apiCalls.length = 0;
		await poller.poll();
		expect(callsOf(site)).toEqual(['/pages/home/find', '/pages/home/revisions', '/users/current']);
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

	it('Fetch Test Event responds within two seconds', { timeout: 600_000 }, async () => {
		const site = await largeSite();
		const poller = await published(site, EVERY);
		site.site.editPage('Category_3/Page_0', { at: ago(site, 1000) });
		const before = performance.now();
		expect(await poller.fetchTestEvent()).toHaveLength(3);
		expect(performance.now() - before).toBeLessThan(2_000);
	});
});
