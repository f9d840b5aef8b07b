import fc from 'fast-check';
import { recorded } from './deliveries.mts';

/** One change of a body; numbers only, so that a failed case is short and shrinks well. */
export interface Mutation {
	kind: keyof typeof KINDS;
	/** Where, in 1/65536 of the length. */
	at: number;
	/** How much; how often; which bit: as the kind wants it. */
	size: number;
	/** Which of the texts, names or other bodies. */
	pick: number;
}

type Change = (body: Buffer, at: number, size: number, pick: number) => Buffer;

/** Markup that parsers have fallen over, whole and in halves. */
const HOSTILE = [
	'<!DOCTYPE event [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]>',
	'<!doctype event SYSTEM "file:///etc/passwd">',
	'<!ENTITY x SYSTEM "http://127.0.0.1/">',
	'&x;&y;&lol9;',
	'&#0;&#1;&#xD800;&#x110000;&#99999999999999999999;',
	'&#65;&#x41;&amp;amp;&lt;script&gt;',
	'&',
	'<![CDATA[<event type="user:update">]]>',
	'<![CDATA[',
	']]>',
	'<!-- -- -->',
	'<!--',
	'-->',
	'<?xml version="1.0" encoding="utf-16"?>',
	"<?xml version='1.1' encoding='x-user-defined'?>",
	'<?php',
	'<?a ?>',
	'<__proto__><polluted>1</polluted></__proto__>',
	'<constructor><prototype><polluted>1</polluted></prototype></constructor>',
	'<toString>1</toString><hasOwnProperty/><valueOf>2</valueOf>',
	' __proto__="1" constructor="2" toString="3"',
	' id="1" id="2"',
	' type="page:delete"',
	'<event type="page:delete"/>',
	'</event>',
	'</page>',
	'<events>',
	'<event>',
	'<page>',
	'<page><page><page/></page></page>',
	'<path>\u202e../../\u0000</path>',
	'<tags-added><tag/><tag value="1"/>x</tags-added>',
	'<',
	'>',
	'/>',
	'"',
	"'",
	'\u0000',
	'\uFEFF',
	'\uFFFE',
	'\r\n',
	'\u{1F600}',
];

const NAMES = ['__proto__', 'constructor', 'toString', 'event', 'events', '@id', '#text', 'x:page'];

const KINDS = {
	flip: (body, at, size) => withByte(body, at, (byte) => byte ^ (1 << size % 8)),
	set: (body, at, size) => withByte(body, at, () => size % 256),
	cut: (body, at, size) => join(body.subarray(0, at), body.subarray(at + size)),
	end: (body, at) => body.subarray(0, at),
	insert: (body, at, size, pick) => insertAt(body, at, Buffer.alloc(size % 64, pick % 256)),
	inject: (body, at, _size, pick) => insertAt(body, at, Buffer.from(HOSTILE[pick % HOSTILE.length]!)),
	/** Between two elements, where it does most. */
	injectMarkup: (body, at, _size, pick) =>
		insertAt(body, tagAt(body, at), Buffer.from(HOSTILE[pick % HOSTILE.length]!)),
	repeat: (body, at, size, pick) => {
		const part = body.subarray(at, at + size);
		return insertAt(body, at, Buffer.concat(Array.from({ length: pick % 20 }, () => part)));
	},
	repeatElement: (body, at, size) => {
		const from = tagAt(body, at);
		return insertAt(body, from, body.subarray(from, tagAt(body, from + 1 + size)));
	},
	splice: (body, at, size, pick) => {
		const other = recorded[pick % recorded.length]!;
		const from = size % other.length;
		return join(body.subarray(0, at), other.subarray(from));
	},
	rename: (body, at, _size, pick) => {
		const from = tagAt(body, at) + 1;
		const name = /^\/?[\w.:-]*/.exec(body.subarray(from, from + 40).toString('latin1'))?.[0] ?? '';
		const renamed = body.toString('latin1').replaceAll(name || 'page', NAMES[pick % NAMES.length]!);
		return Buffer.from(renamed, 'latin1');
	},
	nest: (body, _at, size, pick) => {
		const name = pick % 2 === 0 ? 'event' : 'events';
		const times = size % 130;
		return Buffer.concat([Buffer.from(`<${name}>`.repeat(times)), body, Buffer.from(`</${name}>`.repeat(times))]);
	},
	twice: (body) => join(body, body),
	utf16: (body, _at, _size, pick) => Buffer.from(`${pick % 2 === 0 ? '\uFEFF' : ''}${body.toString()}`, 'utf16le'),
	swapBytes: (body) => Buffer.from(body.subarray(0, body.length & ~1)).swap16(),
	latin1: (body) => Buffer.from(body.toString(), 'latin1'),
	mark: (body) => join(Buffer.from('\uFEFF'), body),
	upperCase: (body) => Buffer.from(body.toString().toUpperCase()),
	empty: () => Buffer.alloc(0),
} satisfies Record<string, Change>;

export const mutation: fc.Arbitrary<Mutation> = fc.record({
	kind: fc.constantFrom(...(Object.keys(KINDS) as Array<keyof typeof KINDS>)),
	at: fc.nat(0xffff),
	size: fc.nat(400),
	pick: fc.nat(0xffff),
});

/** The body after these changes; the same each time. */
export function mutate(body: Buffer, mutations: Mutation[]): Buffer {
	return mutations.reduce((changed, { kind, at, size, pick }) => {
		const change: Change = KINDS[kind];
		return change(changed, Math.floor((at * changed.length) / 0x10000), size, pick);
	}, body);
}

function insertAt(body: Buffer, at: number, part: Uint8Array): Buffer {
	return Buffer.concat([body.subarray(0, at), part, body.subarray(at)]);
}

function join(...parts: Uint8Array[]): Buffer {
	return Buffer.concat(parts);
}

function withByte(body: Buffer, at: number, change: (byte: number) => number): Buffer {
	const changed = Buffer.from(body);
	if (at < body.length) changed[at] = change(body[at]!);
	return changed;
}

/** The next place from there on where a tag begins; the end when there is none. */
function tagAt(body: Buffer, from: number): number {
	const at = body.indexOf('<', from);
	return at < 0 ? body.length : at;
}
