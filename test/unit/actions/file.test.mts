import { expect, it } from 'vitest';

import { isOtherContent } from '../../../nodes/CxoneExpert/actions/file/stored-content.ts';
import { uploadFile } from '../../../nodes/CxoneExpert/actions/file/upload.operation.ts';
import { present } from '../../support/present.mts';
import { runOperation } from '../../support/unit/stub-site.mts';
import { sampleOf } from '../../support/vendor-samples.mts';

const announced = { type: 'text/plain', size: 3 };

it.each([
	['what was announced', announced, announced, false],
	['another version of it', announced, { type: 'Text/Plain; charset=utf-8', size: 9 }, false],
	['a new version of a document', { type: 'text/xml', size: 3 }, { type: 'text/xml', size: 9 }, false],
	['a message in JSON', announced, { type: 'application/json', size: 9 }, true],
	['something of unknown type', announced, { size: 9 }, false],
	['nothing', announced, { size: 0 }, true],
	['something where no length was announced', {}, { type: 'text/html', size: 9 }, false],
])('isOtherContent judges %s', (_what, expected, given, isOther) => {
	expect(isOtherContent(expected, given)).toBe(isOther);
});

it('uploadFile sends binary data of an unknown type as bytes', async () => {
	const binary = { data: { data: 'AP8=', mimeType: '', fileName: 'a.bin' } };
	const responses = ['GET pages/{id}/info', 'GET files/{id}/info'].map((call) => present(sampleOf(call)));
	const { calls } = await runOperation(uploadFile, { page: '371' }, responses, { binary });
	expect(calls.at(-1)).toMatchObject({ type: 'application/octet-stream' });
});
