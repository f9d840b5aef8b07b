import { describe, expect, it, vi } from 'vitest';
import {
	byId,
	byPath,
	callsOf,
	named,
	outcomeOf,
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
	const pagesWith = (more = {}, tag: unknown = named('name', NAME)) => run('getPages', { tag, ...more });

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
		expect(await outputOf(site, pagesWith({ limit: 1 }))).toHaveLength(1);
	});

	it('Get Pages takes the name in any case, by an expression, and as Get Many returns it', async () => {
		const site = await openTagged();
		const [returned] = await outputOf(site, run('getMany', { prefix: NAME }));
		for (const tag of [named('list', 'X'), 'x']) expect(await outputOf(site, pagesWith({}, tag))).toHaveLength(2);
		expect(await outputOf(site, pagesWith({}, named('name', returned as never)))).toHaveLength(3);
		const { message, description } = await refusalOf(site, pagesWith({}, named('name', ['x'])));
		expect(message).toBe('No tag is named');
		expect(description).toContain('enter its name');
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

	it('Get Pages says that there is no page below which to look, also by its ID', async () => {
		const site = await openTagged();
		const { id } = site.site.page('Guides/D');
		expect(await outputOf(site, pagesWith({ below: byId(id) }))).toEqual([]);
		const gone = pagesWith({ below: byId(999999) });
		expect((await refusalOf(site, gone)).message).toBe('There is no page 999999');
		// A site may find nothing there instead.
		const body = { raw: '<tag><pages count="0" totalcount="0"/></tag>' };
		site.faults.add({ match: { path: /site\/tags/ }, effect: { status: 200, body } });
		expect((await refusalOf(site, gone)).message).toBe('There is no page 999999');
	});

	it('Get Pages says that it takes one tag, where it finds nothing for several', async () => {
		const site = await openTagged();
		const { items, hints } = await outcomeOf(site, pagesWith({}, named('name', 'x, y')));
		expect(items).toEqual([]);
		expect(hints).toMatchObject([{ message: expect.stringContaining('Enter one tag') }]);
	});

	it('Get Pages says where the site counts more pages than it gives', async () => {
		const site = await openSite();
		const raw = '<tag><pages count="2" totalcount="3"><page id="1"/><page id="2"/></pages></tag>';
		const match = { path: /site\/tags/ };
		site.faults.add({ match, effect: { status: 200, body: { raw } } });
		const { items, hints } = await outcomeOf(site, pagesWith({ returnAll: true }));
		expect(items).toHaveLength(2);
		const message = expect.stringContaining('counts 3 pages with this tag and gave only 2');
		expect(hints).toMatchObject([{ message }]);
		// As many as wanted have come.
		expect((await outcomeOf(site, pagesWith({ limit: 2 }))).hints).toEqual([]);
		expect((await outcomeOf(site, pagesWith({ limit: 3 }))).hints).toHaveLength(1);
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
		for (let token: unknown = '0'; token !== undefined; ) {
			const step = await searchList(site, 'searchTags', { token: String(token) });
			expect(step.results.length).toBeLessThanOrEqual(100);
			values.push(...step.results.map(({ value }) => value));
			token = step.paginationToken;
		}
		expect(values.toSorted()).toEqual(tags.toSorted());
	});
});

it('Get Many gives the tags that begin with a text, as many as wanted', async () => {
	const site = await openSite();
	const tags = Array.from({ length: 60 }, (_, index) => `review-at:${index}`);
	site.site.createPage('A', { tags: ['other', ...tags] });
	const items = await outputOf(site, run('getMany', { prefix: 'Review-' }));
	expect(items).toHaveLength(50);
	expect(items[0]).toEqual({
		id: expect.stringMatching(/^\d+$/),
		name: 'review-at:0',
		type: 'text',
		url: expect.stringContaining('review-at'),
	});
	expectSchema('tag', 'getMany', items);
	expect(site.apiCalls.at(-1)!.query).toEqual({ q: 'Review-' });
	expect(await outputOf(site, run('getMany', { returnAll: true }))).toHaveLength(61);
});

