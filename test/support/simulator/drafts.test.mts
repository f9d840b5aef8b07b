import { describe, expect, it } from 'vitest';
import type { Settings } from './index.mts';
import { arrived, ask, each, listening, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

const content = (body: string) => `<content><body>${body}</body></content>`;
const state = (text: string) => each(text, /<draft [^>]*?state="(\w+)"/g)[0];

async function drafting(settings: Partial<Settings> = {}) {
	const simulator = await site(settings);
	const token = simulator.editorJwt;
	const post = (path: string, body?: string) =>
		ask(simulator, 'POST', `/drafts/${path}`, { body, token });
	const save = (path: string, text: string) => post(`${path}/contents?edittime=now`, content(text));
	return { simulator, post, save };
}

describe('drafts of a new page', () => {
	it('a draft of a new page is created, filled, tagged and published', async () => {
		const { simulator, post, save } = await drafting();
		const endpoint = await listening(
			simulator,
			...['page_create', 'pagecontent_update', 'pagetag_update'],
		);
		const created = await post('=Caf%25C3%25A9%252FNew/create');
		expect(created.text).toMatch(
			/^<draft id="3" href="[^"]*\/drafts\/3" state="unpublished" publish="true" deactivate="false" revision="1"><uri\.ui>[^<]*\/Café\/New\?mt-draft=true<\/uri\.ui><title>New<\/title><namespace>main<\/namespace><path seo="true">Café\/New<\/path><contents href="[^"]*\/drafts\/3\/contents"\/><date\.created>[^<]*<\/date\.created><date\.edited>[^<]*<\/date\.edited><date\.modified>[^<]*<\/date\.modified><timeuuid>[^<]*<\/timeuuid><\/draft>$/,
		);
		expect((await save('3', '<p>a b</p>')).text).toMatch(
			/^<edit status="success"><draft id="3" [^>]*revision="2"/,
		);
		expect(await read(simulator, '/drafts/3/contents')).toMatch(
			/^<content draft="true" revision="2" type="text\/html" title="New"><body>&lt;p&gt;a b/,
		);
		const tags = '<tags><tag value="article:topic"/><tag value="x"/></tags>';
		const tagged = await ask(simulator, 'PUT', '/drafts/3/tags', { body: tags });
		expect(tagged.text).toMatch(/^<tags count="2" href="[^"]*\/drafts\/3\/tags"><tag value="ar/);
		expect(await read(simulator, '/drafts/3/tags')).toContain('<tag value="x"');
		expect(await read(simulator, '/pages/3/info')).toContain(' draft.state="unpublished" href=');
		expect(await arrived(simulator, endpoint)).toEqual(['Page_Create']);
		expect(state((await post('3/publish')).text)).toBe('inactive');
		expect(await read(simulator, '/pages/3')).toMatch(
			/draft\.state="inactive".* revision="1".*<article>topic<.*<revisions count="1"/,
		);
		expect(await arrived(simulator, endpoint)).toEqual(['Page_Create', 'PageContent_Update']);
	});

	it('a draft of a new page is refused where a page exists, and by page ID', async () => {
		const { simulator, post } = await drafting();
		const { pageId } = simulator.site.createPage('A');
		expect((await post('=A/create')).status).toBe(409);
		expect((await post(`${pageId}/create`)).status).toBe(409);
		expect((await post('99/create')).status).toBe(404);
	});

	it('a draft of a new page refuses the calls of pages and cannot be deactivated', async () => {
		const { simulator, post } = await drafting();
		await post('=A/create');
		const put = (path: string, body: string) => ask(simulator, 'PUT', path, { body });
		expect((await put('/pages/=A/tags', '<tags><tag value="x"/></tags>')).status).toBe(403);
		const save = { body: content('x') };
		const saved = await ask(simulator, 'POST', '/pages/=A/contents?edittime=now', save);
		expect(saved.status).toBe(403);
		expect((await post('=A/deactivate')).status).toBe(403);
	});
});

