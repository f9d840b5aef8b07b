import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { PRESUMPTION_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/save.ts';
import { observedReliances } from '../../../../nodes/CxoneExpert/n8n/execution-persisted.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import {
	confirm,
	type Emitted,
	EmittedDelivery,
	fail,
	write,
} from '../../../support/unit/emitted-delivery.mts';
import { bodyOf, closeServers, headersOf, statusOf } from '../../../support/unit/raw-exchange.mts';

/** Time that n8n gets to commit. */
const COMMIT = 250;
const MAYBE_SAVED =
	/n8n may not have saved it; executions with the status queued run when n8n starts again/;

async function pass(ms: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(ms);
}

let scene: EmittedDelivery;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	clearMemory();
	// This n8n is one that shows when it writes: see the case of one that does not.
	observedReliances.add('shows writing');
	scene = new EmittedDelivery();
});
afterEach(() => {
	vi.useRealTimers();
	closeServers();
});

describe('saveByN8n, when n8n saves in time', () => {
	it('a saved delivery gets 200 without a body and starts the workflow', async () => {
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

	it('a saved delivery is recorded when n8n reads the response and done once n8n has responded', async () => {
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

	it('the deadline changes nothing after n8n has responded', async () => {
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(200);
		expect([scene.log.warn, scene.log.error]).toEqual([[], []]);
	});

	it('the database is not asked after n8n has confirmed', async () => {
		scene.getCredentials = vi.fn();
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		await pass(COMMIT);
		expect(scene.getCredentials).not.toHaveBeenCalled();
	});
});

describe('saveByN8n, when n8n fails', () => {
	it.each([400, 404, 500, 503])(
		"a failed delivery gets 503 instead of n8n's page for %i",
		async (status) => {
			const begun = await scene.begin();
			begun.n8n.status(status).json({ message: 'secret', stacktrace: 'secret' });
			const text = await begun.text;
			expect(statusOf(text)).toBe(503);
			expect(headersOf(text)).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
			expect(text).not.toContain('secret');
		},
	);

	it('a failed delivery that n8n had not written is released and its retry runs unmarked', async () => {
		const begun = await scene.begin();
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('runs');
		expect(scene.log.error).toEqual([]);
		expect(scene.log.warn).toEqual([expect.stringMatching(/n8n could not save its execution/)]);
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('a failed delivery that n8n had written is logged as maybe saved and its retry runs marked', async () => {
		const begun = await scene.begin();
		write(begun);
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.log.error).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
	});

	it('a maybe saved delivery stays marked when its retry fails before it is written', async () => {
		const first = await scene.begin();
		write(first);
		fail(first);
		fail(await scene.begin());
		expect(scene.copy()).toBe('runs, marked');
	});

	it('a failed delivery may be saved by an n8n that does not show when it writes', async () => {
		clearMemory();
		const begun = await scene.begin();
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.log.error).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
	});
});

describe('saveByN8n, at the deadline', () => {
	it('an unwritten delivery gets 503 at the deadline, not earlier, and the log says so', async () => {
		const begun = await scene.begin();
		await pass(RESPONSE_DEADLINE_MS - 1);
		expect(begun.n8n.headersSent).toBe(false);
		await pass(1);
		const text = await begun.text;
		expect(statusOf(text)).toBe(503);
		expect(headersOf(text)).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
		expect(scene.log.warn).toEqual([expect.stringMatching(/d-1 told to retry/)]);
		expect(scene.copy()).toBe('in progress');
	});

	it('a delivery that n8n confirms after the 503 is done for the retry', async () => {
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

	it('a delivery written 250 ms ago gets 200 when the database responds', async () => {
		const begun = await scene.begin();
		await pass(PRESUMPTION_MS - COMMIT - 1);
		write(begun);
		await pass(COMMIT);
		expect(begun.n8n.headersSent).toBe(false);
		await pass(1);
		expect(statusOf(await begun.text)).toBe(200);
		expect(scene.log.warn).toEqual([]);
		expect(scene.copy()).toBe('done');
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('a delivery written less than 250 ms ago gets 503', async () => {
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
	])('a written delivery gets 503 when the database %s', async (_, getCredentials) => {
		scene.getCredentials = getCredentials;
		const begun = await scene.begin();
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
	});

	it('a delivery is not presumed saved when the database comes back after the deadline', async () => {
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

describe('saveByN8n, after it has presumed a delivery saved', () => {
	/** Expert has its 200; n8n still waits for a free place, as far as anybody knows. */
	async function presumed(): Promise<Emitted> {
		const begun = await scene.begin();
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(200);
		return begun;
	}

	it('a presumed delivery runs again, marked, when n8n fails after all, and the log says so', async () => {
		const begun = await presumed();
		fail(begun);
		expect(scene.log.error).toEqual([expect.stringMatching(MAYBE_SAVED)]);
		expect(scene.copy()).toBe('runs, marked');
		expect(scene.storeRecord).not.toHaveBeenCalled();
	});

	it('a presumed delivery is recorded when n8n confirms it later, and nothing more is sent', async () => {
		const begun = await presumed();
		confirm(begun);
		expect(scene.storeRecord).toHaveBeenCalledOnce();
		expect(scene.copy()).toBe('done');
		expect([scene.log.warn, scene.log.error]).toEqual([[], []]);
	});
});

describe('saveByN8n, after Expert was told to retry', () => {
	it.each<[string, () => Promise<void>]>([
		['at the deadline', async () => await pass(RESPONSE_DEADLINE_MS)],
		['because n8n had failed', async () => {}],
	])('a later copy is never presumed saved: 503 %s, then 503 again', async (_, until) => {
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

	it('the first copy is not presumed saved when the second was told to retry', async () => {
		const begun = await scene.begin();
		write(begun);
		scene.tellCopyToRetry();
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
	});

	it('a delivery is not presumed saved when its response had gone out before', async () => {
		const begun = await scene.begin({ late: true });
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
		fail(begun);
		expect(scene.copy()).toBe('runs, marked');
	});
});

describe('saveByN8n, when n8n works in another way than expected', () => {
	it('an n8n that shows nothing of writing is reported once, as information', async () => {
		clearMemory();
		for (const delivery of [new EmittedDelivery(), new EmittedDelivery()]) {
			const begun = await delivery.begin();
			confirm(begun);
			expect(statusOf(await begun.text)).toBe(200);
			expect(delivery.log.warn).toEqual([]);
			scene.log.info.push(...delivery.log.info);
		}
		expect(scene.log.info).toEqual([expect.stringMatching(/does not show when it writes/)]);
	});

	it('an n8n that never reads the response still has the delivery recorded, and is reported once', async () => {
		for (let count = 1; count <= 2; count++) {
			const delivery = new EmittedDelivery();
			const begun = await delivery.begin();
			write(begun);
			begun.n8n.json({ message: 'Workflow was started' });
			expect(statusOf(await begun.text)).toBe(200);
			expect(delivery.storeRecord).toHaveBeenCalledOnce();
			expect(delivery.copy()).toBe('done');
			scene.log.warn.push(...delivery.log.warn);
		}
		expect(scene.log.warn).toEqual([
			expect.stringMatching(/does not ask for the response of the node/),
		]);
	});

	it('nothing is reported of an n8n that works as expected', async () => {
		const begun = await scene.begin();
		write(begun);
		confirm(begun);
		await begun.text;
		expect(scene.log).toEqual({ info: [], warn: [], error: [] });
	});
});
