import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { callsOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();
afterEach(() => vi.restoreAllMocks());

const at = (value: string) => ({ __rl: true, mode: 'path', value });
const lists = {
	search: { resource: 'page', operation: 'getMany', query: 'Guide' },
	getSubpages: { resource: 'page', operation: 'getSubpages', page: at('/') },
	getChangedSince: {
		...{ resource: 'page', operation: 'getChangedSince', since: '2020-01-01T00:00:00Z' },
		options: { eachRevision: true },
	},
	users: { resource: 'user', operation: 'getMany' },
} as const;

/** A site that shows a part of itself to everybody, as most sites do. */
async function publicSite(): Promise<Simulator> {
	const simulator = await openSite();
	const { site } = simulator;
	site.users.anonymous.role = 'Viewer';
	site.createPage('Guide for all');
	site.createPage('Guide for admins');
	site.restrictPage('Guide_for_admins', 'Private');
	return simulator;
}

/** The monotonic clock of n8n goes on; nobody waits. */
function minutesLater(minutes: number): void {
	const real = performance.now.bind(performance);
	vi.spyOn(performance, 'now').mockImplementation(() => real() + minutes * 60_000);
}

describe.each(Object.entries(lists))(
	'an expired token in %s, soon after another run',
	(name, parameters) => {
		it(`${name} fails instead of returning a shorter list when the token has just expired`, async () => {
			const site = await publicSite();
			expect((await outputOf(site, { parameters })).length).toBeGreaterThanOrEqual(2);
			minutesLater(1);
			site.expireTokens();
			const refusal = await refusalOf(site, { parameters });
			expect(refusal.message).toBe('The site does not accept the token');
			expect(refusal.description).toContain('Enter the token again');
		});

		it(`${name} reports the expired token when the site shows nothing to anonymous users`, async () => {
			const site = await publicSite();
			await outputOf(site, { parameters });
			minutesLater(1);
			site.expireTokens();
			site.site.users.anonymous.role = 'None';
			const refusal = await refusalOf(site, { parameters });
			expect(refusal.message).toBe('The site does not accept the token');
		});
	},
);

it('a write with an expired token fails, and the next one is not sent', async () => {
	const site = await publicSite();
	const save = { resource: 'page', operation: 'createOrUpdate', page: at('New'), contents: 'x' };
	await outputOf(site, { parameters: lists.users });
	minutesLater(1);
	site.expireTokens();
	const refusal = await refusalOf(site, { parameters: save });
	expect(refusal.message).toBe('The site does not accept the token');
	expect(site.site.pages.byPath('New')).toBeUndefined();
	// The expiry is known from now on.
	await refusalOf(site, { parameters: save });
	expect(callsOf(site).filter(({ method }) => method === 'POST')).toHaveLength(1);
});

it('an expired token is noticed although the wall clock was set back', async () => {
	const site = await publicSite();
	await outputOf(site, { parameters: lists.users });
	minutesLater(60);
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
	site.expireTokens();
	const refusal = await refusalOf(site, { parameters: lists.users });
	vi.useRealTimers();
	expect(refusal.message).toBe('The site does not accept the token');
});

it('a token that this process does not know yet is checked first', async () => {
	vi.spyOn(performance, 'now').mockReturnValue(1_000);
	const site = await publicSite();
	await outputOf(site, { parameters: lists.users });
	expect(site.apiCalls[0]?.path).toBe('/@api/deki/users/current');
});

it('a missing right is not blamed on the token', async () => {
	const site = await publicSite();
	const credential = { longTermToken: site.readerJwt };
	const parameters = { resource: 'page', operation: 'get', page: at('Guide for admins') };
	await outputOf(site, { parameters: lists.users, credential });
	minutesLater(1);
	const refusal = await refusalOf(site, { parameters, credential });
	expect(refusal.message).toContain('Expert did not allow this (403)');
});

it('two runs in a row check the token once', async () => {
	const site = await publicSite();
	await outputOf(site, { parameters: lists.search });
	await outputOf(site, { parameters: lists.search });
	expect(site.apiCalls.filter(({ path }) => path.endsWith('/users/current'))).toHaveLength(1);
});
