import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { judgeDeadline, judgeRetry } from '../../support/probe/assumptions/events.mts';
import { feedJudges } from '../../support/probe/assumptions/feeds.mts';
import { spellingOf } from '../../support/probe/assumptions/webhooks.mts';
import { formOf, kindOf } from '../../support/probe/forms.mts';
import { signingOf } from '../../support/probe/assumptions/keys.mts';
import type { Delivery } from '../../support/probe/listener.mts';
import { type Judge, Seen } from '../../support/probe/seen.mts';
import { readXml, type XmlDocument } from '../../../nodes/CxoneExpert/api/xml.ts';

const BODY = Buffer.from('<event id="1" type="page:create"/>\n');

function delivery(changed: Partial<Delivery> = {}): Delivery {
	return {
		...{ step: 'tags', at: 0, delayMs: 0, receivedAt: 0, headers: {}, body: BODY, response: 200 },
		message: parseDelivery(BODY, 'text/xml'),
		...changed,
	};
}

/** What `Seen` gives for one delivery and what came of it. */
const attempts = (...deliveries: Delivery[]) => ({ attemptsAfter: () => deliveries });

describe('what the probe reads from a clock', () => {
	it.each([
		[1_010, 'holds', 'closes after 1 s'],
		[4_960, 'other', 'closes after 5 s'],
		[undefined, 'not seen', '--patience was shorter'],
	])('a response that was held for %s ms: %s', (closedAfterMs, verdict, form) => {
		const held = delivery({ response: 'held', closedAfterMs });
		expect(judgeDeadline(attempts(held))).toEqual({ verdict, form });
	});

	it('a site that waits for more than 8 s has no deadline of a second', () => {
		const held = delivery({ response: 'held', wasWaitedFor: true });
		expect(judgeDeadline(attempts(held))).toMatchObject({ verdict: 'other' });
	});

	it.each([
		[1_020, 'holds', 'after 1 s'],
		[20, 'other', 'after 0 s'],
		[29_980, 'other', 'after 30 s'],
	])('a retry that comes after %i ms: %s', (at, verdict, form) => {
		const seen = attempts(delivery({ response: 503 }), delivery({ at }));
		expect(judgeRetry(seen)).toEqual({ verdict, form });
	});

	it('a delivery that is not retried while it is waited for is other than assumed', () => {
		expect(judgeRetry(attempts(delivery({ response: 503 })))).toMatchObject({ verdict: 'other' });
	});
});

describe('what the probe reads from an event feed', () => {
	const ID = '143c3406-fdfd-11f0-8674-aa9553f76750';
	const SAME_TIME = '143c3406-fdfd-11f0-8674-000000140000';
	const OTHER = '243c3406-fdfd-11f0-8674-aa9553f76750';
	const event = (id: string, more = '') => `<event id="${id}" type="page:create">${more}</event>`;

	/** A site that has delivered one event. */
	function seenWith(...summaries: string[]): Seen {
		const seen = new Seen({}, { marker: '', authorization: '' });
		const body = Buffer.from(event(ID));
		seen.deliveries = [delivery({ body, message: parseDelivery(body, 'text/xml') })];
		const document = readXml(`<feed>${summaries.join('')}</feed>`) as XmlDocument;
		const response = { status: 200, headers: {}, text: '', document };
		if (summaries.length > 0) seen.responses.set('own-tree-events', response);
		return seen;
	}

	const judge = (name: string, seen: Seen) => (feedJudges[name] as Judge)(seen);

	it.each([
		['holds', 'the same ID for 1 of 1 delivered events; recovery could be exact', SAME_TIME, ID],
		['other', 'the ID of the summary for 1 of 1', ID, OTHER],
		['other', 'the same time in the ID for 1 of 1', OTHER, SAME_TIME],
		[
			'other',
			'0 of 1 delivered events; missing: `page_create`; a summary stands for up to 3',
			OTHER,
		],
	])('its IDs: %s (%s)', (verdict, form, summaryId, eventId = OTHER) => {
		const summary = `<summary id="${summaryId}" count="3">${event(eventId)}</summary>`;
		const said = expect.stringContaining(form);
		expect(judge('feed-ids', seenWith(summary))).toEqual({ verdict, form: said });
	});

	it('nothing, where the site has none', () => {
		expect(judge('feed-ids', seenWith())).toBeUndefined();
		expect(judge('feed-documents', seenWith())).toBeUndefined();
	});

	it.each([
		['', 'holds', 'the same document'],
		['<page/>', 'other', 'in the feed: `event(@id: uuid v1, @type: text, page: empty)`'],
	])('its event with %j inside: %s', (inside, verdict, form) => {
		const seen = seenWith(`<summary>${event(ID, inside)}</summary>`);
		expect(judge('feed-documents', seen)).toEqual({ verdict, form });
	});

	it.each([
		[['02', '01'], 'holds', 'the newest first'],
		[['01', '02'], 'other', 'the oldest first'],
		[['02', '03', '01'], 'other', 'by no time'],
	])('its order of days %j: %s', (days, verdict, form) => {
		const summaries = days.map((day) => `<summary datetime="2026-01-${day}T00:00:00Z"/>`);
		expect(judge('feed-order', seenWith(...summaries))).toEqual({ verdict, form });
	});
});

