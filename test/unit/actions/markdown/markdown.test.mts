import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { marked } from 'marked';
import { expect, it } from 'vitest';
import { ExpertError } from '../../../../nodes/CxoneExpert/api/expert-error.ts';
import {
	MAX_DEPTH,
	MAX_ELEMENTS,
	MAX_HTML_CHARS,
} from '../../../../nodes/CxoneExpert/actions/markdown/html-tree.ts';
import { markdownOf } from '../../../../nodes/CxoneExpert/actions/markdown/markdown.ts';
import { root } from '../../../../scripts/repository/identity.mts';

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

it('the sample pages are ten', () => {
	expect(pages).toHaveLength(10);
});

it.each([
	['line breaks', 'one<br>two', 'one\\\ntwo'],
	['a line break in a cell', '<table><tr><th>a<br>b</table>', '| a<br>b |\n| - |'],
	['a heading without text', '<h2> &nbsp;</h2><p>x</p>', 'x'],
	['emphasis without text', 'a<b> </b>c', 'a c'],
	['spaces at the ends of emphasis', 'x<b> a </b>y <i>b<br></i>z', 'x **a** y *b*\\\nz'],
	['spaces at the ends of emphasis in emphasis', 'x<b> <i>a </i></b>y', 'x **_a_** y'],
	['line breaks in emphasis', 'x<b><br></b>y<b>z <br></b>x', 'x\\\ny**z**\\\nx'],
	[
		'emphasis around all of a text, as when it is pasted',
		'<b><i><p>x</p><h2>y</h2></i><ul><li>z</ul></b>',
		'x\n\n## y\n\n- z',
	],
	['lines of code in a cell', '<table><th><code>a<br>b</code></table>', '| `a b` |\n| - |'],
	['lines of code in a paragraph', '<code>a<br><br># b</code>', '`a # b`'],
	['bold code', '<pre>a\n<b>  b\n</b>c</pre>', '```\na\n  b\nc\n```'],
	['emphasis in emphasis', '<b>a <strong>b</strong></b>', '**a b**'],
	['a number to start with', '<ol start="7"><li>x</ol>', '7. x'],
	['powers', '10<sup>6</sup>', '10<sup>6</sup>'],
	['line breaks in a box of a cell', '<table><th><div>a<br>b</div></table>', '| a<br>b |\n| - |'],
	['a line break in a heading', '<h2>a<br>b</h2>', '## a b'],
	['an image without a useful address', '<img src="data:,x" alt="A map">', 'A map'],
	[
		'a box with markup in its title',
		'<div class="style-wrap" title="<i>Tip</i>">x</div>',
		'> **Tip**\n>\n> x',
	],
	[
		'numbers and addresses with spaces',
		`<a href="tel:+49 30 1234">call</a> <a href='mailto:a b@c.example "d"'>mail</a>`,
		'[call](tel:+49%2030%201234) [mail](mailto:a%20b@c.example%20%22d%22)',
	],
	['a button by its role', 'a<span role="button">b</span>c', 'ac'],
	['a listing of another kind', '<ul class="mt-guide-listings"><li>x</ul>y', 'y'],
	['text that looks like markup', '1. *a* &lt;b&gt; [c]', '1\\. \\*a\\* \\<b> \\[c]'],
	[
		'empty lines of code in a table',
		'<table><td colspan=2><pre>a\n\nb</pre></table>',
		'<table><td colspan="2"><pre><code>a&#10;\nb</code></pre></td></table>',
	],
	[
		'an empty line in the words for a picture of a table',
		'<table><td colspan=2><img src="/a.png" alt="a\n\n# b"></table>',
		'<table><td colspan="2"><img src="https://help.example.com/a.png" alt="a # b"></td></table>',
	],
	['a language that is said of the block', '<pre class="language-js">x</pre>', '```js\nx\n```'],
	['nothing', ' <p> </p> ', ''],
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
	['5 MB of text', 'x '.repeat(2_500_000), '1,000,000 characters of HTML'],
	['elements', '<p>x'.repeat(MAX_ELEMENTS), '10,000 elements and lines of code'],
	['lines of code', `<pre>${'\n'.repeat(MAX_ELEMENTS)}</pre>`, '10,000 elements and lines of code'],
	['levels', '<div>'.repeat(MAX_DEPTH), '64 elements within each other'],
	['100,000 levels', '<div>'.repeat(100_000), '64 elements within each other'],
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

/** Markup that is well-formed, broken or hostile, in any order. */
const markup = fc
	.array(
		fc.oneof(
			fc.string(),
			fc.constantFrom(
				...[
					'<p>',
					'</p>',
					'<b>',
					'</b>',
					'<i>',
					'<a href="',
					'javascript:evil()',
					'">',
					'</a>',
					'<a>',
				],
				...[
					'<img src="',
					'" alt="',
					'<table>',
					'<tr>',
					'<td colspan="2">',
					'<td>',
					'</table>',
					'<li>',
				],
				...[
					'<ul>',
					'</ul>',
					'<ol start="9">',
					'<pre>',
					'</pre>',
					'<code class="language-a">',
					'</code>',
				],
				...[
					'<script>',
					'</script>',
					'<!--',
					'-->',
					'<![CDATA[',
					'<svg>',
					'<dl><dt>',
					'<dd>',
					'<br>',
				],
				...[
					'<div class="style-wrap" title="',
					'<iframe title="x" src="',
					'java\nscript:',
					'data:text/html,',
				],
				...[
					'&lt;',
					'&#106;avascript:',
					'\n',
					'`',
					'```',
					'*',
					'_',
					'[',
					'](',
					')',
					'|',
					'\\',
					'<h1>',
					'<sub>',
				],
				...[
					'<td>',
					'<th rowspan="3">',
					'<caption>',
					'<hr>',
					'<blockquote>',
					'</div>',
					'<q>',
					'</sub>',
				],
			),
		),
		{ maxLength: 30 },
	)
	.map((parts) => parts.join(''));

it('markdownOf gives Markdown for anything, and no address in it runs a script', () => {
	fc.assert(
		fc.property(markup, (html) => {
			const rendered = String(marked.parse(converted(html), { async: false }));
			const addresses = [...rendered.matchAll(/<[^<>]*\s(?:href|src)="([^"]*)"/g)];
			for (const [, address = ''] of addresses) {
				expect(address).toMatch(/^(https?|ftp|mailto|tel):/);
			}
			expect(rendered).not.toMatch(/<(script|iframe|style)|<[^<>]*\son\w+=/i);
		}),
		{ numRuns: 300 },
	);
});

it('markdownOf leaves plain words as they are, also a second time', () => {
	const words = fc.array(fc.stringMatching(/^[\p{L}]{1,9}$/u), { minLength: 1 });
	fc.assert(
		fc.property(words, (list) => {
			const text = list.join(' ');
			expect(converted(text)).toBe(text);
		}),
		{ numRuns: 100 },
	);
	const paragraphs = '<p>One, two; three.</p><p>Größe 日本語</p>';
	const once = converted(paragraphs);
	expect(once).toBe('One, two; three.\n\nGröße 日本語');
	expect(converted(once)).toBe(once.replace('\n\n', ' '));
});
