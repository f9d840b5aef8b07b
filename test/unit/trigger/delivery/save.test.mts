import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { observedReliances } from '../../../../nodes/CxoneExpert/n8n/execution-persisted.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { confirm, EmittedDelivery, fail, write } from '../../../support/unit/emitted-delivery.mts';
import { closeServers, statusOf } from '../../../support/unit/raw-exchange.mts';

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

describe('saveByN8n, at the deadline', () => {
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

describe('saveByN8n, after Expert was told to retry', () => {
	it('a delivery is not presumed saved when its response had gone out before', async () => {
		const begun = await scene.begin({ late: true });
		write(begun);
		await pass(RESPONSE_DEADLINE_MS);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('in progress');
		fail(begun);
		expect(scene.copy()).toBe('runs, marked');
	});

	it('a delivery whose response had gone out before runs again when n8n fails, without a further line', async () => {
		const begun = await scene.begin({ late: true });
		fail(begun);
		await begun.text;
		expect(scene.copy()).toBe('runs');
		expect(scene.log).toEqual({ info: [], warn: [], error: [] });
	});
});

describe('saveByN8n, when n8n cannot save', () => {
	it('a delivery that n8n has not begun to write is told to retry, and the log says so', async () => {
		const begun = await scene.begin();
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('runs');
		expect(scene.log).toMatchObject({
			warn: [expect.stringMatching(/told to retry: n8n could not save its execution/)],
			error: [],
		});
	});

	it('a delivery may have run where n8n shows nothing of writing', async () => {
		clearMemory();
		const begun = await scene.begin();
		fail(begun);
		expect(statusOf(await begun.text)).toBe(503);
		expect(scene.copy()).toBe('runs, marked');
		expect(scene.log.error).toEqual([expect.stringMatching(/may not have saved it/)]);
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
});
