import { describe, expect, it, vi } from 'vitest';
import {
	byPath,
	callsOf,
	named,
	outputOf,
	refusalOf,
	searchList,
} from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, more: object = {}) => ({
	parameters: { resource: 'tag', operation, ...more } as never,
});

describe('Get Pages of a tag', () => {
	const NAME = 'Größe & 100% a/b';
	const pagesWith = (more = {}, tag: unknown = named('name', NAME)) =>
		run('getPages', { tag, ...more });

	async function openTagged() {
		const site = await openSite();
		site.site.createPage('A', { tags: [NAME, 'x'] });
		site.site.createPage('Guides/B', { tags: [NAME] });
		site.site.createPage('Guides/B/C', { tags: [NAME] });
		site.site.createPage('Guides/D', { tags: ['x'] });
		return site;
	}

	it('Get Pages gives every page with the tag, in one call', async () => {
		const site = await openTagged();
		const items = await outputOf(site, pagesWith());
		expect(items).toMatchObject([
			{ path: 'A', tags: [NAME, 'x'], draftState: 'inactive' },
			{ path: 'Guides/B' },
			{ path: 'Guides/B/C' },
		]);
		expectSchema('tag', 'getPages', items);
		expect(callsOf(site)).toMatchObject([{ query: { include: 'tags' } }]);
		expect(callsOf(site)[0]!.query).not.toHaveProperty('parentid');
	});

	it('Get Pages takes the name in any case, and by an expression', async () => {
		const site = await openTagged();
		expect(await outputOf(site, pagesWith({}, named('list', 'X')))).toHaveLength(2);
		expect(await outputOf(site, pagesWith({}, 'x'))).toHaveLength(2);
	});

	it('Get Pages looks below a page, which it looks up by its path', async () => {
		const site = await openTagged();
		const items = await outputOf(site, pagesWith({ below: byPath('Guides') }));
		expect(items).toMatchObject([{ path: 'Guides/B' }, { path: 'Guides/B/C' }]);
		const { id } = site.site.page('Guides');
		expect(site.apiCalls.at(-1)!.query.parentid).toBe(String(id));
		const { message } = await refusalOf(site, pagesWith({ below: byPath('No/Where') }));
		expect(message).toContain('There is no page "No/Where"');
	});

	it('Get Pages gives as many as wanted', async () => {
		const site = await openSite();
		for (let number = 1; number <= 120; number++) {
			site.site.createPage(`Page_${number}`, { tags: [NAME] });
		}
		expect(await outputOf(site, pagesWith())).toHaveLength(50);
		expect(await outputOf(site, pagesWith({ limit: 3 }))).toHaveLength(3);
		expect(await outputOf(site, pagesWith({ returnAll: true }))).toHaveLength(120);
	});

	it('Get Pages gives nothing for a tag that no page has', async () => {
		const site = await openTagged();
		expect(await outputOf(site, pagesWith({}, named('name', 'none')))).toEqual([]);
	});

	it('Get Pages asks for a tag', async () => {
		const site = await openSite();
		const { message } = await refusalOf(site, pagesWith({}, named('list', '')));
		expect(message).toBe('No tag is named');
		expect(site.apiCalls).toEqual([]);
	});
});

describe('the list of tags', () => {
	it('the list of tags offers those that contain what is typed, and is read once', async () => {
		const site = await openSite();
		site.site.createPage('A', { tags: ['Phone', 'microphone', 'other'] });
		const names = async (filter?: string, credential = {}) =>
			(await searchList(site, 'searchTags', { ...(filter ? { filter } : {}), credential })).results;
		expect(await names()).toHaveLength(3);
		expect(await names('PHONE')).toEqual([
			{ name: 'Phone', value: 'Phone' },
			{ name: 'microphone', value: 'microphone' },
		]);
		expect(callsOf(site)).toHaveLength(1);
		await names('other', { longTermToken: site.readerJwt });
		expect(callsOf(site)).toHaveLength(2);
	});

	it('the list of tags is read again after a minute, and after a failure', async () => {
		const site = await openSite();
		const names = async () => (await searchList(site, 'searchTags')).results.length;
		site.faults.add({ match: { path: /site\/tags$/ }, effect: { status: 500 } });
		await expect(names()).rejects.toThrow('500');
		site.faults.clear();
		expect(await names()).toBe(0);
		site.site.createPage('A', { tags: ['new'] });
		expect(await names()).toBe(0);
		const now = performance.now();
		vi.spyOn(performance, 'now').mockImplementation(() => now + 61_000);
		expect(await names()).toBe(1);
	});

	it('the list of tags comes in parts', async () => {
		const site = await openSite();
		const tags = Array.from({ length: 250 }, (_, index) => `tag ${index}`);
		site.site.createPage('A', { tags });
		const values: unknown[] = [];
		let token: unknown = '0';
		while (token !== undefined) {
			const step = await searchList(site, 'searchTags', { token: String(token) });
			expect(step.results.length).toBeLessThanOrEqual(100);
			values.push(...step.results.map(({ value }) => value));
			token = step.paginationToken;
		}
		expect(values.toSorted()).toEqual(tags.toSorted());
	});
});
