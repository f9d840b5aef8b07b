import { expect, it } from 'vitest';
import { MAX_DEPTH, MAX_ELEMENTS, MAX_HTML_CHARS } from '../../nodes/CxoneExpert/actions/markdown/html-tree.ts';
import { activeParts } from '../../nodes/CxoneExpert/actions/text/active-parts.ts';
import { changesIn } from '../../nodes/CxoneExpert/actions/revision/changes.ts';
import { ExpertClient } from '../../nodes/CxoneExpert/api/client.ts';
import { errorOf } from '../../nodes/CxoneExpert/api/expert-error.ts';
import { markdownOf } from '../../nodes/CxoneExpert/actions/markdown/markdown.ts';

/*
 * The most that is converted takes less than a second (docs/decisions/0013-html-to-markdown.md), in which n8n does
 * nothing else. Seconds are the machine's, so this compares: four times as much, up to the limits, takes about four
 * times the work of the processor. What grows with the square takes sixteen times.
 */

const quotes = '<blockquote>'.repeat(MAX_DEPTH - 4);
const lists = '<ul><li>'.repeat(MAX_DEPTH / 2 - 2);

/** The worst HTML, by how many of its parts a limit lets pass. */
const KINDS: Array<[kind: string, most: number, htmlOf: (parts: number) => string]> = [
	['links in many quotes', 9_900, (parts) => quotes + '<a href="x">y</a> '.repeat(parts)],
	['items of deep lists', 9_900, (parts) => lists + '<li>a'.repeat(parts)],
	['emphasis', 4_900, (parts) => '<b>a</b><i> b </i>'.repeat(parts)],
	['unclosed cells', 9_900, (parts) => `<table><tr>${'<td>a'.repeat(parts)}`],
	['unclosed rows', 3_300, (parts) => `<table>${'<tr><td>a<td>b'.repeat(parts)}`],
	[
		'rows that differ much in length',
		3_300,
		(parts) => `<table><tr>${'<td>a'.repeat(parts)}${'<tr><td>b'.repeat(parts)}`,
	],
	['cells that span others', 9_900, (parts) => `<table><tr>${'<td colspan=9 rowspan=9>a'.repeat(parts)}`],
	['lines of code in many quotes', 9_900, (parts) => `${quotes}<pre>${'a\n'.repeat(parts)}`],
	['attributes', MAX_HTML_CHARS / 10, (parts) => `<p ${'a="b" '.repeat(parts)}>x`],
	['entities', MAX_HTML_CHARS / 20, (parts) => '&amp;&#106;&lt;&gt;'.repeat(parts)],
	['text', MAX_HTML_CHARS / 8, (parts) => 'a b_c*d '.repeat(parts)],
	['tags without an end', MAX_HTML_CHARS / 2, (parts) => '<'.repeat(parts)],
	['backticks', 9_900, (parts) => '<code>`a``</code>'.repeat(parts)],
	['emphasis beside emphasis', 9_900, (parts) => '<i> a</i>'.repeat(parts)],
	['code beside code', 4_900, (parts) => '<b><code> a</code></b>'.repeat(parts)],
	['numbers of items', 9_900, (parts) => `<ol>${'<li value=5>a'.repeat(parts)}`],
	['headings in many boxes', 9_900, (parts) => `${'<div><h2>'.repeat(30)}${'<br>a'.repeat(parts)}`],
	['scripts', MAX_ELEMENTS, (parts) => '<script>a</script>'.repeat(parts)],
];

/** Below it, the clock of the processor says little. */
const NOTHING_MICROSECONDS = 10_000;

it.each(KINDS)(
	'markdownOf takes time that grows with the text, not with its square: %s',
	// What grows with the square does so each time.
	{ retry: 2, timeout: 60_000 },
	(_kind, most, htmlOf) => {
		// The first time, code is compiled.
		const [, quarter = 0] = [1, 2].map(() => cpuOf(htmlOf(most / 4)));
		const whole = cpuOf(htmlOf(most));
		expect(whole / Math.max(quarter, NOTHING_MICROSECONDS)).toBeLessThan(9);
	},
);

function cpuOf(html: string): number {
	const before = process.threadCpuUsage();
	markdownOf(html, { base: 'https://help.example.com/' });
	const { user, system } = process.threadCpuUsage(before);
	return user + system;
}

it.each(['<ins>', '<ins ', '<del>a', '&#1', '<', '<ins></del>', '</ins>'])(
	'changesIn reads a million of %s at once',
	(part) => {
		const { added, removed } = changesIn(part.repeat(1_000_000));
		expect(added.length + removed.length).toBeLessThanOrEqual(1_000_000);
	},
);

it.each(['<script>', '<a b="', '{', '{<a>', "<a b='<", '<!--', '<b onclick=x>', '&#123;', '<p>{{'])(
	'activeParts reads 100,000 of %s, or refuses them at once',
	(part) => {
		const read = () => activeParts(part.repeat(100_000)).length;
		if (/^<(b|script)/.test(part)) expect(read).toThrow('more than 5,000 elements within each other');
		else expect(read()).toBeGreaterThanOrEqual(0);
	},
);

it.each([
	['500,000 tags', 249_999, undefined],
	['one tag more', 250_000, 'too-large'],
])('ApiClient reads at most 500,000 tags: %s', async (_what, elements, kind) => {
	const body = `<a>${'<b></b>'.repeat(elements)}</a>${kind ? '<!---->' : ''}`;
	const response = { status: 200, headers: { 'content-type': 'application/xml' }, body };
	const limits = { timeoutMs: 5_000, maxDocumentChars: 32 * 1024 * 1024 };
	const api = new ExpertClient(async () => response, [], { limits });
	const read = api.call({ method: 'GET', path: '/webhooks', doing: 'list the webhooks' });
	expect((await errorOf(read))?.kind).toBe(kind);
});
