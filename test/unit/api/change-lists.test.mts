import { describe, expect, it } from 'vitest';

import { firstArchivedPages } from '../../../nodes/CxoneExpert/api/change-lists.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

describe('firstArchivedPages', () => {
	it.each([
		['says that there are no more', 'querycount="1"', true],
		['says that there are more', 'querycount="2"', false],
		['does not say how many there are', '', false],
	])(
		'firstArchivedPages knows whether a list is complete when it %s',
		async (_case, count, all) => {
			const xml = `<pages.archive ${count}><page.archive id="1"/></pages.archive>`;
			const { api } = siteByPath({ '/archive/pages': xml });
			expect(await firstArchivedPages(api)).toEqual({
				ok: true,
				value: { entries: [{ '@id': '1' }], isComplete: all },
			});
		},
	);

	it('firstArchivedPages fails when the archive does', async () => {
		const { api } = siteByPath({ '/archive/pages': { status: 403 } });
		expect(await firstArchivedPages(api)).toMatchObject({ ok: false, failure: { status: 403 } });
	});
});
