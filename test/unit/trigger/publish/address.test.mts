import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	addressOf,
	lastRegistration,
	startServing,
	stopServing,
} from '../../../../nodes/CxoneExpert/trigger/publish/address.ts';
import { n8nOf, nodeState } from '../../../support/unit/delivery-context.mts';

const URL = 'https://n8n.example.com/webhook/a/webhook';
const SAME = 'https://N8N.example.com:443/webhook/a/webhook/';
const OTHER = 'https://n8n.example.com/webhook-test/a/webhook';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A node of its own. */
const node = () => n8nOf(nodeState());

describe('startServing and stopServing', () => {
	it('each publication serves an object of its own, so that work with an older one can tell', () => {
		const context = node();
		startServing(context, URL);
		const { served } = addressOf(context);
		expect(served).toEqual({ url: URL });
		startServing(context, URL);
		expect(addressOf(context).served).toEqual(served);
		expect(addressOf(context).served).not.toBe(served);
	});

	it('stopServing leaves another address alone: that of a test ends no production', () => {
		const context = node();
		startServing(context, URL);
		expect(stopServing(context, OTHER)).toBe(false);
		expect(addressOf(context)).toEqual({ served: { url: URL } });
	});

	it('stopServing where nothing is served does not count as an end, however young the process is', () => {
		expect(stopServing(node(), URL)).toBe(false);
	});

	it('what has ended less than a minute ago was there until now', () => {
		const context = node();
		startServing(context, URL);
		expect(stopServing(context, URL)).toBe(true);
		expect(addressOf(context)).not.toHaveProperty('served');
		vi.advanceTimersByTime(59_999);
		expect(stopServing(context, URL)).toBe(true);
		vi.advanceTimersByTime(1);
		expect(stopServing(context, URL)).toBe(false);
	});
});

describe('lastRegistration', () => {
	it('lastRegistration knows the last address, however it is spelled, and no other one', () => {
		const context = node();
		expect(lastRegistration(context, URL)).toBe('unknown');
		addressOf(context).registeredUrl = URL;
		expect(lastRegistration(context, SAME)).toBe('here');
		expect(lastRegistration(context, OTHER)).toBe('elsewhere');
	});
});
