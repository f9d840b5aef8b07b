import { expect, it } from 'vitest';

import { eventNameOf, eventNameOfItem } from '../../../nodes/CxoneExpert/event/event-name.ts';
import { rootOf } from '../../support/unit/samples.mts';

const xml = rootOf('<event id="e1" type="page:create" datetime="2026-01-30T16:59:45+00:00"/>');

it('an event and its item have one name: ID, type and time', () => {
	const item = { eventId: 'e1', eventType: 'page_create', occurredAt: '2026-01-30T16:59:45.000Z' };
	const name = eventNameOf({ type: 'page_create', xml });
	expect(name).toMatch(/^[\w-]{22}$/);
	expect(eventNameOfItem({ ...item, page: { id: '7' } })).toBe(name);
	for (const field of ['eventId', 'eventType', 'occurredAt'])
		expect(eventNameOfItem({ ...item, [field]: 'another' })).not.toBe(name);
});

it('an event without an ID has no name', () => {
	expect(eventNameOf({ type: 'page_create', xml: {} })).toBeUndefined();
	expect(eventNameOfItem({ eventType: 'page_create' })).toBeUndefined();
});
