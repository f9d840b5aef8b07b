import { describe, expect, it } from 'vitest';

import { isOtherContent } from '../../../nodes/CxoneExpert/actions/file/stored-content.ts';
import { uploadFile } from '../../../nodes/CxoneExpert/actions/file/upload.operation.ts';
import { runOperation } from '../../support/unit/stub-site.mts';
import { SAMPLE } from '../../support/unit/file-samples.mts';

const announced = { type: 'text/plain', size: 3 };

it.each([
	['what was announced', { type: 'text/plain', size: 3 }, false],
	['another version of it', { type: 'Text/Plain; charset=utf-8', size: 9 }, false],
	['the same under another name', { type: 'application/octet-stream', size: 3 }, false],
	['another format of it', { type: 'image/webp', size: 9 }, false],
	['something of no type', { type: '', size: 9 }, false],
	['a message in JSON', { type: 'application/json', size: 9 }, true],
	['something else', { type: 'application/xml', size: 9 }, true],
	['nothing', { type: 'text/plain', size: 0 }, true],
	['nothing of no type', { size: 0 }, true],
])('isOtherContent judges %s', (_what, given, isOther) => {
	expect(isOtherContent(announced, given)).toBe(isOther);
});

it('isOtherContent accepts any content when no length was announced, but not an empty one in place of another', () => {
	expect(isOtherContent({ type: 'text/plain' }, { type: 'text/html', size: 9 })).toBe(false);
	expect(isOtherContent({ type: 'text/plain', size: 0 }, { size: 0 })).toBe(false);
});

describe('uploadFile', () => {
	const page = { mode: 'id', value: '153' };
	const bytes = Buffer.from([0, 0xff, 10]);
	const incoming = (fileName?: string, mimeType = 'image/jpeg') => ({
		binary: {
			data: { data: bytes.toString('base64'), mimeType, ...(fileName ? { fileName } : {}) },
		},
	});

	it.each([
		['file.', '=file.'],
		['..', '=..'],
		['=odd', '=%253Dodd'],
	])('uploadFile names %s in the path as %s', async (name, segment) => {
		const { calls } = await runOperation(uploadFile, { page }, [SAMPLE], incoming(name));
		expect(calls[0]!.url).toBe(`/pages/153/files/${segment}?abort=never`);
	});

	it('uploadFile sends binary data of an unknown type as bytes', async () => {
		const { calls } = await runOperation(uploadFile, { page }, [SAMPLE], incoming('a.bin', ''));
		expect(calls[0]).toMatchObject({ type: 'application/octet-stream', body: bytes });
	});
});
