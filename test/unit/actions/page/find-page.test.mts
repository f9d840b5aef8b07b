import { describe, expect, it } from 'vitest';

import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { INFO, VIRTUAL } from '../../../support/unit/page-samples.mts';

describe('findPage', () => {
	const byPath = (value: string) => ({ page: { mode: 'path', value } });
	const redirect = (type: string) =>
		`<page id="430" redirect="true" type="${type}"><title>Old</title><path>Guides/Old</path></page>`;

	it.each([
		['elsewhere', redirect('external-redirect'), redirect('external-redirect')],
		['to nothing', redirect('internal-redirect'), { status: 404, body: '<error/>' }],
		['to a page that says little', redirect('internal-redirect'), '<page/>'],
		['to no page', redirect('internal-redirect'), VIRTUAL.replace('page', 'other')],
	])('findPage refuses a redirect that leads %s', async (_where, found, target) => {
		const refused = await refusalOf(deletePage, byPath('Guides/Old'), [found, target]);
		expect(refused.message).toContain('Nothing was changed: page "Guides/Old"');
		expect(refused.description).not.toContain('undefined');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('findPage refuses a redirect that is named by its number', async () => {
		const page = { mode: 'id', value: '430' };
		const refused = await refusalOf(deletePage, { page }, [redirect('internal-redirect'), INFO]);
		expect(refused.message).toContain('Nothing was changed: page 430');
		expect(refused.description).toContain('page 426 at the path "Example/ExamplePage"');
	});
});
