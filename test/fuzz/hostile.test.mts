import fc from 'fast-check';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe } from 'vitest';
import { MAX_DOCUMENT_CHARS } from '../../nodes/CxoneExpert/api/xml.ts';
import type { Headers } from '../../nodes/CxoneExpert/protocol/headers.ts';
import { MAX_ENTRIES } from '../../nodes/CxoneExpert/trigger/ledger/bounds.ts';
import { storedRecord } from '../support/ledger.mts';
import {
	anyText,
	AUTHORIZATION,
	changed,
	type Delivery,
	deliveryId,
	EVENT_TYPE,
	ID,
	recorded,
	SECRET,
	SIGNATURE,
	signed,
	TIMESTAMP,
	unsignedHeaders,
} from './deliveries.mts';
import { ledgerProperties } from './ledger.mts';
import { mutate, type Mutation, mutation } from './mutations.mts';
import { property, stopTime } from './run.mts';
import { nextSecond, type Outcome, pass, type Secrets, TriggerUnderTest } from './trigger.mts';

/** What a forger changes in a genuine delivery that was overheard. */
interface Forgery {
	body: Mutation[];
	headers: Array<{ name: string; change: TextChange }>;
	unsigned: Headers;
}

/** Anywhere, and often at the ends, where a comparison would miss something. */
const place = fc.oneof(fc.nat(80), fc.constantFrom(0, 6, 7, 8, 69, 70));

const textChange = fc.oneof(
	fc.record({ kind: fc.constant('replace' as const), text: anyText }),
	fc.record({ kind: fc.constant('append' as const), text: fc.string({ maxLength: 8 }) }),
	fc.record({ kind: fc.constant('prepend' as const), text: fc.string({ maxLength: 8 }) }),
	fc.record({
		kind: fc.constant('character' as const),
		text: fc.constantFrom(...'0123456789abcdefA, =\t\n\r\u0000\u0085\u00a0'),
		at: place,
	}),
	fc.record({ kind: fc.constant('cut' as const), at: place }),
	fc.record({ kind: fc.constant('case' as const) }),
	fc.record({ kind: fc.constant('twice' as const), text: fc.constantFrom(',', ', ', ' ', '') }),
	fc.record({ kind: fc.constant('remove' as const) }),
);
type TextChange = typeof textChange extends fc.Arbitrary<infer T> ? T : never;

const forgery: fc.Arbitrary<Forgery> = fc.record({
	body: fc.oneof(fc.constant<Mutation[]>([]), fc.array(mutation, { maxLength: 3 })),
	headers: fc.array(
		fc.record({
			name: fc.constantFrom('authorization', TIMESTAMP, SIGNATURE, ID),
			change: textChange,
		}),
		{ maxLength: 2 },
	),
	unsigned: unsignedHeaders,
});

const anyHeaders = fc
	.tuple(
		fc.dictionary(
			fc.oneof(
				fc.constantFrom('authorization', ID, TIMESTAMP, SIGNATURE, EVENT_TYPE, 'content-type'),
				anyText,
			),
			fc.oneof(anyText, fc.array(anyText), fc.constant(undefined)),
		),
		fc.boolean(),
	)
	.map(
		([headers, knowsToken]): Headers => ({
			...headers,
			...(knowsToken ? { authorization: AUTHORIZATION } : {}),
		}),
	);

/** Seconds after which what is too much is evicted, however little it is. */
const EVICTION_INTERVAL = 3600;
/** Seconds. */
const REMEMBER_FOR = 24 * 3600;
/** Seconds for which the node uses a credential that it has read. */
const CREDENTIAL_CACHE = 11;

const ROTATIONS: Secrets[] = [
	{ signingSecret: SECRET },
	{ signingSecret: 'new', previousSigningSecret: SECRET },
	{ signingSecret: SECRET, previousSigningSecret: 'new' },
	{ signingSecret: 'new' },
];

