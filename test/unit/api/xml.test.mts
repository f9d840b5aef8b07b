import { describe, expect, it } from 'vitest';

import {
	attribute,
	child,
	children,
	MAX_NESTING,
	MAX_DOCUMENT_CHARS,
	readXml,
	textOf,
	writeXml,
} from '../../../nodes/CxoneExpert/api/xml.ts';
import { rootOf } from '../../support/unit/samples.mts';

const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
const notWellFormed = 'not well-formed XML (line 1)';

describe('readXml with hostile and broken documents', () => {
	it.each([
		[
			'nested entity expansion',
			'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;"><!ENTITY z "&y;&y;">]><a>&z;</a>',
			'the document has a DOCTYPE',
		],
		[
			'one 9 kB entity 20,000 times',
			`<!DOCTYPE a [<!ENTITY x "${'x'.repeat(9000)}">]><a>${'&x;'.repeat(20_000)}</a>`,
			'the document has a DOCTYPE',
		],
		[
			'an external entity',
			'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
			'the document has a DOCTYPE',
		],
		['a DOCTYPE in mixed case', '<!DoCtYpE a><a/>', 'the document has a DOCTYPE'],
		// Stricter than needed: telling these apart from real ones would take a parser of its own.
		['a DOCTYPE within a comment', '<!-- <!DOCTYPE a> --><a/>', 'the document has a DOCTYPE'],
		['a DOCTYPE within CDATA', '<a><![CDATA[<!DOCTYPE a>]]></a>', 'the document has a DOCTYPE'],
		['mismatched tags', '<a><b></a></b>', notWellFormed],
		['tags that differ in case', '<a></A>', notWellFormed],
		['a document cut within a tag', '<a>text</a', notWellFormed],
		['a document cut within CDATA', '<a><![CDATA[text</a>', notWellFormed],
		['a document cut within a comment', '<a><!-- text</a>', notWellFormed],
		['text after the root', '<a/>junk', 'there is text behind the root element'],
		['two roots', '<a/><b/>', 'the document does not have exactly one root element'],
		['text before the root', 'hello<a/>', notWellFormed],
		['an empty document', '', 'the document is empty'],
		['white space only', ' \r\n\t', 'the document is empty'],
		['a declaration only', '<?xml version="1.0"?>', notWellFormed],
		['a duplicate attribute', '<a x="1" x="2"/>', notWellFormed],
		['a bare ampersand', '<a>Q & A</a>', notWellFormed],
	])('readXml refuses %s', (_case, xml, failure) => {
		expect(readXml(xml)).toEqual(failure);
	});

	it('readXml names the line that is not well-formed', () => {
		expect(readXml('<a>\n\n</b>')).toEqual('not well-formed XML (line 3)');
	});
});

describe('readXml: limits', () => {
	it(`readXml reads ${MAX_NESTING} nested levels, and refuses more`, () => {
		expect(MAX_NESTING).toBe(64);
		expect(readXml(nested(64))).toMatchObject({ name: 'a' });
		for (const depth of [65, 70_000]) expect(readXml(nested(depth))).toMatch(/nested tags/);
	});

	it('readXml reads a document of the maximum length and refuses one more character', () => {
		const longest = `<a>${'x'.repeat(MAX_DOCUMENT_CHARS - 7)}</a>`;
		expect(longest).toHaveLength(MAX_DOCUMENT_CHARS);
		expect(textOf(rootOf(longest))).toHaveLength(MAX_DOCUMENT_CHARS - 7);
		expect(readXml(`${longest} `)).toEqual('the document is longer than 524288 characters');
	});

	it('readXml reads 20,000 attributes', () => {
		const names = Array.from({ length: 20_000 }, (_, i) => `a${i}="${i}"`);
		expect(attribute(rootOf(`<a ${names.join(' ')}/>`), 'a19999')).toBe('19999');
	});

	it('readXml reads 20,000 siblings', () => {
		expect(children(rootOf(`<a>${'<b/>'.repeat(20_000)}</a>`), 'b')).toHaveLength(20_000);
	});

	it.each(['<!--', '<![CDATA['])('readXml reads 50,000 of %s in an attribute at once', (begun) => {
		const value = begun.repeat(50_000);
		expect(attribute(rootOf(`<a b="${value}"/>`), 'b')).toHaveLength(value.length);
	});

	it('readXml reads 20,000 references, which only shrink the text', () => {
		expect(textOf(rootOf(`<a>${'&#65;'.repeat(20_000)}</a>`))).toBe('A'.repeat(20_000));
		expect(textOf(rootOf(`<a>${'&amp;'.repeat(20_000)}</a>`))).toBe('&'.repeat(20_000));
	});
});

