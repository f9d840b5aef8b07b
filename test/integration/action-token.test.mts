import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, vi } from 'vitest';
import type { Settings, Simulator } from '../support/simulator/index.mts';
import { byPath, callsOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openSite, testCredential, useScenes } from '../support/integration/scene.mts';

useScenes();

const lists = {
	search: { resource: 'page', operation: 'getMany', query: 'Guide' },
	getSubpages: { resource: 'page', operation: 'getSubpages', page: byPath('/') },
	getChangedSince: {
		...{ resource: 'page', operation: 'getChangedSince', since: '2020-01-01T00:00:00Z' },
		options: { eachRevision: true },
	},
	compareWithIndex: { resource: 'page', operation: 'compareWithIndex', index: '[]', format: 'none' },
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

/** Nothing else is asked of the site. */
async function expectTokenRefused(site: Simulator, parameters: IDataObject): Promise<void> {
	site.apiCalls.length = 0;
	const refusal = await refusalOf(site, { parameters });
	expect(refusal.message).toBe('The site does not accept the token');
	expect(refusal.description).toContain('Enter the token again');
	expect(callsOf(site)).toEqual([]);
}

describe.each(Object.entries(lists))('an expired token in %s', (name, parameters) => {
	it(`${name} fails instead of returning a shorter list when the token has expired since the last run`, async () => {
		const site = await publicSite();
		expect((await outputOf(site, { parameters })).length).toBeGreaterThanOrEqual(2);
		site.expireTokens();
		await expectTokenRefused(site, parameters);
	});

	it.each([403, 401] as const)(
		`${name} reports the expired token when the site shows nothing to anonymous users (%i)`,
		async (anonymousRefusal) => {
			const site = await publicSite({ anonymousRefusal });
			site.expireTokens();
			site.site.users.anonymous.role = 'None';
			await expectTokenRefused(site, parameters);
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
	site.expireTokens();
	const save = { resource: 'page', operation: 'createOrUpdate', page: byPath('New') };
	await expectTokenRefused(site, { ...save, contents: 'x' });
});

it('a token that expires while a list is read fails the list, which would be shorter', async () => {
	const site = await publicSite({ maxPageSize: 1 });
	let parts = 0;
	vi.spyOn(site.faults, 'next').mockImplementation((_method, path) => {
		if (path.endsWith('/subpages') && ++parts === 2) site.expireTokens();
		return undefined;
	});
	const refusal = await refusalOf(site, { parameters: lists.getSubpages });
	expect(refusal.message).toMatch(/^Expert did not accept the token \(401\)/);
});

it('all calls with the token ask the site to refuse a bad one', async () => {
	const site = await publicSite();
	for (const parameters of Object.values(lists)) await outputOf(site, { parameters });
	expect(site.apiCalls.every(({ isAuthenticated }) => isAuthenticated)).toBe(true);
	expect(site.apiCalls.every(({ token }) => token !== '')).toBe(true);
});

it.each(['ignored', 'refused', 'invalid'] as const)(
	'where authenticate=true is %s a good token works, a bad one does not, and the log says once what is lost',
	async (authenticateParameter) => {
		const site = await publicSite({ authenticateParameter });
		const run = { parameters: lists.getSubpages };
		for (let time = 0; time < 2; time++) expect(await outputOf(site, run)).toHaveLength(2);
		const isRefused = authenticateParameter !== 'ignored';
		const said = log.lines.filter(({ message }) => message.includes('authenticate=true'));
		expect(said.map(({ level }) => level)).toEqual(isRefused ? ['warn'] : []);
		expect(callsOf(site).at(-1)!.isAuthenticated).toBe(!isRefused);
		site.expireTokens();
		await expectTokenRefused(site, lists.getSubpages);
	},
);

it('publishing and the credential test work where authenticate=true is refused', async () => {
	const scene = await openPublished({ site: { authenticateParameter: 'refused' } });
	expect(scene.site.webhooks()).toHaveLength(1);
	expect(await testCredential(scene)).toMatchObject({ status: 'OK' });
});

it('a value that the site refuses is not taken for a refusal of authenticate=true', async () => {
	const site = await openSite();
	const effect = { status: 400, body: 'xml', message: 'Bad value' } as const;
	site.faults.add({ match: { path: '/site/tags' }, effect });
	const api = { resource: 'tag', operation: 'getMany' };
	expect((await refusalOf(site, { parameters: api })).message).toMatch(/^Expert refused this/);
	expect(log.of('warn')).toEqual([]);
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
