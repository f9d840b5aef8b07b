import { expect, it } from 'vitest';

import { readStoredWatch } from '../../../../nodes/CxoneExpert/trigger/watch/stored.ts';
import { n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';

const T0 = Date.parse('2026-01-30T12:00:00Z');

it.each([
	...[undefined, null, 3, 'text', [], {}],
	...[{ registeredUrl: 3 }, { registeredUrl: null }, { firstTextsOf: 3 }, { firstTextsOf: {} }],
	...[{ progress: null }, { progress: 'x' }, { progress: {} }, { progress: { cursor: T0 } }],
	...[
		{ progress: { publishedAt: T0, cursor: 'x' } },
		{ progress: { publishedAt: null, cursor: T0 } },
	],
	{ progress: { publishedAt: T0, cursor: T0, site: 7 } },
	// JSON has no such number: from a workflow that was edited in the process.
	{ progress: { publishedAt: T0, cursor: Infinity } },
	...[{ isStopped: 'true' }, { toldSteps: { token: 'x' } }],
])('readStoredWatch reads nothing where people or other nodes have written %j', (stored) => {
	const staticData = { 'cxoneExpertWatch:n': stored };
	expect(readStoredWatch(n8nOf(nodeState({ id: 'n', staticData })))).toEqual({});
});
