import { beforeEach, describe, expect, it } from 'vitest';

import { nodeKey } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { AlertRecord } from '../../../../nodes/CxoneExpert/trigger/delivery/alert-record.ts';
import { DeliveryStore } from '../../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import { StoredRecords } from '../../../../nodes/CxoneExpert/trigger/delivery/dedup/stored-records.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { openedStores } from '../../../../nodes/CxoneExpert/trigger/opened-stores.ts';
import { n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';

const LIMITS = { rememberForSeconds: 3600, maxRemembered: 100, maxAgeSeconds: 3600 };
const RECORD = { writer: 'w', forgottenUpTo: 1, expiresAt: 2, rows: '' };

beforeEach(clearMemory);

describe('AlertRecord', () => {
	const HOUR_MS = 3_600_000;
	const NOW = Date.parse('2026-11-26T08:00:00Z');

	it.each([
		['just now', 0, 0],
		['59 minutes ago', 59 * 60_000, 59 * 60_000],
		['an hour ago', HOUR_MS, undefined],
		['59 minutes ahead, because the clock was set', -59 * 60_000, -59 * 60_000],
		['a year ahead, because the clock was wrong', -365 * 24 * HOUR_MS, undefined],
	])('AlertRecord knows the age of an alert of %s within the hour', (_case, ago, age) => {
		const node = nodeState();
		new AlertRecord(n8nOf(node), NOW - ago).write();
		expect(new AlertRecord(n8nOf(node), NOW).ageWithin(HOUR_MS)).toBe(age);
	});

	it.each([['nothing'], [null], ['x'], [{}]])(
		'AlertRecord does not take a stored %j for an alert',
		(stored) => {
			const node = nodeState();
			node.staticData[`cxoneExpertAlert:${node.id}`] = stored;
			expect(new AlertRecord(n8nOf(node), NOW).ageWithin(HOUR_MS)).toBeUndefined();
		},
	);

	it('what the process knows of deliveries is written along', () => {
		const node = nodeState();
		const store = new DeliveryStore('this process');
		openedStores.set(nodeKey(n8nOf(node)), { store, limits: LIMITS });
		new AlertRecord(n8nOf(node), NOW).write();
		expect(node.staticData).toEqual({
			[`cxoneExpertAlert:${node.id}`]: NOW,
			[`cxoneExpert:${node.id}`]: store.record(LIMITS),
		});
	});

	it('the record of an alert goes with that of a trigger that was removed', () => {
		const node = nodeState();
		const removed = nodeState({ staticData: node.staticData });
		new StoredRecords(n8nOf(removed)).write({ ...RECORD, expiresAt: 5 });
		new AlertRecord(n8nOf(removed), NOW).write();
		new StoredRecords(n8nOf(node)).dropExpired(6, 7);
		expect(node.staticData).toEqual({});
	});
});
