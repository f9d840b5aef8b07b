import { describe, expect, it } from 'vitest';

import { downloadFile } from '../../../../nodes/CxoneExpert/actions/file/download.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM } from '../../../support/unit/file-samples.mts';

describe('downloadFile', () => {
	const download = (info: string, content: { type?: string; body: Buffer }) =>
		runOperation(downloadFile, { file: '1' }, [info, content]);

	it('downloadFile returns bytes, name and type', async () => {
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

	it('downloadFile takes the type from the info when the response has none', async () => {
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
	])('downloadFile does not accept a web page for %s', async (_case, info) => {
		const responses = [info, { type: 'text/html; charset=utf-8', body: html }];
		const { message, description } = await refusalOf(downloadFile, { file: '1' }, responses);
		expect(message).toBe('The site responded with a web page instead of file 1');
		expect(description).toContain('sign-in page');
	});

	it('downloadFile returns a file that is a web page', async () => {
		const { outputs } = await download(htmlInfo(html.length), { type: 'text/html', body: html });
		expect(outputs[0]!.binary!.data!.data).toBe(html.toString('base64'));
	});

	it('downloadFile says that the file was deleted', async () => {
		const responses = [SAMPLE, { status: 410, body: Buffer.from('<error/>') }];
		expect((await refusalOf(downloadFile, { file: '1' }, responses)).message).toContain(
			'File 1 was deleted',
		);
	});

	it('downloadFile makes no call without a binary field', async () => {
		const parameters = { file: '1', binaryPropertyName: '' };
		const { message } = await refusalOf(downloadFile, parameters);
		expect(message).toBe('"Put Output File in Field" is empty');
	});
});
