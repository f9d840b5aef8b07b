import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { VerifiedDelivery } from '../../../../../nodes/CxoneExpert/trigger/delivery/verify.ts';
import type { DeliveryContext } from '../../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import type { Claim } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/claim.ts';
import {
	attemptOf,
	claimDelivery,
	dropStore,
	type NodeStore,
	openStore,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/dedup.ts';
import {
	DeliveryStore,
	idKey,
	messageKey,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import {
	readRecord,
	readRows,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';
import { mayHaveRunElsewhere } from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/elsewhere.ts';
import { injectKnowledge } from '../../../../../nodes/CxoneExpert/trigger/watch/stored.ts';
import { parseDelivery } from '../../../../../nodes/CxoneExpert/trigger/event/parse.ts';
import type { TriggerParameters } from '../../../../../nodes/CxoneExpert/trigger/parameters.ts';
import {
	contextOf,
	n8nOf,
	nodeState,
	type NodeState,
} from '../../../../support/unit/delivery-context.mts';

/** Long after the start of this process, so that nothing looks older than it. */
const NOW = Date.now() + 2 * 3_600_000;
const YEAR = 365 * 24 * 3_600_000;
const REMEMBER_FOR = { rememberForSeconds: 24 * 3600 };
const DAMAGED = [undefined, null, 'damaged', 7, { rows: 'damaged' }, { rows: 5 }];

const node = nodeState;

/** One request at a node. */
function requestAt(
	at: NodeState,
	options: Partial<TriggerParameters> = {},
	now = NOW,
): DeliveryContext {
	return contextOf(at, { now, parameters: options });
}

function delivery(deliveryId: string, changed: Partial<VerifiedDelivery> = {}): VerifiedDelivery {
	return {
		deliveryId,
		timestamp: `${NOW / 1000}`,
		signedAt: NOW,
		signatures: [],
		isOutsideWindow: false,
		body: Buffer.from(`<event of="${deliveryId}"/>`),
		credential: {},
		...changed,
	};
}

const message = parseDelivery(
	Buffer.from(`<event type="page:create" datetime="${new Date(NOW).toISOString()}"/>`),
	undefined,
);

interface Arrival {
	now?: number;
	text?: typeof message;
	options?: Partial<TriggerParameters>;
}

async function arrive(
	at: NodeState,
	what: VerifiedDelivery,
	{ now, text = message, options }: Arrival = {},
) {
	const request = requestAt(at, options, now);
	const attempt = attemptOf(what, request.now);
	const store = openStore(request);
	const result = await claimDelivery(store, attempt, request);
	if (result.kind !== 'claimed') return result.kind;
	const isMarked = mayHaveRunElsewhere(attempt, text, store, request);
	const { claim } = result;
	return { claim, store, redelivered: claim.mayHaveRun || isMarked };
}

interface Claimed {
	claim: Claim;
	store: NodeStore;
	redelivered: boolean;
}

function claimed(result: Claimed | string): Claimed {
	if (typeof result === 'string') throw new Error(`not claimed but ${result}`);
	return result;
}

/** n8n has saved the execution and then the record. */
function save({ claim, store }: Claimed): void {
	claim.confirm();
	store.storeRecord();
	claim.recorded();
}

async function remember(
	at: NodeState,
	what: VerifiedDelivery,
	arrival: Arrival = {},
): Promise<void> {
	save(claimed(await arrive(at, what, arrival)));
}

function storedIn({ id, staticData }: NodeState) {
	return readRows(readRecord(staticData[`cxoneExpert:${id}`], NOW / 1000).rows);
}

/** A record as an earlier process has left it in static data. */
function leftBehind(id: string, work: (store: DeliveryStore) => void): Record<string, unknown> {
	const earlier = new DeliveryStore('earlier process');
	work(earlier);
	return { [`cxoneExpert:${id}`]: structuredClone(earlier.record(REMEMBER_FOR)) };
}

const attempt = (deliveryId: string) => ({
	id: idKey(deliveryId),
	time: Math.floor(NOW / 1000),
	isOutsideWindow: false,
});

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
	vi.useRealTimers();
});

describe('claimDelivery', () => {
	it('the first copy gets a claim, and the next is done once it is stored', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.redelivered).toBe(false);
		save(claim);
		expect(await arrive(at, delivery('a'))).toBe('done');
	});

	it('a copy waits for the first one and is done when that was stored', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		const copy = arrive(at, delivery('a'));
		save(claim);
		expect(await copy).toBe('done');
	});

	it('a copy waits until the record is stored, too, because it could be the only proof', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		claim.claim.confirm();
		claim.store.storeRecord();
		expect(storedIn(at)).toMatchObject([{ id: idKey('a'), isDone: true }]);
		const copy = arrive(at, delivery('a'));
		await vi.advanceTimersByTimeAsync(1000);
		expect(await copy).toBe('busy');
		save(claim);
		expect(await arrive(at, delivery('a'))).toBe('done');
	});

	it('a waiting copy gets the claim when the first one was not stored', async () => {
		const at = node();
		const first = claimed(await arrive(at, delivery('a')));
		const copies = [arrive(at, delivery('a')), arrive(at, delivery('a'))];
		first.claim.fail();
		const second = claimed((await copies[0]) ?? 'busy');
		expect(second.redelivered).toBe(false);
		save(second);
		expect(await copies[1]).toBe('done');
	});

	it('a copy is busy when its deadline passes first', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a')));
		const copy = arrive(at, delivery('a'));
		await vi.advanceTimersByTimeAsync(1000);
		expect(await copy).toBe('busy');
	});

	it('exactly one of 50 concurrent copies gets the claim', async () => {
		const at = node();
		const copies = Array.from({ length: 50 }, async () => await arrive(at, delivery('a')));
		const first = claimed((await copies[0]) ?? 'busy');
		save(first);
		const others = await Promise.all(copies.slice(1));
		expect(new Set(others)).toEqual(new Set(['done']));
	});

	it('a replay with a new delivery id is known by its signed message', async () => {
		const at = node();
		await remember(at, delivery('a'));
		const replay = delivery('fresh', { body: delivery('a').body });
		expect(await arrive(at, replay)).toBe('done');
	});

	it('duplicates are known by id when signatures are not verified', async () => {
		const at = node();
		const unsigned = { timestamp: '', signedAt: undefined };
		await remember(at, delivery('a', unsigned));
		expect(await arrive(at, delivery('a', unsigned))).toBe('done');
		claimed(await arrive(at, delivery('b', unsigned)));
	});

	it('two nodes are kept apart, and two workflows with a node of the same id', async () => {
		const at = node();
		await remember(at, delivery('a'));
		claimed(await arrive(node(), delivery('a')));
		claimed(await arrive(node({ id: at.id, workflow: 'a copy of it' }), delivery('a')));
	});
});

