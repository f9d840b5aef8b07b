import { expect, it } from 'vitest';
import { ownOf } from '../../support/probe/own.mts';
import { questions } from '../../support/probe/questions/index.mts';
import { Seen } from '../../support/probe/seen.mts';

const site = 'https://help.example.com';
const credential = { siteUrl: site, longTermToken: 'token' };
const [ID, TIME] = ['x-nexus-delivery-id', 'x-nexus-timestamp'];

it.each([
	['id-of-retry', { [ID]: 'a' }, { [ID]: 'a' }, 'holds'],
	['id-of-retry', { [ID]: 'a' }, { [ID]: 'b' }, 'other'],
	['timestamp-unit', { [TIME]: '1769792386' }, {}, 'holds'],
	['timestamp-unit', { [TIME]: '1769792386000' }, {}, 'other'],
	['timestamp-unit', { [TIME]: '2026-01-30' }, {}, 'other'],
])('the probe judges %s of a delivery with %j and its retry with %j: %s', (name, first, retry, verdict) => {
	const seen = new Seen(credential, ownOf({ site, credential }, '1'));
	const body = Buffer.from('<event/>');
	seen.deliveries = [first, retry].map((headers, index) => ({
		...{ step: 'tags', receivedAt: 1_769_792_386_000, response: index === 0 ? 503 : 200 },
		...{ headers: headers as Record<string, string>, body },
		message: { rawXml: body.toString(), events: [] },
	}));
	expect(questions[name]!.judge(seen, undefined)).toMatchObject({ verdict });
});