describe('readXml: names that mean something to JavaScript', () => {
	it.each(['__proto__', 'constructor', 'prototype'])('readXml refuses an element <%s>', (name) => {
		const refused = expect.stringContaining('the XML reader gave up') as string;
		expect(readXml(`<a><${name}><polluted>1</polluted></${name}></a>`)).toEqual(refused);
		expect(readXml(`<${name}><polluted>1</polluted></${name}>`)).toEqual(refused);
		expect({}).not.toHaveProperty('polluted');
	});

	it('readXml reads an element <hasOwnProperty> under a safe name', () => {
		const root = rootOf('<a><hasOwnProperty>x</hasOwnProperty></a>');
		expect(Object.entries(root)).toEqual([['__hasOwnProperty', 'x']]);
	});

	it('readXml reads attributes with names of JavaScript, made safe by their prefix', () => {
		const root = rootOf('<a __proto__="1" constructor="2" hasOwnProperty="3"/>');
		expect(Object.entries(root)).toEqual([
			['@__proto__', '1'],
			['@constructor', '2'],
			['@hasOwnProperty', '3'],
		]);
		expect(Object.getPrototypeOf(root)).toBe(Object.prototype);
	});

	it('attribute does not return what every object inherits', () => {
		const root = rootOf('<a/>');
		expect(attribute(root, 'toString')).toBeUndefined();
		expect(attribute(root, '__proto__')).toBeUndefined();
	});
});

describe('readXml: values', () => {
	it.each(['0012', '1.10', '1e5', '0x1F', 'true', '18446744073709551615', '+1', '-0'])(
		'readXml keeps %s as text, in elements and attributes',
		(text) => {
			const root = rootOf(`<a x="${text}"><b>${text}</b></a>`);
			expect(root).toEqual({ '@x': text, b: text });
		},
	);

	it.each([
		['predefined references', '&lt;&gt;&amp;&quot;&apos;', `<>&"'`],
		['decimal references', 'A&#65;&#26085;', 'AA日'],
		['hexadecimal references', '&#x41;&#x1F600;', 'A😀'],
		['references only once', '&amp;lt;&amp;#65;&amp;amp;', '&lt;&#65;&amp;'],
		['references that only HTML defines', '&copy;', '©'],
		['unknown references unchanged', '&foo;', '&foo;'],
		['a reference beyond Unicode unchanged', 'x&#x110000;y', 'x&#x110000;y'],
		['two halves of a surrogate pair together', '&#xD83D;&#56832;&#x1F600;', '😀😀'],
		['half a surrogate pair as unknown', 'x&#xD800;y&#xDC00;&#xD800;', 'x\uFFFDy\uFFFD\uFFFD'],
		['references to characters that XML forbids as unknown', 'x&#0;&#1;y', 'x\uFFFD\uFFFDy'],
		['spaces of other kinds at its ends', '\u00A0x\u3000', '\u00A0x\u3000'],
	])('readXml reads %s, in text and in attributes', (_case, written, expected) => {
		expect(rootOf(`<a x="${written}">${written}</a>`)).toEqual({
			'@x': expected,
			'#text': expected,
		});
	});

	it('readXml reads CDATA literally', () => {
		expect(textOf(rootOf('<a><![CDATA[<b>&amp;&#65;</b>]]></a>'))).toBe('<b>&amp;&#65;</b>');
	});

	it('readXml leaves out a byte order mark', () => {
		expect(readXml('\uFEFF<?xml version="1.0"?><a>\uFEFFx</a>')).toEqual({
			...{ name: 'a', root: { '#text': '\uFEFFx' } },
		});
	});

	it('readXml joins text around CDATA and comments', () => {
		expect(textOf(rootOf('<a>x<![CDATA[ y ]]>z<!-- <b> -->!</a>'))).toBe('x y z!');
	});

	it('readXml trims text and attribute values', () => {
		expect(rootOf('<a x=" 1 ">\n  <b>\n two words \n</b>\n</a>')).toEqual({
			'@x': '1',
			b: 'two words',
		});
	});

	it('readXml keeps inner white space and normalizes line ends', () => {
		expect(textOf(rootOf('<a>one\r\ntwo</a>'))).toBe('one\ntwo');
	});

	it('readXml accepts a control character that XML 1.0 forbids', () => {
		expect(textOf(rootOf('<a>x\u0001y</a>'))).toBe('x\u0001y');
	});
});