const step = fc.record({
	kind: fc.constantFrom('rotate', 'deliver', 'replay'),
	n: fc.nat(99),
});

/*
 * Static data can be edited: a Code node writes it, an import brings it along, a disk damages it.
 * Whatever is found there, no genuine delivery is refused for it.
 */

const HOUR = 3600;

const number = fc.oneof(
	fc.constantFrom(9e15, 1e300, -1e300, Number.MAX_SAFE_INTEGER, 2 ** 31, -1, 0.5),
	fc.integer(),
	fc.double(),
);

const rows = fc.oneof(
	fc.string(),
	fc
		.array(
			fc.string({ minLength: 23, maxLength: 23, unit: fc.constantFrom(...'azAZ09zzzz.do-_ ') }),
		)
		.map((parts) => parts.join('')),
	fc.array(fc.nat(HOUR)).map((ages) => storedRecord(ages.map((age) => seconds() - age)).rows),
	fc.jsonValue(),
);

const damaged = fc.oneof(
	fc.jsonValue(),
	fc.record(
		{
			writer: fc.oneof(fc.string(), fc.jsonValue()),
			forgottenUpTo: fc.oneof(number, fc.jsonValue()),
			changesForgottenUpTo: fc.oneof(number, fc.jsonValue()),
			keptUntil: fc.oneof(number, fc.jsonValue()),
			open: rows,
			rows,
		},
		{ requiredKeys: [] },
	),
);

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

const largeDocument = fc.record({
	depth: fc.constantFrom(0, 60),
	nameLength: fc.constantFrom(1, 3500),
	filler,
	attribute: fc.option(attribute, { freq: 1 }),
});

stopTime();

