import { describe, expect, it } from 'vitest';

import { identify } from '../../../../nodes/CxoneExpert/trigger/execution/once.ts';

describe('identify', () => {
	const ITEM = {
		...{ deliveryId: 'd1', eventId: '143c3406-fdfd-11f0-8674-aa9553f76750' },
		...{ eventType: 'page_create', occurredAt: '2026-01-30T16:59:45Z' },
		...{ receivedAt: '2026-01-30T16:59:46.000Z', page: { id: '371' } },
	};

	it.each([
		['another delivery', { deliveryId: 'd2' }],
		['another time of arrival', { receivedAt: '2026-01-30T17:00:00.000Z' }],
		['a mark', { redelivered: true }],
		['headers', { headers: { 'x-nexus-delivery-id': 'd2' } }],
		['another form of the same event', { page: { id: '371', title: 'New' } }],
	])('an event has the same name with %s', (_case, changed) => {
		expect(identify({ ...ITEM, ...changed })).toEqual(identify(ITEM));
	});

	it.each(['eventId', 'eventType', 'occurredAt'])('another %s is another event', (field) => {
		expect(identify({ ...ITEM, [field]: 'another' })).not.toEqual(identify(ITEM));
	});

	it('an event without an id is named by what it says, and told apart by its delivery', () => {
		const { eventId: _id, ...item } = ITEM;
		const { name, deliveryId } = identify(item);
		expect(deliveryId).toBe('d1');
		const copy = {
			...{ ...item, deliveryId: 'd2', receivedAt: 'later' },
			...{ redelivered: true, unverified: true, headers: {} },
		};
		expect(identify(copy)).toEqual({ name, deliveryId: 'd2' });
		expect(identify({ ...item, language: 'de' }).name).not.toBe(name);
	});

	it('a name has no letter that a key of n8n divides by', () => {
		expect(identify(ITEM).name).toMatch(/^[\w-]{22}$/);
	});
});
