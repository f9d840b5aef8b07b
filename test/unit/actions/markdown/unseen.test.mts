import { expect, it } from 'vitest';

import { markdownOf } from '../../../../nodes/CxoneExpert/actions/markdown/markdown.ts';

const base = 'https://help.example.com/';

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
	const markdown = (isHiddenKept: boolean) =>
		markdownOf(`<p>Seen.</p>${html}`, { base, isHiddenKept });
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
	expect(markdownOf('<p>&#55357;&#56960; &#xD83D;&#xDE00; &#xD83D;</p>', { base })).toBe(
		'🚀 😀 \uFFFD',
	);
});
