import { expect, it } from 'vitest';
import { type Settings, startListener } from '../support/simulator/index.mts';
import { byId, named, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const VALUE = 'x'.repeat(5000);
const FILE = Buffer.from([0xff, 0, 0x80]);

/** A site with a file and a property too long for the list of properties, both on a public page. */
async function openWithContents(settings: Partial<Settings> = {}) {
	const site = await openSite(settings);
	const { pageId } = site.site.createPage('A');
	site.site.setProperty(pageId, 'long', VALUE);
	const { fileId } = site.site.attachFile(pageId, 'a.bin', { content: FILE });
	const run = (parameters: object) => ({ parameters: parameters as never });
	const download = run({ resource: 'file', operation: 'download', file: named('id', fileId) });
	const ofPage = { resource: 'page', page: byId(pageId) };
	const getProperty = run({ ...ofPage, operation: 'getProperty', propertyName: 'long' });
	return { site, pageId, download, getProperty };
}

type Scene = Awaited<ReturnType<typeof openWithContents>>;

async function expectBoth({ site, download, getProperty }: Scene) {
	const [file] = await runNode(site, download);
	expect(file!.binary!.data!.data).toBe(FILE.toString('base64'));
	const [property] = await outputOf(site, getProperty);
	expect(property).toMatchObject({ value: VALUE });
}

it('contents of public pages are read without the content network', async () => {
	const scene = await openWithContents();
	await expectBoth(scene);
	expect(scene.site.cdn.requests).toEqual([]);
});

it('a redirect to the content network is followed without the long-term token', async () => {
	const scene = await openWithContents({ nocacheParameter: 'ignored' });
	await expectBoth(scene);
	const { requests } = scene.site.cdn;
	expect(requests.map(({ status }) => status)).toEqual([200, 200]);
	const sent = JSON.stringify(requests);
	expect(sent).not.toContain(scene.site.longTermToken);
	expect(sent).not.toMatch(/authorization|token|cookie/i);
});

it('contents that are not public are read from the site itself', async () => {
	const scene = await openWithContents({ nocacheParameter: 'ignored' });
	scene.site.site.page(scene.pageId).restriction = 'Private';
	await expectBoth(scene);
	expect(scene.site.cdn.requests).toEqual([]);
});

/** The site responds with a redirect to this address. */
function redirect({ site }: Scene, location: string) {
	const match = { path: /\/files\/\d+$|\/properties\/long$/ };
	site.faults.add({ match, effect: { status: 302, body: 'empty', headers: { location } } });
}

it.each([
	['http://files.example/x?Signature=abc', 'http://files.example'],
	['https://user:password@files.example/x', 'https://files.example'],
	['ftp://files.example/x', 'ftp://files.example'],
	['https://10.0.0.5/x', 'https://10.0.0.5'],
	['https://metadata.internal/x', 'https://metadata.internal'],
	['https://127.0.0.1:1/x', 'https://127.0.0.1:1'],
	['http://', 'no web address'],
])('Download and Get Property do not follow a redirect to %s', async (location, named) => {
	const scene = await openWithContents();
	redirect(scene, location);
	for (const call of [scene.download, scene.getProperty]) {
		const { message, description } = await refusalOf(scene.site, call);
		expect(message).toBe('The site redirects to an address that n8n does not follow');
		expect(description).toContain(`It named ${named}. n8n follows one redirect, to https`);
		expect(description).not.toMatch(/Signature|password|Site URL/);
	}
});

it('Download follows one redirect only', async () => {
	const scene = await openWithContents();
	const listener = await startListener();
	const headers = { location: `${scene.site.url}/@api/deki/files/1` };
	listener.responses.push((_received, response) => response.writeHead(302, headers).end());
	redirect(scene, listener.url);
	const before = scene.site.apiCalls.length;
	const { message, description } = await refusalOf(scene.site, scene.download);
	expect(message).toContain('that n8n does not follow');
	expect(description).toContain('which redirects again');
	expect(listener.received).toHaveLength(1);
	expect(scene.site.apiCalls.slice(before).filter(({ token }) => token === '')).toEqual([]);
	await listener.close();
});

it('Download reports that the content network refuses the content, or cannot be reached', async () => {
	const scene = await openWithContents();
	redirect(scene, `${scene.site.cdn.url}/gone?Signature=abc`);
	const refused = await refusalOf(scene.site, scene.download);
	expect(refused.message).toBe(`${new URL(scene.site.cdn.url).host} did not give the content (403)`);
	expect(`${refused.message} ${refused.description}`).not.toContain('abc');
	scene.site.faults.clear();
	// A port that nothing can listen at: one that was just closed may be taken by another test.
	redirect(scene, 'http://127.0.0.1:1/gone');
	const silent = await refusalOf(scene.site, scene.download);
	expect(silent.message).toBe(`n8n could not get the content from 127.0.0.1:1`);
	expect(silent.description).toContain('Nothing responds at that address. Check that n8n may connect');
});
