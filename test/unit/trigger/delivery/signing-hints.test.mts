import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import { readSignatures } from '../../../../nodes/CxoneExpert/shared/signature.ts';
import {
	matchingKey,
	likelyKeys,
} from '../../../../nodes/CxoneExpert/trigger/delivery/signing-hints.ts';
import { eventBytes, signatureOf } from '../../../support/unit/samples.mts';

const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com',
	longTermToken: 'the.j.wt',
};
const GUID = 'a1b2c3d4-e5f6-7890-abcd-1234567890ab';

describe('likelyKeys', () => {
	it('likelyKeys labels each key without showing it', () => {
		const keys = likelyKeys({ authorization: 'Bearer the-token', guids: [GUID], credential });
		expect(keys).toEqual([
			{ label: 'the whole Authorization value of the deliveries', key: 'Bearer the-token' },
			{ label: 'the delivery token without its scheme', key: 'the-token' },
			{ label: 'the guid of the webhook', key: GUID },
			{ label: 'the long-term token', key: 'the.j.wt' },
		]);
	});

	it('likelyKeys has the secret of a server token', () => {
		const server: ExpertCredential = { authentication: 'serverToken', tokenSecret: ' s3cret ' };
		expect(
			likelyKeys({ authorization: 'Basic eDp5', guids: [], credential: server }).at(-1),
		).toEqual({ label: 'the secret of the server token', key: 's3cret' });
	});

	it('likelyKeys has the bare long-term token where it was entered with a scheme', () => {
		const keys = likelyKeys({
			authorization: 'Bearer x',
			guids: [],
			credential: { longTermToken: 'Bearer y' },
		});
		expect(keys.map(({ key }) => key)).toEqual(['Bearer x', 'x', 'y']);
	});

	it('likelyKeys leaves out empty keys, with which anybody can sign', () => {
		expect(likelyKeys({ authorization: 'Bearer x', guids: [''], credential: {} })).toHaveLength(2);
	});
});

describe('matchingKey', () => {
	const body = eventBytes('v1');
	const timestamp = '1769792386';
	const keys = likelyKeys({ authorization: 'Bearer the-token', guids: [GUID], credential });
	const fitting = (...secrets: string[]) => {
		const header = secrets.map((secret) => signatureOf(secret, timestamp, body)).join(',');
		return matchingKey(keys, timestamp, body, readSignatures(header));
	};

	it.each(keys.map(({ label, key }) => [label, key]))('matchingKey finds %s', (label, key) => {
		expect(fitting(key)).toBe(label);
		expect(fitting('another', key)).toBe(label);
	});

	it('matchingKey finds nothing where none matches', () => {
		expect(fitting('another')).toBeUndefined();
		expect(fitting()).toBeUndefined();
		expect(
			matchingKey([], timestamp, body, readSignatures(signatureOf('x', timestamp, body))),
		).toBe(undefined);
	});

	it('matchingKey compares the exact time and bytes', () => {
		const signatures = readSignatures(signatureOf(GUID, timestamp, body));
		expect(matchingKey(keys, '1769792387', body, signatures)).toBeUndefined();
		expect(matchingKey(keys, timestamp, body.subarray(1), signatures)).toBeUndefined();
	});
});
