import { describe, expect, it } from 'vitest';

import { getFile } from '../../../../nodes/CxoneExpert/actions/file/get.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM } from '../../../support/unit/file-samples.mts';

describe('getFile', () => {
	it.each([
		['a number', 1],
		['the file of an event', { id: '1', name: 'a' }],
		['a file item, which has a page', ITEM],
		['an address', { mode: 'url', value: 'https://site.example/@api/deki/files/1/a.pdf?x=2' }],
		['an address in ID mode', { mode: 'id', value: 'HTTPS://SITE.example/@api/deki/files/1' }],
		['a whole item', { file: { id: '1' }, page: { id: '9' } }],
	])('getFile accepts %s', async (_case, file) => {
		const { calls } = await runOperation(getFile, { file }, [SAMPLE]);
		expect(calls[0]!.url).toBe('/files/1/info');
	});

	it.each([
		['', 'No file is named'],
		[{ page: { id: '9' } }, 'No file is named'],
		[
			{ mode: 'url', value: 'https://other.example/@api/deki/files/1/a.pdf' },
			'This address belongs to another site: other.example',
		],
		[
			{ mode: 'url', value: 'https://site.example/A' },
			'"https://site.example/A" is not the ID of a file',
		],
		['https://', '"https://" is not the ID of a file'],
		['ball2.jpg', '"ball2.jpg" is not the ID of a file'],
		['1/../../webhooks', '"1/../../webhooks" is not the ID of a file'],
	])('getFile makes no call for %j', async (file, message) => {
		expect((await refusalOf(getFile, { file })).message).toBe(message);
	});
});