describe('hostile input', () => {
	// A trigger for each case, so that none reads the record of all those before it.

	property(
		'a forgery starts no run and does not keep the genuine delivery from running',
		32,
		fc.record({ base: fc.constantFrom(...recorded), forgery }),
		async ({ base, forgery }) => {
			const genuine = signed(base, nextSecond());
			const forged = forge(genuine, forgery);
			const trigger = new TriggerUnderTest();
			const response = await trigger.receive(forged);
			const after = await trigger.receive(genuine);
			assert.equal(after.status, 200);
			if (mayBeAccepted(forged, genuine)) {
				assert.equal(runs([response, after]), 1);
			} else {
				expectRefused(response);
				assert.equal(after.items?.length, 1);
			}
		},
	);

	property(
		'signed bytes run once, whatever their headers, in sequence and concurrently',
		7,
		fc.record({
			base: fc.constantFrom(...recorded),
			copies: fc.array(fc.tuple(deliveryId, unsignedHeaders), { minLength: 1, maxLength: 5 }),
			atOnce: fc.boolean(),
		}),
		async ({ base, copies, atOnce }) => {
			const trigger = new TriggerUnderTest();
			const genuine = signed(base, nextSecond());
			const all = [
				genuine,
				...copies.map(([id, headers]) => changed(genuine, { ...headers, [ID]: id })),
			];
			const responses = atOnce
				? await Promise.all(all.map(async (delivery) => await trigger.receive(delivery)))
				: await inTurn(all, async (delivery) => await trigger.receive(delivery));
			for (const { status } of responses) assert.equal(status, 200);
			assert.equal(runs(responses), 1);
		},
	);

	property(
		'a copy whose body is held back until the first one is evicted starts no run',
		1,
		fc.record({
			base: fc.constantFrom(...recorded),
			// A full record takes a while to read, each time.
			remembered: fc.oneof(
				{ weight: 49, arbitrary: fc.constant(0) },
				{ weight: 1, arbitrary: fc.constant(MAX_ENTRIES + 100) },
			),
			others: fc.constantFrom(0, 1, 20),
			// Seconds between the others: without, the copy is in time; else it is late, or given up.
			pause: fc.constantFrom(0, 1),
			seconds: fc.constantFrom(0, 10, 3600, 90_000),
		}),
		async ({ base, remembered, others, pause, seconds }) => {
			const signedAt = nextSecond();
			const forgetful = new TriggerUnderTest({
				// All of them signed later: the first to be forgotten is the one that is replayed.
				stored: (nodeId) => ({
					[`cxoneExpert:${nodeId}`]: storedRecord(
						Array.from({ length: remembered }, () => Math.ceil(signedAt / 1000) + 1),
					),
				}),
			});
			const old = signed(base, signedAt);
			nextSecond();
			const first = await forgetful.receive(old);
			pass(seconds);
			const bodyComes = Promise.withResolvers<void>();
			const copying = forgetful.receive(changed(old, { [ID]: 'copy' }), bodyComes.promise);
			await nextTurn();
			for (let i = 0; i < others; i++) {
				pass(pause);
				await forgetful.receive(signed(base, Date.now()));
			}
			bodyComes.resolve();
			const copy = await copying;
			assert.equal(runs([first, copy]), 1);
			const isTooMuch = remembered > 0 && seconds >= EVICTION_INTERVAL;
			const isForgotten = others > 0 && (isTooMuch || seconds > REMEMBER_FOR);
			const isLate = others * pause > 0;
			assert.equal(copy.status, isLate ? 503 : isForgotten ? 401 : 200);
		},
	);

	property(
		'an old capture starts no run with the signature or id of another delivery',
		1,
		fc.record({
			old: fc.constantFrom(...recorded),
			recent: fc.constantFrom(...recorded),
			hasRun: fc.boolean(),
			age: fc.constantFrom(3601, 86_400, 30 * 86_400),
			isFirst: fc.boolean(),
			separator: fc.constantFrom(',', ', ', ' '),
			id: fc.constantFrom('own', 'fresh', 'of the recent one'),
		}),
		async ({ old, recent, hasRun, age, isFirst, separator, id }) => {
			const target = new TriggerUnderTest();
			const captured = signed(old, nextSecond());
			if (hasRun) assert.equal(runs([await target.receive(captured)]), 1);
			pass(age);
			const other = signed(recent, nextSecond());
			assert.equal(runs([await target.receive(other)]), 1);
			const signatures = [captured, other].map(({ headers }) => headers[SIGNATURE]);
			const replayed = await target.receive(
				changed(captured, {
					[SIGNATURE]: (isFirst ? signatures : signatures.reverse()).join(separator),
					...(id === 'fresh' ? { [ID]: 'fresh' } : {}),
					...(id === 'of the recent one' ? { [ID]: other.headers[ID] } : {}),
				}),
			);
			assert.equal(replayed.items, undefined, 'an old capture has run');
			assert.ok([200, 401].includes(replayed.status));
		},
	);

	property(
		'a signed delivery runs once, however the secrets change and change back',
		0.5,
		fc.record({ base: fc.constantFrom(...recorded), steps: fc.array(step, { maxLength: 20 }) }),
		async ({ base, steps }) => {
			const target = new TriggerUnderTest();
			const captures: Delivery[] = [];
			for (const { kind, n } of steps) {
				if (kind === 'rotate') {
					target.secrets = ROTATIONS[n % ROTATIONS.length]!;
					pass(CREDENTIAL_CACHE);
				} else if (kind === 'deliver') {
					const { signingSecret, previousSigningSecret = signingSecret } = target.secrets;
					const secret = n % 2 === 0 ? signingSecret : previousSigningSecret;
					const delivery = signed(base, nextSecond(), secret);
					captures.push(delivery);
					assert.equal(runs([await target.receive(delivery)]), 1);
				} else if (captures.length > 0) {
					nextSecond();
					const capture = captures[n % captures.length]!;
					const replayed = await target.receive(changed(capture, { [ID]: randomUUID() }));
					assert.equal(replayed.items, undefined, 'a replay has run');
				}
			}
		},
	);

	property(
		'any headers and bytes get one response of the contract and start no run',
		5,
		fc.record({ headers: anyHeaders, bytes: fc.uint8Array({ maxLength: 300, size: 'max' }) }),
		async ({ headers, bytes }) => {
			nextSecond();
			const trigger = new TriggerUnderTest();
			const response = await trigger.receive({ headers, body: Buffer.from(bytes) });
			expectRefused(response);
		},
	);

	property(
		'a genuine delivery of the maximum size is read, whatever its content',
		0.05,
		largeDocument,
		async (shape) => {
			const trigger = new TriggerUnderTest({ parameters: { simplify: false } });
			const delivery = signed(Buffer.from(written(shape)), nextSecond());
			assert.equal((await trigger.receive(delivery)).items?.length, 1);
		},
	);

	property(
		'a genuine delivery is not refused and runs once after any damage to the record',
		4,
		fc.record({ damaged, body: fc.constantFrom(...recorded) }),
		async ({ damaged, body }) => {
			const trigger = new TriggerUnderTest({
				stored: (nodeId) => ({ [`cxoneExpert:${nodeId}`]: damaged }),
			});
			for (let i = 0; i < 2; i++) {
				const delivery = signed(body, nextSecond());
				const response = await trigger.receive(delivery);
				assert.equal(response.status, 200);
				assert.equal(response.items?.length, 1);
				assert.deepEqual(await trigger.receive(delivery), { status: 200 });
			}
		},
	);

	ledgerProperties();
});

