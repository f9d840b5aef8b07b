import { randomBytes } from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import {
	byId,
	byPath,
	callsOf,
	named,
	outcomeOf,
	outputOf,
	refusalOf,
	runNode,
} from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

/** The largest request body that the simulator accepts, in bytes. */
const LARGEST = 20 * 1024 * 1024;

const file = (operation: string, more: IDataObject = {}) => ({
	parameters: { resource: 'file', operation, ...more } as never,
});

function incoming(bytes: Buffer, more = {}, field = 'data'): INodeExecutionData[] {
	const data = { data: bytes.toString('base64'), mimeType: 'image/png', ...more };
	return [{ json: {}, binary: { [field]: data } }];
}

/** What the site has of a file. */
function stored(site: Simulator, name: string) {
	return site.site.files.find((each) => each.name === name && !each.deletedAt);
}

it('File: Get returns the file of an attachment event', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up', { title: 'Set up' });
	const { fileId } = site.site.attachFile(pageId, 'Größe & Maß.pdf', {
		...{ content: Buffer.from('abc'), type: 'application/pdf' },
		...{ description: 'A & B', altText: 'Plan' },
	});
	const input = [{ json: { eventType: 'attachment_create', file: { id: String(fileId) } } }];
	const items = await outputOf(site, { ...file('get'), input });
	expect(items).toEqual([
		{
			id: String(fileId),
			name: 'Größe & Maß.pdf',
			revision: 1,
			size: 3,
			type: 'application/pdf',
			url: expect.stringContaining(`${site.url}/@api/deki/files/${fileId}/`),
			description: 'A & B',
			altText: 'Plan',
			modifiedAt: expect.any(String),
			page: { id: String(pageId), path: 'Guides/Set_up' },
		},
	]);
	expectSchema('file', 'get', items);
});

it('File: Get Many returns the files of the page as Get returns each, and no others', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up');
	for (const name of ['a.pdf', 'b.pdf', 'gone.pdf']) site.site.attachFile(pageId, name);
	site.site.deleteFile(3);
	site.site.attachFile(site.site.createPage('Other').pageId, 'c.pdf');
	const items = await outputOf(site, file('getMany', { page: byId(pageId) }));
	const [first, second] = await Promise.all(
		[1, 2].map(async (id) => await outputOf(site, file('get', { file: byId(id) }))),
	);
	expect(items).toEqual([...first!, ...second!]);
	expectSchema('file', 'getMany', items);
});

it('File: Delete deletes the file and nothing else, and says which it was', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up');
	const { fileId } = site.site.attachFile(pageId, 'old.pdf');
	site.site.attachFile(pageId, 'kept.pdf');
	const page = { id: String(pageId), path: 'Guides/Set_up' };
	const items = await outputOf(site, file('delete', { file: byId(fileId) }));
	expect(items).toEqual([{ id: String(fileId), name: 'old.pdf', page, deleted: true }]);
	expect(site.site.filesOf(site.site.page(pageId))).toMatchObject([{ name: 'kept.pdf' }]);
	expectSchema('file', 'delete', items);
});

it('File: Delete does not believe a success after which the file is still there', async () => {
	const site = await openSite();
	const { fileId } = site.site.attachFile(site.site.createPage('A').pageId, 'a.pdf');
	site.faults.add({ match: { method: 'DELETE' }, effect: { status: 200, body: 'empty' } });
	const { message } = await refusalOf(site, file('delete', { file: byId(fileId) }));
	expect(message).toBe('Expert reported success, but the file is still there');
});

it('File: Rename renames the file, which keeps ID, page and content', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up');
	const { fileId } = site.site.attachFile(pageId, 'old.pdf', { content: Buffer.from('abc') });
	const items = await outputOf(site, file('rename', { file: byId(fileId), newName: 'Größe & 1+1?.pdf' }));
	const page = { id: String(pageId), path: 'Guides/Set_up' };
	expect(items).toMatchObject([{ id: String(fileId), name: 'Größe & 1+1?.pdf', size: 3, revision: 2, page }]);
	expect(site.site.filesOf(site.site.page(pageId))).toMatchObject([{ name: 'Größe & 1+1?.pdf' }]);
	expectSchema('file', 'rename', items);
});

