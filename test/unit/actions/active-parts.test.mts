import { expect, it } from 'vitest';

import { activeParts, addedActivePart } from '../../../nodes/CxoneExpert/actions/text/active-parts.ts';

it.each([
	'<script>alert(1)</script>',
	'<SCRIPT/src=x>',
	'<p>a</p><script >x',
	'<svg><script>x</script></svg>',
	'<iframe src="https://evil.example/"></iframe>',
	'<object data="x">',
	'<embed/src=x>',
	'<meta http-equiv="refresh" content="0;url=javascript:x">',
	'<img src="x" onerror="alert(1)">',
	"<img src='x'onerror=alert(1)>",
	'<img/src/onerror=alert(1)>',
	'<img\nOnError\n=\nalert(1)>',
	'<p ="><img src=x onerror=alert(1)>">',
	'<a href="javascript:alert(1)">x</a>',
	'<a href=" JAVASCRIPT:alert(1)">x</a>',
	'<a href="java&#10;script:alert(1)">x</a>',
	'<a href="java&Tab;script&colon;alert(1)">x</a>',
	'<a href="&#106;avascript:alert(1)">x</a>',
	'<a href="\u0001javascript:alert(1)">x</a>',
	'<a href="vbscript:x">x</a>',
	'<a href="data:text/html,<b>x</b>">x</a>',
	'<form action="javascript:x">',
	'<svg><a><animate attributeName="href" values="#;javascript:x"/></a></svg>',
	'<svg><a><set attributeName="href" to="#"/></a></svg>',
	'<base href="https://evil.example/">',
	'<applet code="x">',
	'<frame src="https://evil.example/">',
	// What a browser would not take for a comment or an attribute.
	'<!--><img src=x onerror=alert(1)>-->',
	'<!-- --!><img src=x onerror=alert(1)>',
	'<![CDATA[><img src=x onerror=alert(1)>]]>',
	'<?x ><img src=x onerror=alert(1)>?>',
	'<style><p title="</style><img src=x onerror=alert(1)>">',
	"<noscript><p title='</noscript><img src=x onerror=alert(1)>",
	'<svg><style><img src=x onerror=alert(1)></style></svg>',
	'<textarea><img src=x onerror=alert(1)></textarea>',
	'{{ wiki.page("Private") }}',
	'<p title="{{ x }}">',
	'&#123;&lbrace; x }}',
	'{<!-- -->{ x }}',
	'{{ x',
	'<pre class="script">x</pre>',
	'<pre class="a&#32;script-jem">x</pre>',
])('activeParts sees what runs in %s', (html) => {
	expect(activeParts(html)).not.toEqual([]);
});

it.each([
	'<p>Text, {one} { {two} }, on = off, <b>javascript: is a scheme</b>.</p>',
	'<p title="only = 3">a &lt;script&gt; tag, onclick="x"</p>',
	'<a href="https://x.example/javascript:a" title="one">x</a><img src="data:image/png;base64,AA==">',
	'<scripture>x</scripture><p class="script-note">x</p>',
	'<style>p{color:red}</style><!-- a comment -->',
	'<p>a { b {\u2060{ c',
])('activeParts sees nothing in %s', (html) => {
	expect(activeParts(html)).toEqual([]);
});

it.each([
	['<script>a</script>', '<script>b</script>', true],
	['<p>{{ a }}</p>', '<p>{{ a }} {{ b }}</p>', true],
	['<p>{{ a }}</p>', '<h2>New</h2><p>{{ a }} and {{ a }}</p>', false],
	['<pre class="script">a</pre>', '<pre class="script">b</pre>', true],
	['<p>x</p><pre class="script">a</pre>', '<div><pre class="script">a</pre></div>', false],
	['<p>{{ {a:{b:1}} c }}</p>', '<p>{{ {a:{b:1}} d }}</p>', true],
	['<p>a {{ b</p><p>c</p>', '<h2>New</h2><p>a {{ b</p><p>d</p>', false],
	['<p>a {{ b</p>', '<p>a {{ b</p><p>{{ c</p>', true],
	['<p>a {{ b</p>', '<p>a {{ b</p><p>}}</p>', true],
	['<p>{{ a }} b</p>', '<p>{{ a b</p>', true],
	['<p>{{ a }}</p><p>{{ b</p>', '<p>{{ a }}</p><p>{{ c</p>', false],
	['<p>{{ a {{ b }}</p>', '<p>{{ c {{ b }}</p>', true],
	['<pre class="script">a<b></b>c</pre>', '<pre class="script">a<b></b>d</pre>', true],
	['<iframe src="a"></iframe>', '<p>New</p><iframe src="a"></iframe>', false],
	['<iframe src="a"></iframe>', '<iframe src="b"></iframe>', true],
])('addedActivePart: from %s to %s: %s', (before, html, isAdded) => {
	expect(addedActivePart(html, [before, '<p>{{ x }}</p>']) !== undefined).toBe(isAdded);
});

it('activeParts reads 5,000 elements within each other', () => {
	expect(() => activeParts('<script>'.repeat(5_001))).toThrow('more than 5,000 elements within each other');
});

it('activeParts reads 20 attributes within the values of each other', () => {
	const nested = (depth: number) => '<a/x='.repeat(depth);
	expect(activeParts(`${nested(19)}<img/onerror=x>`)).toHaveLength(1);
	const refused = 'more than 20 attributes within the values of each other';
	expect(() => activeParts(nested(21))).toThrow(refused);
});
