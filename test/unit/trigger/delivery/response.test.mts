import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import { Refusal } from '../../../../nodes/CxoneExpert/shared/rejection.ts';
import { TEST_EVENT_TYPE } from '../../../../nodes/CxoneExpert/event/delivery-headers.ts';
import {
	DeliveryResponse,
	RESPONSE_DEADLINE_MS,
	warnOf,
} from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { changesAt } from '../../../../nodes/CxoneExpert/trigger/watch/progress.ts';
import { type LogLines, n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

/** The response to a delivery with these headers, at a node that is watched. */
function responseTo(headers: Record<string, unknown> = { 'x-nexus-delivery-id': 'd-1' }) {
	const log: LogLines = { info: [], warn: [], error: [] };
	const sent: number[] = [];
	const theirs = {
		statusCode: 0,
		getHeaderNames: () => [],
		setHeader: () => {},
		end: () => sent.push(theirs.statusCode),
	};
	const n8n = {
		...n8nOf(nodeState({ headers }), log),
		getResponseObject: () => theirs,
	} as unknown as IWebhookFunctions;
	const changes = changesAt(n8n);
	changes.published(0, undefined);
	const figures = new DeliveryFigures(0);
	const response = new DeliveryResponse(n8n);
	response.countIn(figures);
	const isExpected = () => changes.progress?.missingAt !== undefined;
	return { response, figures, log, sent, n8n, isExpected };
}

describe('DeliveryResponse, at the deadline', () => {
	it('a delivery without a response is told to retry, and not earlier', async () => {
		const { figures, log, sent, isExpected } = responseTo();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		expect([sent, isExpected()]).toEqual([[], false]);
		await vi.advanceTimersByTimeAsync(1);
		expect([sent, isExpected()]).toEqual([[503], true]);
		expect(figures.counts.toldToRetry).toEqual({ late: 1 });
		expect(figures.responseMs(1)).toBe(RESPONSE_DEADLINE_MS);
		expect(log.warn).toEqual([
			expect.stringMatching(/^CXone Expert delivery d-1 told to retry: n8n is busy/),
		]);
	});

	it('a delivery that has its response gets no other', async () => {
		const { response, figures, log, sent, isExpected } = responseTo();
		response.accept('filtered');
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect([sent, log.warn, isExpected()]).toEqual([[200], [], false]);
		expect(figures.counts).toMatchObject({ filtered: 1, toldToRetry: {} });
	});
});

describe('DeliveryResponse.retry', () => {
	it('onRetry calls back when the sender is told to retry, and at once when it was', () => {
		const { response } = responseTo();
		const calls: string[] = [];
		response.onRetry(() => calls.push('before'));
		expect(calls).toEqual([]);
		response.retry('not saved');
		response.onRetry(() => calls.push('after'));
		expect(calls).toEqual(['before', 'after']);
	});

	it('the watch expects a delivery to be missing also when it had been accepted', () => {
		const { response, log, sent, isExpected } = responseTo();
		response.accept();
		response.retry('not saved');
		expect([sent, log.warn, isExpected()]).toEqual([[200], [], true]);
	});
});

describe('DeliveryResponse.refuse', () => {
	it('what Expert may not have sent is not expected to be missing', () => {
		const { response, isExpected } = responseTo();
		expect(response.refuse(new Refusal('authorization wrong'))).toBe(true);
		expect(isExpected()).toBe(false);
	});

	it('nobody but its sender hears of a refused delivery that says it is a test', () => {
		const { response, figures, sent, isExpected } = responseTo({
			'x-nexus-event-type': TEST_EVENT_TYPE,
		});
		expect(response.refuse(new Refusal('signature wrong'))).toBe(false);
		expect([sent, isExpected(), figures.lastRefusal]).toEqual([[401], false, undefined]);
		expect(figures.counts.refused).toEqual({ 'signature wrong': 1 });
	});
});

describe('DeliveryResponse.fail', () => {
	it.each([
		['the kind of an error, not its words', new RangeError('SECRET'), 'RangeError'],
		['that something else was thrown', 'SECRET', 'string'],
	])('a fault of our own is logged with %s', (_case, error, kind) => {
		const { response, figures, log, sent, isExpected } = responseTo();
		response.fail(error);
		expect([sent, isExpected()]).toEqual([[503], true]);
		expect(figures.counts.toldToRetry).toEqual({ 'not handled': 1 });
		expect(log.error).toEqual([
			expect.stringContaining(`delivery d-1 could not be handled (${kind})`),
		]);
		expect(JSON.stringify(log)).not.toContain('SECRET');
	});
});

describe('warnOf', () => {
	it.each([
		['nothing', undefined, '(no id)'],
		['an empty one', '', '(no id)'],
		['several', ['a', 'b'], '(no id)'],
		['a number', 7, '(no id)'],
		['a UUID', '9f1c1e2a-fdfd-11f0-8674-aa9553f76750', '9f1c1e2a-fdfd-11f0-8674-aa9553f76750'],
		['one of a test delivery', 'n8n-test-8f14e45f', 'n8n-test-8f14e45f'],
		['one of all characters that ids are made of', 'aZ0_.:-', 'aZ0_.:-'],
		['one of 40 characters', 'x'.repeat(40), 'x'.repeat(40)],
		['a longer one', 'x'.repeat(41), `${'x'.repeat(40)}…`],
		['one with a line break', 'a\r\nfake line', 'a??fake?line'],
		['one with colours', '\u001b[31mred', '??31mred'],
		['one with a link', '<a/href=//x.co>Fix</a>', '?a?href???x.co?Fix??a?'],
		['one that is not ASCII', 'ä\u2028b', '??b'],
		[
			'a long one with a line break behind what is shown',
			`${'x'.repeat(40)}\n`,
			`${'x'.repeat(40)}…`,
		],
	])('the log shows a safe delivery id for %s', (_case, id, shown) => {
		const { log, n8n } = responseTo({ 'x-nexus-delivery-id': id });
		warnOf(n8n, 'is odd');
		expect(log.warn).toEqual([`CXone Expert delivery ${shown} is odd (node "Trigger")`]);
	});
});
