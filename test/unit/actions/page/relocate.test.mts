import { describe, expect, it } from 'vitest';

import { copyPage } from '../../../../nodes/CxoneExpert/actions/page/copy.operation.ts';
import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { movePage } from '../../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The samples of the vendor's specification: facts, §7.3 and §7.2. */
const MOVED =
	'<pages.moved count="1"><page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/ArticleMoved</uri.ui><title>ArticleMoved</title><path seo="true">ArticleMoved</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page></pages.moved>';
const COPIED = MOVED.replaceAll('pages.moved', 'pages.copied');
const DELETED =
	'<deletedpages count="1"><page id="179" guid="d668320eb6b447979d17573bb40c109b" draft.state="inactive" href="https://site.example/@api/deki/pages/179?redirects=0" deleted="true"><uri.ui>https://site.example/Topic_Draft</uri.ui><title>Topic Draft</title><path seo="true">Topic_Draft</path><namespace>main</namespace><date.created>2023-07-24T14:59:48Z</date.created><date.deleted>2024-02-08T20:33:00Z</date.deleted><language>en-US</language></page></deletedpages>';
const INFO =
	'<page id="426" guid="6d5d030f38d747828a485713c3cf1154" draft.state="inactive" href="https://site.example/@api/deki/pages/426?redirects=0" deleted="false" revision="2"><uri.ui>https://site.example/Example/ExamplePage</uri.ui><title>TitleExample</title><path seo="true">Example/ExamplePage</path><namespace>main</namespace><date.created>2023-09-21T21:23:18Z</date.created><language>en-US</language></page>';
const VIRTUAL = '<page id="0" virtual="true"><title>X</title><path>X</path></page>';

const ITEM = {
	id: '159',
	guid: '90a26f86d7684134b32b36cb0c18c02e',
	draftState: 'inactive',
	url: 'https://site.example/ArticleMoved',
	title: 'ArticleMoved',
	path: 'ArticleMoved',
	namespace: 'main',
	createdAt: '2023-05-08T20:10:39Z',
	language: 'en-US',
};

const page = { mode: 'id', value: '426' };
const given = { page, simplify: true };

