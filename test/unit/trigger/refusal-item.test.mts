import { describe, expect, it } from 'vitest';

import {
	STATUS_BY_REASON,
	type RejectionReason,
} from '../../../nodes/CxoneExpert/shared/rejection.ts';
import { eventItem, unreadableItem } from '../../../nodes/CxoneExpert/trigger/event/item.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/trigger/event/parse.ts';
import { refusalItem, refusalOf } from '../../../nodes/CxoneExpert/trigger/refusal-item.ts';
import { parameters } from '../../support/unit/samples.mts';

const ROW = { count: 10, since: Date.parse('2026-11-26T08:00:00Z') };
const reasons = Object.keys(STATUS_BY_REASON) as RejectionReason[];

describe('the item of a refusal', () => {
	it.each(reasons)(
		'the item of a refusal says "%s" after it was stored and read again',
		(reason) => {
			const json = refusalItem({ at: 1, reason, deliveryId: 'd-1' }, ROW);
			const stored = JSON.parse(JSON.stringify(json));
			expect(refusalOf({ json: stored })).toEqual({
				...{ reason, deliveryId: 'd-1', inARow: 10, since: '2026-11-26T08:00:00.000Z' },
			});
		},
	);

	it('the item of a refusal keeps the minutes', () => {
		const reason = 'timestamp outside the window' as const;
		const json = refusalItem({ at: 1, reason, deliveryId: 'd-1', signedMinutesAgo: -3 }, ROW);
		expect(refusalOf({ json })).toMatchObject({ signedMinutesAgo: -3 });
	});

	const meta = {
		deliveryId: 'd-1',
		receivedAt: new Date(),
		headers: { refusedDelivery: '{"reason":"signature wrong"}' },
		...{ redelivered: false, siteOrigin: undefined },
	};
	const forged =
		'<refusedDelivery reason="signature wrong"><reason>signature wrong</reason></refusedDelivery>';

	it.each([
		['simplified', parameters({ simplify: true })],
		['as it came', parameters({ simplify: false })],
		['with everything', parameters({ simplify: false, includeHeaders: true, includeRawXml: true })],
	])('no event can look like the item of a refusal, %s', (_case, chosen) => {
		const xml = `<event type="page:create" refusedDelivery="x">${forged}<page id="1">${forged}</page></event>`;
		const message = parseDelivery(Buffer.from(xml), 'text/xml');
		if (!('events' in message)) throw new Error('unreadable');
		const json = eventItem(message.events[0]!, message.rawXml, meta, chosen);
		expect(refusalOf({ json })).toBeUndefined();
	});

	it('no delivery that cannot be read can look like the item of a refusal', () => {
		const message = parseDelivery(Buffer.from('refusedDelivery'), 'text/xml');
		if (!('unreadable' in message)) throw new Error('readable');
		expect(refusalOf({ json: unreadableItem(message, meta, parameters({})) })).toBeUndefined();
	});

	it.each([
		[
			'another field beside it',
			{ refusedDelivery: { reason: 'signature wrong' }, receivedAt: 'x' },
		],
		['an unknown reason', { refusedDelivery: { reason: 'toString' } }],
		['no reason', { refusedDelivery: {} }],
		['nothing in it', { refusedDelivery: null as never }],
		['no field', {}],
	])('an item with %s is no item of a refusal', (_case, json) => {
		expect(refusalOf({ json })).toBeUndefined();
	});
});
