import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import type { ApiCall, ApiClient, ApiResponse } from '../../../nodes/CxoneExpert/api/client.ts';
import { type Result, success } from '../../../nodes/CxoneExpert/api/result.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';
import { watchMaps } from '../../support/memory/maps.mts';

const MINUTE = 60_000;
const USER = '/users/current';
const read: ApiCall = { method: 'GET', path: '/pages/1' };

/** A fresh one for each test: it keeps in memory what it was told. */
let onlyIfAccepted: typeof import('../../../nodes/CxoneExpert/api/token-check.ts').onlyIfAccepted;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['Date', 'performance'] });
	vi.resetModules();
	({ onlyIfAccepted } = await import('../../../nodes/CxoneExpert/api/token-check.ts'));
});
afterEach(() => void vi.useRealTimers());

/** A site that takes every token. */
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

it('asks about a token when it was not asked about for ten minutes, not sooner', async () => {
	const site = new AcceptingSite();
	const asked = onlyIfAccepted(site, credentialOf('asked'));
	await asked.call(read);
	vi.advanceTimersByTime(10 * MINUTE - 1);
	await asked.call(read);
	expect(site.paths).toEqual([USER, read.path, read.path]);
	vi.advanceTimersByTime(1);
	await asked.call(read);
	expect(site.paths.slice(3)).toEqual([USER, read.path]);
});

it('keeps nothing of a token that was last asked about ten minutes ago', async () => {
	const maps = watchMaps();
	const use = async (jwt: string) =>
		await onlyIfAccepted(new AcceptingSite(), credentialOf(jwt)).call(read);
	for (let number = 0; number < 20; number++) await use(`token ${number}`);
	const kept = [...maps].filter(({ size }) => size >= 20);
	expect(kept).toHaveLength(1);
	vi.advanceTimersByTime(10 * MINUTE);
	await use('another token');
	expect(kept.map(({ size }) => size)).toEqual([1]);
});
