import { describe, expect, it } from 'vitest';

import { downloadFile } from '../../../../nodes/CxoneExpert/actions/file/download.operation.ts';
import { getFileInfo } from '../../../../nodes/CxoneExpert/actions/file/get-info.operation.ts';
import { uploadFile } from '../../../../nodes/CxoneExpert/actions/file/upload.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.6. */
const SAMPLE =
	'<file id="1" revision="1" res-id="68" href="https://site.example/@api/deki/files/1/info" res-is-head="true" res-is-deleted="false" res-rev-is-deleted="false" res-contents-id="71"><filename>ball2.jpg</filename><description></description><alt-text></alt-text><contents type="image/jpeg" size="30238" href="https://site.example/@api/deki/files/1/ball2.jpg"/><date.created>2023-09-26T15:33:15Z</date.created><date.last-modified>2023-09-26T15:33:15Z</date.last-modified><revisions count="1" totalcount="1" href="https://site.example/@api/deki/files/1/revisions"/><page.parent id="153" guid="11f61ee932ad4246a984808cd9ff4a26" draft.state="inactive" href="https://site.example/@api/deki/pages/153?redirects=0" deleted="false"><uri.ui>https://site.example/Media:test</uri.ui><title>test</title><path seo="true" type="custom">Media:test</path><namespace>media</namespace><date.created>2023-09-26T15:32:49Z</date.created><language>en-US</language></page.parent></file>';

const ITEM = {
	id: '1',
	name: 'ball2.jpg',
	revision: 1,
	size: 30238,
	type: 'image/jpeg',
	url: 'https://site.example/@api/deki/files/1/ball2.jpg',
	createdAt: '2023-09-26T15:33:15Z',
	modifiedAt: '2023-09-26T15:33:15Z',
	page: {
		id: '153',
		path: 'Media:test',
		title: 'test',
		url: 'https://site.example/Media:test',
	},
};

