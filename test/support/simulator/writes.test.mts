import { describe, expect, it } from 'vitest';
import type { Simulator } from './index.mts';
import { arrived, ask, each, listening, read, site } from '../unit/simulator-site.mts';

const content = (body: string) => `<content><body>${body}</body></content>`;
const paths = (text: string) => each(text, /<path seo="true">(.*?)</g);

function save(simulator: Simulator, body: string, query = 'edittime=now', type?: string) {
	const headers = type === undefined ? undefined : { 'Content-Type': type };
	return ask(simulator, 'POST', `/pages/=A/contents?${query}`, { body, headers });
}

describe('saving', () => {
	it.each(['a&nbsp;b', 'a<br>b', '<p>a', '<p>a</p></body><body>', 'a & b'])(
		'a save refuses %j as XML',
		async (body) => {
			const simulator = await site();
			const { status, text } = await save(simulator, content(body), undefined, 'application/xml');
			expect([status, status === 400 && text.includes('<message>')]).toEqual([400, true]);
			expect(simulator.site.pages.byPath('A')).toBeUndefined();
		},
	);

	it('a save keeps plain text unchanged', async () => {
		const simulator = await site();
		const html = '<p>a&nbsp;b<br>ü & <b>c</p>';
		await save(simulator, html, undefined, 'text/plain; charset=utf-8');
		expect(simulator.site.page('A').html).toBe(html);
	});

	it('a save accepts escaped HTML and CDATA in XML as HTML', async () => {
		const simulator = await site();
		await save(simulator, content('&lt;p&gt;a&amp;nbsp;b&lt;br&gt;&lt;/p&gt;'));
		expect(simulator.site.page('A').html).toBe('<p>a&nbsp;b<br></p>');
		await save(simulator, content('<![CDATA[<p>x<br></p>]]>'));
		expect(simulator.site.page('A').html).toBe('<p>x<br></p>');
	});

	it.each(['application/xml', 'text/plain'])(
		'a save of %s without charset loses characters',
		async (type) => {
			const simulator = await site();
			const body = type === 'text/plain' ? 'Größe 日' : content('Größe 日');
			await save(simulator, body, undefined, type);
			expect(simulator.site.page('A').html).toBe('Gr??e ?');
			await save(simulator, body, undefined, `${type}; charset=utf-8`);
			expect(simulator.site.page('A').html).toBe('Größe 日');
		},
	);

	it('a save requires an edit time', async () => {
		const simulator = await site();
		const missing = await save(simulator, content('x'), 'title=T');
		expect(missing.status).toBe(400);
		expect(missing.text).toContain("The parameter 'edittime' is missing but it is required.");
		expect(missing.text).toContain(
			'<arguments count="1"><argument>edittime</argument></arguments>',
		);
		expect((await save(simulator, content('x'), 'edittime=yesterday')).status).toBe(400);
		expect((await save(simulator, content('x'), 'edittime=20240101000000')).status).toBe(200);
	});

	it('a save with abort reports a conflict with a later edit or an existing page', async () => {
		const simulator = await site();
		simulator.site.createPage('A', { html: 'theirs', at: new Date('2024-02-01T10:00:00Z') });
		const conflict = /^<edit status="conflict"><page id="2"/;
		const late = await save(simulator, content('x'), 'edittime=20240201095959&abort=modified');
		expect(late.text).toMatch(conflict);
		expect(late.status).toBe(200);
		expect((await save(simulator, content('x'), 'edittime=now&abort=exists')).text).toMatch(
			conflict,
		);
		expect(simulator.site.page('A').html).toBe('theirs');
		simulator.settings.editConflictStatus = 409;
		expect((await save(simulator, content('x'), 'edittime=now&abort=exists')).status).toBe(409);
		await save(simulator, content('mine'), 'edittime=20240201100000&abort=modified');
		expect(simulator.site.page('A').html).toBe('mine');
		expect((await save(simulator, content('x'), 'edittime=now&abort=perhaps')).status).toBe(400);
	});
});

describe('moving', () => {
	it('a move accepts a path or parent and name, and responds as the sample does', async () => {
		const simulator = await site();
		const { site: pages } = simulator;
		pages.createPage('A/Sub');
		const { pageId } = pages.createPage('B');
		const moved = await ask(simulator, 'POST', '/pages/=A/move?to=C%20D&title=New');
		expect(moved.text).toMatch(/^<pages\.moved count="1"><page id="2" (?![^>]*revision)/);
		expect(moved.text).toMatch(/<title>New<.*<path seo="true">C_D</);
		expect(pages.page('C_D/Sub').title).toBe('Sub');
		await ask(simulator, 'POST', `/pages/=C_D/move?parentid=${pageId}&name=Last`);
		expect(pages.page('B/Last/Sub').title).toBe('Sub');
	});

	it('a move refuses a path that is taken, below itself or missing', async () => {
		const simulator = await site();
		simulator.site.createPage('A');
		simulator.site.createPage('B');
		const move = async (key: string, query: string) =>
			(await ask(simulator, 'POST', `/pages/${key}/move?${query}`)).status;
		expect(await move('=A', 'to=b')).toBe(409);
		expect(await move('=A', 'to=A/Below')).toBe(409);
		expect(await move('=A', 'title=x')).toBe(400);
		expect(await move('=A', 'parentid=99')).toBe(404);
		expect(await move('home', 'to=C')).toBe(403);
		expect(await move('=A', 'to=a')).toBe(200);
	});
});

