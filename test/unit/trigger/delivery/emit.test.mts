import type { Response } from 'express';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	Deadline,
	RESPONSE_DEADLINE_MS,
} from '../../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';
import {
	DeliveryStore,
	idKey,
} from '../../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import { emit } from '../../../../nodes/CxoneExpert/trigger/delivery/emit.ts';
import { onExecutionPersisted } from '../../../../nodes/CxoneExpert/trigger/delivery/n8n/execution-persisted.ts';
import { DeliveryResponse } from '../../../../nodes/CxoneExpert/trigger/delivery/n8n/response.ts';
import type { DeliveryContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import {
	bodyOf,
	closeServers,
	given,
	headersOf,
	raw,
	serve,
	statusOf,
} from '../../../support/unit/raw-exchange.mts';

/** Ms that n8n gets to commit. */
const COMMIT = 250;
const MAYBE_SAVED =
	/n8n may not have saved it; executions with the status queued run when n8n starts again/;

/** What becomes of a copy that comes now. */
type Copy = 'done' | 'in progress' | 'runs' | 'runs, marked' | 'too old';

/** One delivery that Expert sends as often as a test likes. */
class Scene {
	readonly store = new DeliveryStore();
	readonly storeRecord = vi.fn();
	readonly warnings: string[] = [];
	readonly errors: string[] = [];
	/** Whether the database answers. */
	getCredentials: () => Promise<object> = async () => ({});
	private readonly nodeId = `node-${++scenes}`;

	copy(): Copy {
		const result = this.store.claim(this.attempt());
		if (result.kind !== 'claimed') return result.kind;
		return result.claim.mayHaveRun ? 'runs, marked' : 'runs';
	}

	/** A copy that waits, and has its own response at its own deadline. */
	tellCopyToRetry(): void {
		const result = this.store.claim(this.attempt());
		if (result.kind !== 'in progress') throw new Error(result.kind);
		result.tellToRetry();
	}

	/** The delivery comes, and the node gives it to n8n. */
	async begin({
		acknowledge = 'saved' as 'saved' | 'immediately',
		late = false,
		emitBy = emit,
	} = {}): Promise<Begun> {
		const deadline = new Deadline();
		const { promise: begun, resolve } = Promise.withResolvers<Omit<Begun, 'text'>>();
		const port = await serve((response) => {
			const delivery = new DeliveryResponse(given(response));
			if (late) delivery.send(503);
			const result = this.store.claim(this.attempt());
			if (result.kind !== 'claimed') throw new Error(result.kind);
			const { claim } = result;
			const returned = emitBy(
				{ rawXml: 'x', unreadable: 'it is not XML' },
				{ deliveryId: 'd-1', timestamp: '', signatures: [], isOutsideWindow: false, body: BODY },
				{ claim, redelivered: claim.mayHaveRun, storeRecord: this.storeRecord },
				this.receipt(acknowledge, deadline),
				delivery,
			);
			resolve({ n8n: response, returned });
		});
		const text = raw(port);
		return { ...(await begun), text };
	}

	private attempt() {
		return { id: idKey('d-1'), time: 1_800_000_000, isOutsideWindow: false };
	}

	private receipt(acknowledge: 'saved' | 'immediately', deadline: Deadline): DeliveryContext {
		const headers = { 'x-nexus-delivery-id': 'd-1' };
		const context = {
			getNode: () => ({ id: this.nodeId, name: 'Trigger' }),
			getWorkflow: () => ({ id: 'w' }),
			getHeaderData: () => headers,
			getCredentials: () => this.getCredentials(),
			helpers: { returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })) },
			logger: {
				warn: (line: string) => this.warnings.push(line),
				error: (line: string) => this.errors.push(line),
			},
		} as unknown as IWebhookFunctions;
		const parameters = { acknowledge, includeHeaders: false, includeRawXml: false };
		const request = { headers };
		return {
			...{ context, parameters, request, deadline, credential: {}, webhookUrl: '' },
			now: { wall: 1_800_000_000_000, steady: 1_800_000_000_000 },
		} as unknown as DeliveryContext;
	}
}

let scenes = 0;
const BODY = Buffer.from('x');

/** A delivery that n8n has been given. */
interface Begun {
	n8n: Response;
	returned: IWebhookResponseData;
	/** All that Expert gets. */
	text: Promise<string>;
}

