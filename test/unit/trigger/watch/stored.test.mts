import { beforeEach, describe, expect, it } from 'vitest';

import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { ledgerOf } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import {
	addressOf,
	startServing,
	stopServing,
} from '../../../../nodes/CxoneExpert/trigger/publish/address.ts';
import { changesAt, type Progress } from '../../../../nodes/CxoneExpert/trigger/watch/progress.ts';
import {
	dropAllOf,
	injectKnowledge,
	readStoredWatch,
	type StoredWatch,
	storeWatch,
	withStoredChanges,
} from '../../../../nodes/CxoneExpert/trigger/watch/stored.ts';
import { n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';
import { NodeStaticData } from '../../../../nodes/CxoneExpert/n8n/static-data.ts';

beforeEach(clearMemory);

const T0 = Date.parse('2026-01-30T12:00:00Z');
const HOUR = 3_600_000;
const SITE = 'https://help.example.com';
const OTHER_SITE = 'https://other.example.com';

const KEY = 'cxoneExpertWatch:n';

/** The node, and what its process finds in static data. */
function node(stored?: unknown) {
	const staticData: Record<string, unknown> = stored === undefined ? {} : { [KEY]: stored };
	return { context: n8nOf(nodeState({ id: 'n', staticData })), staticData };
}

const progress = (changed: Partial<Progress> = {}): Progress => ({
	...{ publishedAt: T0, cursor: T0, site: SITE },
	...changed,
});

describe('readStoredWatch', () => {
	it('readStoredWatch reads what was stored', () => {
		const stored: StoredWatch = {
			registeredUrl: 'https://n8n.example.com/webhook/a/webhook',
			progress: progress(),
			firstTextsOf: SITE,
		};
		expect(readStoredWatch(node(stored).context)).toEqual(stored);
	});

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
	])('readStoredWatch reads nothing where people or other nodes have written %j', (stored) => {
		expect(readStoredWatch(node(stored).context)).toEqual({});
	});

	it('readStoredWatch reads no gap: one that was written there would never end', () => {
		const { context } = node({ progress: { ...progress(), missingAt: 'x', other: 1 } });
		expect(readStoredWatch(context)).toStrictEqual({ progress: progress() });
	});
});

describe('withStoredChanges', () => {
	it('withStoredChanges takes over what another process has stored', () => {
		const { context } = node({ progress: progress(), firstTextsOf: SITE });
		const own = withStoredChanges(context);
		expect(own).toBe(changesAt(context));
		expect(own).toMatchObject({ progress: progress(), firstTextsOf: SITE });
	});

	const later = { publishedAt: T0 + HOUR, cursor: T0 + HOUR };
	const unnamed = { publishedAt: T0, cursor: T0 };
	const ofOther = (publishedAt: number) =>
		progress({ site: OTHER_SITE, publishedAt, cursor: T0 + 9 * HOUR });
	it.each<[string, own?: Progress, stored?: Progress, known?: object]>([
		['nothing where nothing is known', undefined, undefined, undefined],
		['its own where none is stored', progress(), undefined, progress()],
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
		['its own over that of another site before', progress(), ofOther(T0 - HOUR), progress()],
		['its own over that of another site then', progress(), ofOther(T0), progress()],
		['the further one where the stored one names no site', progress(), later, progress(later)],
		['the further one where its own names no site', unnamed, progress(later), later],
	])('withStoredChanges knows %s', (_which, own, stored, known) => {
		const { context } = node(stored && { progress: stored });
		if (own !== undefined) changesAt(context).progress = own;
		expect(withStoredChanges(context).progress).toEqual(known);
	});
});