it('File: Rename makes no call when the file has that name, and says so', async () => {
	const site = await openSite();
	const { fileId } = site.site.attachFile(site.site.createPage('A').pageId, 'a.pdf');
	const { items, hints } = await outcomeOf(site, file('rename', { file: byId(fileId), newName: 'a.pdf' }));
	expect(items).toMatchObject([{ json: { id: String(fileId), name: 'a.pdf' } }]);
	const message = expect.stringMatching(/File 1 has that name already$/);
	expect(hints).toEqual([expect.objectContaining({ message })]);
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

it.each(['b.pdf', 'B.PDF', 'A.pdf'])('File: Rename says that the name %s is taken', async (newName) => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const { fileId } = site.site.attachFile(pageId, 'a.pdf');
	site.site.attachFile(pageId, 'b.pdf');
	const { message } = await refusalOf(site, file('rename', { file: byId(fileId), newName }));
	expect(message).toBe(`The page of the file has a file "${newName}" already`);
	expect(stored(site, 'a.pdf')).toBeDefined();
});

it.each([
	['is empty', 'empty', 'Missing in the response: file'],
	['has the old name', { raw: '<file id="1"><filename>a.pdf</filename></file>' }, 'its name is "a.pdf"'],
] as const)('File: Rename does not believe a success whose response %s', async (_what, body, words) => {
	const site = await openSite();
	const { fileId } = site.site.attachFile(site.site.createPage('A').pageId, 'a.pdf');
	site.faults.add({ match: { method: 'POST' }, effect: { status: 200, body } });
	const run = file('rename', { file: byId(fileId), newName: 'b.pdf' });
	const { message, description } = await refusalOf(site, run);
	expect(message).toMatch(/^Expert did not confirm this( \(200\))? while n8n tried to rename file 1/);
	expect(description).toContain(words);
});

it('File: Download returns a file with name and type, byte by byte', async () => {
	const site = await openSite();
	const content = randomBytes(100_000);
	const { pageId } = site.site.createPage('A');
	const { fileId } = site.site.attachFile(pageId, 'Größe 1.png', { content, type: 'image/png' });
	const parameters = { file: byId(fileId), binaryPropertyName: 'image' };
	const [item] = await runNode(site, file('download', parameters));
	expect(item!.json).toMatchObject({ id: String(fileId), name: 'Größe 1.png', size: 100_000 });
	const { data, ...rest } = item!.binary!.image!;
	expect(rest).toMatchObject({ fileName: 'Größe 1.png', mimeType: 'image/png' });
	expect(Buffer.from(data, 'base64').equals(content)).toBe(true);
	expectSchema('file', 'download', [item!.json]);
});

it('File: Upload and Download keep any text as it is', async () => {
	const site = await openSite();
	const page = byId(site.site.createPage('A').pageId);
	const contents = ['<error><message>x</message></error>', '\uFEFFé\r\n', '', '{"a":1}', '<html>'];
	for (const [index, text] of contents.entries()) {
		const mimeType = text === '<html>' ? 'text/html' : 'text/plain; charset=utf-8';
		const input = incoming(Buffer.from(text), { fileName: `${index}.txt`, mimeType });
		const [uploaded] = await outputOf(site, { ...file('upload', { page }), input });
		const [item] = await runNode(site, file('download', { file: named('id', uploaded) as never }));
		const { data, mimeType: downloaded } = item!.binary!.data!;
		expect(Buffer.from(data, 'base64').toString()).toBe(text);
		expect(downloaded).toBe(mimeType.split(';')[0]);
	}
});

it('File: Get and Download report a deleted file', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const { fileId } = site.site.attachFile(pageId, 'a.pdf');
	const match = { path: new RegExp(`/files/${fileId}$`) };
	site.faults.add({ match, effect: { status: 410, body: 'xml' } });
	const late = await refusalOf(site, file('download', { file: byId(fileId) }));
	expect(late.message).toBe(`File ${fileId} was deleted`);
	site.site.deleteFile(fileId);
	for (const operation of ['get', 'download']) {
		const refused = await refusalOf(site, file(operation, { file: byId(fileId) }));
		expect(refused.message).toBe(`There is no file ${fileId}`);
		expect(refused.description).toContain('may have been deleted');
	}
});

it('File: Upload uploads a file with description and alternative text', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Setup');
	const bytes = randomBytes(5000);
	const options = { description: 'A & B', altText: 'Größe' };
	const parameters = { page: byId(pageId), binaryPropertyName: 'image', options };
	const input = incoming(bytes, { fileName: 'plan.png' }, 'image');
	const items = await outputOf(site, { ...file('upload', parameters), input });
	expect(items).toEqual([
		expect.objectContaining({
			...{ name: 'plan.png', revision: 1, size: 5000, type: 'image/png' },
			...{ description: 'A & B', altText: 'Größe' },
			page: expect.objectContaining({ id: String(pageId), path: 'Guides/Setup' }),
		}),
	]);
	expect(stored(site, 'plan.png')!.content.equals(bytes)).toBe(true);
	expectSchema('file', 'upload', items);
});

