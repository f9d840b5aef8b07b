import { describe, expect, it } from 'vitest';

import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { movePage } from '../../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { MOVED, INFO, DELETED, VIRTUAL } from '../../../support/unit/page-samples.mts';

describe.each([
	['move', movePage, { to: 'B' }, MOVED],
	['delete', deletePage, {}, DELETED],
])('findPage before %s', (_name, operation, more, done) => {
	const byPath = (value: string) => ({ page: { mode: 'path', value }, simplify: true, ...more });
	const redirect = (type: string) =>
		`<page id="430" redirect="true" type="${type}"><title>Old</title><path>Guides/Old</path></page>`;

	it('findPage refuses a redirect and names the page that it leads to', async () => {
		const responses = [redirect('internal-redirect'), INFO];
		const refused = await refusalOf(operation, byPath('Guides/Old'), responses);
		expect(refused.message).toBe('Nothing was changed: page "Guides/Old" leads to another page');
		expect(refused.description).toContain('page 426 at the path "Example/ExamplePage"');
		expect(refused.calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/=Guides%252FOld/info', query: { redirects: '0' } },
			{ method: 'GET', path: '/pages/=Guides%252FOld/info' },
		]);
	});

	it.each([
		['elsewhere', redirect('external-redirect'), redirect('external-redirect')],
		['to nothing', redirect('internal-redirect'), { status: 404, body: '<error/>' }],
		['to a page that says little', redirect('internal-redirect'), '<page/>'],
		['to no page', redirect('internal-redirect'), VIRTUAL.replace('page', 'other')],
	])('findPage refuses a redirect that leads %s', async (_where, found, target) => {
		const refused = await refusalOf(operation, byPath('Guides/Old'), [found, target]);
		expect(refused.message).toContain('Nothing was changed: page "Guides/Old"');
		expect(refused.description).not.toContain('undefined');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('findPage refuses a redirect that is named by its number', async () => {
		const parameters = { ...byPath(''), page: { mode: 'id', value: '430' } };
		const refused = await refusalOf(operation, parameters, [redirect('internal-redirect'), INFO]);
		expect(refused.message).toContain('Nothing was changed: page 430');
	});

	it('findPage refuses the page of another path, even when the site follows a redirect', async () => {
		const refused = await refusalOf(operation, byPath('Guides/Old'), [INFO]);
		expect(refused.message).toContain('Nothing was changed: page "Guides/Old"');
		expect(refused.description).toContain('page 426 at the path "Example/ExamplePage"');
		expect(refused.calls).toHaveLength(1);
	});

	it.each([
		['example/EXAMPLEPAGE', 'Example/ExamplePage'],
		['Größe & Maß/a b', 'GRÖSSE_&_Maß/A_B'.replace('SS', 'ß')],
		['A/Was_ist_das?', 'A/Was_ist_das%3F'],
		['A/Was ist das%3f', 'A/Was_ist_das?'],
		['A/100%', 'A/100%25'],
		['A/Cafe\u0301', 'A/Caf\u00e9'],
	])('findPage treats %s as a spelling of %s', async (entered, path) => {
		const found = INFO.replace(
			'>Example/ExamplePage</path>',
			`>${path.replace('&', '&amp;')}</path>`,
		);
		const { calls } = await runOperation(operation, byPath(entered), [found, done]);
		expect(calls[1]!.url).toContain('/pages/426');
	});
});
