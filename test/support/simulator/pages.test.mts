import { describe, expect, it } from 'vitest';
import { ask, each, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

describe('full pages', () => {
	it('a full page contains authors, dates, parent, tags, article type and language', async () => {
		const simulator = await site();
		simulator.site.createPage('Parent', { title: 'The parent' });
		const { pageId } = simulator.site.createPage('Parent/Page', {
			...{ html: '<p>Some &amp; words</p>', tags: ['article:topic-guide', 'x'], by: 'editor' },
			language: 'de-DE',
		});
		simulator.site.editPage(pageId, { html: '<p>Other &amp; words</p>', by: 'admin' });
		const text = await read(simulator, `/pages/${pageId}`);
		const { guid } = elementAt(simulator.site.users.all, 3);
		expect(text).toContain(`<user.createdby anonymous="false" virtual="false" id="4"`);
		expect(text).toMatch(
			new RegExp(`<user.createdby .*guid="${guid}"><nick>editor</nick><username>editor</username>`),
		);
		expect(text).toMatch(/<user\.author [^>]*id="1".*?<fullname>Site Admin<\/fullname>/);
		expect(text).toMatch(/<page\.parent id="2".*?<title>The parent<\/title>.*?<\/page\.parent>/);
		expect(text).toContain('<article>topic-guide</article>');
		expect(text).toContain('<tags count="2"');
		expect(text).toContain('<language>de-DE</language>');
		expect(text).toContain('<summary>Other &amp; words</summary>');
		expect(text).toMatch(/<date\.edited>.*<date\.modified>.*<timeuuid>/);
	});

	it('include and exclude add and omit parts of a page, and unknown words are accepted', async () => {
		const simulator = await site();
		simulator.site.createPage('A', { html: '<p>text</p>' });
		simulator.site.attachFile('A', 'a.txt');
		const plain = await read(simulator, '/pages/=A');
		expect(plain).toContain('<files count="1"><file id="1"');
		expect(plain).not.toContain('<content ');
		const more = await read(simulator, '/pages/=A?include=contents,prevnext&exclude=files,inbound');
		expect(more).toContain('<content revision="1" type="text/html" title="A"><body>&lt;p&gt;text');
		expect(more).not.toContain('<files');
		expect(await read(simulator, '/pages/=A?include=draft')).not.toContain('<draft ');
		simulator.site.activateDraft('A');
		expect(await read(simulator, '/pages/=A?include=draft')).toContain('<draft id="2"');
	});

	it('a deleted page is shown by ID only, and only with includeDeleted', async () => {
		const simulator = await site({ missingPage: 'notFound' });
		const { pageId, page } = simulator.site.createPage('A');
		simulator.site.deletePage('A');
		const status = async (path: string) => (await ask(simulator, 'GET', path)).status;
		expect(await status(`/pages/${pageId}`)).toBe(404);
		expect(await status(`/pages/:${page.guid}?includeDeleted=true`)).toBe(404);
		expect(await status('/pages/=A?includeDeleted=true')).toBe(404);
		expect(await status(`/pages/${pageId}/contents?includeDeleted=true`)).toBe(404);
		const shown = await read(simulator, `/pages/${pageId}?includeDeleted=true`);
		expect(shown).toMatch(/^<page [^>]*deleted="true".*<date\.deleted>/);
	});

	it('exclude=revision omits the revision from the info of a page', async () => {
		const simulator = await site();
		expect(await read(simulator, '/pages/home/info')).toContain(' revision="1"');
		expect(await read(simulator, '/pages/home/info?exclude=revision')).not.toContain('revision=');
	});
});

describe('contents', () => {
	const html = '<h2>Goal</h2><p>Größe &amp;&nbsp;more</p><br><h3 class="x">Next</h3>';

	it('contents are escaped HTML with a table of contents', async () => {
		const simulator = await site();
		simulator.site.createPage('A', { html });
		const text = await read(simulator, '/pages/=A/contents?mode=view&format=html');
		expect(text).toContain(
			'<body>&lt;h2&gt;Goal&lt;/h2&gt;&lt;p&gt;Größe &amp;amp;&amp;nbsp;more&lt;/p&gt;&lt;br&gt;',
		);
		expect(text).toContain(
			'<body target="toc">&lt;ol&gt;&lt;li&gt;Goal&lt;/li&gt;&lt;li&gt;Next&lt;/li&gt;&lt;/ol&gt;</body>',
		);
	});

	it('contents come in other formats, and with 203 when a format is not available', async () => {
		const simulator = await site();
		simulator.site.createPage('A', { html });
		const path = '/pages/=A/contents?format=';
		expect(await read(simulator, `${path}text`)).toBe(
			'<content revision="1" type="text/plain" title="A"><body>Goal Größe & more Next</body></content>'.replace(
				'&',
				'&amp;',
			),
		);
		expect(await read(simulator, `${path}xhtml`)).toContain(' type="application/xhtml+xml"');
		const other = await ask(simulator, 'GET', `${path}dekicode`);
		expect(other.status).toBe(203);
		expect(other.text).toContain(' type="text/html"');
		expect((await ask(simulator, 'GET', `${path}pdf`)).status).toBe(400);
		expect((await ask(simulator, 'GET', '/pages/=A/contents?mode=raw')).status).toBe(200);
		expect((await ask(simulator, 'GET', '/pages/=A/contents?mode=wild')).status).toBe(400);
	});

	it('contents of 3 MB are accepted and returned', async () => {
		const simulator = await site();
		const paragraph = `<p>${'Größe &amp; 日本 '.repeat(8)}<b>x</b></p>`;
		const large = paragraph.repeat(Math.ceil(3_000_000 / Buffer.byteLength(paragraph)));
		const body = `<content><body>${large}</body></content>`;
		const saved = await ask(simulator, 'POST', '/pages/=A/contents?edittime=now', { body });
		expect(saved.status).toBe(200);
		expect(simulator.site.page('A').html).toBe(large);
		const got = await read(simulator, '/pages/=A/contents');
		expect(Buffer.byteLength(got)).toBeGreaterThan(3_000_000);
		expect((await read(simulator, '/pages/=A/contents?format=text')).length).toBeGreaterThan(1e6);
	}, 20_000);
});

describe('subpages', () => {
	it('subpages are listed in parts, as in the sample', async () => {
		const simulator = await site();
		simulator.site.createPage('A/B/C', { tags: ['article:topic'] });
		simulator.site.createPage('A/D', { tags: ['article:topic-guide'] });
		simulator.site.attachFile('A/D', 'd.txt');
		const text = await read(simulator, '/pages/=A/subpages?limit=1&offset=1');
		expect(text).toMatch(/^<subpages totalcount="2" count="1" href="[^"]*\/subpages">/);
		expect(text).toMatch(
			/<page\.subpage [^>]* terminal="true" subpages="false" files="1">.*<date\.modified>.*<article>topic-guide</,
		);
		const all = await read(simulator, '/pages/=A/subpages?limit=all');
		expect(each(all, /<path seo="true">(.*?)</g)).toEqual(['A/B', 'A/D']);
		expect(all).toContain(' terminal="false" subpages="true" files="0"');
		const guides = await read(simulator, '/pages/=A/subpages?article=topic-guide,topic');
		expect(each(guides, /<path seo="true">(.*?)</g)).toEqual(['A/D']);
	});
});

describe('find', () => {
	async function dated() {
		const simulator = await site();
		const { site: pages } = simulator;
		pages.createPage('A', { at: new Date('2024-01-01T00:00:00Z') });
		pages.createPage('A/Old', { tags: ['x'], at: new Date('2024-01-01T00:00:00.700Z') });
		pages.createPage('A/New', { tags: ['x', 'y'], at: new Date('2024-02-01T00:00:00Z') });
		pages.createPage('A/New/Deep', { tags: ['y'], at: new Date('2024-03-01T00:00:00Z') });
		const found = async (query: string, top = '=A') =>
			each(await read(simulator, `/pages/${top}/find?${query}`), /<path seo="true">(.*?)</g);
		return { simulator, found };
	}

	it('find searches the whole tree, or the children only, as the setting says', async () => {
		const { simulator, found } = await dated();
		expect(await found('')).toEqual(['A/Old', 'A/New', 'A/New/Deep']);
		expect(await found('tags=x,y')).toEqual(['A/New']);
		simulator.settings.findDepth = 'children';
		expect(await found('')).toEqual(['A/Old', 'A/New']);
		expect(await found('', 'home')).toEqual(['A']);
	});

	it('find includes both bounds, in both formats of time', async () => {
		const { simulator, found } = await dated();
		expect(await found('since=2024-01-01T00:00:00Z&upto=20240201000000')).toEqual([
			'A/Old',
			'A/New',
		]);
		expect(await found('since=20240101000001&upto=2024-02-29T23:59:59Z')).toEqual(['A/New']);
		expect(await found('upto=20240131235959')).toEqual(['A/Old']);
		for (const wrong of ['20240101', '2024-01-01', '20241301000000', 'yesterday']) {
			expect((await ask(simulator, 'GET', `/pages/=A/find?since=${wrong}`)).status).toBe(400);
		}
	});

	it('find ends at the present and counts any change of a page', async () => {
		const { simulator, found } = await dated();
		simulator.site.tagPage('A/Old', { add: ['z'], at: new Date('2024-05-01T00:00:00Z') });
		expect(await found('since=20240401000000')).toEqual(['A/Old']);
		simulator.site.tagPage('A/Old', { add: ['q'], at: new Date('2999-05-01T00:00:00Z') });
		expect(await found('since=20240401000000')).toEqual([]);
	});

	it('find shows tags on request, and always restriction and date of change', async () => {
		const { simulator } = await dated();
		const text = await read(simulator, '/pages/=A/find?tags=x,y&include=tags');
		expect(text).toMatch(/^<pages count="1" totalcount="1"><page id="4" (?!.*revision=)/);
		expect(text).toContain(
			'<tags count="2"><tag value="x"><type>text</type><title>x</title></tag><tag value="y">',
		);
		expect(text).toContain(
			'<restriction>Public</restriction><date.modified>2024-02-01T00:00:00Z</date.modified>',
		);
		expect(await read(simulator, '/pages/=A/find')).not.toContain('<tags');
	});
});

it('a moved page leaves a redirect, which calls follow unless they say redirects=0', async () => {
	const simulator = await site();
	const { page } = simulator.site.createPage('Old');
	simulator.site.createPage('Old/Child');
	simulator.site.movePage(page, 'New');
	expect(await read(simulator, '/pages/=Old/info')).toContain('>New</path>');
	expect(await read(simulator, '/pages/=Old%252FChild/info')).toContain('>New/Child</path>');
	expect(await read(simulator, '/pages/=Old/info?redirects=0')).toMatch(
		/^<page id="\d+" href="[^"]*" redirect="true" type="internal-redirect">.*>Old<\/path>/,
	);
	expect((await ask(simulator, 'DELETE', '/pages/=Old?redirects=0')).status).toBe(404);
	expect((await ask(simulator, 'DELETE', '/pages/=Old')).text).toContain('>New</path>');
	expect(await read(simulator, '/pages/=Old/info')).toContain('virtual="true"');
	const plain = await site({ movesLeaveRedirects: false });
	plain.site.movePage(plain.site.createPage('Old').page, 'New');
	expect(await read(plain, '/pages/=Old/info')).toContain('virtual="true"');
});
