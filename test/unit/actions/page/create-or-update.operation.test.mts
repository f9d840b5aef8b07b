import { describe, expect, it } from 'vitest';

import {
	createOrUpdatePage,
	paragraphsOf,
} from '../../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { runOperation, type StubResponse, withQuery } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: docs/vendor-facts.md#writing-pages. */
const SAVED =
	'<edit status="success"><page id="2299" guid="dc7fa889d7ab41b98b755448d85c9c1c" draft.state="inactive" href="https://site.example/@api/deki/pages/2299?redirects=0" deleted="false" revision="13"><uri.ui>https://site.example/test</uri.ui><title>test</title><path seo="true">test</path><namespace>main</namespace><date.created>2023-04-28T15:45:40Z</date.created><language>en-US</language></page></edit>';

const at = (path: string) => ({ mode: 'path', value: path });

/** What the look-up of a free path gives. */
const NOTHING = { status: 404, body: '<error/>' };

/** The call that saves, and the one item. */
async function save(parameters: object, response: StubResponse = SAVED) {
	const { items, calls } = await runOperation(
		createOrUpdatePage,
		{ page: at('A/B'), contents: '<p>Hi</p>', simplify: true, ...parameters },
		[NOTHING, response],
		{ timezone: 'Europe/Berlin' },
	);
	expect(items).toHaveLength(1);
	expect(calls).toHaveLength(2);
	return { call: withQuery(calls[1]!), item: items[0]! };
}

it.each([
	['what XML does not know', 'a&nbsp;b<br>c<p>d'],
	['what ends CDATA', '<script>x[y[0]]>1</script>]]>'],
	['white space around it', '\r\n  <p>x</p>\t\n'],
	['control characters', 'a\u0000b\u0001c\u001fd'],
	['emoji and other scripts', '<p>😀 日本語 Größe</p>'],
])('createOrUpdatePage does not change %s', async (_what, contents) => {
	expect((await save({ contents })).call.body).toBe(contents);
});

describe('createOrUpdatePage: If the Page Exists and Edit Time', () => {
	it.each([
		[{ ifExists: 'overwrite' }, { abort: 'never', edittime: 'now' }],
		[{ ifExists: 'abort' }, { abort: 'exists', edittime: 'now' }],
		[
			{ ifExists: 'overwrite', editTime: '20260130165945' },
			{ abort: 'modified', edittime: '20260130165945' },
		],
		[
			{ ifExists: 'abort', editTime: '20260130165945' },
			{ abort: 'exists', edittime: 'now' },
		],
		[{ editTime: '2026-01-30T16:59:45Z' }, { abort: 'modified', edittime: '20260130165945' }],
		[
			{ editTime: '2026-01-30T17:59:45.999+01:00' },
			{ abort: 'modified', edittime: '20260130165945' },
		],
		[{ editTime: '2026-01-30T17:59:45' }, { abort: 'modified', edittime: '20260130165945' }],
		[
			{ editTime: new Date('2026-01-30T16:59:45Z') },
			{ abort: 'modified', edittime: '20260130165945' },
		],
	])('createOrUpdatePage sends %j', async (options, query) => {
		expect((await save({ options })).call.query).toEqual(query);
	});
});

describe('createOrUpdatePage: created', () => {
	const first = SAVED.replace('revision="13"', 'revision="1"');

	it('createOrUpdatePage returns "created" when the page cannot have existed', async () => {
		const { item } = await save({ options: { ifExists: 'abort' } }, first);
		expect(item).toMatchObject({ revision: 1, created: true });
	});

	it('createOrUpdatePage leaves "created" out when nobody can tell', async () => {
		expect((await save({}, first)).item).not.toHaveProperty('created');
		const unnumbered = SAVED.replace(' revision="13"', '');
		expect((await save({}, unnumbered)).item).not.toHaveProperty('created');
	});
});

describe('paragraphsOf', () => {
	it.each([
		['a line break of each system', 'a\nb\r\nc\rd', '<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>'],
		['blank lines', '\na\n\n \t\r\n\r\nb\n', '<p>a</p>\n<p>b</p>'],
		['white space around a line', ' a\t\n\u00a0b ', '<p>a</p>\n<p>b</p>'],
		['white space within a line', 'a  b', '<p>a  b</p>'],
		['nothing', '', ''],
		['white space alone', ' \r\n ', ''],
	])('paragraphsOf a text with %s', (_case, text, html) => {
		expect(paragraphsOf(text)).toBe(html);
	});

	it.each([
		['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
		['&amp; &lt;', '&amp;amp; &amp;lt;'],
		['"x"', '&quot;x&quot;'],
		["it's", "it's"],
	])('paragraphsOf treats nothing as markup: %s', (text, html) => {
		expect(paragraphsOf(text)).toBe(`<p>${html}</p>`);
	});

	it.each([
		['{{wiki.x()}}', '{\u2060{wiki.x()}}'],
		['{{{', '{\u2060{\u2060{'],
		['{{{{', '{\u2060{\u2060{\u2060{'],
		['{a}', '{a}'],
		['{ {', '{ {'],
	])('paragraphsOf keeps the braces of a script apart: %s', (text, html) => {
		expect(paragraphsOf(text)).toBe(`<p>${html}</p>`);
		expect(paragraphsOf(text)).not.toContain('{{');
	});

	it('paragraphsOf puts no two braces of two lines together', () => {
		expect(paragraphsOf('{\n{')).toBe('<p>{</p>\n<p>{</p>');
	});
});
