import { describe, expect, it } from 'vitest';

import { targetPage } from '../../../nodes/CxoneExpert/actions/page-field.ts';
import { isSamePath, pageReference } from '../../../nodes/CxoneExpert/actions/page-reference.ts';

const SITE = 'https://help.example.com';
const CONTEXT = { origin: SITE, timezone: 'UTC' };

const GUID = '6d5d030f38d747828a485713c3cf1154';

const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

/** The key of a page that could be named, or what is said when it could not. */
function keyOf(value: unknown, context: { origin: string; isTool?: boolean } = CONTEXT): string {
	try {
		return pageReference(value, context).key;
	} catch (problem) {
		return `refused: ${(problem as Error).message}`;
	}
}

describe('pageReference by ID', () => {
	it.each([
		['a number', 42, '42'],
		['with white space', ' 42\n', '42'],
		['home', 'home', 'home'],
		['home, written large', 'Home', 'home'],
		['a guid', GUID, `:${GUID}`],
		['a guid as the API has it', `:${GUID}`, `:${GUID}`],
		['an address', `${SITE}/A/B`, '=A%252FB'],
	])('pageReference by ID accepts %s', (_case, value, key) => {
		expect(keyOf(locator('id', value))).toBe(key);
		expect(keyOf(locator('list', value))).toBe(key);
		expect(keyOf(value)).toBe(key);
	});

	it.each(['A/B', '4 2', '-1', '4.2', '=A', 'undefined', '[object Object]', '42;drop'])(
		'pageReference by ID refuses %s and says what an ID is',
		(value) => {
			expect(keyOf(locator('id', value))).toBe(`refused: "${value}" is not the ID of a page`);
		},
	);
});

describe('pageReference for a model', () => {
	const tool = { ...CONTEXT, isTool: true };

	it.each([
		['A/B', '=A%252FB'],
		['/A/B/', '=A%252FB'],
		['Setup', '=Setup'],
		['42', '42'],
		[GUID, `:${GUID}`],
		[`${SITE}/A`, '=A'],
	])('pageReference takes "%s", whichever way was chosen for it', (text, key) => {
		expect(keyOf(locator('id', text), tool)).toBe(key);
		expect(keyOf(locator('list', text), tool)).toBe(key);
		expect(keyOf(locator('url', text), tool)).toBe(key);
		expect(keyOf(text, tool)).toBe(key);
	});
});

describe('pageReference by path', () => {
	it.each([
		['', 'home'],
		['/A/B/', '=A%252FB'],
		['Größe & 100%', '=Gr%25C3%25B6%25C3%259Fe%2520%2526%2520100%2525'],
		['a+b#c?d=e', '=a%252Bb%2523c%253Fd%253De'],
		[' Home ', 'home'],
		['Guides/home', '=Guides%252Fhome'],
		['2024', '=2024'],
		['A%20B', '=A%252520B'],
	])('pageReference encodes the path "%s" twice', (path, key) => {
		expect(keyOf(locator('path', path))).toBe(key);
	});

	it.each(['...', 'a.b/..c', 'v1.2'])('pageReference accepts the path "%s"', (path) => {
		expect(keyOf(locator('path', path))).toBe(`=${path.replace('/', '%252F')}`);
	});
});

describe('pageReference by URL', () => {
	it.each([
		['a page', '/Guides/Setup', '=Guides%252FSetup'],
		['query and hash', '/A/B?mt-draft=true#Section_2', '=A%252FB'],
		['characters that are not encoded', '/Größe', '=Gr%25C3%25B6%25C3%259Fe'],
		['an encoded percent sign', '/100%25', '=100%2525'],
		['a page that is called like the home page', '/home', '=home'],
		['bytes that are no UTF-8', '/%FF', '=%2525FF'],
		['an address of the API', '/@api/deki/pages/42/info?x=1', '42'],
		['an address of the API by path', '/@api/deki/pages/=A%252FB/contents', '=A%252FB'],
		['a path in the query', '/index.php?title=Guides/Q_%26_A', '=Guides%252FQ_%2526_A'],
		['a path with + in the query', '/index.php?title=C%2B%2B&x=y', '=C%252B%252B'],
		['a short link with more behind it', '/@go/page/42/x?y', '42'],
	])('pageReference by URL accepts %s', (_case, path, key) => {
		expect(keyOf(locator('url', `${SITE}${path}`))).toBe(key);
		expect(keyOf(locator('url', `HTTPS://Help.Example.com${path}`))).toBe(key);
		expect(keyOf(locator('url', `http://help.example.com${path}`))).toBe(key);
	});

	it('pageReference accepts any host when the site is unknown', () => {
		expect(pageReference(locator('url', 'https://any.example/A'), { origin: undefined }).key).toBe('=A');
	});
});

