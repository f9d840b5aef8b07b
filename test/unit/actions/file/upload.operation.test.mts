import { describe, expect, it } from 'vitest';

import { uploadFile } from '../../../../nodes/CxoneExpert/actions/file/upload.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM } from '../../../support/unit/file-samples.mts';

describe('uploadFile', () => {
	const page = { mode: 'id', value: '153' };
	const bytes = Buffer.from([0, 0xff, 10]);
	const THERE = '<page id="153"><path>A/B</path></page>';
	const incoming = (fileName?: string, mimeType = 'image/jpeg') => ({
		binary: {
			data: { data: bytes.toString('base64'), mimeType, ...(fileName ? { fileName } : {}) },
		},
	});

	it('uploadFile sends the bytes with name and type of the binary data', async () => {
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

	it('uploadFile sends the chosen options', async () => {
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
	])('uploadFile names %s in the path as %s', async (name, segment) => {
		const { calls } = await runOperation(uploadFile, { page }, [SAMPLE], incoming(name));
		expect(calls[0]!.url).toBe(`/pages/153/files/${segment}?abort=never`);
	});

	it('uploadFile uploads nothing without a name', async () => {
		const { message } = await refusalOf(uploadFile, { page }, [], incoming());
		expect(message).toBe('The file has no name');
	});

	it.each([
		[404, 'There is no page 153 to attach the file to'],
		[409, 'The file "a.txt" is already on page 153'],
		[413, 'The file "a.txt" is larger than the site accepts'],
	])('uploadFile explains status %i', async (status, words) => {
		const { message } = await refusalOf(
			uploadFile,
			{ page },
			[{ status, body: '' }],
			incoming('a.txt'),
		);
		expect(message).toContain(words);
	});
});
