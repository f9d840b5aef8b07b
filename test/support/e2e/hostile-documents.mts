import { constants, gunzipSync, gzipSync } from 'node:zlib';

/** A document that a reader may fall over, and what becomes of it when the site has signed it. */
export interface HostileDocument {
	name: string;
	body: () => string;
	/** The reason in the item. Absent: the document must be read. */
	unreadable?: RegExp;
	/** What the item holds then, among the rest. */
	item?: object;
}

const doctype = /has a DOCTYPE/;
const notWellFormed = /not well-formed/;
const tooLong = /longer than/;

/** Each gets another id, or the next would be a copy of the one before. */
let count = 0;
const inEvent = (inside: string, attributes = '') =>
	`<event id="hostile-${++count}" type="page:create"${attributes}>${inside}</event>`;
const page = '<page id="7"><path>Guides</path></page>';
const withEntity = (declaration: string, text: string) =>
	`<!DOCTYPE event [${declaration}]>${inEvent(text)}`;
const nested = (depth: number, name = 'a') =>
	`${`<${name}>`.repeat(depth)}${`</${name}>`.repeat(depth)}`;
const longName = 'n'.repeat(3000);

/** Documents that a reader of XML must survive. */
export const hostileDocuments: HostileDocument[] = [
	{
		name: 'nested entity expansion',
		body: () => {
			const level = (n: number) => `<!ENTITY e${n} "${`&e${n - 1};`.repeat(10)}">`;
			const levels = Array.from({ length: 9 }, (_, n) => level(n + 1)).join('');
			return withEntity(`<!ENTITY e0 "lol">${levels}`, '&e9;');
		},
		unreadable: doctype,
	},
	{
		name: 'one 9 kB entity 20,000 times',
		body: () => withEntity(`<!ENTITY x "${'x'.repeat(9000)}">`, '&x;'.repeat(20_000)),
		unreadable: doctype,
	},
	{
		name: 'an external SYSTEM entity',
		body: () => withEntity('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;'),
		unreadable: doctype,
	},
	{ name: 'nesting of 5,000', body: () => inEvent(nested(5_000)), unreadable: /nested/ },
	{ name: 'nesting of 100,000', body: () => inEvent(nested(100_000)), unreadable: tooLong },
	{ name: 'nesting of 70,000', body: () => inEvent(nested(70_000)), unreadable: /nested/ },
	{ name: 'mismatched tags', body: () => inEvent('<a><b></a></b>'), unreadable: notWellFormed },
	{
		name: 'a truncated document',
		body: () => inEvent(page).slice(0, -20),
		unreadable: notWellFormed,
	},
	{
		name: 'two roots',
		body: () => inEvent(page) + inEvent(page),
		unreadable: notWellFormed,
	},
	{ name: 'text only', body: () => `Hello ${++count}`, unreadable: notWellFormed },
	{ name: 'nothing', body: () => '', unreadable: /is empty/ },
	{
		name: 'a duplicate attribute',
		body: () => inEvent(page, ' id="2"'),
		unreadable: notWellFormed,
	},
	{
		name: 'an element __proto__',
		body: () => inEvent('<__proto__><polluted>1</polluted></__proto__>'),
		unreadable: /gave up/,
	},
	{
		name: 'an element constructor',
		body: () => inEvent('<constructor><prototype><polluted>1</polluted></prototype></constructor>'),
		unreadable: /gave up/,
	},
	{
		name: 'an attribute hasOwnProperty',
		body: () => inEvent(page, ' hasOwnProperty="1" __proto__="2"'),
		item: { eventType: 'page_create', page: { id: '7', path: 'Guides' } },
	},
	{
		name: '100,000 attributes (1 MB)',
		body: () => inEvent(page, attributes(100_000)),
		unreadable: tooLong,
	},
	{
		name: '45,000 attributes (0.5 MB)',
		body: () => inEvent(page, attributes(45_000)),
		item: { page: { id: '7', path: 'Guides' } },
	},
	{
		name: '1,000,000 siblings (4 MB)',
		body: () => inEvent('<b/>'.repeat(1_000_000)),
		unreadable: tooLong,
	},
	{
		name: '100,000 siblings (0.4 MB)',
		body: () => inEvent('<b/>'.repeat(100_000) + page),
		item: { page: { id: '7', path: 'Guides' } },
	},
	{
		name: 'a control character U+0001',
		body: () => inEvent('<page id="7"><path>Gui\u0001des</path></page>'),
		item: { page: { id: '7', path: 'Gui\u0001des' } },
	},
	{
		name: 'names of 3,000 letters, 60 levels deep, around 20,000 elements',
		body: () => inEvent(page + nested(60, longName).replace('><', `>${'<b/>'.repeat(20_000)}<`)),
		item: { page: { id: '7', path: 'Guides' } },
	},
];

function attributes(number: number): string {
	return Array.from({ length: number }, (_, i) => ` a${i}="1"`).join('');
}

/* Compressed bodies that are small and what they hold is not. n8n's own limit is 16 MB, inflated. */

export const MB = 1024 * 1024;

/** About 1 kB for each MB. One gzip may follow another, which saves the time of making it. */
export function gzipBomb(megabytes: number): Buffer {
	const part = gzipSync(Buffer.alloc(64 * MB));
	return Buffer.concat(Array.from({ length: Math.ceil(megabytes / 64) }, () => part));
}

/** Cut so that it fails right behind the limit, when n8n no longer listens to its inflater. */
export function bombCutBehindLimit(): Buffer {
	const whole = gzipSync(Buffer.alloc(20 * MB));
	const inflated = (length: number) =>
		gunzipSync(whole.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH }).length;
	// A byte in there stands for about 1 kB.
	let length = Math.floor((whole.length * 16) / 20);
	while (inflated(length) <= 16 * MB) length += 4;
	return whole.subarray(0, length);
}
