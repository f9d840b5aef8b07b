import { describe, expect, it } from 'vitest';

import { uploadFile } from '../../../../nodes/CxoneExpert/actions/file/upload.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE } from '../../../support/unit/file-samples.mts';

describe('uploadFile', () => {
	const page = { mode: 'id', value: '153' };
	const bytes = Buffer.from([0, 0xff, 10]);
	const incoming = (fileName?: string, mimeType = 'image/jpeg') => ({
		binary: {
			data: { data: bytes.toString('base64'), mimeType, ...(fileName ? { fileName } : {}) },
		},
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

	it('uploadFile sends binary data of an unknown type as bytes', async () => {
		const { calls } = await runOperation(uploadFile, { page }, [SAMPLE], incoming('a.bin', ''));
		expect(calls[0]).toMatchObject({ type: 'application/octet-stream', body: bytes });
	});
});
