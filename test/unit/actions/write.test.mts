import { expect, it } from 'vitest';

import { paragraphsOf } from '../../../nodes/CxoneExpert/actions/write.ts';

it.each([
	['a line break of each system', 'a\nb\r\nc\rd', '<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>'],
	['blank lines', '\na\n\n \t\r\n\r\nb\n', '<p>a</p>\n<p>b</p>'],
	['white space around a line', ' a\t\n\u00a0b ', '<p>a</p>\n<p>b</p>'],
	['white space within a line', 'a  b', '<p>a  b</p>'],
	['white space alone', ' \r\n ', ''],
	['what is escaped already', '&amp; &lt;', '<p>&amp;amp; &amp;lt;</p>'],
	['quotation marks', `"it's"`, "<p>&quot;it's&quot;</p>"],
	['a script', '{{wiki.x()}}', '<p>{\u2060{wiki.x()}}</p>'],
	['three braces', '{{{', '<p>{\u2060{\u2060{</p>'],
	['four braces', '{{{{', '<p>{\u2060{\u2060{\u2060{</p>'],
	['a link', '[[x]] [[[y', '<p>[\u2060[x]] [\u2060[\u2060[y</p>'],
	['a signature', '~~~ ~~~~ ~~~~~ ~~', '<p>~~\u2060~ ~~\u2060~~ ~~\u2060~~\u2060~ ~~</p>'],
	['braces that are apart', '{a} { {', '<p>{a} { {</p>'],
	['braces that end and begin a line', '{\n{', '<p>{</p>\n<p>{</p>'],
])('paragraphsOf a text with %s puts nothing into effect', (_case, text, html) => {
	expect(paragraphsOf(text)).toBe(html);
	expect(paragraphsOf(text)).not.toMatch(/\{\{|\[\[|~~~/);
});
