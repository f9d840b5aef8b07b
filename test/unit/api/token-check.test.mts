import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import type { ApiCall, ApiClient, ApiResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { type Result, success } from '../../../nodes/CxoneExpert/api/result.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';
import { watchMaps } from '../../support/memory/maps.mts';

const MINUTE = 60_000;
const USER = '/users/current';
const read: ApiCall = { method: 'GET', path: '/pages/1' };

/** Loaded anew for each test: the module caches which tokens were accepted. */
let onlyIfAccepted: typeof import('../../../nodes/CxoneExpert/api/token-check.ts').onlyIfAccepted;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['Date', 'performance'] });
	vi.resetModules();
	({ onlyIfAccepted } = await import('../../../nodes/CxoneExpert/api/token-check.ts'));
});
afterEach(() => void vi.useRealTimers());

/** A site that accepts every token. */
class AcceptingSite implements ApiClient {
	readonly mayHaveWritten = false;
	readonly paths: string[] = [];

	async call({ path }: ApiCall): Promise<Result<ApiResponse>> {
		this.paths.push(path);
		const xml = readXml('<user anonymous="false"><username>Ann</username></user>', 1000);
		if (!xml.ok) throw new Error('not read');
		return success({ status: 200, headers: {}, body: '', document: xml.value });
	}
}

const credentialOf = (jwt: string): ExpertCredential => ({
	siteUrl: 'https://site.example',
	authentication: 'jwt',
	jwt,
});

describe('onlyIfAccepted', () => {
	it('onlyIfAccepted checks a token again after ten minutes, not sooner', async () => {
		const site = new AcceptingSite();
		const client = onlyIfAccepted(site, credentialOf('token'));
		await client.call(read);
		vi.advanceTimersByTime(10 * MINUTE - 1);
		await client.call(read);
		expect(site.paths).toEqual([USER, read.path, read.path]);
		vi.advanceTimersByTime(1);
		await client.call(read);
		expect(site.paths.slice(3)).toEqual([USER, read.path]);
	});

	it('onlyIfAccepted evicts a token that was checked ten minutes ago', async () => {
		const maps = watchMaps();
		const use = async (jwt: string) =>
			await onlyIfAccepted(new AcceptingSite(), credentialOf(jwt)).call(read);
		for (let number = 0; number < 20; number++) await use(`token ${number}`);
		const caches = [...maps].filter(({ size }) => size >= 20);
		expect(caches).toHaveLength(1);
		vi.advanceTimersByTime(10 * MINUTE);
		await use('another token');
		expect(caches.map(({ size }) => size)).toEqual([1]);
	});
});