describe('copying', () => {
	async function source() {
		const simulator = await site();
		simulator.site.createPage('A', { title: 'Top', html: 'top', tags: ['x'] });
		simulator.site.createPage('A/Sub', { html: 'sub', tags: ['y'] });
		simulator.site.attachFile('A', 'a.txt', { content: Buffer.from('file') });
		const copy = (query: string) => ask(simulator, 'POST', `/pages/=A/copy?${query}`);
		return { simulator, copy };
	}

	it('a copy includes tags and files but no subpages by default', async () => {
		const { simulator, copy } = await source();
		const endpoint = await listening(simulator, 'page_copy', 'attachment_copy');
		const { text } = await copy('to=B/Copy&title=Other');
		expect(text).toMatch(/^<pages\.copied count="1"><page id="5"/);
		const page = simulator.site.page('B/Copy');
		expect(page).toMatchObject({ title: 'Other', html: 'top', tags: ['x'], revision: 1 });
		expect(simulator.site.pages.byPath('B/Copy/Sub')).toBeUndefined();
		expect(await read(simulator, '/files/2')).toBe('file');
		expect(await read(simulator, '/files/2/info')).toContain('<page.parent id="5"');
		expect((await arrived(simulator, endpoint)).sort()).toEqual(['Attachment_Copy', 'Page_Copy']);
	});

	it('a copy omits tags and files and includes subpages when the query says so', async () => {
		const { simulator, copy } = await source();
		const endpoint = await listening(simulator, 'page_copy', 'attachment_copy');
		const { text } = await copy('to=B&recursive=true&tags=false&attachments=false');
		expect(paths(text)).toEqual(['B', 'B/Sub']);
		expect(simulator.site.page('B')).toMatchObject({ title: 'Top', tags: [] });
		expect(simulator.site.page('B/Sub')).toMatchObject({ html: 'sub', tags: [] });
		expect(simulator.site.files).toHaveLength(1);
		expect(await arrived(simulator, endpoint)).toEqual(['Page_Copy', 'Page_Copy']);
		const bodies = endpoint.received.map(({ body }) => body.toString()).sort();
		for (const body of bodies) expect(body).toMatch(/cascading="true".* count="2"/);
		expect((await copy('to=C&recursive=maybe')).status).toBe(400);
	});

	it('a copy omits drafts', async () => {
		const { simulator, copy } = await source();
		simulator.site.createDraft('A/New', { html: 'later' });
		expect(paths((await copy('to=B&recursive=true')).text)).toEqual(['B', 'B/Sub']);
		const draft = await ask(simulator, 'POST', '/pages/=A%252FNew/copy?to=C');
		expect(draft.status).toBe(403);
	});

	it('a copy refuses a path that is taken unless abort=never', async () => {
		const { simulator, copy } = await source();
		simulator.site.createPage('B', { html: 'old' });
		expect((await copy('to=B')).status).toBe(409);
		expect((await copy('to=B&abort=exists')).status).toBe(409);
		expect((await copy('title=x')).status).toBe(400);
		expect((await copy('to=B&abort=never')).status).toBe(200);
		expect(simulator.site.page('B')).toMatchObject({ html: 'top', revision: 2 });
	});
});

describe('deleting', () => {
	it('a delete removes the page alone, or its tree when recursive', async () => {
		const simulator = await site();
		for (const path of ['A', 'A/Sub', 'A/Sub/Deep', 'B', 'B/Sub']) simulator.site.createPage(path);
		const alone = await ask(simulator, 'DELETE', '/pages/=B');
		expect(alone.text).toMatch(/^<deletedpages count="1"><page id="5" [^>]*deleted="true">/);
		expect(alone.text).toContain('<date.deleted>');
		expect(simulator.site.page('B/Sub').deleted).toBe(false);
		const tree = await ask(simulator, 'DELETE', '/pages/=A?recursive=true');
		expect(paths(tree.text)).toEqual(['A', 'A/Sub', 'A/Sub/Deep']);
		expect((await ask(simulator, 'DELETE', '/pages/home')).status).toBe(403);
		expect((await ask(simulator, 'DELETE', '/pages/=A')).status).toBe(404);
	});
});

describe('tags', () => {
	it('tags are replaced as a whole, each once', async () => {
		const simulator = await site();
		simulator.site.createPage('A', { tags: ['article:topic', 'x'] });
		const body = '<tags><tag value="x"/><tag value="a &amp; b"/><tag value="x"/></tags>';
		const { text } = await ask(simulator, 'PUT', '/pages/=A/tags', { body });
		expect(text).toMatch(/^<tags count="2" href=/);
		expect(text).toContain('<title>a &amp; b</title>');
		expect(simulator.site.page('A').tags).toEqual(['x', 'a & b']);
	});
});