/** n8n has run the statements that write the execution, and looks for binary data. */
function write({ returned }: Begun): void {
	void returned.workflowData?.[0]?.[0]?.binary;
}

/** n8n has saved the execution: it reads the response, saves static data, responds. */
function confirm({ returned, n8n }: Begun): void {
	n8n.send(returned.webhookResponse);
}

/** n8n's page for what it could not save or start. */
function fail({ n8n }: Begun): void {
	n8n.status(500).json({ code: 0, message: 'secret', stacktrace: 'secret' });
}

async function pass(ms: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(ms);
}

let scene: Scene;
beforeAll(() => {
	// This n8n is one that looks: see the case of one that does not.
	const item = { json: {}, binary: undefined };
	onExecutionPersisted(item, () => {});
	void item.binary;
});
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	scene = new Scene();
});
afterEach(() => {
	vi.useRealTimers();
	closeServers();
});

describe('a delivery that n8n saves in time', () => {
	it('gets 200 without a body, and starts the workflow', async () => {
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		const text = await begun.text;
		expect(statusOf(text)).toBe(200);
		expect(headersOf(text)).toMatchObject({ 'content-length': '0' });
		expect(bodyOf(text)).toBe('');
		expect(begun.returned).toMatchObject({ workflowData: [[{ json: { deliveryId: 'd-1' } }]] });
		expect(begun.returned).not.toHaveProperty('noWebhookResponse');
	});

	it('is recorded when n8n reads the response, and done only after n8n has responded', async () => {
		const begun = await scene.begin();
		write(begun);
		expect(scene.storeRecord).not.toHaveBeenCalled();
		expect(begun.returned.webhookResponse).toBe('');
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('in progress');
		begun.n8n.end();
		expect(scene.copy()).toBe('done');
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		await begun.text;
	});

	it('changes nothing when the deadline passes after n8n has responded', async () => {
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(200);
		expect([scene.warnings, scene.errors]).toEqual([[], []]);
	});

	it('asks the database nothing after n8n has confirmed', async () => {
		scene.getCredentials = vi.fn();
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		await pass(COMMIT);
		expect(scene.getCredentials).not.toHaveBeenCalled();
	});
});

describe('a delivery that n8n cannot save or start', () => {
	it.each([400, 404, 500, 503])('gets 503 in place of the page for %i', async (status) => {
		const begun = await scene.begin();
		begun.n8n.status(status).json({ message: 'secret', stacktrace: 'secret' });
		const text = await begun.text;
		expect(statusOf(text)).toBe(503);
		expect(headersOf(text)).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
		expect(text).not.toContain('secret');
	});

	it('is released when n8n had written nothing: the retry runs unmarked', async () => {
		const begun = await scene.begin();
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('runs');
		expect(scene.errors).toEqual([]);
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('may be saved when n8n had written it: the retry runs marked, and the log says so', async () => {
		const begun = await scene.begin();
		write(begun);
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.errors).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
	});

	it('stays marked when the retry of a maybe saved one fails before it is written', async () => {
		const first = await scene.begin();
		write(first);
		fail(first);
		fail(await scene.begin());
		expect(scene.copy()).toBe('runs, marked');
	});

	it('may be saved by a version of n8n that never looks for binary data', async () => {
		vi.resetModules();
		// A process of its own, in which nobody has looked yet.
		const { emit: emitBy } = await import('../../../../nodes/CxoneExpert/trigger/delivery/emit.ts');
		const begun = await scene.begin({ emitBy });
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.errors).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
	});
});