describe('pageReference by an item', () => {
	const page = { id: '42', path: 'A/B', revision: 3, url: `${SITE}/A/B` };

	it.each([
		['the page of an item', page, '42'],
		['a whole item of the trigger', { deliveryId: 'd', eventType: 'page_create', page }, '42'],
		['a page without an ID', { path: 'A/B' }, '=A%252FB'],
		['the home page without an ID', { path: '' }, 'home'],
		['a page with an address alone', { url: `${SITE}/A` }, '=A'],
	])('pageReference accepts %s', (_case, value, key) => {
		expect(keyOf(value)).toBe(key);
		expect(keyOf(locator('id', value))).toBe(key);
		expect(keyOf(locator('path', value))).toBe(key);
	});
});

it.each([
	['home as an ID', locator('id', 'Home')],
	['a slash', locator('path', ' / ')],
])('a target page accepts %s as the home page', (_case, value) => {
	expect(targetPage.read(value, CONTEXT)).toMatchObject({ key: 'home' });
});

it.each([undefined, null, '', '  ', false, locator('id', ''), locator('list', undefined), locator('path', ' ')])(
	'pageReference refuses %j and says where a page can come from',
	(value) => {
		expect(() => pageReference(value, CONTEXT)).toThrow(
			expect.objectContaining({
				message: 'No page is named',
				description: expect.stringContaining('ID, path'),
			}),
		);
	},
);

it.each([
	['example/EXAMPLEPAGE', 'Example/ExamplePage'],
	['Größe & Maß/a b', 'GRÖßE_&_Maß/A_B'],
	['A/Was_ist_das?', 'A/Was_ist_das%3F'],
	['A/Was ist das%3f', 'A/Was_ist_das?'],
	['A/100%', 'A/100%25'],
	['A/Cafe\u0301', 'A/Caf\u00e9'],
	['Ops/C++ guide', 'Ops/C___guide'],
	['P+ /plus', 'P/plus'],
])('isSamePath treats %s as a spelling of %s', (entered, path) => {
	expect(isSamePath(entered, path)).toBe(true);
	expect(isSamePath(entered, `${path}/B`)).toBe(false);
});

const NO_ADDRESS = /^refused: ".*" is not the address of a page$/;
const NO_PATH = /^refused: "\.\.?" cannot be a part of a path$/;
const NONE_NAMED = /^refused: No page is named$/;
const OF_NO_PAGE = ['@api/deki/drafts/5', '@api/deki/files/1/manual.txt', '@app/auth'];

it.each<[value: unknown, refusal: RegExp]>([
	...[...OF_NO_PAGE, 'Special:Search?q=x', 'index.php?title=Special:Search'].flatMap((path) =>
		['url', 'id'].map((mode): [unknown, RegExp] => [locator(mode, `${SITE}/${path}`), NO_ADDRESS]),
	),
	...['@api/deki/pages/1', '/@api/deki/drafts/5', '%40api/deki', 'special:Search'].map((path): [unknown, RegExp] => [
		locator('path', path),
		NO_ADDRESS,
	]),
	...['Guides/Setup', 'help.example.com/A', 'ftp://help.example.com/A', 'https://', '42'].map(
		(url): [unknown, RegExp] => [locator('url', url), NO_ADDRESS],
	),
	...['..', 'a/../b', './a', 'a/.', '/a/ .. /b'].map((path): [unknown, RegExp] => [locator('path', path), NO_PATH]),
	// An expression can give these: no home page is meant.
	...[undefined, null, true, Number.NaN].map((path): [unknown, RegExp] => [locator('path', path), NONE_NAMED]),
	...[{ eventType: 'user_update', user: { id: '6' } }, {}, { id: {}, path: 7, url: false }].map(
		(item): [unknown, RegExp] => [item, NONE_NAMED],
	),
])('pageReference refuses %j: %s', (value, refusal) => {
	expect(keyOf(value)).toMatch(refusal);
});

it('pageReference accepts a path of 2,000 characters, and refuses one more', () => {
	const longest = 'x'.repeat(2000);
	expect(keyOf(locator('path', longest))).toBe(`=${longest}`);
	const tooLong = [locator('path', `${longest}x`), locator('url', `${SITE}/${longest}x`)];
	for (const value of [...tooLong, { path: `${longest}x` }])
		expect(keyOf(value)).toBe('refused: The path is longer than 2,000 characters');
});
