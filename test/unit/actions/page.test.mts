import { expect, it } from 'vitest';

import { tableOfContentsIn, textIn } from '../../../nodes/CxoneExpert/actions/contents.ts';
import { paragraphsOf } from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { rootOf } from '../../support/unit/samples.mts';

const BODY = '<body>&lt;p&gt;Text&lt;/p&gt;</body>';
const TOC = '<body target="toc">&lt;ol&gt;&lt;/ol&gt;</body>';
const NO_TOC = '<body target="toc">&lt;em&gt;No headers&lt;/em&gt;</body>';
const OTHER = '<body target="sidebar">Other</body>';

it.each([
	['a text before its table of contents', `${BODY}${TOC}`, '<p>Text</p>', '<ol></ol>'],
	['a text behind everything else', `${OTHER}${TOC}${BODY}`, '<p>Text</p>', '<ol></ol>'],
	['a text alone', BODY, '<p>Text</p>', undefined],
	['a table of contents alone', TOC, '', '<ol></ol>'],
	['no headings', `${BODY}${NO_TOC}`, '<p>Text</p>', undefined],
	['another part alone', OTHER, '', undefined],
	['a title alone', '<head>x</head>', '', undefined],
])('textIn and tableOfContentsIn of contents with %s', (_case, inner, text, tableOfContents) => {
	const content = rootOf(`<content title="A">${inner}</content>`);
	expect(textIn(content)).toBe(text);
	expect(tableOfContentsIn(content)).toBe(tableOfContents);
});

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
	['braces that are apart', '{a} { {', '<p>{a} { {</p>'],
	['braces that end and begin a line', '{\n{', '<p>{</p>\n<p>{</p>'],
])('paragraphsOf a text with %s puts nothing into effect', (_case, text, html) => {
	expect(paragraphsOf(text)).toBe(html);
	expect(paragraphsOf(text)).not.toContain('{{');
});
