import fc from 'fast-check';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import type { Headers } from '../../nodes/CxoneExpert/protocol/headers.ts';
import { changed, type Delivery, ID, recorded, signed, unsignedHeaders } from './deliveries.mts';
import { mutate, mutation } from './mutations.mts';
import { property, stopTime } from './run.mts';
import { nextSecond, type Outcome, TriggerUnderTest } from './trigger.mts';

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
	fc.constantFrom('2026-01-30T16:59:45Z', '275761-01-01', '+300000-01-01T00:00:00Z', 'now', '\u0000'),
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

const document: fc.Arbitrary<string> = fc.oneof(
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

/** A genuine body, however odd: Expert has signed it. */
const body = fc.oneof(
	{
		weight: 3,
		arbitrary: fc
			.tuple(fc.constantFrom(...recorded), fc.array(mutation, { maxLength: 6 }))
			.map(([base, mutations]) => mutate(base, mutations)),
	},
	{ weight: 1, arbitrary: document.map((text) => Buffer.from(text)) },
	{
		weight: 1,
		arbitrary: fc.uint8Array({ maxLength: 200, size: 'max' }).map((bytes) => Buffer.from(bytes)),
	},
);

stopTime();

describe('genuine input', () => {
	/** The whole event, the flat item and the raw text, and what passes filters. */
	const SETTINGS = {
		whole: { simplify: false, additionalOptions: { includeHeaders: true } },
		simplified: { additionalOptions: { includeRawXml: true } },
		filtered: {
			events: ['page_create', 'pagetag_update'],
			filters: {
				pathPrefixes: ['Guides', ' ', '/'],
				languages: ['en'],
				excludeUsers: ['1', '__proto__'],
			},
		},
	};
	const settings = fc.constantFrom(...(Object.keys(SETTINGS) as Array<keyof typeof SETTINGS>));

	property(
		'a genuine delivery is never refused or lost and runs once, whatever its content',
		50,
		fc.record({ body, headers: unsignedHeaders, again: fc.option(unsignedHeaders), settings }),
		async ({ body, headers, again, settings }) => {
			// A trigger for each case: two cases can have the same event.
			const trigger = new TriggerUnderTest({ parameters: SETTINGS[settings] });
			const delivery = changed(signed(body, nextSecond()), headers);
			const first = await trigger.receive(delivery);
			assert.equal(first.status, 200);
			if (settings !== 'filtered') expectComplete(first, delivery);
			// Expert's own retry, or a replay under another id. What is not signed can decide what filters leave out.
			const isReplay = again !== null && settings !== 'filtered';
			const copy = changed(delivery, isReplay ? { ...again, [ID]: randomUUID() } : {});
			assert.deepEqual(await trigger.receive(copy), { status: 200 });
		},
	);
});

/** Either the events, or the whole text and why it could not be read. */
function expectComplete({ items = [] }: Outcome, { headers, body }: Delivery): void {
	assert.notEqual(items.length, 0, 'the delivery is lost');
	for (const item of items) {
		assert.equal(item.deliveryId, headers[ID]);
		if ('unreadable' in item || 'rawXml' in item) expectWholeText(item.rawXml, headers, body);
		if ('unreadable' in item) assert.match(item.unreadable as string, /\w+ \w+/);
	}
}

function expectWholeText(rawXml: unknown, headers: Headers, body: Buffer): void {
	const namesCharset = /charset/i.test(headers['content-type'] ?? '') || /encoding/i.test(body.toString());
	const hasMark = ['fffe', 'feff'].includes(body.subarray(0, 2).toString('hex'));
	// Another charset gives another text; that has unit tests of its own.
	if (namesCharset || hasMark) assert.equal(typeof rawXml, 'string');
	else assert.equal(rawXml, new TextDecoder().decode(body));
}
