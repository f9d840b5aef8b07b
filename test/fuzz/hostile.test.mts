import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe } from 'vitest';
import type { Headers } from '../../nodes/CxoneExpert/protocol/headers.ts';
import { storedRecord } from '../support/ledger.mts';
import {
	anyText,
	AUTHORIZATION,
	type Delivery,
	EVENT_TYPE,
	ID,
	recorded,
	SIGNATURE,
	signed,
	TIMESTAMP,
	unsignedHeaders,
} from './deliveries.mts';
import { mutate, type Mutation, mutation } from './mutations.mts';
import { property, stopTime } from './run.mts';
import { nextSecond, type Outcome, TriggerUnderTest } from './trigger.mts';

/** What a forger does with the text of a header. */
const CHANGES = {
	replace: (_all, part) => part,
	append: (all, part) => all + part,
	prepend: (all, part) => part + all,
	overwrite: (all, part, at) => all.slice(0, at) + part + all.slice(at + 1),
	cut: (all, _part, at) => all.slice(0, at) + all.slice(at + 1),
	upperCase: (all) => all.toUpperCase(),
	twice: (all, part) => all + part + all,
	remove: () => undefined,
} satisfies Record<string, TextChange>;
type TextChange = (all: string, part: string, at: number) => string | undefined;

const CHARACTERS = ['', ', ', ...'0123456789abcdefA, =\t\n\r\u0000\u0085\u00a0'];

/** What a forger changes in a genuine delivery that was overheard. */
const forgery = fc.record({
	body: fc.oneof(fc.constant<Mutation[]>([]), fc.array(mutation, { maxLength: 3 })),
	headers: fc.array(
		fc.record({
			name: fc.constantFrom('authorization', TIMESTAMP, SIGNATURE, ID),
			kind: fc.constantFrom(...(Object.keys(CHANGES) as Array<keyof typeof CHANGES>)),
			part: fc.oneof(anyText, fc.constantFrom(...CHARACTERS)),
			/** Anywhere, and often at the ends, where a comparison would miss something. */
			at: fc.oneof(fc.nat(80), fc.constantFrom(0, 6, 7, 8, 69, 70)),
		}),
		{ maxLength: 2 },
	),
	unsigned: unsignedHeaders,
});
type Forgery = typeof forgery extends fc.Arbitrary<infer T> ? T : never;

const anyHeaders: fc.Arbitrary<Headers> = fc
	.record({
		known: fc.dictionary(
			fc.oneof(fc.constantFrom(ID, TIMESTAMP, SIGNATURE, EVENT_TYPE, 'content-type'), anyText),
			fc.oneof(anyText, fc.array(anyText), fc.constant(undefined)),
		),
		authorization: fc.oneof(fc.constant(AUTHORIZATION), anyText),
	})
	.map(({ known, authorization }) => ({ ...known, authorization }));

/*
 * Static data can be edited: a Code node writes it, an import brings it along, a disk damages it.
 * Whatever is found there, no genuine delivery is refused for it.
 */

const number = fc.oneof(fc.constantFrom(1e300, -1e300, 2 ** 31, -1, 0.5), fc.integer());

const rows = fc.oneof(
	fc.stringMatching(/^[azAZ09.do_ -]{0,70}$/),
	fc.array(fc.nat(3600)).map((ages) => storedRecord(ages.map((age) => seconds() - age)).rows),
	fc.jsonValue(),
);

const damaged = fc.oneof(
	fc.jsonValue(),
	fc.record(
		{
			writer: fc.jsonValue(),
			forgottenUpTo: fc.oneof(number, fc.jsonValue()),
			keptUntil: fc.oneof(number, fc.jsonValue()),
			open: rows,
			rows,
		},
		{ requiredKeys: [] },
	),
);

stopTime();

describe('hostile input', () => {
	// A trigger for each case, so that none reads the record of all those before it.

	property(
		'a forgery starts no run and does not keep the genuine delivery from running',
		40,
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
		'a genuine delivery is not refused and runs once after any damage to the record',
		5,
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
	for (const { name, kind, part, at } of forgery.headers) {
		const change: TextChange = CHANGES[kind];
		const text = change(String(forged[name] ?? ''), part, at);
		if (text === undefined) delete forged[name];
		else forged[name] = text;
	}
	return { headers: forged, body: mutate(body, forgery.body) };
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
		signature.startsWith(`${scheme}=`) && signature.slice(scheme.length + 1).toLowerCase() === digits;
	return (
		forged.body.equals(genuine.body) &&
		same('authorization') &&
		same(TIMESTAMP) &&
		text(forged, SIGNATURE)
			.split(/[\s,]+/)
			.some(isOurs)
	);
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}
