import { describe, expect, it } from 'vitest';
import { byPath, callsOf, outputOf, refusalOf, searchList } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, more: object) => ({
	parameters: { resource: 'page', operation, ...more } as never,
});

it('Get Subpages returns the pages directly below', async () => {
	const site = await openSite();
	const tags = ['article:topic-guide'];
	const { pageId } = site.site.createPage('Größe & 100%/First', { tags });
	site.site.createPage('Größe & 100%/First/Deeper');
	site.site.attachFile(pageId, 'a.txt');
	site.site.createPage('Größe & 100%/Second');
	const items = await outputOf(site, run('getSubpages', { page: byPath('Größe & 100%') }));
	const situation = { language: 'en-US', draftState: 'inactive' };
	expect(items).toMatchObject([
		{ title: 'First', hasSubpages: true, fileCount: 1, articleType: 'topic-guide', ...situation },
		{ title: 'Second', hasSubpages: false, fileCount: 0, ...situation },
	]);
	expectSchema('page', 'getSubpages', items);
});

it('Get Subpages of the home page respects limit and article types', async () => {
	const site = await openSite();
	for (let number = 1; number <= 130; number++) {
		const type = number % 100 === 0 ? 'topic-guide' : 'topic';
		site.site.createPage(`Page_${number}`, { tags: [`article:${type}`] });
	}
	const pathsOf = async (more: object) => {
		const items = await outputOf(site, run('getSubpages', { page: byPath(''), ...more }));
		return items.map(({ path }) => path);
	};
	expect(await pathsOf({})).toHaveLength(50);
	expect(new Set(await pathsOf({ returnAll: true })).size).toBe(130);
	const options = { article: 'topic-guide, topic-category' };
	expect(await pathsOf({ options })).toEqual(['Page_100']);
});

it('Get Revisions returns who changed a page, when and why, newest first', async () => {
	const site = await openSite();
	site.site.createPage('A', { by: 'editor', at: new Date('2026-01-30T10:00:00Z') });
	site.site.editPage('A', { comment: 'Typos', at: new Date('2026-01-30T11:00:00Z') });
	const items = await outputOf(site, run('getRevisions', { page: byPath('A') }));
	expect(items).toMatchObject([
		{
			revision: 2,
			editedAt: '2026-01-30T11:00:00Z',
			author: { id: '1', name: 'admin', fullName: 'Site Admin' },
			description: expect.stringContaining('Typos'),
		},
		{ revision: 1, editedAt: '2026-01-30T10:00:00Z', author: { name: 'editor' } },
	]);
	expectSchema('page', 'getRevisions', items);
	expect(JSON.stringify(items)).not.toContain('@site.example');
});

