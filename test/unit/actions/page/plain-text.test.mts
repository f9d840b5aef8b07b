import { describe, expect, it } from 'vitest';

import { paragraphsOf } from '../../../../nodes/CxoneExpert/actions/page/plain-text.ts';

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
