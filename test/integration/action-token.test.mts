import { describe, expect, it } from 'vitest';
import type { Settings, Simulator } from '../support/simulator/index.mts';
import { byPath, callsOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const lists = {
	search: { resource: 'page', operation: 'getMany', query: 'Guide' },
	getSubpages: { resource: 'page', operation: 'getSubpages', page: byPath('/') },
	getChangedSince: {
		...{ resource: 'page', operation: 'getChangedSince', since: '2020-01-01T00:00:00Z' },
		options: { eachRevision: true },
	},
	users: { resource: 'user', operation: 'getMany' },
} as const;

/** A site that shows a part of itself to everybody, as most sites do. */
async function publicSite(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await openSite(settings);
	const { site } = simulator;
	site.users.anonymous.role = 'Viewer';
	site.createPage('Guide for all');
	site.createPage('Guide for admins');
	site.restrictPage('Guide_for_admins', 'Private');
	return simulator;
}

describe.each(Object.entries(lists))('an expired token in %s', (name, parameters) => {
	it(`${name} fails instead of returning a shorter list when the token has expired since the last run`, async () => {
		const site = await publicSite();
		expect((await outputOf(site, { parameters })).length).toBeGreaterThanOrEqual(2);
		site.expireTokens();
		const refusal = await refusalOf(site, { parameters });
		expect(refusal.message).toBe('The site does not accept the token');
		expect(refusal.description).toContain('Enter the token again');
	});

	it.each([403, 401] as const)(
		`${name} reports the expired token when the site shows nothing to anonymous users (%i)`,
		async (anonymousRefusal) => {
			const site = await publicSite({ anonymousRefusal });
			site.expireTokens();
			site.site.users.anonymous.role = 'None';
			const refusal = await refusalOf(site, { parameters });
			expect(refusal.message).toBe('The site does not accept the token');
		},
	);
});

it('a long-term token that has expired by its own word is named with its day', async () => {
	const site = await openSite({ longTermTokenValidityMs: -86_400_000 });
	const refusal = await refusalOf(site, { parameters: lists.search });
	expect(refusal.message).toMatch(/^The long-term token expired on [\d-]+$/);
	expect(refusal.description).toMatch(/^Create a new one/);
});

it('a write with an expired token is not sent', async () => {
	const site = await publicSite();
	const save = {
		resource: 'page',
		operation: 'createOrUpdate',
		page: byPath('New'),
		contents: 'x',
	};
	site.expireTokens();
	const refusal = await refusalOf(site, { parameters: save });
	expect(refusal.message).toBe('The site does not accept the token');
	expect(callsOf(site)).toEqual([]);
});

it('one execution checks the token once, before its first call', async () => {
	const site = await publicSite();
	const input = [{ json: {} }, { json: {} }];
	await outputOf(site, { parameters: lists.search, input });
	const checks = site.apiCalls.map(({ path }) => path.endsWith('/users/current'));
	expect(checks.filter(Boolean)).toHaveLength(1);
	expect(checks[0]).toBe(true);
});

it('an execution asks again for the next item when the site could not say whose the token is', async () => {
	const site = await publicSite();
	const match = { path: '/users/current', times: 1 };
	site.faults.add({ match, effect: { status: 500 } });
	const input = [{ json: {} }, { json: {} }];
	const outcome = await outputOf(site, { parameters: lists.users, input, continueOnFail: true });
	expect(outcome[0]?.error).toContain('(500)');
	expect(outcome.length).toBeGreaterThan(1);
});
