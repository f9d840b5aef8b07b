import { afterEach, expect, it, vi } from 'vitest';

import { addressOf, startServing, stopServing } from '../../../../nodes/CxoneExpert/trigger/state/address.ts';
import { n8nOf } from '../../../support/unit/n8n-of.mts';

const URL = 'https://n8n.example.com/webhook/a/webhook';

afterEach(() => void vi.useRealTimers());

it('an address that has ended less than a minute ago was there until now', () => {
	vi.useFakeTimers({ toFake: ['performance'] });
	const context = n8nOf();
	startServing(context, URL);
	expect(stopServing(context, URL)).toBe(true);
	expect(addressOf(context)).not.toHaveProperty('served');
	vi.advanceTimersByTime(59_999);
	expect(stopServing(context, URL)).toBe(true);
	vi.advanceTimersByTime(1);
	expect(stopServing(context, URL)).toBe(false);
});
