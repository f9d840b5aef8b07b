import { describe, expect, it } from 'vitest';
import { send } from '../http.mts';
import { arrived, ask, each, listening, read, site } from '../unit/simulator-site.mts';
import { elementAt } from '../present.mts';

const twice = (name: string) => encodeURIComponent(encodeURIComponent(name));
const binary = Buffer.from([0, 255, 10, 13, 128, 60]);

async function withPage() {
	const simulator = await site();
	simulator.site.createPage('A', { title: 'The page' });
	const put = (name: string, query = '', body: string | Uint8Array = 'text') =>
		ask(simulator, 'PUT', `/pages/=A/files/${name}${query}`, {
			body,
			headers: { 'Content-Type': 'image/png' },
		});
	return { simulator, put };
}

describe('upload', () => {
	it('an upload gets the response of the sample, and the bytes are kept', async () => {
		const { simulator, put } = await withPage();
		const { text } = await put('ball.png', '?description=A%20ball&alttext=round', binary);
		expect(text).toMatch(
			/^<file id="1" revision="1" res-id="\d+" href="[^"]*\/files\/1\/info" res-is-head="true" res-is-deleted="false" res-rev-is-deleted="false" res-contents-id="\d+">/,
		);
		expect(text).toMatch(
			/<filename>ball\.png<\/filename><description>A ball<\/description><alt-text>round<\/alt-text><contents type="image\/png" size="6" href="[^"]*\/files\/1\/ball\.png"\/>/,
		);
		expect(text).toContain('<revisions count="1" totalcount="1" href="');
		expect(text).toMatch(/<page\.parent id="2" [^>]*deleted="false">.*<title>The page</);
		for (const path of ['/files/1', elementAt(each(text, /<contents [^>]*deki(.*?)"/g), 0)]) {
			const got = await ask(simulator, 'GET', path);
			expect(got.bytes).toEqual(binary);
			expect(got.headers['content-type']).toBe('image/png');
		}
	});

	it('an upload keeps its content type', async () => {
		const { simulator } = await withPage();
		for (const type of ['text/plain', 'text/html; charset=latin1', 'x-odd/thing']) {
			const headers = { 'Content-Type': type };
			await ask(simulator, 'PUT', '/pages/=A/files/a.txt', { body: 'x', headers });
			const { headers: got } = await ask(simulator, 'GET', '/files/1');
			expect(got['content-type']).toBe(type);
		}
	});

	it('an upload with the same name adds a revision, and both fire an event', async () => {
		const { simulator, put } = await withPage();
		const endpoint = await listening(simulator, 'attachment_create', 'attachment_update');
		await put('a.png', '?description=first', 'one');
		const second = await put('a.png', '', 'second');
		expect(second.text).toMatch(/^<file id="1" revision="2".*<description>first<.*size="6"/);
		expect(await read(simulator, '/files/1')).toBe('second');
		expect(await read(simulator, '/files/1?revision=1')).toBe('one');
		expect(await read(simulator, '/files/1/info?revision=1')).toMatch(
			/ revision="1".* res-is-head="false".* size="3".*<revisions count="2"/,
		);
		expect((await ask(simulator, 'GET', '/files/1?revision=3')).status).toBe(404);
		expect((await arrived(simulator, endpoint)).sort()).toEqual([
			'Attachment_Create',
			'Attachment_Update',
		]);
	});

	it('an upload with abort=exists does not overwrite a file', async () => {
		const { simulator, put } = await withPage();
		expect((await put('a.png', '?abort=exists', 'one')).status).toBe(200);
		expect((await put('a.png', '?abort=exists', 'two')).status).toBe(409);
		expect(await read(simulator, '/files/1')).toBe('one');
		expect((await put('a.png', '?abort=never', 'two')).status).toBe(200);
		expect((await put('a.png', '?abort=perhaps')).status).toBe(400);
	});

	it.each(['a b.txt', 'a&b=c.txt', '50%.txt', '100%25.txt', 'Größe 日本.txt', '=x.txt', 'a/b.txt'])(
		'an upload accepts the name %j',
		async (name) => {
			const { simulator, put } = await withPage();
			expect((await put(twice(name))).status).toBe(200);
			expect(simulator.site.files.map((file) => file.name)).toEqual([name]);
			expect(each(await read(simulator, '/pages/=A/files'), /<filename>(.*?)</g)).toEqual([
				name.replace('&', '&amp;'),
			]);
		},
	);

	it('file names must be encoded twice, and start with = when they have no extension', async () => {
		const { simulator, put } = await withPage();
		for (const name of ['a b.txt', 'a&b.txt', '50%.txt', 'Größe.txt']) {
			expect((await put(encodeURIComponent(name))).status).toBe(400);
		}
		expect((await put('README')).status).toBe(400);
		expect((await put('=README')).status).toBe(200);
		expect((await put(`=${twice('no extension')}`)).status).toBe(200);
		expect(simulator.site.files.map(({ name }) => name)).toEqual(['README', 'no extension']);
		simulator.settings.singleEncodedPaths = 'accept';
		expect((await put(encodeURIComponent('a b'))).status).toBe(200);
		expect(simulator.site.files.at(-1)?.name).toBe('a b');
	});
});

describe('files of a page', () => {
	it('the files of a page are listed in parts, with counts', async () => {
		const { simulator, put } = await withPage();
		for (const name of ['a.png', 'b.png', 'c.png']) await put(name);
		const text = await read(simulator, '/pages/=A/files?limit=2&offset=1');
		expect(text).toMatch(/^<files count="2" offset="1" totalcount="3"><file /);
		expect(each(text, /<filename>(.*?)</g)).toEqual(['b.png', 'c.png']);
	});
});

describe('deleted files', () => {
	it('a deleted file gets 410, and is shown only with includeDeleted', async () => {
		const { simulator, put } = await withPage();
		await put('a.png');
		const endpoint = await listening(simulator, 'attachment_delete');
		simulator.site.deleteFile(1);
		expect(await arrived(simulator, endpoint)).toEqual(['Attachment_Delete']);
		const status = async (path: string) => (await ask(simulator, 'GET', path)).status;
		expect(await status('/files/1')).toBe(410);
		expect(await status('/files/1/info')).toBe(404);
		expect(await read(simulator, '/files/1?includeDeleted=true')).toBe('text');
		expect(await read(simulator, '/files/1/info?includeDeleted=true')).toContain(
			'res-is-deleted="true"',
		);
		expect(await read(simulator, '/pages/=A/files')).toContain('totalcount="0"');
		expect(await status('/files/7')).toBe(404);
		expect(await status('/files/seven')).toBe(400);
		expect((await put('a.png')).text).toContain('<file id="2" revision="1"');
	});

	it('a file of a deleted page gets 410', async () => {
		const { simulator, put } = await withPage();
		await put('a.png');
		simulator.site.deletePage('A');
		expect((await ask(simulator, 'GET', '/files/1')).status).toBe(410);
	});
});

describe('the content network', () => {
	it('the content network serves public contents and refuses requests with a credential', async () => {
		const { simulator, put } = await withPage();
		await put('ball.png', '', binary);
		const headers = { authorization: `Bearer ${simulator.longTermToken}` };
		const address = `${simulator.url}/@api/deki/files/1`;
		const redirect = await send(address, { headers });
		expect(redirect.status).toBe(302);
		const location = redirect.headers.location as string;
		expect(new URL(location).origin).toBe(simulator.cdn.url);
		expect((await send(location)).bytes).toEqual(binary);
		for (const name of ['authorization', 'x-deki-token', 'cookie']) {
			expect((await send(location, { headers: { [name]: 'x' } })).status).toBe(400);
		}
		expect((await send(`${simulator.cdn.url}/other`)).status).toBe(403);
		expect(simulator.cdn.requests.map(({ status }) => status)).toEqual([200, 400, 400, 400, 403]);
	});
});
