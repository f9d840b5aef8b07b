import fc from 'fast-check';
import assert from 'node:assert/strict';
import { MAX_DOCUMENT_CHARS } from '../../nodes/CxoneExpert/api/xml.ts';
import { signed } from './deliveries.mts';
import { property } from './run.mts';
import { nextSecond, TriggerUnderTest } from './trigger.mts';

/*
 * Documents of the longest length that is read, filled with one thing: what costs a reader most.
 * Few of them, as each takes as long as hundreds of others.
 */

const filler = fc.constantFrom<Array<(i: number) => string>>(
	() => '<b/>',
	() => '<tag></tag>',
	() => '<tags><tag/></tags>',
	(i) => `<b${i}/>`,
	(i) => `<b x${i}=""/>`,
	() => 'a<b/>',
	() => '<a><a><a></a></a></a>',
	() => '&#65;',
	() => '&amp;',
	() => '&x;',
	() => '<!---->',
	() => '<![CDATA[]]>',
	() => '<?a?>',
	() => '\r\n',
	() => '\u65e5',
	() => ' ',
	() => ']]',
	() => '<',
);

const attribute = fc.constantFrom<Array<(i: number) => string>>(
	(i) => ` a${i}=""`,
	(i) => ` a${i}="&#65;"`,
	(i) => `\n a${i}='"'`,
	() => ' ',
	() => ' a=',
);

const document = fc.record({
	depth: fc.constantFrom(0, 60),
	nameLength: fc.constantFrom(1, 3500),
	filler,
	attribute: fc.option(attribute, { freq: 1 }),
});

export function largeProperties(): void {
	const trigger = new TriggerUnderTest({
		parameters: { simplify: false },
	});

	property(
		'a genuine delivery of the maximum size is read in time, whatever its content',
		0.05,
		document,
		async (shape) => {
			const delivery = signed(Buffer.from(written(shape)), nextSecond());
			assert.equal((await trigger.receive(delivery)).items?.length, 1);
		},
	);
}

function written({
	depth,
	nameLength,
	filler,
	attribute,
}: typeof document extends fc.Arbitrary<infer T> ? T : never): string {
	const name = 'n'.repeat(nameLength);
	const open = `<event>${`<${name}>`.repeat(depth)}`;
	const close = `${`</${name}>`.repeat(depth)}</event>`;
	const room = MAX_DOCUMENT_CHARS - open.length - close.length;
	if (attribute !== null) return `<event${fill(room, attribute)}>${open}${close}</event>`;
	return open + fill(room, filler) + close;
}

function fill(room: number, part: (i: number) => string): string {
	const parts: string[] = [];
	let length = 0;
	for (let i = 0; ; i++) {
		const next = part(i);
		length += next.length;
		if (length > room) return parts.join('');
		parts.push(next);
	}
}