describe('storeWatch', () => {
	it('storeWatch stores what this process knows, without its gap', () => {
		const { context, staticData } = node();
		addressOf(context).registeredUrl = 'https://n8n.example.com/a';
		const own = changesAt(context);
		own.progress = progress({ missingAt: 7 });
		own.firstTextsOf = SITE;
		storeWatch(context);
		expect(staticData).toStrictEqual({
			[KEY]: {
				registeredUrl: 'https://n8n.example.com/a',
				progress: progress(),
				firstTextsOf: SITE,
			},
		});
	});

	it('storeWatch stores that the trigger is stopped until n8n serves it again', () => {
		const { context, staticData } = node({ progress: progress() });
		startServing(context, 'https://n8n.example.com/a');
		storeWatch(context);
		expect(staticData[KEY]).toEqual({ progress: progress() });
		stopServing(context, 'https://n8n.example.com/a');
		storeWatch(context);
		expect(staticData[KEY]).toEqual({ progress: progress(), isStopped: true });
		startServing(context, 'https://n8n.example.com/a');
		storeWatch(context);
		expect(staticData[KEY]).toEqual({ progress: progress() });
	});

	it('storeWatch keeps what is stored and not known in this process', () => {
		const stored: StoredWatch = {
			registeredUrl: 'https://n8n.example.com/a',
			progress: progress(),
			isStopped: true,
		};
		const { context, staticData } = node(stored);
		changesAt(context).firstTextsOf = SITE;
		storeWatch(context);
		expect(staticData[KEY]).toEqual({ ...stored, firstTextsOf: SITE });
	});

	it('storeWatch stores its own progress over the stored one', () => {
		const { context, staticData } = node({ registeredUrl: 'old', progress: progress() });
		addressOf(context).registeredUrl = 'new';
		changesAt(context).progress = progress({ cursor: T0 + HOUR });
		storeWatch(context);
		expect(staticData[KEY]).toEqual({
			registeredUrl: 'new',
			progress: progress({ cursor: T0 + HOUR }),
		});
	});

	it('storeWatch writes nothing that is there already: n8n would save the whole column', () => {
		const { context, staticData } = node();
		storeWatch(context);
		expect(staticData).toEqual({});
		changesAt(context).progress = progress();
		storeWatch(context);
		const before = staticData[KEY];
		storeWatch(context);
		expect(staticData[KEY]).toBe(before);
		changesAt(context).progress = progress({ cursor: T0 + HOUR });
		storeWatch(context);
		expect(staticData[KEY]).not.toBe(before);
	});
});

describe('injectKnowledge', () => {
	const asText = (staticData: object) =>
		JSON.parse(JSON.stringify(staticData)) as Record<string, unknown>;

	it('injectKnowledge gives a copy what is known when the copy is turned into text', () => {
		const { context, staticData } = node({ progress: progress() });
		addressOf(context).served = { url: 'https://n8n.example.com/a' };
		injectKnowledge(context);
		const ledger = ledgerOf(context);
		ledger.note({ kind: 'c', page: 'page-371', at: 1, name: 'page-371' }, 'recovered', 1);
		changesAt(context).firstTextsOf = SITE;
		expect(ledger.stored().rows).not.toBe('');
		expect(asText(staticData)).toEqual({
			'cxoneExpert:n': ledger.stored(),
			[KEY]: { progress: progress(), firstTextsOf: SITE },
		});
	});

	it('injectKnowledge keeps what was stored at the start over what create has written since', () => {
		const { context, staticData } = node({ progress: progress(), registeredUrl: 'old' });
		addressOf(context).served = { url: 'https://n8n.example.com/a' };
		const stored = readStoredWatch(context);
		injectKnowledge(context, stored);
		injectKnowledge(context, stored);
		expect(asText(staticData)[KEY]).toEqual({ progress: progress(), registeredUrl: 'old' });
	});

	it('injectKnowledge does not even look at the static data of a worker, which knows nothing', () => {
		const { context } = node({ progress: progress() });
		const worker = { ...context, getWorkflowStaticData: () => expect.unreachable() };
		injectKnowledge(worker);
	});
});

it('dropAllOf drops every part of a removed trigger, and nothing of another one', () => {
	const staticData: Record<string, unknown> = { other: 1 };
	for (const part of ['', 'Watch', 'Users']) {
		for (const nodeId of ['kept', 'removed']) staticData[`cxoneExpert${part}:${nodeId}`] = {};
	}
	const context = n8nOf(nodeState({ id: 'kept', staticData }));
	dropAllOf('removed', new NodeStaticData(context));
	expect(Object.keys(staticData)).toEqual([
		'other',
		'cxoneExpert:kept',
		'cxoneExpertWatch:kept',
		'cxoneExpertUsers:kept',
	]);
});