describe('readXml: structure', () => {
	it('readXml leaves out the declaration, processing instructions and comments', () => {
		const xml =
			'<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet href="x"?><!-- c --><a><?php 1 ?><b/></a><!-- d -->';
		expect(readXml(xml)).toEqual({ name: 'a', root: { b: '' } });
	});

	it('readXml keeps namespace prefixes as part of the name', () => {
		const read = readXml('<x:a xmlns:x="urn:x" x:id="1"><x:b>2</x:b></x:a>');
		expect(read).toEqual({ name: 'x:a', root: { '@xmlns:x': 'urn:x', '@x:id': '1', 'x:b': '2' } });
	});

	it.each([
		['events', 'event'],
		['webhooks', 'webhook'],
		['pages', 'page'],
		['subpages', 'page.subpage'],
		['tags', 'tag'],
		['tags-added', 'tag'],
		['tags-removed', 'tag'],
		['properties', 'property'],
		['users', 'user'],
		['groups', 'group'],
		['files', 'file'],
		['headers', 'header'],
		['parameters', 'param'],
		['search', 'result'],
		['pages.archive', 'page.archive'],
		['pages.restored', 'page'],
		['pages.moved', 'page'],
		['pages.copied', 'page'],
		['deletedpages', 'page'],
	])('readXml always reads the children of <%s> as a list of <%s>', (parent, name) => {
		const one = `<${parent}><${name} id="1"/></${parent}>`;
		const two = `<${parent}><${name} id="1"/><${name} id="2"/></${parent}>`;
		expect(rootOf(one)[name]).toEqual([{ '@id': '1' }]);
		expect(rootOf(two)[name]).toEqual([{ '@id': '1' }, { '@id': '2' }]);
		expect(rootOf(`<outer>${one}</outer>`)[parent]).toEqual({ [name]: [{ '@id': '1' }] });
	});

	it('readXml reads <page>, <user>, <file>, <property> and <tag> outside a list as single elements', () => {
		const xml = '<event><page id="1"/><user id="2"/><file id="3"/><property/><tag/></event>';
		expect(rootOf(xml)).toEqual({
			page: { '@id': '1' },
			user: { '@id': '2' },
			file: { '@id': '3' },
			property: '',
			tag: '',
		});
	});

	it.each(['mypages', 'my.pages'])('readXml reads no list in <%s>, whose name only ends like a list', (name) => {
		expect(rootOf(`<a><${name}><page/></${name}></a>`)).toEqual({ [name]: { page: '' } });
	});
});

describe('writeXml', () => {
	it('writeXml escapes text and attributes', () => {
		expect(writeXml('a', { '@x': '<&"\'>', b: '<&>日' })).toBe(
			'<a x="&lt;&amp;&quot;&apos;&gt;"><b>&lt;&amp;&gt;日</b></a>',
		);
	});

	it('writeXml writes what readXml reads back', () => {
		const root = {
			'@id': '0012',
			'#text': 'own text',
			'webhook-url': 'https://n8n.example.com/webhook/a?b=1&c="2"',
			note: 'Größe <b> &amp; ]]> &#65;',
			tags: { tag: [{ '@value': 'a' }, { '@value': 'b' }] },
			empty: '',
		};
		expect(readXml(writeXml('webhook', root))).toEqual({ name: 'webhook', root });
	});
});

it('children, child, textOf and attribute take what is empty or missing for nothing', () => {
	const root = rootOf('<a none=""><b>one</b><b x="2">two</b><c/><d x="1"/><events> </events></a>');
	expect(children(root, 'b')).toEqual([{ '#text': 'one' }, { '@x': '2', '#text': 'two' }]);
	expect(child(root, 'b')).toEqual({ '#text': 'one' });
	expect(children(root, 'z')).toEqual([]);
	expect(children(undefined, 'b')).toEqual([]);
	expect(children(child(root, 'events'), 'event')).toEqual([]);
	expect(['c', 'd', 'z'].map((name) => textOf(root, name))).toEqual([undefined, undefined, undefined]);
	expect(textOf(undefined)).toBeUndefined();
	expect(attribute(root, 'none')).toBeUndefined();
	expect(attribute(undefined, 'id')).toBeUndefined();
});
