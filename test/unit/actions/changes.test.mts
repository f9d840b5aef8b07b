import { expect, it } from 'vitest';

import { changesIn } from '../../../nodes/CxoneExpert/actions/revision/changes.ts';

it.each<[string, string, object]>([
	['no marks', '<p>a</p>', { added: [], removed: [], isSame: true }],
	['nothing', '', { added: [], removed: [], isSame: true }],
	[
		'marks with attributes and other elements',
		'<p>a <del class="x">b&nbsp;<b>c</b></del><INS>d &lt;e&gt; &#228;&#x;</INS> f</p>',
		{ added: ['d <e> ä&#x;'], removed: ['b c'], isSame: false },
	],
	['a picture', '<ins><img src="a.png"></ins>', { added: [], removed: [], isSame: false }],
	['half a tag', '<ins>a &amp; b <c</ins>', { added: ['a & b <c'], removed: [], isSame: false }],
	['elements of a like name', '<insert>a</insert>', { added: [], removed: [], isSame: true }],
	[
		'a number that is no character',
		'<ins>a&#9999999;</ins>',
		{ added: ['a\uFFFD'], removed: [], isSame: false },
	],
	[
		'names and numbers of characters',
		'<del>Don&rsquo;t</del><ins>5&#xA0;&euro; &amp;copy; a < b</ins>',
		{ added: ['5 € &copy; a < b'], removed: ['Don’t'], isSame: false },
	],
])('changesIn HTML with %s', (_what, html, changes) => {
	expect(changesIn(html)).toEqual(changes);
});

it.each(['<ins>', '<ins ', '<del>a', '&#1', '<'])(
	'changesIn reads a million of %s at once',
	(part) => {
		const { added, removed } = changesIn(part.repeat(1_000_000));
		expect(added.length + removed.length).toBeLessThanOrEqual(1_000_000);
	},
);
