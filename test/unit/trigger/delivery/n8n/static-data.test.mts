import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { DeliveryStore } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import {
	AlertRecord,
	injectRecordIntoExecution,
	StoredRecords,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/n8n/static-data.ts';
import { nodeKey } from '../../../../../nodes/CxoneExpert/shared/node-key.ts';
import {
	clearProcessState,
	processState,
} from '../../../../../nodes/CxoneExpert/trigger/process-state.ts';
import {
	type LogLines,
	n8nOf,
	type NodeState,
	nodeState,
} from '../../../../support/unit/delivery-context.mts';

const LIMITS = { rememberForSeconds: 3600, maxRemembered: 100, maxAgeSeconds: 3600 };
const RECORD = { writer: 'w', forgottenUpTo: 1, expiresAt: 2, rows: '' };

const executionAt = (node: NodeState, log?: LogLines) =>
	n8nOf(node, log) as unknown as IExecuteFunctions;

beforeEach(clearProcessState);

describe('StoredRecords', () => {
	it('a record that was written is read back', () => {
		const node = nodeState();
		new StoredRecords(n8nOf(node)).write(RECORD);
		expect(new StoredRecords(n8nOf(node)).read(Infinity)).toEqual(RECORD);
		expect(Object.keys(node.staticData)).toEqual([`cxoneExpert:${node.id}`]);
	});

	it('a record of the future forgets nothing', () => {
		const node = nodeState();
		new StoredRecords(n8nOf(node)).write({ ...RECORD, forgottenUpTo: 11 });
		expect(new StoredRecords(n8nOf(node)).read(10).forgottenUpTo).toBe(0);
		expect(new StoredRecords(n8nOf(node)).read(11).forgottenUpTo).toBe(11);
	});
});

describe('AlertRecord', () => {
	const HOUR_MS = 3_600_000;
	const NOW = Date.parse('2026-11-26T08:00:00Z');

	it.each([
		['just now', 0, true],
		['59 minutes ago', 59 * 60_000, true],
		['an hour ago', HOUR_MS, false],
		['59 minutes ahead, because the clock was set', -59 * 60_000, true],
		['a year ahead, because the clock was wrong', -365 * 24 * HOUR_MS, false],
	])('an alert of %s is within the hour or not', (_case, ago, isWithin) => {
		const node = nodeState();
		new AlertRecord(n8nOf(node), NOW - ago).write();
		expect(new AlertRecord(n8nOf(node), NOW).isWithin(HOUR_MS)).toBe(isWithin);
	});

	it.each([['nothing'], [null], ['x'], [{}]])('%j in its place is no alert', (stored) => {
		const node = nodeState();
		node.staticData[`cxoneExpertAlert:${node.id}`] = stored;
		expect(new AlertRecord(n8nOf(node), NOW).isWithin(HOUR_MS)).toBe(false);
	});

	it('what the process knows of deliveries is written along', () => {
		const node = nodeState();
		const store = new DeliveryStore('this process');
		processState.deliveryStores.set(nodeKey(n8nOf(node)), { store, limits: LIMITS });
		new AlertRecord(n8nOf(node), NOW).write();
		expect(node.staticData).toEqual({
			[`cxoneExpertAlert:${node.id}`]: NOW,
			[`cxoneExpert:${node.id}`]: store.record(LIMITS),
		});
	});

	it('goes with the record of a trigger that was removed', () => {
		const node = nodeState();
		const removed = nodeState({ staticData: node.staticData });
		new StoredRecords(n8nOf(removed)).write({ ...RECORD, expiresAt: 5 });
		new AlertRecord(n8nOf(removed), NOW).write();
		new StoredRecords(n8nOf(node)).dropExpired(6, 7);
		expect(node.staticData).toEqual({});
	});
});

describe('injectRecordIntoExecution', () => {
	function opened(node: NodeState): DeliveryStore {
		const store = new DeliveryStore('this process');
		processState.deliveryStores.set(nodeKey(n8nOf(node)), { store, limits: LIMITS });
		return store;
	}

	it('the injected record is made when the copy is turned into text', () => {
		const node = nodeState();
		const store = opened(node);
		injectRecordIntoExecution(executionAt(node));
		store.claim({ id: 'delivery', time: 1_800_000_000, isOutsideWindow: false });
		const text = JSON.parse(JSON.stringify(node.staticData)) as IDataObject;
		expect(text[`cxoneExpert:${node.id}`]).toEqual(store.record(LIMITS));
	});

	it('a worker without a store injects nothing', () => {
		const node = nodeState();
		injectRecordIntoExecution(executionAt(node));
		expect(node.staticData).toEqual({});
	});

	it('static data that takes no record is reported once and does not fail the execution', () => {
		const log: LogLines = { info: [], warn: [], error: [] };
		const node = nodeState({ staticData: Object.freeze({}) });
		opened(node);
		injectRecordIntoExecution(executionAt(node, log));
		injectRecordIntoExecution(executionAt(node, log));
		expect(log).toEqual({
			info: [],
			warn: [expect.stringMatching(/record of deliveries cannot be put into an execution/)],
			error: [],
		});
	});
});
