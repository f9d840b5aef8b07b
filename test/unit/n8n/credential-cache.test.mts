import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	cachedCredential,
	credentialForRejection,
	credentialReadings,
	credentialSince,
	evictCredential,
} from '../../../nodes/CxoneExpert/n8n/credential-cache.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/shared/per-node.ts';
import { n8nOf, nodeState } from '../../support/unit/delivery-context.mts';

beforeEach(() => {
	clearMemory();
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);

/** A node whose credential names how often it was read. */
function counted() {
	let readings = 0;
	return n8nOf(nodeState({ credential: async () => ({ longTermToken: `reading ${++readings}` }) }));
}

describe('cachedCredential', () => {
	it('a credential is cached for ten seconds and then gone from memory', async () => {
		const n8n = counted();
		expect(await cachedCredential(n8n)).toEqual({ longTermToken: 'reading 1' });
		expect(credentialReadings.keys()).toHaveLength(1);
		await pass(9_999);
		expect(await cachedCredential(n8n)).toEqual({ longTermToken: 'reading 1' });
		await pass(1);
		expect(credentialReadings.keys()).toEqual([]);
		expect(await cachedCredential(n8n)).toEqual({ longTermToken: 'reading 2' });
	});

	it('an evicted credential is read again', async () => {
		const n8n = counted();
		await cachedCredential(n8n);
		evictCredential(n8n);
		expect(await cachedCredential(n8n)).toEqual({ longTermToken: 'reading 2' });
	});
});

describe('credentialSince', () => {
	it('a credential is read again when the cached one is older than the moment', async () => {
		const n8n = counted();
		await cachedCredential(n8n);
		expect(await credentialSince(performance.now(), n8n)).toEqual({ longTermToken: 'reading 1' });
		await pass(1);
		expect(await credentialSince(performance.now(), n8n)).toEqual({ longTermToken: 'reading 2' });
	});
});

describe('credentialForRejection', () => {
	it('wrong tokens cause one reading a second', async () => {
		const n8n = counted();
		await cachedCredential(n8n);
		await pass(1);
		expect(await credentialForRejection(performance.now(), n8n)).toEqual({
			longTermToken: 'reading 2',
		});
		await pass(999);
		expect(await credentialForRejection(performance.now(), n8n)).toEqual({
			longTermToken: 'reading 2',
		});
		await pass(1);
		expect(await credentialForRejection(performance.now(), n8n)).toEqual({
			longTermToken: 'reading 3',
		});
	});
});