describe('the spelling of a stored address', () => {
	const sent = 'https://tunnel.example/marker/a-b';

	it.each([
		[sent, 'as it was sent'],
		[`${sent}/`, 'with a slash at the end'],
		['https://TUNNEL.EXAMPLE/marker/a-b', 'in other case'],
		['https://tunnel.example:443/marker/a-b', 'with the port'],
		['https://tunnel.example/marker/a%2db', 'encoded in another way'],
		['https://other.example/marker/a-b', 'another host'],
		['http://tunnel.example/marker/a-b', 'another scheme'],
		['https://tunnel.example/other', 'another path'],
		['nowhere', 'another address'],
	])('%s is %s', (stored, spelling) => {
		expect(spellingOf(stored, sent)).toBe(spelling);
	});
});

describe('the key that signs a delivery', () => {
	const key = 'c2VjcmV0IG9mIHRoZSBzaXRlIQ==';
	const signed = (text: string, secret: string | Buffer, encoding: 'hex' | 'base64' = 'hex') =>
		delivery({
			headers: {
				'x-nexus-timestamp': '1769792386',
				'x-nexus-delivery-id': 'id',
				'x-nexus-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest(encoding)}`,
			},
		});
	const candidates = [
		{ name: 'another', value: 'not-this' },
		{ name: 'here', value: key },
		{ name: 'and there', value: key },
	];
	const usual = `1769792386.${BODY.toString()}`;

	it.each([
		['{timestamp}.{payload}', usual, 'lower-case hex'],
		['{payload}', BODY.toString(), 'lower-case hex'],
		['{timestamp}{payload}', usual.replace('.', ''), 'lower-case hex'],
		['{id}.{timestamp}.{payload}', `id.${usual}`, 'lower-case hex'],
		['{timestamp}.{payload without white space around it}', usual.trim(), 'lower-case hex'],
	])('is found over %s, with all places where it stands', (text, bytes, digest) => {
		expect(signingOf(signed(bytes, key), candidates)).toEqual({
			...{ keys: ['here', 'and there'], spelling: 'as it is', text, digest },
		});
	});

	it('is found when its bytes are base64, or the digest is', () => {
		const bytes = Buffer.from(key, 'base64');
		expect(signingOf(signed(usual, bytes), candidates)).toMatchObject({ spelling: 'from base64' });
		expect(signingOf(signed(usual, key, 'base64'), candidates)).toMatchObject({ digest: 'base64' });
	});

	it('is not found when no candidate has signed', () => {
		expect(signingOf(signed(usual, 'unknown'), candidates)).toBeUndefined();
	});
});

describe('forms', () => {
	it.each([
		['', 'empty'],
		['true', 'boolean'],
		['42', 'integer'],
		['18446744073709551615', 'integer of 20 digits'],
		['143c3406-fdfd-11f0-8674-aa9553f76750', 'uuid v1'],
		['6d5d030f38d747828a485713c3cf1154', '32 hex digits'],
		['2026-01-30T16:59:45Z', 'ISO time'],
		['2026-01-30T16:59:45.652Z', 'ISO time with fractions or offset'],
		['https://site.example/A', 'URL'],
		['ada@site.example', 'mail address'],
		['A_title', 'text'],
	])('%j is: %s', (text, kind) => {
		expect(kindOf(text)).toBe(kind);
	});

	const text =
		'<page id="7"><title>Secret</title><tags><tag value="a"/><tag value="b"/></tags></page>';
	it.each([
		[text, '`200 page(@id: integer, title: text, tags(tag(@value: text) …))`'],
		['<a long-name-that-no-element-of-expert-would-ever-have="x"/>', '`200 a(@…: text)`'],
		['', '`200 without a body`'],
		['<page>', '`200 broken XML`'],
		['plain', '`200 other text`'],
	])('%s has names and kinds, and no value', (body, form) => {
		const read = readXml(body);
		const document = typeof read === 'string' ? {} : { document: read };
		expect(formOf({ status: 200, headers: {}, text: body, ...document })).toBe(form);
	});
});
