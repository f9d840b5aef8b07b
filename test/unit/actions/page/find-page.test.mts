import { describe, expect, it } from 'vitest';

import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { movePage } from '../../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The samples of the vendor's specification: facts, §7.3 and §7.2. */
const MOVED =
	'<pages.moved count="1"><page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/ArticleMoved</uri.ui><title>ArticleMoved</title><path seo="true">ArticleMoved</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page></pages.moved>';

const DELETED =
	'<deletedpages count="1"><page id="179" guid="d668320eb6b447979d17573bb40c109b" draft.state="inactive" href="https://site.example/@api/deki/pages/179?redirects=0" deleted="true"><uri.ui>https://site.example/Topic_Draft</uri.ui><title>Topic Draft</title><path seo="true">Topic_Draft</path><namespace>main</namespace><date.created>2023-07-24T14:59:48Z</date.created><date.deleted>2024-02-08T20:33:00Z</date.deleted><language>en-US</language></page></deletedpages>';

const INFO =
	'<page id="426" guid="6d5d030f38d747828a485713c3cf1154" draft.state="inactive" href="https://site.example/@api/deki/pages/426?redirects=0" deleted="false" revision="2"><uri.ui>https://site.example/Example/ExamplePage</uri.ui><title>TitleExample</title><path seo="true">Example/ExamplePage</path><namespace>main</namespace><date.created>2023-09-21T21:23:18Z</date.created><language>en-US</language></page>';

const VIRTUAL = '<page id="0" virtual="true"><title>X</title><path>X</path></page>';

describe.each([
	['move', movePage, { to: 'B' }, MOVED],
	['delete', deletePage, {}, DELETED],
])('findPage before %s', (_name, operation, more, done) => {
	const byPath = (value: string) => ({ page: { mode: 'path', value }, simplify: true, ...more });
	const redirect = (type: string) =>
		`<page id="430" redirect="true" type="${type}"><title>Old</title><path>Guides/Old</path></page>`;

	it('findPage refuses a redirect and names the page that it leads to', async () => {
		const answers = [redirect('internal-redirect'), INFO];
		const refused = await refusalOf(operation, byPath('Guides/Old'), answers);
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