describe('move', () => {
	it('sends the new path and gives the page', async () => {
		const { items, calls } = await runOperation(
			movePage,
			{ ...given, to: ' /Größe & Co/A+B?#/ ', options: { title: 'New' } },
			[INFO, MOVED],
		);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/426/info', query: { redirects: '0' } },
			{
				method: 'POST',
				path: '/pages/426/move',
				query: { to: 'Größe & Co/A+B?#', title: 'New', redirects: '0' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([ITEM]);
	});

	it('gives an item for each page that went along', async () => {
		const one = MOVED.slice(MOVED.indexOf('<page '), MOVED.indexOf('</pages.moved>'));
		const two = MOVED.replace('</pages', `${one.replace('159', '160')}</pages`);
		const { items } = await runOperation(movePage, { ...given, to: 'B' }, [INFO, two]);
		expect(items.map(({ id }) => id)).toEqual(['159', '160']);
	});

	it('keeps the path when only the title is to change', async () => {
		const options = { title: 'New' };
		const { calls } = await runOperation(movePage, { ...given, to: '', options }, [INFO, MOVED]);
		expect(calls.map(withQuery)).toMatchObject([
			{ method: 'GET', path: '/pages/426/info' },
			{ method: 'POST', query: { to: 'Example/ExamplePage', title: 'New' } },
		]);
	});

	it('gives the page as it is when the site had nothing to do', async () => {
		const nothing = '<pages.moved count="0"/>';
		const to = 'Example/ExamplePage';
		const { items } = await runOperation(movePage, { ...given, to }, [INFO, nothing]);
		expect(items).toMatchObject([{ id: '426', path: 'Example/ExamplePage' }]);
	});

	it('gives the whole pages when they are not to be simplified', async () => {
		const { items } = await runOperation(movePage, { page, to: 'B', simplify: false }, [
			INFO,
			MOVED,
		]);
		expect(items).toMatchObject([{ '@id': '159', path: { '@seo': 'true' } }]);
	});

	it('names the path that is taken', async () => {
		const body = '<error><message>Page exists</message></error>';
		const refused = await refusalOf(movePage, { ...given, to: 'A/B' }, [
			INFO,
			{ status: 409, body },
		]);
		expect(refused.message).toContain('The path "A/B" is taken');
		expect(refused.description).toContain('The site said: Page exists');
	});

	it.each([
		[{ to: '' }, '"New Path" is empty'],
		[{ to: ' / ' }, '"New Path" is empty'],
		[{ to: undefined }, '"New Path" is empty'],
		[{ to: 'https://site.example/A' }, '"New Path" contains an address'],
	])('%j makes no call', async (parameters, message) => {
		const refused = await refusalOf(movePage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});

describe('copy', () => {
	it('leaves to the site what was not chosen', async () => {
		const { items, calls } = await runOperation(copyPage, { ...given, to: 'A/B' }, [COPIED]);
		expect(calls.map(withQuery)).toEqual([
			{
				method: 'POST',
				path: '/pages/426/copy',
				query: { to: 'A/B' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([ITEM]);
	});

	it('sends what was chosen', async () => {
		const options = { title: 'T', tags: false, attachments: false, recursive: true };
		const { calls } = await runOperation(copyPage, { ...given, to: 'A', options }, [COPIED]);
		expect(withQuery(calls[0]!).query).toEqual({
			to: 'A',
			title: 'T',
			tags: 'false',
			attachments: 'false',
			recursive: 'true',
		});
	});

	it('names the path that is taken', async () => {
		const refused = await refusalOf(copyPage, { ...given, to: 'A' }, [{ status: 409 }]);
		expect(refused.message).toContain('The path "A" is taken');
	});

	it.each([
		[{ to: '' }, '"New Path" is empty'],
		[{ to: '/' }, '"New Path" is empty'],
		[{ to: 'http://site.example/A' }, '"New Path" contains an address'],
	])('%j makes no call', async (parameters, message) => {
		const refused = await refusalOf(copyPage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});

describe('delete', () => {
	it('looks the page up and deletes what it found', async () => {
		const named = { page: { mode: 'path', value: 'Example/ExamplePage' }, simplify: true };
		const { items, calls } = await runOperation(deletePage, named, [INFO, DELETED]);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/=Example%252FExamplePage/info', query: { redirects: '0' } },
			{
				method: 'DELETE',
				path: '/pages/426',
				query: { redirects: '0' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([
			{
				id: '179',
				guid: 'd668320eb6b447979d17573bb40c109b',
				draftState: 'inactive',
				deleted: true,
				deletedAt: '2024-02-08T20:33:00Z',
				url: 'https://site.example/Topic_Draft',
				title: 'Topic Draft',
				path: 'Topic_Draft',
				namespace: 'main',
				createdAt: '2023-07-24T14:59:48Z',
				language: 'en-US',
			},
		]);
	});

	it('deletes subpages only when it is told to', async () => {
		const options = { recursive: true };
		const { calls } = await runOperation(deletePage, { ...given, options }, [INFO, DELETED]);
		expect(withQuery(calls[1]!).query).toEqual({ redirects: '0', recursive: 'true' });
	});

	it.each([
		['by its name', 'home', []],
		['by its number', '1', ['<page id="1"><title>Home</title><path/></page>']],
		['by its number, told at length', '1', ['<page id="1"><path type="fixed"></path></page>']],
	])('never deletes the home page, named %s', async (_how, value, answers) => {
		const options = { recursive: true };
		const parameters = { page: { mode: 'id', value }, options };
		const refused = await refusalOf(deletePage, parameters, answers);
		expect(refused.message).toBe('The home page is never deleted');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('says that there is no page at a path', async () => {
		const named = { page: { mode: 'path', value: 'No/Where' } };
		const refused = await refusalOf(deletePage, named, [VIRTUAL]);
		expect(refused.message).toBe('There is no page "No/Where"');
	});
});

describe.each([
	['move', movePage, { to: 'B' }, MOVED],
	['delete', deletePage, {}, DELETED],
])('%s', (_name, operation, more, done) => {
	const byPath = (value: string) => ({ page: { mode: 'path', value }, simplify: true, ...more });
	const redirect = (type: string) =>
		`<page id="430" redirect="true" type="${type}"><title>Old</title><path>Guides/Old</path></page>`;

	it('leaves a redirect alone, and names the page that it leads to', async () => {
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
	])('leaves a redirect alone that leads %s', async (_where, found, target) => {
		const refused = await refusalOf(operation, byPath('Guides/Old'), [found, target]);
		expect(refused.message).toContain('Nothing was changed: page "Guides/Old"');
		expect(refused.description).not.toContain('undefined');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('leaves a redirect alone that is named by its number', async () => {
		const parameters = { ...byPath(''), page: { mode: 'id', value: '430' } };
		const refused = await refusalOf(operation, parameters, [redirect('internal-redirect'), INFO]);
		expect(refused.message).toContain('Nothing was changed: page 430');
	});

	it('leaves the page of another path alone, also at a site that follows all the same', async () => {
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
	])('takes %s for %s', async (entered, path) => {
		const found = INFO.replace(
			'>Example/ExamplePage</path>',
			`>${path.replace('&', '&amp;')}</path>`,
		);
		const { calls } = await runOperation(operation, byPath(entered), [found, done]);
		expect(calls[1]!.url).toContain('/pages/426');
	});
});
