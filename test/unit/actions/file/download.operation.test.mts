import { describe, expect, it } from 'vitest';

import { downloadFile } from '../../../../nodes/CxoneExpert/actions/file/download.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE } from '../../../support/unit/file-samples.mts';

describe('downloadFile', () => {
	const download = (info: string, content: { type?: string; body: Buffer }) =>
		runOperation(downloadFile, { file: '1' }, [info, content]);

	it('downloadFile takes the type from the info when the response has none', async () => {
		const { outputs } = await download(SAMPLE, { type: '', body: Buffer.from('x') });
		expect(outputs[0]!.binary!.data!.mimeType).toBe('image/jpeg');
	});

	it('downloadFile names a file by its ID, and gives no type, when the site tells neither', async () => {
		const { outputs } = await download('<file id="1"/>', { type: '', body: Buffer.from('x') });
		const { fileName, mimeType } = outputs[0]!.binary!.data!;
		expect([fileName, mimeType]).toEqual(['file-1', undefined]);
	});

	it('downloadFile does not accept a document of the API as the file', async () => {
		const responses = [SAMPLE, { type: 'application/xml', body: '<error/>' }];
		const { message, description } = await refusalOf(downloadFile, { file: '1' }, responses);
		expect(message).toBe('The site responded with something other than file 1');
		expect(description).toContain('the file has 30238 bytes; the site sent 8 bytes');
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
});
