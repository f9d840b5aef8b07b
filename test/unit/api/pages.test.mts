import { describe, expect, it } from 'vitest';

import { firstArchivedPages, readPage } from '../../../nodes/CxoneExpert/api/pages.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('readPage', () => {
	it('readPage gives the page, and leaves out the links of the response', async () => {
		const { api, calls } = siteByPath({ '/pages/42': '<page id="42"><title>A</title></page>' });
		expect(await readPage(api, '42', 'page 42')).toEqual({ '@id': '42', title: 'A' });
		expect(calls).toEqual(['/pages/42?exclude=inbound%2Coutbound%2Cfiles']);
	});

	it('readPage treats a virtual page as one that is not there', async () => {
		const { api } = siteByPath({ '/pages/=A': '<page id="0" virtual="true"/>' });
		await expect(readPage(api, '=A', 'page "A"')).rejects.toMatchObject({
			isNotFound: true,
			message: expect.stringMatching(/ \(404\) while n8n tried to read page "A"$/),
		});
	});
});

describe('firstArchivedPages', () => {
	it.each([
		['says that there are no more', 'querycount="1"', true],
		['says that there are more', 'querycount="2"', false],
		['does not say how many there are', '', false],
	])(
		'firstArchivedPages knows whether a list is complete when it %s',
		async (_case, count, isComplete) => {
			const xml = `<pages.archive ${count}><page.archive id="1"/></pages.archive>`;
			const { api } = siteByPath({ '/archive/pages': xml });
			expect(await firstArchivedPages(api)).toEqual({ entries: [{ '@id': '1' }], isComplete });
		},
	);
});
