import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { MAX_DEPTH, MAX_ELEMENTS, MAX_HTML_CHARS } from '../../../nodes/CxoneExpert/actions/markdown/html-tree.ts';
import { markdownOf } from '../../../nodes/CxoneExpert/actions/markdown/markdown.ts';
import { root } from '../../../scripts/repository/identity.mts';

const base = 'https://help.example.com/Guides/Setup';
const converted = (html: string) => markdownOf(html, { base });

const pages = globSync(`${root}/test/support/fixtures/pages/*.html`).sort();

it.each(pages.map((path) => [basename(path, '.html'), path]))(
	'markdownOf converts a page as sites give it: %s',
	async (_name, path) => {
		const markdown = converted(readFileSync(path, 'utf8'));
		await expect(`${markdown}\n`).toMatchFileSnapshot(path.replace('.html', '.md'));
	},
);

it.each([
	['line breaks', 'one<br>two', 'one\\\ntwo'],
	['a line break in a cell', '<table><tr><th>a<br>b</table>', '| a<br>b |\n| - |'],
	['a heading without text', '<h2> &nbsp;</h2><p>x</p>', 'x'],
	['spaces at the ends of emphasis', 'x<b> a </b>y <i>b<br></i>z', 'x **a** y *b*\\\nz'],
	['spaces at the ends of emphasis in emphasis', 'x<b> <i>a </i></b>y', 'x **_a_** y'],
	['lines of code in a cell', '<table><th><code>a<br>b</code></table>', '| `a b` |\n| - |'],
	['bold code', '<pre>a\n<b>  b\n</b>c</pre>', '```\na\n  b\nc\n```'],
	['a number to start with', '<ol start="7"><li>x</ol>', '7. x'],
	['powers', '10<sup>6</sup>', '10<sup>6</sup>'],
	['a line break in a heading', '<h2>a<br>b</h2>', '## a b'],
	['an image without a useful address', '<img src="data:,x" alt="A map">', 'A map'],
	['a listing of another kind', '<ul class="mt-guide-listings"><li>x</ul>y', 'y'],
	['text that looks like markup', '1. *a* &lt;b&gt; [c]', '1\\. \\*a\\* \\<b> \\[c]'],
	[
		'empty lines of code in a table',
		'<table><td colspan=2><pre>a\n\nb</pre></table>',
		'<table><td colspan="2"><pre><code>a&#10;\nb</code></pre></td></table>',
	],
	['a language that is said of the block', '<pre class="language-js">x</pre>', '```js\nx\n```'],
	['nothing', ' <p> </p> ', ''],
	['blocks in a heading', '<h2><div>A</div><div>B</div>C</h2>', '## A B C'],
	['a list in a heading', '<h2>A<ul><li>B<li>C</ul></h2>', '## A B C'],
	['a block within a paragraph', '<p><span>5<div>10</div></span>6</p>', '5\n\n10\n\n6'],
	['text beside items', '<ul>![]()<li>x</ul><dl>![]()<dt>x</dl>', '- !\\[]\\()\n\n  x\n\n* x\n\n  !\\[]\\()'],
	[
		'bold lines of code',
		'<pre>$ <b>npm install</b>\n$ <b>npm start</b>\ndone</pre>',
		'```\n$ npm install\n$ npm start\ndone\n```',
	],
	['a list directly in a list', '<ol><li>a</li><ol><li>aa</li></ol><li>b</li></ol>', '1. a\n   1. aa\n2. b'],
	['a paragraph directly in a list', '<ul><li>a</li><p>para</p><li>b</li></ul>', '- a\n\n  para\n\n- b'],
	[
		'items in a block between items',
		'<ol><li>a</li><section><p><li>b</li><li>c</li></p></section><li>d</li></ol>',
		'1. a\n2. b\n3. c\n4. d',
	],
	[
		'text and images between items',
		'<ol><li>a</li><img src="/x.png" alt="x"><br>now <b>wait</b><li>b</li><br><li>c</ol>',
		'1. a ![x](https://help.example.com/x.png) now  **wait**\n2. b\n3. c',
	],
	['code that begins with a line end', '<p>see<code>\nfoo</code>', 'see `foo`'],
	[
		'an item that is hidden from AI',
		'<ol><li>a</li><li data-llm-no-index="true">h</li><li>c</li></ol>',
		'1. a\n2.\n3. c',
	],
	['keys beside each other', '<kbd>Ctrl</kbd><kbd>+C</kbd>', '`Ctrl+C`'],
	['spaces at the ends of code', 'x<code> c </code><code>d </code>y', 'x `c` `d` y'],
	['code with a backtick beside other code', '<code>a`</code><code>`b</code>', '`a``b`'],
	['line breaks in emphasis', 'x<b><br></b>y<b>z <br></b>x', 'x\\\ny**z**\\\nx'],
	[
		'emphasis around all of a text, as when it is pasted',
		'<b><i><p>x</p><h2>y</h2></i><ul><li>z</ul></b>',
		'x\n\n## y\n\n- z',
	],
	[
		'an empty line in the words for a picture of a table',
		'<table><td colspan=2><img src="/a.png" alt="a\n\n# b"></table>',
		'<table><td colspan="2"><img src="https://help.example.com/a.png" alt="a # b"></td></table>',
	],
	['one paragraph of a cell', '<table><th> <div><p>a</p></div> </table>', '| a |\n| - |'],
	['a heading with a line end only', 'x<h2><br></h2>y<h2>\u00A0<b><br></b></h2><h2><hr></h2>', 'x y'],
	['a link without words in a heading', '<h2><a href="#x"><br></a></h2><h2><sub> </sub></h2>x', 'x'],
	['code beside code around a block', '<code>a</code><b><code>b</code><p>c</b>', '`ab`\n\nc'],
	[
		'a video without a title',
		'<iframe src="//video.example.com/a_b" title=" "></iframe>',
		'[https://video.example.com/a_b](https://video.example.com/a_b)',
	],
	['bold code beside bold code', '<b><code>a</code></b><b><code>b</code>c</b>', '**`ab`c**'],
	['an item without text', '<ol><li>a<li> <li>c</ol><ul><li>a<li></ul>', '1. a\n2.\n3. c\n\n- a'],
	['a number of an item', '<ol><li>a<li value=2>b<li value=5>c<li>d</ol>', '1. a\n2. b\n\n5) c\n6) d'],
	['numbers that Markdown does not have', '<ol start="-3"><li>x<li value="1e9">y</ol>', '1. x\n2. y'],
])('markdownOf converts %s', (_case, html, markdown) => {
	expect(converted(html)).toBe(markdown);
});