describe('openStore, its record in static data', () => {
	it('the record is written when the execution is stored, not before', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		expect(at.staticData).toEqual({});
		save(claim);
		expect(storedIn(at)).toMatchObject([{ id: idKey('a'), isDone: true }]);
	});

	it('the record is not written when the execution was not stored', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).claim.fail();
		expect(at.staticData).toEqual({});
	});

	it('deliveries in progress are recorded as open, never as done', async () => {
		const at = node();
		claimed(await arrive(at, delivery('b')));
		await remember(at, delivery('a'));
		expect(storedIn(at).map(({ id, isDone }) => [id, isDone])).toEqual([
			[idKey('b'), false],
			[idKey('a'), true],
		]);
	});

	it('the record is plain data that survives being saved and loaded', async () => {
		const at = node();
		await remember(at, delivery('a'));
		expect(JSON.parse(JSON.stringify(at.staticData))).toEqual(at.staticData);
	});

	it('the record is a new object each time, because n8n sees no change within one', async () => {
		const at = node();
		await remember(at, delivery('a'));
		const before = at.staticData[`cxoneExpert:${at.id}`];
		await remember(at, delivery('b'));
		expect(at.staticData[`cxoneExpert:${at.id}`]).not.toBe(before);
	});

	it('a renamed node keeps its record', async () => {
		const id = randomUUID();
		const staticData = leftBehind(id, (store) => {
			const result = store.claim(attempt('a'));
			if (result.kind === 'claimed') result.claim.confirm();
		});
		expect(await arrive(node({ id, name: 'New name', staticData }), delivery('a'))).toBe('done');
	});

	it('an older record that another request has put back is replaced by all that is known', async () => {
		const at = node();
		await remember(at, delivery('a'));
		at.staticData = {};
		await remember(at, delivery('b'));
		expect(storedIn(at).map(({ id }) => id)).toEqual([idKey('a'), idKey('b')]);
	});

	it('what others have put into static data stays', async () => {
		const at = node({ staticData: { mine: 1 } });
		await remember(at, delivery('a'));
		expect(at.staticData.mine).toBe(1);
	});

	it.each(DAMAGED)('a delivery runs although its record is damaged: %j', async (damaged) => {
		const id = randomUUID();
		const at = node({ id, staticData: { [`cxoneExpert:${id}`]: damaged } });
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.redelivered).toBe(false);
		save(claim);
		expect(storedIn(at)).toHaveLength(1);
	});

	it('a delivery that an earlier process had only claimed is marked', async () => {
		const id = randomUUID();
		const staticData = leftBehind(id, (store) => store.claim(attempt('a')));
		const at = node({ id, staticData });
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.redelivered).toBe(true);
		save(claim);
		expect(await arrive(at, delivery('a'))).toBe('done');
	});
});

