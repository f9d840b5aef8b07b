import { beforeEach, describe, expect, it } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import type { DeliveryContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import type { DeliveryResponse } from '../../../../nodes/CxoneExpert/n8n/response.ts';
import {
	beginListening,
	refusalAlert,
} from '../../../../nodes/CxoneExpert/trigger/delivery/refusal-alert.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { refusalItem } from '../../../../nodes/CxoneExpert/trigger/refusal-item.ts';
import { contextOf, type NodeState, nodeState } from '../../../support/unit/delivery-context.mts';

beforeEach(clearMemory);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-26T10:00:00Z');
const KEY = 'cxoneExpertAlert:n';

/** Refusals in a row until now, the first one so long ago. */
function refusals(count: number, forMs = 0): DeliveryFigures {
	const figures = new DeliveryFigures(NOW - HOUR);
	for (let each = 0; each < count; each++) figures.refused({ reason: 'signature wrong' }, 'd-1');
	if (figures.refusalRow !== undefined) figures.refusalRow.since = NOW - forMs;
	return figures;
}

/** One request at the node, so long after the first one. */
function request(node: NodeState, figures: DeliveryFigures, afterMs = 0): DeliveryContext {
	const now = NOW + afterMs;
	return contextOf(node, { figures, arrivedAt: afterMs, now });
}

/** What n8n is given for this request, and whether its own response is held back. */
function alertOf(context: DeliveryContext) {
	let isHeldBack = false;
	const response = { interceptN8n: () => (isHeldBack = true) } as unknown as DeliveryResponse;
	return { alert: refusalAlert(context, response), isHeldBack };
}

const tells = (context: DeliveryContext) => alertOf(context).alert !== undefined;

const production = (staticData = {}) => nodeState({ id: 'n', staticData });
const listening = (staticData = {}) => nodeState({ id: 'n', mode: 'manual', staticData });

describe('refusalAlert in production: which refusals are reported', () => {
	it.each([
		['none', 0, HOUR, false],
		['one', 1, 0, false],
		['nine at once', 9, 0, false],
		['ten at once', 10, 0, true],
		['two within less than five minutes', 2, 5 * MINUTE - 1, false],
		['two within five minutes', 2, 5 * MINUTE, true],
	])('refusalAlert for %s', (_case, count, forMs, expected) => {
		expect(tells(request(production(), refusals(count, forMs)))).toBe(expected);
	});

	it('refusalAlert reports nothing once a genuine delivery has come', () => {
		const figures = refusals(10);
		figures.verified('d-2');
		expect(tells(request(production(), figures))).toBe(false);
	});
});

describe('refusalAlert in production: what n8n gets', () => {
	it('refusalAlert gives one item that says why, and holds back the response of n8n', () => {
		const figures = refusals(10);
		const { alert, isHeldBack } = alertOf(request(production(), figures));
		const { lastRefusal, refusalRow } = figures;
		expect(alert?.workflowData).toEqual([[{ json: refusalItem(lastRefusal!, refusalRow!) }]]);
		expect(isHeldBack).toBe(true);
	});

	it('refusalAlert leaves the response of n8n alone when it reports nothing', () => {
		expect(alertOf(request(production(), refusals(1))).isHeldBack).toBe(false);
	});

	it('refusalAlert notes its report when n8n has saved the execution, not sooner', () => {
		const staticData = {};
		const { alert } = alertOf(request(production(staticData), refusals(10)));
		expect(staticData).toEqual({});
		expect(alert?.webhookResponse).toBe('');
		expect(staticData).toEqual({ [KEY]: NOW });
	});
});

describe('refusalAlert in production: once an hour', () => {
	it('refusalAlert reports the next refusals an hour later', () => {
		const node = production();
		const later = (ms: number) => tells(request(node, refusals(10), ms));
		expect([0, 1, HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR].map(later)).toEqual([
			...[true, false, false],
			...[true, false, true],
		]);
	});

	it('refusalAlert counts for each node apart', () => {
		expect(tells(request(production(), refusals(10)))).toBe(true);
		expect(tells(request(nodeState(), refusals(10)))).toBe(true);
	});

	it.each([
		['less than an hour ago', NOW - HOUR + 1, false],
		['an hour ago', NOW - HOUR, true],
		['less than an hour ahead, by a clock that was set since', NOW + HOUR - 1, false],
		['an hour ahead', NOW + HOUR, true],
		['at a time that cannot be read', 'yesterday', true],
	])('refusalAlert when another process has reported the refusals %s', (_case, at, expected) => {
		expect(tells(request(production({ [KEY]: at }), refusals(10)))).toBe(expected);
	});

	it('refusalAlert tells again an hour after another process has told it, not an hour after it was asked', () => {
		const node = production({ [KEY]: NOW - 58 * MINUTE });
		const later = (ms: number) => tells(request(node, refusals(10), ms));
		expect([0, 2 * MINUTE - 1, 2 * MINUTE].map(later)).toEqual([false, false, true]);
	});

	it('refusalAlert holds back no response of n8n when another process has reported the refusals', () => {
		expect(alertOf(request(production({ [KEY]: NOW }), refusals(10))).isHeldBack).toBe(false);
	});

	it('refusalAlert looks into static data no more than once an hour', () => {
		const staticData = { [KEY]: NOW };
		expect(tells(request(production(staticData), refusals(10)))).toBe(false);
		expect(tells(request(production({}), refusals(10), HOUR - 1))).toBe(false);
		expect(tells(request(production({}), refusals(10), HOUR))).toBe(true);
	});
});

describe('refusalAlert while the editor listens for a test event', () => {
	it('refusalAlert reports the first refusal of a test, and stores nothing', () => {
		const staticData = {};
		const { alert } = alertOf(request(listening(staticData), refusals(1)));
		expect(alert?.workflowData).toHaveLength(1);
		expect(alert?.webhookResponse).toBe('');
		expect(staticData).toEqual({});
	});

	it('refusalAlert reports test refusals once while n8n listens, which is two minutes', () => {
		const later = (ms: number) => tells(request(listening(), refusals(1), ms));
		expect([0, 120 * SECOND - 1, 120 * SECOND].map(later)).toEqual([true, false, true]);
	});

	it('refusalAlert reports a test refusal whatever was reported in production', () => {
		const staticData = { [KEY]: NOW };
		expect(tells(request(production(), refusals(10)))).toBe(true);
		expect(tells(request(listening(staticData), refusals(1)))).toBe(true);
	});

	it('refusalAlert reports refusals in production whatever was reported in a test', () => {
		expect(tells(request(listening(), refusals(1)))).toBe(true);
		expect(tells(request(production(), refusals(10)))).toBe(true);
	});
});

describe('beginListening', () => {
	it('beginListening makes the next refusal of a test be reported again', () => {
		const context = request(listening(), refusals(1));
		expect(tells(context)).toBe(true);
		beginListening(context.n8n);
		expect(tells(context)).toBe(true);
	});

	it('beginListening in production changes nothing: publishing is no new hour', () => {
		const context = request(production(), refusals(10));
		expect(tells(context)).toBe(true);
		beginListening(context.n8n);
		expect(tells(context)).toBe(false);
	});
});
