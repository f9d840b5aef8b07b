import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { marked } from 'marked';
import { remark } from 'remark';
import { expect, it } from 'vitest';
import { activeParts } from '../../nodes/CxoneExpert/actions/text/active-parts.ts';
import { htmlFromMarkdown } from '../../nodes/CxoneExpert/actions/markdown/from-markdown.ts';
import { markdownOf } from '../../nodes/CxoneExpert/actions/markdown/markdown.ts';

const base = 'https://help.example.com/Guides/Setup';
const converted = (html: string) => markdownOf(html, { base });

/** Markup that is well-formed, broken or hostile, in any order. */
const TAGS =
	'p /p b /b i a /a table tr td /table li ul /ul pre /pre /code script /script svg dd br h1 sub /sub ' +
	'caption hr blockquote /div q';
const parts = [
	...TAGS.split(' ').map((name) => `<${name}>`),
	...['<td colspan="2">', '<th rowspan="3">', '<ol start="9">', '<code class="language-a">'],
	...['<!--', '-->', '<![CDATA[', '<dl><dt>', '<div class="style-wrap" title="', '<img src="'],
	...['<a href="', 'javascript:evil()', '">', '" alt="', '<iframe title="x" src="'],
	...['java\nscript:', 'data:text/html,', '&lt;', '&#106;avascript:', '\n', '`', '```'],
	...['*', '_', '[', '](', ')', '|', '\\'],
];
const markup = fc
	.array(fc.oneof(fc.string(), fc.constantFrom(...parts)), { maxLength: 30 })
	.map((chosen) => chosen.join(''));

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

it('markdownOf leaves plain words as they are', () => {
	const words = fc.array(fc.stringMatching(/^[\p{L}]{1,9}$/u), { minLength: 1 });
	fc.assert(
		fc.property(words, (list) => {
			const text = list.join(' ');
			expect(converted(text)).toBe(text);
		}),
		{ numRuns: 100 },
	);
});

const words = fc.stringMatching(/^[a-z0-9 ]{1,5}$/);
/** Without the colon: code with `]:` in it, at the start of a link, becomes a definition. */
const characters = fc
	.stringMatching(/^[ab5 .!?()[\]*_`#+|\\<>&"'=-]{1,5}$/)
	.map((text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));

function elementOf(names: string[], contents: fc.Arbitrary<string>) {
	const parts = fc.array(contents, { minLength: 1, maxLength: 3 });
	return fc.tuple(fc.constantFrom(...names), parts).map(([name, children]) => {
		const [tag = ''] = name.split(' ');
		return `<${name}>${children.join('')}</${tag}>`;
	});
}

function blockOf(text: fc.Arbitrary<string>, phrases: string[]) {
	const phrase = fc.oneof(text, elementOf(phrases, text));
	const line = fc.oneof(phrase, elementOf(phrases, phrase));
	const block = elementOf(['p', 'div', 'h2', 'blockquote', ...phrases], line);
	return fc.oneof(line, block, elementOf(['div', 'blockquote', 'h2', 'p'], block));
}

const phrases = ['code', 'kbd', 'sub', 'span', 'a href="tel:1"'];
const texts = blockOf(characters, ['b', 'i', ...phrases]);
const list = elementOf(['ul', 'ol'], elementOf(['li'], texts));

/** Without emphasis, which marked does not always read as CommonMark says. */
const cell = elementOf(['td', 'th'], blockOf(words, phrases));
const table = elementOf(['table'], elementOf(['tr'], cell));

/** What a reader reads, with spaces where a block begins or ends. */
function textOf(html: string): string {
	let text = '';
	const space = (name: string) => {
		if (!/^(b|i|strong|em|code|kbd|sub|a|span)$/.test(name)) text += ' ';
	};
	new Parser({ onopentag: space, onclosetag: space, ontext: (part) => (text += part) }).end(html);
	return inOneLine(text);
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

type Node = ReturnType<ReturnType<typeof remark>['parse']>['children'][number];

/** The same of CommonMark. */
function textOfNode(node: Node): string {
	if (node.type === 'html') return '';
	if ('value' in node) return node.value;
	if (node.type === 'break') return ' ';
	const text = 'children' in node ? node.children.map(textOfNode).join('') : '';
	return ['emphasis', 'strong', 'link'].includes(node.type) ? text : ` ${text} `;
}

it('markdownOf leaves all texts as they are, and apart', () => {
	fc.assert(
		fc.property(fc.array(fc.oneof(texts, list), { maxLength: 3 }), (parts) => {
			const html = parts.join('');
			const { children } = remark().parse(converted(html));
			expect(inOneLine(children.map(textOfNode).join(''))).toBe(textOf(html));
		}),
		{ numRuns: 300 },
	);
});

it('markdownOf leaves the texts of cells apart', () => {
	fc.assert(
		fc.property(table, (html) => {
			const rendered = String(marked.parse(converted(html), { async: false }));
			expect(textOf(rendered)).toBe(textOf(html));
		}),
		{ numRuns: 300 },
	);
});

it('htmlFromMarkdown gives back the texts of what markdownOf writes, and nothing that runs', () => {
	fc.assert(
		fc.property(fc.array(fc.oneof(texts, list, table), { minLength: 1, maxLength: 3 }), (parts) => {
			const markdown = converted(parts.join(''));
			const html = htmlFromMarkdown(markdown);
			expect(textOf(html).replaceAll('\u2060', '')).toBe(textOf(parts.join('')));
		}),
		{ numRuns: 300 },
	);
});

it('htmlFromMarkdown makes nothing that runs of any text', () => {
	const text = fc.array(fc.oneof(fc.string(), fc.constantFrom(...parts, '\n\n', '> ', '- ', '{{', '<table>')), {
		maxLength: 30,
	});
	fc.assert(
		fc.property(text, (chosen) => {
			// A text that is all HTML is refused.
			const html = htmlFromMarkdown(`x\n\n${chosen.join('')}`);
			expect(activeParts(html)).toEqual([]);
		}),
		{ numRuns: 300 },
	);
});