describe('Get Many', () => {
	const search = (query: string, more = {}) => run('getMany', { query, ...more });

	it('Get Many finds pages without counting as a reader', async () => {
		const site = await openSite();
		site.site.createPage('Guides/Größe', {
			...{ title: 'Größe & Maß', html: '<p>alles + mehr</p>', tags: ['article:topic', 'x'] },
			at: new Date('2026-01-30T10:00:00Z'),
		});
		site.site.createPage('Other');
		const items = await outputOf(site, search('größe & +mehr'));
		expect(items).toEqual([
			{
				id: String(site.site.page('Guides/Größe').id),
				title: 'Größe & Maß',
				url: expect.stringContaining('/Guides/'),
				path: 'Guides/Größe',
				type: 'page',
				articleType: 'topic',
				author: { name: 'admin' },
				preview: 'alles + mehr',
				modifiedAt: '2026-01-30T10:00:00Z',
				tags: ['article:topic', 'x'],
				rank: expect.any(Number),
			},
		]);
		expectSchema('page', 'getMany', items);
		expect(site.site.trackedSearches).toBe(0);
	});

	it('Get Many filters and sorts its results', async () => {
		const site = await openSite();
		site.site.createPage('Guides a/B word', { tags: ['x', 'y'] });
		site.site.createPage('Guides a/A word', { tags: ['x'] });
		site.site.createPage('Word');
		const titles = async (options: object, sortBy = '-rank', below = byPath('')) =>
			(await outputOf(site, search('word', { below, sort: { sortBy }, options }))).map(({ title }) => title);
		expect(await titles({}, 'title')).toEqual(['A word', 'B word', 'Word']);
		expect(await titles({}, '-title')).toEqual(['Word', 'B word', 'A word']);
		expect(await titles({}, 'title', byPath('Guides_a'))).toEqual(['A word', 'B word']);
		expect(await titles({ tags: 'x, y' })).toEqual(['B word']);
		const wanted = { types: 'Page', tags: 'y' };
		expect(await titles(wanted, '-rank', byPath('/Guides_a/'))).toEqual(['B word']);
		expect(await titles({ types: 'other' })).toEqual([]);
		expect(site.apiCalls.filter(({ query }) => 'types' in query)).toEqual([]);
	});

	it('Get Many gives pages only unless another type is wanted, also of a site that gives files all the same', async () => {
		const site = await openSite();
		const result = (id: number, type: string) => `<result><id>${id}</id>${type}</result>`;
		const found = [result(1, '<type>page</type>'), result(2, '<type>file</type>'), result(3, '')];
		const body = { raw: `<search>${found.join('')}</search>`, contentType: 'application/xml' };
		site.faults.add({ match: { path: /\/site\/query$/ }, effect: { status: 200, body } });
		const given = async (options: object) => {
			const items = await outputOf(site, search('word', { options }));
			return [items.map(({ id }) => id), site.apiCalls.at(-1)!.query.constraint];
		};
		expect(await given({})).toEqual([['1', '3'], 'type:wiki']);
		expect(await given({ types: 'Page, page' })).toEqual([['1', '3'], 'type:wiki']);
		expect(await given({ types: 'page, file' })).toEqual([['1', '2', '3'], undefined]);
		expect(await given({ types: '' })).toEqual([['1', '2', '3'], undefined]);
	});

	it('Get Many and the list of pages say why the site did not understand the query', async () => {
		const site = await openSite();
		const error = "Cannot parse &lt;b&gt;'+(One!)'&lt;/b&gt; at column 6";
		const body = { raw: `<documents error="${error}"/>`, contentType: 'application/xml' };
		site.faults.add({ match: { path: '/site/query' }, effect: { status: 200, body } });
		const message = "Expert did not understand the query: Cannot parse '+(One!)' at column 6";
		expect(await refusalOf(site, search('One!'))).toMatchObject({
			message,
			description: expect.stringContaining('words only'),
			failure: { cause: 'configuration-invalid' },
		});
		await expect(searchList(site, 'searchPages', { filter: 'One!' })).rejects.toThrow(message);
	});

	it.each([
		['"sign-in" -page AND title:C++ OR [x* ~y^2', 'sign-in page title C x y 2'],
		["Größe (10.4) \\ user's a/b?", "Größe 10.4 user's a b"],
	])('Get Many searches for the words only where a model asks %s', async (query, q) => {
		const site = await openSite();
		for (const [asTool, sent] of [[true, q] as const, [false, query] as const]) {
			// The site may refuse what is no words.
			await outputOf(site, { ...search(query), asTool, continueOnFail: true });
			expect(site.apiCalls.at(-1)!.query.q).toBe(sent);
		}
	});

	it('Get Many tells a model that a query without words finds nothing', async () => {
		const site = await openSite();
		expect(await outputOf(site, { ...search('(*)'), asTool: true })).toEqual([
			{ error: expect.stringMatching(/^'Query' has no word to look for/) },
		]);
	});

	it('Get Many looks below a page, whose path it encodes in its list', async () => {
		const site = await openSite();
		const path = 'Red, Größe & 100%25/+';
		site.site.createPage(`${path}/Word_1`);
		site.site.createPage('Red/Word_2');
		const items = await outputOf(site, search('word', { below: byPath(`/${path}/`) }));
		expect(items).toMatchObject([{ path: `${path.replaceAll(' ', '_')}/Word_1` }]);
		const pathancestors = 'Red%2C%20Gr%C3%B6%C3%9Fe%20%26%20100%2525%2F%2B';
		expect(site.apiCalls.at(-1)?.query).toMatchObject({ pathancestors });
	});

	it('Get Many says that there is no page to look below, and asks only where nothing was found', async () => {
		const site = await openSite();
		site.site.createPage('Guides/Word');
		site.site.createPage('Other');
		const below = (path: string) => search('word', { below: byPath(path) });
		const { message } = await refusalOf(site, below('Guidse'));
		expect(message).toBe('There is no page "Guidse"');
		expect(await outputOf(site, below('Other'))).toEqual([]);
		expect(await outputOf(site, below('Guides'))).toHaveLength(1);
		expect(callsOf(site).filter(({ path }) => path.endsWith('/info'))).toHaveLength(2);
	});
});
