import { describe, expect, it } from 'vitest';
import { arrived, ask, each, listening, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

/** A tree of three pages, deleted as a whole, and one page deleted later. */
async function deleted() {
	const simulator = await site();
	const { site: pages } = simulator;
	const { pageId } = pages.createPage('Tree', { title: 'The tree', html: '<p>bark</p>' });
	pages.createPage('Tree/Branch', { title: 'A branch' });
	pages.createPage('Tree/Branch/Leaf', { title: 'A leaf' });
	pages.attachFile('Tree', 'wood.txt');
	pages.deletePage('Tree', { recursive: true, at: new Date('2024-01-01T00:00:00Z') });
	pages.createPage('Other', { title: 'Another' });
	pages.deletePage('Other', { at: new Date('2024-01-02T00:00:00Z') });
	return { simulator, pageId };
}

describe('archive of pages', () => {
	it('the archive shows and lists deleted pages as the samples do', async () => {
		const { simulator, pageId } = await deleted();
		const { url } = simulator;
		const href = `${url}/@api/deki/archive/pages/${pageId}`;
		expect(await read(simulator, `/archive/pages/${pageId}/info`)).toBe(
			`<page.archive id="${pageId}" href="${href}/info"><title>The tree</title><path>Tree</path><contents type="application/vnd.deki1410+xml" href="${href}/contents"/><date.deleted>2024-01-01T00:00:00Z</date.deleted></page.archive>`,
		);
		const list = async (query: string) => read(simulator, `/archive/pages?${query}`);
		expect(await list('')).toMatch(/^<pages\.archive querycount="4"><page\.archive id=/);
		expect(each(await list('limit=2&offset=0'), /<path>(.*?)</g)).toEqual(['Other', 'Tree']);
		expect(await list('limit=2&offset=2')).toContain('querycount="4"');
		expect(each(await list('title=a%20'), /<title>(.*?)</g)).toEqual(['A branch', 'A leaf']);
		expect(await read(simulator, `/archive/pages/${pageId}/contents`)).toContain(
			'<body>&lt;p&gt;bark&lt;/p&gt;</body>',
		);
	});

	it('the archive is for Admins and contains deleted pages only', async () => {
		const { simulator, pageId } = await deleted();
		const { pageId: live } = simulator.site.createPage('Live');
		for (const path of ['', `/${pageId}/info`, `/${pageId}/contents`]) {
			const token = simulator.editorJwt;
			expect((await ask(simulator, 'GET', `/archive/pages${path}`, { token })).status).toBe(403);
		}
		expect((await ask(simulator, 'GET', `/archive/pages/${live}/info`)).status).toBe(404);
		expect((await ask(simulator, 'GET', '/archive/pages/=Tree/info')).status).toBe(400);
	});

	it('Restore restores a page with its subpages and files, also to another path', async () => {
		const { simulator, pageId } = await deleted();
		const endpoint = await listening(simulator, 'page_restore');
		const path = `/archive/pages/${pageId}/restore`;
		const restored = await ask(simulator, 'POST', `${path}?to=New/Tree`);
		expect(restored.text).toMatch(/^<pages\.restored><page id="2" [^>]*deleted="false">/);
		expect(each(restored.text, /<path seo="true">(.*?)</g)).toEqual([
			'New/Tree',
			'New/Tree/Branch',
			'New/Tree/Branch/Leaf',
		]);
		expect(await read(simulator, '/pages/=New%252FTree%252FBranch/info')).not.toContain('virtual');
		expect(await read(simulator, '/pages/=New%252FTree/files')).toContain('wood.txt');
		expect(await arrived(simulator, endpoint)).toEqual(['Page_Restore']);
		expect(elementAt(endpoint.received, 0).body.toString()).toMatch(
			/cascading="true".*<path>New\/Tree</,
		);
		expect((await ask(simulator, 'POST', `${path}?to=Again`)).status).toBe(404);
	});

	it('Restore refuses a path that is taken or missing, and callers that are not Admins', async () => {
		const { simulator, pageId } = await deleted();
		simulator.site.createPage('Tree');
		const post = async (query: string, token?: string) =>
			(await ask(simulator, 'POST', `/archive/pages/${pageId}/restore${query}`, { token })).status;
		expect(await post('?to=Tree')).toBe(409);
		expect(await post('')).toBe(400);
		expect(await post('?to=Free', simulator.editorJwt)).toBe(403);
		expect(await post('?to=Free')).toBe(200);
	});
});

describe('archive of files', () => {
	it('the archive shows a deleted file and a file of a deleted page', async () => {
		const { simulator } = await deleted();
		simulator.site.createPage('Page');
		simulator.site.attachFile('Page', 'gone.txt');
		simulator.site.attachFile('Page', 'here.txt');
		simulator.site.deleteFile(2, { at: new Date('2024-01-03T00:00:00Z') });
		const gone = await read(simulator, '/archive/files/2/info');
		expect(gone).toMatch(/^<file\.archive id="2" [^>]*res-is-deleted="true"/);
		expect(gone).toMatch(/<filename>gone\.txt<.*<date\.deleted>2024-01-03T00:00:00Z</);
		expect(await read(simulator, '/archive/files/1/info')).toContain(
			'<date.deleted>2024-01-01T00:00:00Z</date.deleted>',
		);
		const status = async (path: string, token?: string) =>
			(await ask(simulator, 'GET', path, { token })).status;
		expect(await status('/archive/files/3/info')).toBe(404);
		expect(await status('/archive/files/9/info')).toBe(404);
		expect(await status('/archive/files/2/info', simulator.editorJwt)).toBe(403);
	});
});
