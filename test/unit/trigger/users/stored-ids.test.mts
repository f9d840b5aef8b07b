import type { IHookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../../nodes/CxoneExpert/api/credential.ts';
import {
	lookupKey,
	readStoredIds,
	storeIds,
} from '../../../../nodes/CxoneExpert/trigger/users/stored-ids.ts';
import { n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';

const wanted = { names: ['jane'], own: true };
const credential: ExpertCredential = {
	siteUrl: 'https://help.example.com/',
	longTermToken: 'the.j.wt',
	runAsUser: '=admin',
};

describe('lookupKey', () => {
	it('lookupKey is the same for what leads to the same look-up', () => {
		const key = lookupKey(wanted, credential);
		expect(lookupKey({ ...wanted }, { ...credential, siteUrl: 'help.example.com/A' })).toBe(key);
		expect(lookupKey(wanted, { ...credential, signingSecret: 'other' })).toBe(key);
	});

	it.each([
		['other names', { ...wanted, names: ['bob'] }, credential],
		['one name more', { ...wanted, names: ['jane', 'bob'] }, credential],
		['another wish for our own user', { ...wanted, own: false }, credential],
		['another site', wanted, { ...credential, siteUrl: 'https://other.example.com' }],
		['another token', wanted, { ...credential, longTermToken: 'an.other.one' }],
		['another user of the token', wanted, { ...credential, runAsUser: '=editor' }],
	])('lookupKey differs for %s', (_case, users, other) => {
		expect(lookupKey(users, other)).not.toBe(lookupKey(wanted, credential));
	});

	it('lookupKey is too short to reveal the token', () => {
		expect(lookupKey(wanted, credential)).toMatch(/^[\w-]{8}$/);
	});
});

/** A node, and the static data of its workflow; `writes` counts assignments and deletions. */
function workflow(stored: Record<string, unknown> = {}) {
	let writes = 0;
	const staticData = new Proxy(stored, {
		set: (...change) => ++writes > 0 && Reflect.set(...change),
		deleteProperty: (...change) => ++writes > 0 && Reflect.deleteProperty(...change),
	});
	const node = nodeState({ id: 'n', staticData });
	return {
		staticData,
		context: n8nOf(node) as unknown as IHookFunctions,
		writes: () => writes,
	};
}

const OWN_KEY = 'cxoneExpertUsers:n';
const KEY = 'lookup-1';

describe('storeIds and readStoredIds', () => {
	it.each([{ excluded: ['7'], own: '1' }, { excluded: [] }])(
		'ids are read as they were stored, also from JSON: %j',
		(ids) => {
			const { context, staticData } = workflow();
			storeIds(context, KEY, ids);
			expect(readStoredIds(context, KEY)).toStrictEqual(ids);
			const copy = JSON.parse(JSON.stringify(staticData)) as Record<string, unknown>;
			expect(readStoredIds(workflow(copy).context, KEY)).toEqual(ids);
		},
	);

	it('stored ids of another look-up do not count', () => {
		const { context } = workflow();
		storeIds(context, 'lookup-2', { excluded: ['7'] });
		expect(readStoredIds(context, KEY)).toBeUndefined();
	});

	it('a node reads its own stored ids, under a name that stays when it is renamed', () => {
		const { context, staticData } = workflow();
		storeIds(context, KEY, { excluded: ['7'] });
		expect(Object.keys(staticData)).toEqual([OWN_KEY]);
		const other = n8nOf(nodeState({ id: 'm', staticData }));
		expect(readStoredIds(other, KEY)).toBeUndefined();
		const renamed = n8nOf(nodeState({ id: 'n', name: 'Renamed', staticData }));
		expect(readStoredIds(renamed, KEY)).toEqual({ excluded: ['7'] });
	});

	it('storeIds: what is stored already is not written again: n8n would save the whole column', () => {
		const { context, writes } = workflow();
		storeIds(context, KEY, { excluded: ['7'], own: '1' });
		storeIds(context, KEY, { excluded: ['7'], own: '1' });
		expect(writes()).toBe(1);
		storeIds(context, KEY, { excluded: ['8'], own: '1' });
		expect(writes()).toBe(2);
		expect(readStoredIds(context, KEY)).toEqual({ excluded: ['8'], own: '1' });
	});

	it('storeIds: without ids the stored ones are taken out, and nothing is written where there are none', () => {
		const { context, staticData, writes } = workflow({ other: 1 });
		storeIds(context, KEY, undefined);
		expect(writes()).toBe(0);
		storeIds(context, KEY, { excluded: [] });
		storeIds(context, KEY, undefined);
		expect(staticData).toEqual({ other: 1 });
	});

	it.each([
		undefined,
		null,
		3,
		'lookup-1',
		[],
		{},
		{ for: KEY },
		{ for: KEY, excluded: '7' },
		{ for: KEY, excluded: [7] },
		{ for: KEY, excluded: ['7', null] },
		{ for: KEY, excluded: ['7'], own: 1 },
		{ for: [KEY], excluded: ['7'] },
	])(
		'readStoredIds: what people or other nodes have written there does not count: %j',
		(stored) => {
			expect(readStoredIds(workflow({ [OWN_KEY]: stored }).context, KEY)).toBeUndefined();
		},
	);

	it('readStoredIds reads nothing but the ids', () => {
		const stored = { for: KEY, excluded: ['7'], name: 'jane' };
		expect(readStoredIds(workflow({ [OWN_KEY]: stored }).context, KEY)).toEqual({
			excluded: ['7'],
		});
	});
});
