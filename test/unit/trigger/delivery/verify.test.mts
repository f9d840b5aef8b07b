import { beforeEach, describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { cachedCredential } from '../../../../nodes/CxoneExpert/n8n/credential-cache.ts';
import type { Headers } from '../../../../nodes/CxoneExpert/event/delivery-headers.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { Refusal, type RejectionReason } from '../../../../nodes/CxoneExpert/shared/rejection.ts';
import { sign } from '../../../../nodes/CxoneExpert/shared/signature.ts';
import {
	type DeliveryHeaders,
	isUnsigned,
	outsideWindow,
	parseHeaders,
	verify,
	type VerifiedDelivery,
} from '../../../../nodes/CxoneExpert/trigger/delivery/verify.ts';
import { contextOf, nodeState } from '../../../support/unit/delivery-context.mts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

beforeEach(clearMemory);

const now = 1_769_792_386_000;
const timestamp = '1769792386';
const body = eventBytes('v1');

const ID = 'x-nexus-delivery-id';
const TIME = 'x-nexus-timestamp';
const SIGNATURE = 'x-nexus-signature-256';

const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	longTermToken: 'the.j.wt',
	deliveryToken: 'Bearer delivery-token',
	signingSecret: 'whsec_test',
	previousSigningSecret: 'whsec_before',
};

const genuine: Headers = {
	authorization: 'Bearer delivery-token',
	[ID]: '9f1c1e2a-fdfd-11f0-8674-aa9553f76750',
	[TIME]: timestamp,
	[SIGNATURE]: signatureOf('whsec_test', timestamp, body),
	'x-nexus-event-type': 'Page_Create',
	'content-type': 'text/xml',
};

function reasonOf(thrown: unknown): RejectionReason {
	if (thrown instanceof Refusal) return thrown.reason;
	throw thrown;
}

interface Given {
	bytes?: 'unreadable';
	/** When it comes. */
	at?: number;
	/** The credential as n8n gives it, reading by reading; the last one stays. The first one is cached. */
	credentials?: Array<ExpertCredential | Error>;
}

async function verified(
	changed: Headers,
	{ bytes, at = now, credentials: given = [credential] }: Given = {},
): Promise<VerifiedDelivery | RejectionReason> {
	const credentials = [...given];
	const node = nodeState({
		headers: { ...genuine, ...changed },
		credential: async () => {
			const read = credentials.length > 1 ? credentials.shift()! : credentials[0]!;
			if (read instanceof Error) throw read;
			return read;
		},
	});
	const context = contextOf(node, { now: at });
	const readRawBody = async () => await Promise.reject(new Error('cut off'));
	const unreadable = { readRawBody, unpipe: () => {}, resume: () => {} };
	Object.assign(context.request, bytes === 'unreadable' ? unreadable : { rawBody: body });
	if (credentials.length > 1) {
		await cachedCredential(context.n8n).catch(() => {});
		Object.assign(context.response, { arrivedAt: performance.now() + 1 });
	}
	return await verify(context).catch(reasonOf);
}

describe('verify', () => {
	it('a verified delivery has its headers, its bytes and the credential that verified it', async () => {
		const delivery = await verified({});
		expect(delivery).toEqual({
			deliveryId: genuine[ID],
			timestamp,
			signedAt: now,
			signatures: [sign('whsec_test', timestamp, body)],
			isOutsideWindow: false,
			body,
			contentType: 'text/xml',
			credential,
		});
		expect(isUnsigned(delivery as VerifiedDelivery)).toBe(false);
	});

	it('a delivery passes although there is white space around the secrets of the credential', async () => {
		const secrets = { signingSecret: ' whsec_new\n', previousSigningSecret: '\twhsec_test ' };
		const given = { credentials: [{ ...credential, ...secrets }] };
		expect(await verified({}, given)).toHaveProperty('body', body);
	});

	it('a time outside the window is told before a body that cannot be read', async () => {
		const tooOld = { at: now + 3_601_000 };
		expect(await verified({}, tooOld)).toMatchObject({ isOutsideWindow: true });
		expect(await verified({}, { bytes: 'unreadable' })).toBe('body incomplete');
		expect(await verified({}, { ...tooOld, bytes: 'unreadable' })).toBe(
			'timestamp outside the window',
		);
	});

	it.each([{}, { signingSecret: ' ', previousSigningSecret: '' }])(
		'nothing is accepted or rejected by a credential with the secrets %j',
		async (secrets) => {
			const { signingSecret: _, previousSigningSecret: __, ...without } = credential;
			const given = { credentials: [{ ...without, ...secrets }] };
			await expect(verified({}, given)).rejects.toThrow('no signing secret');
		},
	);

	it('authorization wrong when the current credential has another token', async () => {
		const changed = { ...credential, deliveryToken: 'Bearer new', signingSecret: 'whsec_new' };
		const byNew = { [SIGNATURE]: signatureOf('whsec_new', timestamp, body) };
		const given = { credentials: [credential, changed] };
		expect(await verified(byNew, given)).toBe('authorization wrong');
	});

	it.each([
		['could not be read', new Error('no such credential')],
		['had no token', { signingSecret: 'whsec' }],
	])('the credential is read once more when the cached one %s', async (_case, before) => {
		expect(await verified({}, { credentials: [before, credential] })).toMatchObject({ credential });
	});
});