describe('tags of many pages', () => {
	async function openPages(count: number) {
		const site = await openSite();
		const ids = Array.from({ length: count }, (_, index) => {
			return String(site.site.createPage(`Page_${index}`, { tags: ['old', 'kept'] }).pageId);
		});
		const writes = () => site.apiCalls.filter(({ method }) => method === 'POST');
		const tagsOf = (id: string) => site.site.page(Number(id)).tags;
		return { site, ids, writes, tagsOf };
	}

	it('Add to Pages adds tags to 250 pages in three calls, and says what was asked for', async () => {
		const { site, ids, writes, tagsOf } = await openPages(250);
		const items = await outputOf(site, run('addToPages', { tags: 'a & b, old', pages: ids }));
		expect(items).toEqual([{ tags: ['a & b', 'old'], pages: ids }]);
		expectSchema('tag', 'addToPages', items);
		expect(writes().map(({ body }) => body.match(/<page /g)!.length)).toEqual([200, 200, 100]);
		expect(new Set(ids.map((id) => tagsOf(id).join()))).toEqual(new Set(['old,kept,a & b']));
	});

	it('Add to Pages takes lists that a model wrote as JSON', async () => {
		const site = await openSite();
		const { page } = site.site.createPage('A');
		const lists = { tags: '["new", "a, b"]', pages: `[${page.id}]` };
		const items = await outputOf(site, { ...run('addToPages', lists), asTool: true });
		expect(items).toEqual([{ tags: ['new', 'a, b'], pages: [String(page.id)] }]);
		expect(page.tags).toEqual(['new', 'a, b']);
		await outputOf(site, run('addToPages', { tags: '[x], [1]', pages: String(page.id) }));
		expect(page.tags).toEqual(['new', 'a, b', '[x]', '[1]']);
	});

	it('Remove From Pages removes tags and keeps the others', async () => {
		const { site, ids, tagsOf, writes } = await openPages(3);
		const pages = ` ${ids[0]}, ${ids[1]}, ${ids[1]}`;
		const items = await outputOf(site, run('removeFromPages', { tags: ['old', 'none'], pages }));
		expect(items).toEqual([{ tags: ['old', 'none'], pages: ids.slice(0, 2) }]);
		expectSchema('tag', 'removeFromPages', items);
		expect(ids.map(tagsOf)).toEqual([['kept'], ['kept'], ['old', 'kept']]);
		await outputOf(site, run('removeFromPages', { tags: [], pages: ids }));
		expect(writes()).toHaveLength(1);
	});

	it('Add to Pages takes items, numbers and the pages of trigger items', async () => {
		const { site, ids, tagsOf } = await openPages(3);
		const pages = [{ id: ids[0] }, { page: { id: ids[1] } }, Number(ids[2])];
		await outputOf(site, run('addToPages', { tags: 'new', pages }));
		for (const id of ids) expect(tagsOf(id)).toContain('new');
	});

	it.each([
		['Guides/Setup', '"Guides/Setup" is not the ID of a page'],
		[['1', {}], '"" is not the ID of a page'],
		[' , ', "'Pages' is empty"],
	])('Add to Pages refuses %j as pages', async (pages, refused) => {
		const { site, writes } = await openPages(1);
		const { message } = await refusalOf(site, run('addToPages', { tags: 'new', pages }));
		expect(message).toBe(refused);
		expect(writes()).toEqual([]);
	});

	it('Add to Pages says how far it came', async () => {
		const { site, ids, tagsOf } = await openPages(120);
		const match = { method: 'POST', path: /site\/tags$/, nth: 2 };
		site.faults.add({ match, effect: { status: 404 } });
		const refused = await refusalOf(site, run('addToPages', { tags: 'new', pages: ids }));
		expect(refused.message).toBe('The first 100 of 120 pages are changed, the others are not');
		expect(refused.description).toContain('Expert did not find all of these pages');
		expect(ids.filter((id) => tagsOf(id).includes('new'))).toHaveLength(100);
	});

	it('Add to Pages says which pages may be changed where the response is lost', async () => {
		const { site, ids, tagsOf } = await openPages(120);
		const match = { method: 'POST', path: /site\/tags$/, nth: 2 };
		site.faults.add({ match, effect: { status: 500, applyThenFail: true } });
		const { message } = await refusalOf(site, run('addToPages', { tags: 'new', pages: ids }));
		expect(message).toBe('The first 100 of 120 pages are changed, and perhaps the next 20, but no others');
		expect(ids.filter((id) => tagsOf(id).includes('new'))).toEqual(ids);
	});

	it('Add to Pages says that it takes a seat', async () => {
		const { site, ids } = await openPages(1);
		const credential = { longTermToken: site.readerJwt };
		const parameters = run('addToPages', { tags: 'new', pages: ids });
		const { description } = await refusalOf(site, { ...parameters, credential });
		expect(description).toContain('needs a seat');
	});
});