describe('openStore, for a test in the editor', () => {
	it('a test in the editor remembers and stores nothing', async () => {
		const at = node({ mode: 'manual' });
		await remember(at, delivery('a'));
		await remember(at, delivery('a'));
		expect(at.staticData).toEqual({});
	});

	it('a test in the editor marks nothing, however old the event is', async () => {
		const old = parseDelivery(Buffer.from('<event datetime="2001-01-01T00:00:00Z"/>'), undefined);
		const claim = claimed(await arrive(node({ mode: 'manual' }), delivery('a'), { text: old }));
		expect(claim.redelivered).toBe(false);
	});

	it('a test in the editor takes nothing from what the published workflow remembers', async () => {
		const at = node();
		await remember(at, delivery('a'));
		await remember({ ...at, mode: 'manual' }, delivery('a'));
		expect(await arrive(at, delivery('a'))).toBe('done');
	});
});

describe('claimDelivery, with an old timestamp', () => {
	const outside = { isOutsideWindow: true };

	it('an old delivery that nobody knows is rejected', async () => {
		expect(await arrive(node(), delivery('a', outside))).toBe('too old');
	});

	it('an old delivery is a duplicate when its id is remembered as done', async () => {
		const at = node();
		await remember(at, delivery('a'));
		const late = delivery('a', { ...outside, timestamp: '1', signedAt: 1000 });
		expect(await arrive(at, late)).toBe('done');
	});

	it('an old delivery is a duplicate when its signed message is remembered as done', async () => {
		const at = node();
		await remember(at, delivery('a'));
		const late = delivery('fresh', { ...outside, body: delivery('a').body });
		expect(await arrive(at, late)).toBe('done');
	});

	it('a delivery within the window is rejected when one of that time may be evicted', async () => {
		const at = node();
		const options = { maxRemembered: 1, maxDeliveryAgeSeconds: 1 };
		const signedAt = (ago: number) => ({
			signedAt: NOW - ago * 1000,
			timestamp: `${NOW / 1000 - ago}`,
		});
		await remember(at, delivery('a', signedAt(60)), { options });
		await remember(at, delivery('b', signedAt(50)), { options });
		expect(await arrive(at, delivery('a', signedAt(60)), { options })).toBe('too old');
		expect(await arrive(at, delivery('b', signedAt(60)), { options })).toBe('done');
		claimed(await arrive(at, delivery('c', signedAt(55)), { options }));
	});

	it('the time does not matter when signatures are not verified', async () => {
		claimed(await arrive(node(), delivery('a', { signedAt: undefined, timestamp: '' })));
	});
});