function runs(outcomes: Outcome[]): number {
	return outcomes.filter(({ items }) => items !== undefined).length;
}

function expectRefused({ status, items }: Outcome): void {
	assert.ok(status === 400 || status === 401, `responded ${status}`);
	assert.equal(items, undefined, 'a forgery was accepted');
}

function forge({ headers, body }: Delivery, forgery: Forgery): Delivery {
	const forged: Headers = { ...headers, ...forgery.unsigned };
	for (const { name, change } of forgery.headers) {
		const text = changeText(String(forged[name] ?? ''), change);
		if (text === undefined) delete forged[name];
		else forged[name] = text;
	}
	return { headers: forged, body: mutate(body, forgery.body) };
}

function changeText(text: string, change: TextChange): string | undefined {
	switch (change.kind) {
		case 'replace':
			return change.text;
		case 'append':
			return text + change.text;
		case 'prepend':
			return change.text + text;
		case 'character':
			return text.slice(0, change.at) + change.text + text.slice(change.at + 1);
		case 'cut':
			return text.slice(0, change.at) + text.slice(change.at + 1);
		case 'case':
			return text.toUpperCase();
		case 'twice':
			return text + change.text + text;
		case 'remove':
			return undefined;
	}
}

/**
 * Whether nothing that counts was changed: the bytes, the literal timestamp, the token, and one of
 * the signatures in the header are what the site has sent. White space around a header is no part
 * of it, and hex digits have no case.
 */
function mayBeAccepted(forged: Delivery, genuine: Delivery): boolean {
	const text = (delivery: Delivery, name: string) => String(delivery.headers[name] ?? '').trim();
	const same = (name: string) => text(forged, name) === text(genuine, name);
	const [scheme, digits] = text(genuine, SIGNATURE).split('=') as [string, string];
	const isOurs = (signature: string) =>
		signature.startsWith(`${scheme}=`) &&
		signature.slice(scheme.length + 1).toLowerCase() === digits;
	return (
		forged.body.equals(genuine.body) &&
		same('authorization') &&
		same(TIMESTAMP) &&
		text(forged, SIGNATURE)
			.split(/[\s,]+/)
			.some(isOurs)
	);
}

async function inTurn<T, R>(list: T[], act: (entry: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	for (const entry of list) results.push(await act(entry));
	return results;
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}

function written({
	depth,
	nameLength,
	filler,
	attribute,
}: typeof largeDocument extends fc.Arbitrary<infer T> ? T : never): string {
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
