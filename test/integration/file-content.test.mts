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
	const page = byId(pageId);
	return {
		site,
		pageId,
		download: {
			parameters: {
				resource: 'file',
				operation: 'download',
				file: named('id', fileId),
			} as never,
		},
		getProperty: {
			parameters: {
				resource: 'page',
				operation: 'getProperty',
				page,
				propertyName: 'long',
			} as never,
		},
	};
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

const calls = ['download', 'getProperty'] as const;

/** The site responds with a redirect to this address. */
function redirect({ site }: Scene, location: string) {
	const match = { path: /\/files\/\d+$|\/properties\/long$/ };
	site.faults.add({ match, effect: { status: 302, body: 'empty', headers: { location } } });
}

it.each(
	calls.flatMap((call) => [
		[call, 'http://files.example/x?Signature=abc', 'http://files.example'],
		[call, 'https://user:password@files.example/x', 'https://files.example'],
		[call, 'ftp://files.example/x', 'ftp://files.example'],
		[call, 'https://10.0.0.5/x', 'https://10.0.0.5'],
		[call, 'https://metadata.internal/x', 'https://metadata.internal'],
		[call, 'https://127.0.0.1:1/x', 'https://127.0.0.1:1'],
		[call, 'http://', 'no web address'],
	]),
)('%s does not follow a redirect to %s', async (call, location, named) => {
	const scene = await openWithContents();
	redirect(scene, location);
	const { message, description } = await refusalOf(scene.site, scene[call as (typeof calls)[0]]);
	expect(message).toBe('The site redirects to an address that n8n does not follow');
	expect(description).toContain(`It named ${named}. n8n follows one redirect, to https`);
	expect(description).not.toMatch(/Signature|password|Site URL/);
});

it.each(calls)('%s follows one redirect only', async (call) => {
	const scene = await openWithContents();
	const listener = await startListener();
	const headers = { location: `${scene.site.url}/@api/deki/files/1` };
	listener.responses.push((_received, response) => response.writeHead(302, headers).end());
	redirect(scene, listener.url);
	const before = scene.site.apiCalls.length;
	const { message, description } = await refusalOf(scene.site, scene[call]);
	expect(message).toContain('that n8n does not follow');
	expect(description).toContain('which redirects again');
	expect(listener.received).toHaveLength(1);
	expect(scene.site.apiCalls.slice(before).filter(({ token }) => token === '')).toEqual([]);
	await listener.close();
});

it.each(calls)('%s reports that the content network refused the content', async (call) => {
	const scene = await openWithContents();
	redirect(scene, `${scene.site.cdn.url}/gone?Signature=abc`);
	const { message, description } = await refusalOf(scene.site, scene[call]);
	expect(message).toBe(`${new URL(scene.site.cdn.url).host} did not give the content (403)`);
	expect(`${message} ${description}`).not.toContain('abc');
});

it.each(calls)('%s reports that the content network cannot be reached', async (call) => {
	const scene = await openWithContents();
	// A port that nothing can listen at: one that was just closed may be taken by another test.
	redirect(scene, 'http://127.0.0.1:1/gone');
	const { message, description } = await refusalOf(scene.site, scene[call]);
	expect(message).toBe(`n8n could not get the content from 127.0.0.1:1`);
	expect(description).toContain('Nothing responds at that address. Check that n8n may connect');
});

it.each(calls)('%s gives general advice for a redirect without an address', async (call) => {
	const scene = await openWithContents();
	const match = { path: /\/files\/\d+$|\/properties\/long$/ };
	scene.site.faults.add({ match, effect: { status: 302, body: 'empty' } });
	const { message } = await refusalOf(scene.site, scene[call]);
	expect(message).toContain('The address of the Expert site redirects to another address (302)');
});