describe('claimDelivery, after the clock was wrong', () => {
	it('rows of a future time do not push out those of the present', async () => {
		const id = randomUUID();
		const staticData = leftBehind(id, (store) => {
			for (let i = 0; i < 100; i++) {
				const claim = store.claim({ ...attempt(`${i}`), time: (NOW + YEAR) / 1000 });
				if (claim.kind === 'claimed') claim.claim.confirm();
			}
		});
		const at = node({ id, staticData });
		const options = { maxRemembered: 100 };
		for (let i = 0; i < 20; i++) await remember(at, delivery(`present ${i}`), { options });
		for (let i = 0; i < 20; i++) {
			expect(await arrive(at, delivery(`present ${i}`), { options })).toBe('done');
		}
	});
});

describe('openStore, with records of removed triggers', () => {
	const left = (expiresAt: unknown) => ({ writer: 'w', forgottenUpTo: 0, rows: '', expiresAt });

	it('an expired record of a removed trigger is dropped, and nothing else is', async () => {
		const at = node({
			staticData: {
				'cxoneExpert:gone': left(NOW / 1000 - 1),
				'cxoneExpertUsers:gone': { for: 'x', excluded: ['1'] },
				'cxoneExpertUsers:living': { for: 'x', excluded: ['1'] },
				'cxoneExpertWatch:gone': { registeredUrl: 'https://n8n.example.com' },
				'cxoneExpertWatch:living': { registeredUrl: 'https://n8n.example.com' },
				'cxoneExpert:damaged': 'text',
				'cxoneExpert:living': left(NOW / 1000 + 1),
				mine: 1,
				cxoneExpert: left(0),
			},
		});
		await remember(at, delivery('a'));
		expect(Object.keys(at.staticData).sort()).toEqual(
			[
				'cxoneExpert',
				`cxoneExpert:${at.id}`,
				'cxoneExpert:living',
				'cxoneExpertUsers:living',
				'cxoneExpertWatch:living',
				'mine',
			].sort(),
		);
	});
});

describe('dropStore', () => {
	/** What it knows beyond static data. */
	const inMemory = (at: NodeState) => {
		const copy = {} as IDataObject;
		injectKnowledge(n8nOf({ ...at, staticData: copy }) as unknown as IExecuteFunctions);
		return copy[`cxoneExpert:${at.id}`] as { toJSON(): { rows: string } } | undefined;
	};

	it('the store of an unpublished workflow is dropped, and its record brings it back', async () => {
		const at = node();
		await remember(at, delivery('a'));
		expect(readRows(inMemory(at)?.toJSON().rows ?? '')).toHaveLength(1);
		dropStore(n8nOf(at));
		expect(inMemory(at)).toBeUndefined();
		expect(await arrive(at, delivery('a'))).toBe('done');
	});

	it.each([
		['is being worked on', () => {}],
		['may have run', ({ claim }: Claimed) => (claim.writing(), claim.fail())],
	])('a store stays when it alone knows that a delivery %s', async (_case, end) => {
		const at = node();
		end(claimed(await arrive(at, delivery('a'))));
		dropStore(n8nOf(at));
		expect(inMemory(at)).toBeDefined();
	});

	it('a store is evicted when its node has received nothing for a day', async () => {
		const at = node();
		await remember(at, delivery('a'));
		vi.advanceTimersByTime(24 * 3_600_000 - 1000);
		await remember(node(), delivery('b'));
		expect(inMemory(at)).toBeDefined();
		vi.advanceTimersByTime(2000);
		await remember(node(), delivery('c'));
		expect(inMemory(at)).toBeUndefined();
	});

	it('a worker, which knows nothing, makes no store', () => {
		expect(inMemory(node())).toBeUndefined();
	});
});

describe('attemptOf', () => {
	it('attemptOf keys a signed message by timestamp and body, and takes its time', () => {
		const what = delivery('a', { timestamp: '1769792386', signedAt: 1_769_792_386_999 });
		expect(attemptOf(what, 1)).toEqual({
			id: idKey('a'),
			message: messageKey('1769792386', what.body),
			time: 1_769_792_386,
			isOutsideWindow: false,
		});
	});

	it('attemptOf takes the time of arrival when nothing is signed', () => {
		const what = delivery('a', { timestamp: '', signedAt: undefined });
		expect(attemptOf(what, 5_999)).toEqual({
			id: idKey('a'),
			time: 5,
			isOutsideWindow: false,
		});
	});
});