it.each(['Größe & 100% "sure" a+b.pdf', '日本語 #1?x=y.txt', '=x.', '..', 'a/b.txt', '100%25.txt'])(
	'Upload and Download keep the file name %s',
	async (fileName) => {
		const site = await openSite();
		const { pageId } = site.site.createPage('Ünï/A & B');
		const page = byPath('Ünï/A & B');
		const input = incoming(Buffer.from([0, 255]), { fileName });
		const [item] = await outputOf(site, { ...file('upload', { page }), input });
		expect(item).toMatchObject({ name: fileName, page: { id: String(pageId) } });
		const [back] = await runNode(site, file('download', { file: named('id', item) as never }));
		expect(back!.json).toMatchObject({ name: fileName });
		expect(back!.binary!.data!.data).toBe(Buffer.from([0, 255]).toString('base64'));
	},
);

it('File: Upload adds a version or stops when the file exists', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const upload = (text: string, options: IDataObject = {}) => {
		const input = incoming(Buffer.from(text), { fileName: 'a.png' });
		return { ...file('upload', { page: byId(pageId), options }), input };
	};
	const [first] = await outputOf(site, upload('one'));
	const [second] = await outputOf(site, upload('two'));
	expect(second).toMatchObject({ id: first!.id, revision: 2 });
	const stop = await refusalOf(site, upload('three', { ifExists: 'stop' }));
	expect(stop.message).toBe(`The file "a.png" is already on page ${pageId}`);
	expect(stored(site, 'a.png')!.content.toString()).toBe('two');
});

it('Upload and Download transfer 20 MB, and Upload reports a file that is too large', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const bytes = randomBytes(LARGEST);
	const upload = file('upload', { page: byId(pageId) });
	const input = incoming(bytes, { fileName: 'large.bin' });
	const [item] = await outputOf(site, { ...upload, input });
	expect(item).toMatchObject({ size: LARGEST });
	expect(stored(site, 'large.bin')!.content.equals(bytes)).toBe(true);
	const [back] = await runNode(site, file('download', { file: byId(Number(item!.id)) }));
	expect(Buffer.from(back!.binary!.data!.data, 'base64').equals(bytes)).toBe(true);
	const larger = incoming(Buffer.alloc(LARGEST + 1), { fileName: 'larger.bin' });
	const { message } = await refusalOf(site, { ...upload, input: larger });
	expect(message).toContain('The file "larger.bin" is larger than the site accepts (413)');
});

it('File: Upload makes no call when there is nothing to upload', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const page = byId(pageId);
	const input = incoming(Buffer.from('x'), { fileName: 'a.png' });
	const nothing: Array<[IDataObject, INodeExecutionData[], RegExp]> = [
		[{ page }, [{ json: {} }], /binary/],
		[{ page, binaryPropertyName: '' }, input, /'Input Binary Field' is empty/],
		[{ page }, incoming(Buffer.from('x')), /The file has no name/],
	];
	for (const [parameters, items, words] of nothing) {
		const run = { ...file('upload', parameters), input: items };
		expect((await refusalOf(site, run)).message).toMatch(words);
	}
	expect(callsOf(site)).toEqual([]);
});

it('File: Upload does not advise to set what is set when another spelling of the name is taken', async () => {
	const site = await openSite();
	site.site.attachFile(site.site.createPage('A').pageId, 'README.txt');
	const input = incoming(Buffer.from('x'), { fileName: 'readme.txt' });
	const run = { ...file('upload', { page: byPath('A') }), input };
	const { message, description } = await refusalOf(site, run);
	expect(message).toBe('Expert did not accept the file "readme.txt" for page "A"');
	expect(description).toMatch(/^The site said: A file exists with the name 'README.txt'\. /);
	expect(description).not.toContain('Add New Version');
});

it('File: Upload says that a site did not stop at a file that is there', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('A');
	const input = incoming(Buffer.from('new'), { fileName: 'a.png' });
	const raw = '<file id="1" revision="3"/>';
	site.faults.add({ match: { method: 'PUT' }, effect: { status: 200, body: { raw } } });
	const run = (ifExists: string) => ({
		...file('upload', { page: byId(pageId), options: { ifExists } }),
		input,
	});
	const { message, description } = await refusalOf(site, run('stop'));
	expect(message).toMatch(/^Expert did not confirm this while n8n tried to upload "a.png"/);
	expect(description).toContain('The site did not stop: the file was there');
	expect(await outputOf(site, run('newVersion'))).toMatchObject([{ revision: 3 }]);
});