describe('getInfo', () => {
	it('reads the sample of the specification', async () => {
		const run = await runOperation(getFileInfo, { fileId: '1' }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/files/1/info' }]);
	});

	it('gives the element as it is when nothing is to be simplified', async () => {
		const run = await runOperation(getFileInfo, { fileId: '1', simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ '@res-id': '68', filename: 'ball2.jpg' });
	});

	it.each([
		['a number', 1],
		['the file of an event', { id: '1', name: 'a' }],
		['a file item, which has a page', ITEM],
		['a whole item', { file: { id: '1' }, page: { id: '9' } }],
	])('takes %s', async (_case, fileId) => {
		const { calls } = await runOperation(getFileInfo, { fileId }, [SAMPLE]);
		expect(calls[0]!.url).toBe('/files/1/info');
	});

	it.each([
		['', 'No file is named'],
		[{ page: { id: '9' } }, 'No file is named'],
		['ball2.jpg', '"ball2.jpg" is not the ID of a file'],
		['1/../../webhooks', '"1/../../webhooks" is not the ID of a file'],
	])('asks nothing about %j', async (fileId, message) => {
		expect((await refusalOf(getFileInfo, { fileId })).message).toBe(message);
	});

	it.each([
		[404, 'There is no file 1 (404)'],
		[410, 'File 1 was deleted (410)'],
	])('says what %i means', async (status, message) => {
		const refused = await refusalOf(getFileInfo, { fileId: '1' }, [{ status, body: '' }]);
		expect(refused.message).toContain(message);
	});
});

describe('download', () => {
	const download = (info: string, content: { type?: string; body: Buffer }) =>
		runOperation(downloadFile, { fileId: '1' }, [info, content]);

	it('gives bytes, name and type', async () => {
		const body = Buffer.from([0xff, 0xd8, 0, 0x80]);
		const { outputs, calls } = await download(SAMPLE, { type: 'image/png; q=1', body });
		expect(calls[1]).toEqual({ method: 'GET', url: '/files/1?nocache=true' });
		expect(outputs).toEqual([
			{
				json: ITEM,
				binary: {
					data: { data: body.toString('base64'), fileName: 'ball2.jpg', mimeType: 'image/png' },
				},
			},
		]);
	});

	it('knows the type from the info when the answer has none', async () => {
		const { outputs } = await download(SAMPLE, { type: '', body: Buffer.from('x') });
		expect(outputs[0]!.binary!.data!.mimeType).toBe('image/jpeg');
	});

	const html = Buffer.from('<!doctype html><html>Größe</html>');
	const htmlInfo = (size: number) =>
		SAMPLE.replace('type="image/jpeg" size="30238"', `type="text/html" size="${size}"`);

	it.each([
		['an image', SAMPLE],
		['an image of its length', SAMPLE.replace('30238', String(html.length))],
		['a web page of another length', htmlInfo(html.length + 1)],
	])('takes no web page for %s', async (_case, info) => {
		const answers = [info, { type: 'text/html; charset=utf-8', body: html }];
		const { message, description } = await refusalOf(downloadFile, { fileId: '1' }, answers);
		expect(message).toBe('The site responded with a web page instead of file 1');
		expect(description).toContain('sign-in page');
	});

	it('gives a web page that is the file', async () => {
		const { outputs } = await download(htmlInfo(html.length), { type: 'text/html', body: html });
		expect(outputs[0]!.binary!.data!.data).toBe(html.toString('base64'));
	});

	it('says that the file was deleted', async () => {
		const answers = [SAMPLE, { status: 410, body: Buffer.from('<error/>') }];
		expect((await refusalOf(downloadFile, { fileId: '1' }, answers)).message).toContain(
			'File 1 was deleted (410) while n8n tried to download file 1',
		);
	});

	it('asks nothing without a field for the file', async () => {
		const parameters = { fileId: '1', binaryPropertyName: '' };
		const { message } = await refusalOf(downloadFile, parameters);
		expect(message).toBe('"Put Output File in Field" is empty');
	});
});

describe('upload', () => {
	const page = { mode: 'id', value: '153' };
	const bytes = Buffer.from([0, 0xff, 10]);
	const THERE = '<page id="153"><path>A/B</path></page>';
	const incoming = (fileName?: string, mimeType = 'image/jpeg') => ({
		binary: {
			data: { data: bytes.toString('base64'), mimeType, ...(fileName ? { fileName } : {}) },
		},
	});

	it('sends the bytes with name and type of the binary data', async () => {
		const run = await runOperation(uploadFile, { page }, [SAMPLE], incoming('ball2.jpg'));
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([
			{
				method: 'PUT',
				url: '/pages/153/files/ball2.jpg?abort=never',
				type: 'image/jpeg',
				body: bytes,
			},
		]);
	});

	it('sends what is chosen', async () => {
		const parameters = {
			page: { mode: 'path', value: 'A/B' },
			fileName: 'Größe & Maß.pdf',
			options: { description: 'A & B', altText: 'Ünï', ifExists: 'stop' },
		};
		const { calls } = await runOperation(
			uploadFile,
			parameters,
			[THERE, SAMPLE],
			incoming('x.jpg'),
		);
		expect(calls.map(({ url }) => url)).toEqual([
			'/pages/=A%252FB/info?redirects=0',
			'/pages/153/files/Gr%25C3%25B6%25C3%259Fe%2520%2526%2520Ma%25C3%259F.pdf?description=A+%26+B&alttext=%C3%9Cn%C3%AF&abort=exists',
		]);
	});

	it.each([
		['README', '=README'],
		['file.', '=file.'],
		['.env', '=.env'],
		['..', '=..'],
		['=odd', '=%253Dodd'],
		['=odd.txt', '%253Dodd.txt'],
		['a/b.txt', 'a%252Fb.txt'],
		['a.tar.gz', 'a.tar.gz'],
	])('names %s in the path as %s', async (name, segment) => {
		const { calls } = await runOperation(uploadFile, { page }, [SAMPLE], incoming(name));
		expect(calls[0]!.url).toBe(`/pages/153/files/${segment}?abort=never`);
	});

	it('uploads nothing without a name', async () => {
		const { message } = await refusalOf(uploadFile, { page }, [], incoming());
		expect(message).toBe('The file has no name');
	});

	it.each([
		[404, 'There is no page 153 to attach the file to'],
		[409, 'The file "a.txt" is already on page 153'],
		[413, 'The file "a.txt" is larger than the site accepts'],
	])('says what %i means', async (status, words) => {
		const { message } = await refusalOf(
			uploadFile,
			{ page },
			[{ status, body: '' }],
			incoming('a.txt'),
		);
		expect(message).toContain(words);
	});
});
