import { expect, it } from 'vitest';

import { deadPaths } from '../../../../nodes/CxoneExpert/trigger/publish/paths.ts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

it.each([
	['has a page there', '<page id="1"><path>Guides</path></page>', []],
	['has a page there, and does not name its path', '<page id="1"/>', []],
	['has moved the page', '<page id="1"><path>New</path></page>', [{ entered: 'Guides', movedTo: 'New' }]],
	['has no page there', { status: 404 }, [{ entered: 'Guides' }]],
	['does not respond in time', { status: 503 }, []],
])('a row of Page Paths whose site %s is found dead, or not', async (_case, response, dead) => {
	const { api } = siteByPath({ '/pages/=Guides': response });
	const filters = { pathPrefixes: ['Guides', ''] };
	expect(await deadPaths(api, { filters } as never)).toEqual(dead);
});
