import fc from 'fast-check';

/*
 * Well-formed documents in which nothing is where it belongs: names that mean something to the node
 * or to JavaScript, at any depth and any number of times.
 */

const name = fc.constantFrom(
	...['event', 'events', 'page', 'path', 'title', 'uri.ui', 'user', 'username', 'nick', 'request'],
	...['tags-added', 'tags-removed', 'tag', 'name', 'file', 'contents', 'filename', 'property'],
	...['source.page', 'source.file', 'displayname.current', 'revision', 'signature', 'pages'],
	...['toString', 'valueOf', 'hasOwnProperty', 'constructor', '__proto__', 'prototype', '__x'],
	...['x:event', 'a.b', '_', 'é', '日本', 'length', 'json', 'binary', 'error', 'pairedItem'],
);

const attributeName = fc.constantFrom(
	...['id', 'type', 'datetime', 'wikiid', 'language', 'revision', 'size', 'seq', 'count', 'name'],
	...['value', 'username', '__proto__', 'constructor', 'toString', 'x:id', 'xmlns', 'xml:lang'],
);

const value = fc.oneof(
	fc.constantFrom('', '0', '007', '1e999', '-1', 'true', 'page:create', '__proto__', 'en-US'),
	fc.constantFrom(
		'2026-01-30T16:59:45Z',
		'275761-01-01',
		'+300000-01-01T00:00:00Z',
		'now',
		'\u0000',
	),
	fc.string({ unit: 'binary', maxLength: 20 }).map(escaped),
);

const attributes = fc
	.uniqueArray(fc.tuple(attributeName, value), { selector: ([key]) => key, maxLength: 5 })
	.map((pairs) => pairs.map(([key, text]) => ` ${key}="${text}"`).join(''));

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
	content: fc.oneof(
		{ depthSize: 'medium', withCrossShrink: true },
		value,
		fc.array(tie('element'), { maxLength: 6 }).map((parts) => parts.join('')),
	),
	element: fc
		.tuple(name, attributes, tie('content'))
		.map(([tag, given, content]) => `<${tag}${given}>${content}</${tag}>`),
}));

const inside = fc.array(element, { maxLength: 6 }).map((parts) => parts.join(''));

export const document: fc.Arbitrary<string> = fc.oneof(
	element,
	fc.tuple(attributes, inside).map(([given, content]) => `<event${given}>${content}</event>`),
	fc
		.array(fc.tuple(attributes, inside), { maxLength: 4 })
		.map((events) => events.map(([given, content]) => `<event${given}>${content}</event>`))
		.map((events) => `<events>${events.join('')}</events>`),
);

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
