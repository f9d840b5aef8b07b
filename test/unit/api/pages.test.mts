import { describe, expect, it } from 'vitest';

import { readArchivedPage, readPage } from '../../../nodes/CxoneExpert/api/pages.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('readPage', () => {
	it('readPage gives the page, and leaves out the links of the response', async () => {
		const { api, calls } = siteByPath({ '/pages/42': '<page id="42"><title>A</title></page>' });
		expect(await readPage(api, '42', 'page 42')).toEqual({
			ok: true,
			value: { '@id': '42', title: 'A' },
		});
		expect(calls).toEqual(['/pages/42?exclude=inbound%2Coutbound%2Cfiles']);
	});

	it('readPage treats a virtual page as one that is not there', async () => {
		const { api } = siteByPath({ '/pages/=A': '<page id="0" virtual="true"/>' });
		expect(await readPage(api, '=A', 'page "A"')).toEqual({
			ok: false,
			failure: { kind: 'http-status', status: 404, task: 'read-page', subject: 'page "A"' },
		});
	});

	it.each([
		['another document', '<pages/>', { kind: 'unexpected', status: 200 }],
		['a refusal', { status: 403 }, { kind: 'http-status', status: 403 }],
	])('readPage fails with its task for %s', async (_case, response, failure) => {
		const { api } = siteByPath({ '/pages/1': response });
		expect(await readPage(api, '1', 'page 1')).toMatchObject({
			ok: false,
			failure: { ...failure, task: 'read-page', subject: 'page 1' },
		});
	});
});

it('readArchivedPage gives what the archive has of a page', async () => {
	const { api } = siteByPath({ '/archive/pages/7/info': '<page.archive id="7"/>' });
	expect(await readArchivedPage(api, '7')).toEqual({ ok: true, value: { '@id': '7' } });
	expect(await readArchivedPage(api, '8')).toMatchObject({
		ok: false,
		failure: { status: 404, task: 'read-archived-page', subject: '8' },
	});
});
