import { beforeEach, describe, expect, it } from 'vitest';

import { StoredRecords } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/stored-records.ts';
import { clearMemory } from '../../../../../nodes/CxoneExpert/shared/per-node.ts';
import { n8nOf, nodeState } from '../../../../support/unit/delivery-context.mts';

const RECORD = { writer: 'w', forgottenUpTo: 1, expiresAt: 2, rows: '' };

beforeEach(clearMemory);

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

describe('dropExpired', () => {
	const left = (name: string, id: string) => ({ [`${name}:${id}`]: { ...RECORD, expiresAt: 5 } });

	it('all that a removed trigger has stored is dropped, and nothing else', () => {
		const node = nodeState();
		const kept = { ...left('cxoneExpert', node.id), 'cxoneExpertUsers:other': 1, mine: 1 };
		node.staticData = {
			...kept,
			...left('cxoneExpert', 'removed'),
			...left('cxoneExpertUsers', 'removed'),
			...left('cxoneExpertWatch', 'removed'),
		};
		new StoredRecords(n8nOf(node)).dropExpired(6, 7);
		expect(node.staticData).toEqual(kept);
	});

	it.each([
		['has been quiet for long', { nodes: { Quiet: { id: 'other' } } }],
		['may be there, because n8n does not show the workflow', undefined],
	])('the expired record of another trigger that %s is kept', (_case, workflow) => {
		const node = nodeState();
		const stored = left('cxoneExpert', 'other');
		node.staticData = { ...stored };
		new StoredRecords({ ...n8nOf(node), ...{ workflow } }).dropExpired(6, 7);
		expect(node.staticData).toEqual(stored);
	});
});
