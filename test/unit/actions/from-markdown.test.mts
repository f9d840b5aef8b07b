import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import {
	htmlFromMarkdown,
	MAX_COMPARISONS,
	MAX_LINES,
	MAX_MARKDOWN_CHARS,
} from '../../../nodes/CxoneExpert/actions/markdown/from-markdown.ts';
import { markdownOf } from '../../../nodes/CxoneExpert/actions/markdown/markdown.ts';
import { notCarried } from '../../../nodes/CxoneExpert/actions/markdown/not-carried.ts';
import { root } from '../../../scripts/repository/identity.mts';

const base = 'https://help.example.com/Guides/Setup';
/** One item with paragraphs spreads its whole list. */
const withoutEmptyLines = (text: string) => text.replace(/\n+/g, '\n');
const pages = globSync(`${root}/test/support/fixtures/pages/*.md`).sort();

it.each(pages.map((path) => [basename(path, '.md'), path]))(
	'htmlFromMarkdown gives back what markdownOf made of a page: %s',
	(_name, path) => {
		const markdown = readFileSync(path, 'utf8').trim();
		expect(withoutEmptyLines(markdownOf(htmlFromMarkdown(markdown), { base }))).toBe(withoutEmptyLines(markdown));
	},
);

it.each([
	['headings and emphasis', '## Reset\n\nHold **both**.', '<h2>Reset</h2>\n<p>Hold <strong>both</strong>.</p>'],
	['an address alone', 'www.example.com', '<p><a href="http://www.example.com">www.example.com</a></p>'],
	['links within the site', '[a](/Guides/Setup)', '<p><a href="/Guides/Setup">a</a></p>'],
	['addresses that run', '[a](javascript:x) ![b](data:,x)', '<p><a>a</a> <img alt="b"></p>'],
	['HTML', 'a <b onclick="x">c</b>', '<p>a &lt;b onclick=&quot;x&quot;&gt;c&lt;/b&gt;</p>'],
	['powers', '10<sup>6</sup>', '<p>10<sup>6</sup></p>'],
	['tags that are not closed', '<sup>a<sub>b</sup>', '<p>&lt;sup&gt;a&lt;sub&gt;b&lt;/sup&gt;</p>'],
	[
		'a table with scripts',
		'a\n\n<table><td onclick=x><script>y</script>z</table>',
		'<p>a</p>\n<table><td>z</td></table>',
	],
	['double braces', '`{{x}}` {*{x}}*', '<p><code>{\u2060{x}}</code> {\u2060<em>{x}}</em></p>'],
	['double braces with a tag between', '{`<i>`{x}}', '<p>{\u2060<code>&lt;i&gt;</code>{x}}</p>'],
	['double braces with a tag of text between', 'x {<i>{x}}', '<p>x {\u2060&lt;i&gt;{x}}</p>'],
	['a reference', '[a][1]\n\n[1]: /b', '<p><a href="/b">a</a></p>'],
])('htmlFromMarkdown converts %s', (_of, markdown, html) => {
	expect(htmlFromMarkdown(markdown)).toBe(html);
});

it.each([
	['<p>a</p>', 'is HTML'],
	['<b>a</b>', 'is HTML'],
	['<p>a</p>\n\n<div>b</div>', 'is HTML'],
	['a'.repeat(MAX_MARKDOWN_CHARS + 1), '100,000 characters'],
	['*a_'.repeat(Math.sqrt(MAX_COMPARISONS)), 'in one paragraph'],
	['> '.repeat(65) + 'a', '64 lists and quotes'],
	['- '.repeat(65) + 'a', '64 lists and quotes'],
	[' '.repeat(130) + '- a', '64 lists and quotes'],
	['a\n'.repeat(MAX_LINES), '5,000 lines'],
	['<?a '.repeat(2_500), 'in one paragraph'],
	[`${'|'.repeat(101)}\n${'|-'.repeat(100)}|\n${'|\n'.repeat(100)}`, '10,000 cells'],
	[`[a]: /${'b'.repeat(40_000)}\n\n[a] [a] [a]`, 'in the addresses'],
])('htmlFromMarkdown refuses %.20j', (markdown, why) => {
	expect(() => htmlFromMarkdown(markdown)).toThrow(why);
});

it.each([
	['<p>{{ template("x") }}</p>', 'the template {{ template("x") }}'],
	['<p>{&#123; x }}</p>', 'the template {{ x }}'],
	['<pre class="script">x</pre>', 'a script (pre)'],
	['<script>x</script>', 'a script (script)'],
	['<p if="user.x">a</p>', 'conditional content'],
	['<div class="mt-style-conditional">a</div>', 'conditional content'],
	['<div class="mt-contentreuse-widget">a</div>', 'reused content'],
	['<p data-llm-no-index>a</p>', 'a hidden part or an element (p)'],
	['<iframe src="https://x.example"></iframe>', 'a hidden part or an element (iframe)'],
	['<h2>a</h2><table><td colspan="2"><b>b</b></table>', undefined],
])('notCarried names what Markdown would lose of %j', (html, lost) => {
	expect(notCarried(html)).toBe(lost);
});