it('markdownOf keeps what is hidden from AI when it is told to', () => {
	const html = '<p>a</p><div data-llm-no-index><p>b</p></div>';
	expect(converted(html)).toBe('a');
	expect(markdownOf(html, { base, isHiddenKept: true })).toBe('a\n\nb');
	expect(converted('<p data-llm-no-index="false">b</p>')).toBe('b');
});

it('markdownOf leaves a table whose rows differ much in length as HTML, and small', () => {
	const html = `<table><tr>${'<td>a</td>'.repeat(2000)}</tr>${'<tr><td>b</td></tr>'.repeat(2000)}</table>`;
	const markdown = converted(html);
	expect(markdown).toMatch(/^<table>/);
	expect(markdown.length).toBeLessThan(2 * html.length);
});

it.each([
	['characters', 'x'.repeat(MAX_HTML_CHARS), '1,000,000 characters of HTML'],
	['elements', '<p>x'.repeat(MAX_ELEMENTS), '10,000 elements and lines of code'],
	['lines of code', `<pre>${'\n'.repeat(MAX_ELEMENTS)}</pre>`, '10,000 elements and lines of code'],
	['levels', '<div>'.repeat(MAX_DEPTH), '64 elements within each other'],
	['100,000 unclosed tables', '<table><tr><td>'.repeat(100_000), /64 elements|1,000,000/],
])('markdownOf says what is too much: %s', (_case, html, limit) => {
	const refused = refusalOf(`${html}<p>x</p>`);
	expect(refused).toBeInstanceOf(ExpertError);
	expect((refused as ExpertError).message).toMatch(limit);
});

function refusalOf(html: string): unknown {
	try {
		return converted(html);
	} catch (error) {
		return error;
	}
}

it('markdownOf takes as much as it says', () => {
	expect(converted('x'.repeat(MAX_HTML_CHARS))).toHaveLength(MAX_HTML_CHARS);
	expect(converted('<i>x</i>'.repeat(MAX_ELEMENTS)).length).toBeGreaterThan(MAX_ELEMENTS);
	expect(converted(`${'<blockquote>'.repeat(MAX_DEPTH)}x`)).toBe(`${'> '.repeat(MAX_DEPTH)}x`);
});

it.each([
	'<p hidden>HIDDEN</p>',
	'<p style="display:none">HIDDEN</p>',
	'<div style="color: red; DISPLAY : none !important"><p>HIDDEN</p></div>',
	'<p style="/* x */display:/**/none">HIDDEN</p>',
	'<p style="visibility:hidden">HIDDEN</p>',
	'<p><span style="font-size:0">HIDDEN</span></p>',
	'<p><span style="font-size: 0px"><b>HIDDEN</b></span></p>',
	'<p style="font-size:0.0em">HIDDEN</p>',
])('markdownOf leaves out what readers cannot see, unless it is told to keep it: %s', (html) => {
	const markdown = (isHiddenKept: boolean) => markdownOf(`<p>Seen.</p>${html}`, { base, isHiddenKept });
	expect(markdown(false)).toBe('Seen.');
	expect(markdown(true)).toContain('HIDDEN');
});

it('markdownOf leaves out letters that nobody sees', () => {
	const letters = '\u{E0049}\u{E004E}\u{E007F}';
	expect(markdownOf(`<p>Seen${letters}.</p>`, { base, isHiddenKept: true })).toBe('Seen.');
});

it.each([
	'<p hidden="until-found">Seen.</p>',
	'<p style="display:block;visibility:visible">Seen.</p>',
	'<p aria-hidden="true">Seen.</p>',
	'<p style="font-size:0.8em">Seen.</p>',
	'<p style="font-size:05px">Seen.</p>',
	'<td style="font-size:0px"><div style="font-size:13px">Seen.</div></td>',
	'<p data-style="display:none" style="--display:none">Seen.</p>',
])('markdownOf keeps what readers see: %s', (html) => {
	expect(markdownOf(html, { base })).toBe('Seen.');
});

it('markdownOf joins an emoji that is stored as two references', () => {
	expect(markdownOf('<p>&#55357;&#56960; &#xD83D;&#xDE00; &#xD83D;</p>', { base })).toBe('🚀 😀 \uFFFD');
});
