import { describe, expect, it } from 'vitest';

import { getFileInfo } from '../../../../nodes/CxoneExpert/actions/file/get-info.operation.ts';
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

describe('getFileInfo', () => {
	it('getFileInfo returns the sample of the specification as an item', async () => {
		const run = await runOperation(getFileInfo, { fileId: '1' }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/files/1/info' }]);
	});

	it('getFileInfo returns the element of the site when Simplify is off', async () => {
		const run = await runOperation(getFileInfo, { fileId: '1', simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ '@res-id': '68', filename: 'ball2.jpg' });
	});

	it.each([
		['a number', 1],
		['the file of an event', { id: '1', name: 'a' }],
		['a file item, which has a page', ITEM],
		['a whole item', { file: { id: '1' }, page: { id: '9' } }],
	])('getFileInfo accepts %s', async (_case, fileId) => {
		const { calls } = await runOperation(getFileInfo, { fileId }, [SAMPLE]);
		expect(calls[0]!.url).toBe('/files/1/info');
	});

	it.each([
		['', 'No file is named'],
		[{ page: { id: '9' } }, 'No file is named'],
		['ball2.jpg', '"ball2.jpg" is not the ID of a file'],
		['1/../../webhooks', '"1/../../webhooks" is not the ID of a file'],
	])('getFileInfo makes no call for %j', async (fileId, message) => {
		expect((await refusalOf(getFileInfo, { fileId })).message).toBe(message);
	});

	it.each([
		[404, 'There is no file 1 (404)'],
		[410, 'File 1 was deleted (410)'],
	])('getFileInfo explains status %i', async (status, message) => {
		const refused = await refusalOf(getFileInfo, { fileId: '1' }, [{ status, body: '' }]);
		expect(refused.message).toContain(message);
	});
});
