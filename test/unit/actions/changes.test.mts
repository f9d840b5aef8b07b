import { expect, it } from 'vitest';

import { changesIn } from '../../../nodes/CxoneExpert/actions/revision/changes.ts';

const OTHERS = '<p>text</p><p>Other changes:</p><ol>';
const changed = (added: string[], removed: string[] = []) => ({ added, removed, isSame: false });

it.each<[string, string, object]>([
	['no marks', '<p>a</p>', { added: [], removed: [], isSame: true }],
	['nothing', '', { added: [], removed: [], isSame: true }],
	[
		'marks with attributes and other elements',
		'<p>a <del class="x">b&nbsp;<b>c</b></del><INS>d &lt;e&gt; &#228;&#x;</INS> f</p>',
		{ added: ['d <e> ä&#x;'], removed: ['b c'], isSame: false },
	],
	['a picture', '<ins><img src="a.png"></ins>', { added: [], removed: [], isSame: false }],
	['elements of a like name', '<insert>a</insert>', { added: [], removed: [], isSame: true }],
	[
		'names and numbers of characters',
		'<del>Don&rsquo;t</del><ins>5&#xA0;&euro; &amp;copy; a < b</ins>',
		{ added: ['5 € &copy; a < b'], removed: ['Don’t'], isSame: false },
	],
	['marks within marks', '<ins>a<del>b</del>c</ins>d', changed(['a', 'c'], ['b'])],
	['an end too many', '<ins>a</del>b</ins>c', changed(['a', 'b'])],
	['marks across elements', '<p><ins>a</p><p>b</ins>c</p>', changed(['a b'])],
	[
		'another address of a link',
		'See <del><a href="https://good.example/">login</a></del><ins><a href="https://evil.example/">login</a></ins>',
		changed(['login (https://evil.example/)'], ['login (https://good.example/)']),
	],
	['marks in an attribute', '<p title="<ins>x</ins>">y</p>', changed([])],
	['marks in a script', '<ins><script>a("<del>x</del>")</script></ins>', changed(['a("x")'])],
	['an attribute that has changed', `${OTHERS}<li>p/@class: <ins>"x"</ins><del>"y"</del></li></ol>`, changed([])],
	[
		'addresses alone that have changed',
		`${OTHERS}<li>a/@href: <ins>"/new"</ins><del>"/old"</del></li></ol>`,
		changed(['/new'], ['/old']),
	],
	['a list of the page', `${OTHERS}<li>One: <ins>two</ins></li></ol>`, changed(['two'])],
	['text that nobody sees', '<ins>a<b style="display:none">b</b><i hidden>c</i>\u{E0041}</ins>', changed(['a'])],
	['an emoji in two references', '<ins>&#55357;&#56960;</ins>', changed(['\u{1F680}'])],
])('changesIn HTML with %s', (_what, html, changes) => {
	expect(changesIn(html)).toEqual(changes);
});

it('changesIn refuses more than 5,000 elements within each other', () => {
	expect(changesIn('<b>'.repeat(5_000)).isSame).toBe(true);
	expect(() => changesIn('<b>'.repeat(5_001))).toThrow('more than 5,000 elements within each other');
});