describe('drafts of a published page', () => {
	it('a draft leaves its page unchanged until it is published', async () => {
		const { simulator, post, save } = await drafting();
		const { pageId } = simulator.site.createPage('A', { html: '<p>old</p>', tags: ['x'] });
		const endpoint = await listening(
			simulator,
			...['page_create', 'pagecontent_update', 'pagedisplayname_update', 'pagetag_update'],
		);
		expect(state(await read(simulator, `/drafts/${pageId}`))).toBe('inactive');
		const active = await post(`${pageId}/activate`);
		expect(active.text).toMatch(/ state="active" publish="true" deactivate="true"/);
		expect(await read(simulator, '/drafts/=A/contents')).toContain('&lt;p&gt;old');
		await save('=A', '<p>new</p>');
		await post('=A/contents?edittime=now&section=0&title=Better', content('<p>more</p>'));
		await ask(simulator, 'PUT', '/drafts/=A/tags', { body: '<tags><tag value="y"/></tags>' });
		expect(await read(simulator, '/pages/=A/contents')).toContain('&lt;p&gt;old&lt;/p&gt;</body>');
		expect(await read(simulator, '/pages/=A/tags')).toContain('<tag value="x"');
		expect(state((await post('=A/activate')).text)).toBe('active');
		expect(await read(simulator, '/drafts/=A/contents')).toContain(
			'&lt;p&gt;new&lt;/p&gt;&lt;p&gt;more',
		);
		expect(await arrived(simulator, endpoint)).toEqual([]);
		await post('=A/publish');
		expect(await read(simulator, '/pages/=A')).toMatch(
			/ draft\.state="inactive".* revision="2".*<title>Better<.*<tag value="y"/,
		);
		expect((await arrived(simulator, endpoint)).sort()).toEqual([
			'PageContent_Update',
			'PageDisplayName_Update',
			'PageTag_Update',
		]);
		expect(endpoint.received.map(({ body }) => body.toString()).join()).toContain(
			'<signature>POST:drafts/*/publish</signature>',
		);
	});

	it('a draft is gone after it is deactivated', async () => {
		const { simulator, post, save } = await drafting();
		simulator.site.createPage('A', { html: '<p>old</p>' });
		await post('=A/activate');
		await save('=A', '<p>new</p>');
		const gone = await post('=A/deactivate');
		expect(gone.text).toMatch(/ state="inactive" publish="false" deactivate="false"/);
		expect(await read(simulator, '/pages/=A/contents')).toContain('&lt;p&gt;old');
		for (const path of ['=A/publish', '=A/deactivate', '=A/contents?edittime=now']) {
			expect((await post(path, content('x'))).status).toBe(404);
		}
		expect((await ask(simulator, 'GET', '/drafts/=A/contents')).status).toBe(404);
		simulator.settings.draftOfPlainPage = 'notFound';
		expect((await ask(simulator, 'GET', '/drafts/=A')).status).toBe(404);
	});

	it('saving a draft requires an edit time and reports a conflict', async () => {
		const { simulator, post, save } = await drafting();
		simulator.site.createPage('A');
		await post('=A/activate');
		expect((await post('=A/contents', content('x'))).status).toBe(400);
		await save('=A', 'mine');
		const path = '=A/contents?edittime=20240101000000&abort=modified';
		const conflict = await post(path, content('yours'));
		expect(conflict.text).toMatch(/^<edit status="conflict"><draft id="2"/);
		expect(await read(simulator, '/drafts/=A/contents')).toContain('<body>mine</body>');
	});

	it('each save of a draft fires an event where the setting says so', async () => {
		const { simulator, post, save } = await drafting({ draftSavesFireContentUpdate: true });
		simulator.site.createPage('A');
		await post('=A/activate');
		const endpoint = await listening(simulator, 'pagecontent_update');
		simulator.settings.pageShape = 'full';
		await save('=A', 'new');
		expect(await arrived(simulator, endpoint)).toEqual(['PageContent_Update']);
		expect(elementAt(endpoint.received, 0).body.toString()).toContain('draft.state="active"');
	});
});

describe('the list of drafts', () => {
	it('the list of drafts contains pages with their draft, and filters by parent and tags', async () => {
		const simulator = await site();
		const { site: pages } = simulator;
		const parent = pages.createPage('A').pageId;
		pages.createDraft('A/New', { tags: ['x', 'y'] });
		pages.createPage('A/Live', { tags: ['x'] });
		pages.activateDraft('A/Live');
		pages.createPage('A/Plain');
		pages.createDraft('B');
		const list = (query: string) => read(simulator, `/drafts?${query}`);
		const paths = async (query: string) =>
			each(await list(query), /<page [^>]*>.*?<path seo="true">(.*?)<.*?<\/page>/g);
		expect(await list('limit=1')).toMatch(
			/^<drafts><pages><page id="3" [^>]*>.*<draft id="3" [^>]*state="unpublished".*<\/draft><\/page><\/pages><\/drafts>$/,
		);
		expect(await paths('')).toEqual(['A/New', 'A/Live', 'B']);
		expect(await paths(`parentid=${parent}`)).toEqual(['A/New', 'A/Live']);
		expect(await paths('tags=x,y')).toEqual(['A/New']);
		expect(await list('')).not.toContain('<tags');
		expect(await list('include=tags')).toContain('<tags count="2"');
		for (let count = 0; count < 12; count++) pages.createDraft(`More/${count}`);
		expect(await paths('')).toHaveLength(10);
		expect(await paths('limit=1000')).toHaveLength(15);
		expect((await ask(simulator, 'GET', '/drafts?limit=1001')).status).toBe(400);
	});
});

describe('access to drafts', () => {
	it('a draft page is hidden from readers, also in lists', async () => {
		const simulator = await site();
		simulator.site.createDraft('A/New', { title: 'Secret plan' });
		const token = simulator.readerJwt;
		const get = (path: string, as = token) => ask(simulator, 'GET', path, { token: as });
		for (const path of ['/pages/3', '/pages/3/info', '/pages/=A%252FNew/contents', '/drafts/3']) {
			expect((await get(path)).status).toBe(404);
			simulator.settings.hiddenDraftStatus = 403;
			expect((await get(path)).status).toBe(403);
			simulator.settings.hiddenDraftStatus = 404;
		}
		for (const path of ['/pages/=A/subpages', '/pages/=A/find']) {
			expect((await get(path)).text).not.toContain('Secret plan');
			expect((await get(path, simulator.editorJwt)).text).toContain('Secret plan');
		}
		expect((await get('/site/query?q=plan&notrack=true', simulator.longTermToken)).text).toContain(
			'querycount="0"',
		);
	});

	it('the calls of drafts are for authors only', async () => {
		const simulator = await site();
		simulator.site.createPage('A');
		simulator.site.activateDraft('A');
		const calls = [
			['GET', ''],
			['GET', '/=A'],
			['GET', '/=A/contents'],
			['GET', '/=A/tags'],
			['POST', '/=B/create'],
			['POST', '/=A/activate'],
			['POST', '/=A/publish'],
			['POST', '/=A/deactivate'],
			['POST', '/=A/contents?edittime=now'],
			['PUT', '/=A/tags'],
		] as const;
		for (const [method, path] of calls) {
			for (const token of [simulator.readerJwt, 'nobody']) {
				const { status } = await ask(simulator, method, `/drafts${path}`, { token });
				expect([path, status]).toEqual([path, 403]);
			}
		}
	});
});
