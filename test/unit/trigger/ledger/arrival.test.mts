import { describe, expect, it } from 'vitest';

import { parseDelivery } from '../../../../nodes/CxoneExpert/event/parse.ts';
import { arrivalOf, type SentDelivery } from '../../../../nodes/CxoneExpert/trigger/ledger/arrival.ts';
import { NO_KEY } from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';

const NOW = 1_800_000_000_000;
const EVENT = '<event id="e1" type="page:create" datetime="2026-01-30T12:00:00Z"><page id="371"/></event>';

/** What the ledger is told of a signed delivery. */
function arrived(text: string | Buffer, sent: Partial<SentDelivery> = {}) {
	const body = Buffer.from(text);
	const delivery = {
		...{ deliveryId: 'd', timestamp: '1800000000', signedAt: NOW, isOutsideWindow: false },
		...{ body, contentType: undefined },
		...sent,
	};
	return arrivalOf(delivery, parseDelivery(body, delivery.contentType), NOW + 5000);
}

/** Signatures are not verified. */
function arrivedUnsigned(text: string) {
	const body = Buffer.from(text);
	const delivery = { deliveryId: 'd', timestamp: '', isOutsideWindow: false, body, contentType: undefined };
	return arrivalOf(delivery, parseDelivery(body, undefined), NOW + 5000);
}

describe('arrivalOf', () => {
	it('a delivery is named by the id, type and time of its event, whatever else it says', () => {
		const { name } = arrived(EVENT);
		const others = [
			arrived(EVENT.replace('371', '372'), { timestamp: '1800000009', deliveryId: 'other' }),
			arrivedUnsigned(EVENT),
		];
		for (const other of others) expect(other).toMatchObject({ name, isNamedByEvents: true });
		for (const [one, another] of [
			['e1', 'e2'],
			['page:create', 'page:delete'],
			['12:00', '12:01'],
		] as const) {
			expect(arrived(EVENT.replace(one, another)).name).not.toBe(name);
		}
	});

	it.each([
		['an event without an id', EVENT.replace(' id="e1"', '')],
		['what cannot be read', 'not XML'],
	])('%s is named by the signed message', (_case, text) => {
		const { name, isNamedByEvents } = arrived(text);
		expect(isNamedByEvents).toBe(false);
		expect(arrived(text, { deliveryId: 'other' }).name).toBe(name);
		expect(arrived(text, { timestamp: '1800000001' }).name).not.toBe(name);
		expect(arrived(`${text} `).name).not.toBe(name);
		expect(arrivedUnsigned(text).name).toBe(NO_KEY);
	});

	it('a charset that the header names makes no other name: it is not signed', () => {
		for (const charset of ['charset=utf-16', 'charset = utf-16', 'charset="utf-8"', 'x']) {
			const contentType = `text/xml; ${charset}`;
			expect(arrived(EVENT, { contentType }).name).toBe(arrived(EVENT).name);
		}
		const utf16 = Buffer.from(EVENT, 'utf16le');
		const [said, unsaid] = [{ contentType: 'text/xml; charset=utf-16' }, {}];
		expect(arrived(utf16, said).name).toBe(arrived(utf16, unsaid).name);
	});
});