it.each([
	[0, 10],
	[1_200_000, -10],
	[undefined, undefined],
])('a delivery signed at %s ms is %s minutes old', (signedAt, minutes) => {
	const { reason, signedMinutesAgo } = outsideWindow(signedAt, 600_000);
	expect([reason, signedMinutesAgo]).toEqual(['timestamp outside the window', minutes]);
});

const signed = { isSigned: true, maxAgeSeconds: 3600, now };

/** What the headers of a genuine delivery come to with these in their place. */
function parsed(changed: Headers, rules = signed): DeliveryHeaders | RejectionReason {
	try {
		return parseHeaders({ ...genuine, ...changed }, rules);
	} catch (thrown) {
		return reasonOf(thrown);
	}
}

describe('parseHeaders: what is accepted', () => {
	it('parseHeaders keeps the text of the timestamp, which is what was signed', () => {
		expect(parsed({ [TIME]: '01769792386' })).toMatchObject({
			timestamp: '01769792386',
			signedAt: now,
		});
	});

	it('parseHeaders leaves out the white space around a value', () => {
		const spaced = Object.fromEntries(
			Object.entries(genuine).map(([name, value]) => [name, ` ${String(value)}\t`]),
		);
		expect(parsed(spaced)).toEqual(parsed({}));
	});

	it('parseHeaders reads every signature, as a site sends two while its secret changes', () => {
		const two = `sha256=${'0'.repeat(64)}, ${String(genuine[SIGNATURE])}`;
		expect(parsed({ [SIGNATURE]: two })).toMatchObject({
			signatures: [Buffer.alloc(32), sign('whsec_test', timestamp, body)],
		});
	});

	it.each([
		['no UUID', 'delivery/42'],
		['of one character', '!'],
		['of 200 characters', '~'.repeat(200)],
	])('parseHeaders accepts a delivery id that is %s: a rejection is permanent', (_case, id) => {
		expect(parsed({ [ID]: id })).toHaveProperty('deliveryId', id);
	});
});

describe('parseHeaders: what is rejected', () => {
	it.each([
		['delivery id missing', { [ID]: undefined }],
		['delivery id missing', { [ID]: '  ' }],
		['delivery id missing', { [ID]: ['a', 'b'] }],
		['delivery id malformed', { [ID]: 'x'.repeat(201) }],
		['delivery id malformed', { [ID]: 'two words' }],
		['delivery id malformed', { [ID]: 'a\u0007b' }],
		['delivery id malformed', { [ID]: 'a\u007f' }],
		['delivery id malformed', { [ID]: 'ä' }],
		['timestamp missing', { [TIME]: undefined }],
		['timestamp missing', { [TIME]: '' }],
		['timestamp malformed', { [TIME]: '1769792386.0' }],
		['timestamp malformed', { [TIME]: '+1769792386' }],
		['signature missing', { [SIGNATURE]: undefined }],
		['signature missing', { [SIGNATURE]: '' }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(63)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'0'.repeat(65)}` }],
		['signature malformed', { [SIGNATURE]: `sha256=${'g'.repeat(64)}` }],
		['signature malformed', { [SIGNATURE]: '0'.repeat(64) }],
	] as Array<[RejectionReason, Headers]>)('parseHeaders rejects, %s: %j', (reason, changed) => {
		expect(parsed(changed)).toBe(reason);
	});
});

it('parseHeaders goes by the age that is allowed', () => {
	const aMinuteOld = { [TIME]: String(now / 1000 - 60) };
	expect(parsed(aMinuteOld, { ...signed, maxAgeSeconds: 59 })).toHaveProperty(
		'isOutsideWindow',
		true,
	);
});

it.each([
	['delivery id missing', undefined],
	['delivery id malformed', 'two words'],
] as Array<[RejectionReason, string | undefined]>)(
	'parseHeaders rejects a delivery also where it needs no signature, %s',
	(reason, id) => {
		expect(parsed({ [ID]: id }, { ...signed, isSigned: false })).toBe(reason);
	},
);
