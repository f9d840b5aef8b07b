import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { DeliveryFigures, figuresOf } from '../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';

const NOW = Date.parse('2026-11-26T08:00:00Z');
const URL_A = 'https://n8n.example.com/webhook/a/webhook';

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => {
	clearMemory();
	vi.useRealTimers();
});

describe('DeliveryFigures', () => {
	it('the last delivery is the latest that was verified, with a shortened id', () => {
		const figures = new DeliveryFigures(NOW);
		expect(figures.lastDelivery).toBeUndefined();
		figures.verified('first');
		vi.advanceTimersByTime(1000);
		figures.verified('x'.repeat(200));
		expect(figures.lastDelivery).toEqual({ at: NOW + 1000, deliveryId: `${'x'.repeat(40)}…` });
	});

	it('refusals are counted by reason, and the last one is kept', () => {
		const figures = new DeliveryFigures(NOW);
		figures.refused({ reason: 'signature wrong' }, 'a');
		figures.refused({ reason: 'signature wrong' }, 'b');
		const tooOld = { reason: 'timestamp outside the window', signedMinutesAgo: 90 } as const;
		figures.refused(tooOld, 'c\r\nforged line');
		expect([...figures.refusedCounts]).toEqual([
			['signature wrong', 2],
			['timestamp outside the window', 1],
		]);
		expect(figures.lastRefusal).toEqual({
			at: NOW,
			...tooOld,
			deliveryId: 'c??forged?line',
		});
	});

	it('refusals are a row until a genuine delivery arrives', () => {
		const figures = new DeliveryFigures(NOW);
		figures.refused({ reason: 'signature wrong' }, 'a');
		vi.advanceTimersByTime(1000);
		figures.refused({ reason: 'authorization wrong' }, 'b');
		expect(figures.refusalRow).toEqual({ count: 2, since: NOW });
		figures.verified('c');
		expect(figures.refusalRow).toBeUndefined();
		figures.refused({ reason: 'signature wrong' }, 'd');
		expect(figures.refusalRow).toEqual({ count: 1, since: NOW + 1000 });
	});

	it('a response after more than a second is late', () => {
		const figures = new DeliveryFigures(NOW);
		figures.responded(200, 1000);
		figures.responded(200, 1001);
		figures.responded(503, 1200, 'not saved');
		expect(figures.lateCount).toBe(2);
		expect([...figures.retryCounts]).toEqual([['not saved', 1]]);
	});

	it('responses to refused deliveries are not timed: anybody can cause them', () => {
		const figures = new DeliveryFigures(NOW);
		for (const status of [400, 401, 413]) figures.responded(status, 5000);
		expect(figures.lateCount).toBe(0);
		expect(figures.retryCounts.size).toBe(0);
		expect(figures.responseTimes.size).toBe(0);
	});

	it('several recovered changes are counted together', () => {
		const figures = new DeliveryFigures(NOW);
		figures.recovered();
		figures.recovered(3);
		figures.repaired();
		expect(figures).toMatchObject({ recoveredCount: 4, repairedCount: 1 });
	});
});

describe('figuresOf', () => {
	it('each webhook has figures of its own', () => {
		figuresOf(URL_A).accepted();
		figuresOf(URL_A).accepted();
		figuresOf(`${URL_A}2`).duplicate();
		expect(figuresOf(URL_A)).toMatchObject({ acceptedCount: 2, duplicateCount: 0 });
		expect(figuresOf(`${URL_A}2`)).toMatchObject({ acceptedCount: 0, duplicateCount: 1 });
	});

	it('a webhook counts since the process began', () => {
		expect(figuresOf(URL_A).since).toBe(performance.timeOrigin);
	});

	it('the figures of a thousand webhooks are kept, and one that may have been evicted counts from now', () => {
		for (let count = 0; count < 1005; count++) figuresOf(`${URL_A}${count}`).accepted();
		expect(figuresOf(`${URL_A}0`)).toMatchObject({ acceptedCount: 0, since: NOW });
	});
});
