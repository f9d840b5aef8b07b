import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { DeliveryFigures, figuresOf } from '../../../nodes/CxoneExpert/metrics/delivery-figures.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';

const NOW = Date.parse('2026-11-26T08:00:00Z');
const URL_A = 'https://n8n.example.com/webhook/a/webhook';

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => {
	clearMemory();
	vi.useRealTimers();
});

it('responses to refused deliveries are not timed: anybody can cause them', () => {
	const figures = new DeliveryFigures(NOW);
	for (const status of [400, 401, 413]) figures.responded(status, 5000);
	expect(figures.counts).toMatchObject({ late: 0, toldToRetry: {} });
	expect(figures.responseMs(1)).toBeUndefined();
});

/** Figures with these response times. */
function timed(...times: number[]): DeliveryFigures {
	const figures = new DeliveryFigures(NOW);
	for (const ms of times) figures.responded(200, ms);
	return figures;
}

describe('responseMs', () => {
	it.each([
		[0.5, 50],
		[0.95, 95],
		[1, 100],
	])('responseMs: of 1 to 100 ms the percentile of %f is %i', (share, expected) => {
		const shuffled = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
		expect(timed(...shuffled).responseMs(share)).toBe(expected);
	});

	it('responseMs looks at the latest thousand only', () => {
		const times = [...Array<number>(500).fill(60_000), ...Array<number>(1000).fill(7)];
		expect(timed(...times).responseMs(1)).toBe(7);
	});

	it('responses go on being timed after a percentile was read', () => {
		const figures = timed(9, 1);
		expect(figures.responseMs(0.5)).toBe(1);
		figures.responded(200, 5);
		expect(figures.responseMs(0.5)).toBe(5);
	});
});

it('the figures of a thousand webhooks are kept, and one that may have been evicted counts from now', () => {
	for (let count = 0; count < 1005; count++) figuresOf(`${URL_A}${count}`).count('accepted');
	expect(figuresOf(`${URL_A}0`)).toMatchObject({ counts: { accepted: 0 }, since: NOW });
});
