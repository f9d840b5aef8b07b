import { beforeEach, expect, it } from 'vitest';

import { clearMemory } from '../../../../nodes/CxoneExpert/memory.ts';
import { changesAt, type Progress } from '../../../../nodes/CxoneExpert/trigger/state/progress.ts';
import { readStoredWatch, takeOverStoredChanges } from '../../../../nodes/CxoneExpert/trigger/state/stored.ts';
import { n8nOf } from '../../../support/unit/n8n-of.mts';

beforeEach(clearMemory);

const T0 = Date.parse('2026-01-30T12:00:00Z');
const HOUR = 3_600_000;
const SITE = 'https://help.example.com';
const KEY = 'cxoneExpertWatch:n';

it.each([
	...[undefined, null, 3, 'text', [], {}],
	...[{ registeredUrl: 3 }, { registeredUrl: null }, { firstTextsOf: 3 }, { firstTextsOf: {} }],
	...[{ progress: null }, { progress: 'x' }, { progress: {} }, { progress: { cursor: T0 } }],
	...[{ progress: { publishedAt: T0, cursor: 'x' } }, { progress: { publishedAt: null, cursor: T0 } }],
	{ progress: { publishedAt: T0, cursor: T0, site: 7 } },
	// JSON has no such number: from a workflow that was edited in the process.
	{ progress: { publishedAt: T0, cursor: Infinity } },
	{ isStopped: 'true' },
])('readStoredWatch reads nothing where people or other nodes have written %j', (stored) => {
	const n8n = n8nOf({ id: 'n', staticData: { [KEY]: stored } });
	expect(readStoredWatch(n8n)).toEqual({});
});

const progress = (changed: Partial<Progress> = {}): Progress => ({
	...{ publishedAt: T0, cursor: T0, site: SITE },
	...changed,
});
const later = { publishedAt: T0 + HOUR, cursor: T0 + HOUR };
const ofOther = (publishedAt: number) =>
	progress({ site: 'https://other.example.com', publishedAt, cursor: T0 + 9 * HOUR });
it.each<[string, own?: Progress, stored?: Progress, known?: object]>([
	['nothing where nothing is known', undefined, undefined, undefined],
	[
		'its own where that is further, with its gap',
		progress({ ...later, missingAt: 0 }),
		progress(),
		progress({ ...later, missingAt: 0 }),
	],
	[
		'the stored one where that is further, with its own gap',
		progress({ missingAt: 0 }),
		progress(later),
		progress({ ...later, missingAt: 0 }),
	],
	[
		'that of the site for which the workflow was published since',
		progress({ cursor: T0 + 9 * HOUR, missingAt: 7 }),
		ofOther(T0 + HOUR),
		ofOther(T0 + HOUR),
	],
	['its own over that of another site then', progress(), ofOther(T0), progress()],
	['the further one where the stored one names no site', progress(), later, progress(later)],
])('takeOverStoredChanges knows %s', (_which, own, stored, known) => {
	const context = n8nOf({ id: 'n', staticData: { [KEY]: { progress: stored } } });
	if (own !== undefined) changesAt(context).progress = own;
	expect(takeOverStoredChanges(context).progress).toEqual(known);
});