describe('a delivery that n8n has not confirmed at the deadline', () => {
	it('gets 503 when n8n has written nothing, which the log says', async () => {
		const begun = await scene.begin();
		await pass(RESPONSE_DEADLINE_MS - 1);
		expect(begun.n8n.headersSent).toBe(false);
		await pass(1);
		const text = await begun.text;
		expect(statusOf(text)).toBe(503);
		expect(headersOf(text)).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
		expect(scene.warnings).toEqual([expect.stringMatching(/d-1 told to retry/)]);
		expect(scene.copy()).toBe('in progress');
	});

	it('is done for the retry after 503 when n8n confirms it later', async () => {
		const begun = await scene.begin();
		await pass(RESPONSE_DEADLINE_MS);
		write(begun);
		begun.n8n.setHeader('X-Late', '1');
		confirm(begun);
		begun.n8n.json({ again: true });
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
	});

	it('gets 200 when n8n wrote it long enough ago and its database answers', async () => {
		const begun = await scene.begin();
		await pass(RESPONSE_DEADLINE_MS - COMMIT - 1);
		write(begun);
		await pass(COMMIT);
		expect(begun.n8n.headersSent).toBe(false);
		await pass(1);
		expect(statusOf(await begun.text)).toBe(200);
		expect(scene.warnings).toEqual([]);
		expect(scene.copy()).toBe('done');
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('gets 503 when n8n has written it a moment ago only', async () => {
		const begun = await scene.begin();
		await pass(RESPONSE_DEADLINE_MS - COMMIT + 1);
		write(begun);
		await pass(COMMIT - 1);
		expect(statusOf(await begun.text)).toBe(503);
		await pass(COMMIT);
		expect(scene.copy()).toBe('in progress');
	});

	it.each<[string, () => Promise<object>]>([
		['says no', async () => await Promise.reject(new Error('no connection'))],
		['says nothing', async () => await new Promise(() => {})],
	])('gets 503 when n8n has written it but the database %s', async (_, getCredentials) => {
		scene.getCredentials = getCredentials;
		const begun = await scene.begin();
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
	});

	it('is not presumed saved when the database comes back after the deadline', async () => {
		const { promise, resolve } = Promise.withResolvers<object>();
		scene.getCredentials = async () => await promise;
		const begun = await scene.begin();
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		resolve({});
		await pass(RESPONSE_DEADLINE_MS);
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('runs, marked');
	});
});

describe('a delivery that was presumed saved', () => {
	/** Expert has its 200; n8n still waits for a free place, as far as anybody knows. */
	async function presumed(): Promise<Begun> {
		const begun = await scene.begin();
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(200);
		return begun;
	}

	it('runs again, marked, when n8n fails after all, and the log says so', async () => {
		const begun = await presumed();
		fail(begun);
		expect(scene.errors).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('is recorded when n8n confirms it later, and nothing more is sent', async () => {
		const begun = await presumed();
		confirm(begun);
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
		expect([scene.warnings, scene.errors]).toEqual([[], []]);
	});
});

describe('a delivery that was told to retry', () => {
	it.each<[string, () => Promise<void>]>([
		['at the deadline', async () => await pass(RESPONSE_DEADLINE_MS)],
		['because n8n had failed', async () => {}],
	])('is never presumed saved by a later copy: 503 %s, 503 again', async (_, until) => {
		const first = await scene.begin();
		await until();
		fail(first);
		expect(statusOf(await first.text)).toBe(503);
		const retry = await scene.begin();
		write(retry);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await retry.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
		confirm(retry);
		expect(scene.copy()).toBe('done');
	});

	it('is not presumed saved by the first copy when it was the second that was told', async () => {
		const begun = await scene.begin();
		write(begun);
		scene.tellCopyToRetry();
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
	});

	it('is not presumed saved when it came so late that its response had gone out', async () => {
		const begun = await scene.begin({ late: true });
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
		fail(begun);
		expect(scene.copy()).toBe('runs, marked');
	});
});

describe('a delivery that is acknowledged immediately', () => {
	it('gets 200 before n8n has done anything, and is done', async () => {
		const begun = await scene.begin({ acknowledge: 'immediately' });
		expect(statusOf(await begun.text)).toBe(200);
		expect(begun.returned).toEqual({
			noWebhookResponse: true,
			workflowData: [[{ json: expect.objectContaining({ deliveryId: 'd-1' }) as unknown }]],
		});
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
	});

	it('is left to n8n when 503 has gone out already: done only once n8n confirms', async () => {
		const begun = await scene.begin({ acknowledge: 'immediately', late: true });
		expect(statusOf(await begun.text)).toBe(503);
		expect(begun.returned).not.toHaveProperty('noWebhookResponse');
		expect(scene.storeRecord).not.toHaveBeenCalled();
		expect(scene.copy()).toBe('in progress');
		write(begun);
		confirm(begun);
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
	});
});
