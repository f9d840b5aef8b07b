import { expect, it } from 'vitest';
import { outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const terms = (more: object = {}) => ({
	parameters: { resource: 'site', operation: 'getSearchTerms', ...more } as never,
});

const at = (time: string) => new Date(`2026-01-30T${time}Z`);

async function openSearched() {
	const site = await openSite();
	site.site.searchLog.push(
		{ query: 'reset', at: at('10:00:00'), chosen: 1 },
		{ query: 'reset', at: at('12:00:00'), chosen: 1 },
		{ query: 'größe & "maß"', at: at('11:00:00'), chosen: 0 },
		{ query: 'phone', at: at('11:30:00'), chosen: 3 },
	);
	return site;
}

it('Get Search Terms gives each query once, with its numbers', async () => {
	const site = await openSearched();
	const items = await outputOf(site, terms());
	expect(items).toHaveLength(3);
	const lastSearchedAt = '2026-01-30T12:00:00Z';
	expect(items[0]).toEqual({ query: 'reset', count: 2, chosen: 2, lastSearchedAt });
	expectSchema('site', 'getSearchTerms', items);
	const { query } = site.apiCalls.at(-1)!;
	expect(query).toMatchObject({ groupby: 'query', lowquality: 'false' });
	expect(query).not.toHaveProperty('since');
	expect(query).not.toHaveProperty('before');
});

it('Get Search Terms gives those without one answer, and no number that the site does not count', async () => {
	const site = await openSearched();
	const items = await outputOf(site, terms({ onlyWithoutAnswer: true }));
	expect(items).toEqual([
		{ query: 'größe & "maß"', count: 1, lastSearchedAt: '2026-01-30T11:00:00Z' },
		expect.objectContaining({ query: 'phone', chosen: 3 }),
	]);
	const raw =
		"<queries><query count='2'><sorted-terms>'a' 'b'</sorted-terms><count.results>31</count.results></query></queries>";
	const body = { raw, contentType: 'application/xml' };
	site.faults.add({ match: { path: '/query/log' }, effect: { status: 200, body } });
	expect(await outputOf(site, terms())).toEqual([{ query: 'a b', count: 2, results: 31 }]);
});

it('Get Search Terms looks at a period, in the time zone of the workflow', async () => {
	const site = await openSearched();
	const period = { since: '2026-01-30T11:15:00', until: '2026-01-30T11:45:00' };
	const items = await outputOf(site, { ...terms(period), timezone: 'UTC' });
	expect(items).toMatchObject([{ query: 'phone' }]);
	expect(site.apiCalls.at(-1)!.query).toMatchObject({
		since: '20260130111500',
		before: '20260130114500',
	});
	const { since: until, until: since } = period;
	const { message } = await refusalOf(site, terms({ since, until }));
	expect(message).toBe("'Until' is before 'Since'");
});

it('Get Search Terms says that it is for admins, and gives an admin the reason of the site', async () => {
	const site = await openSearched();
	const credential = { longTermToken: site.editorJwt };
	const refused = await refusalOf(site, { ...terms(), credential });
	expect(refused.message).toContain('Only admins may see');
	const effect = { status: 403, message: 'Not allowed due to an invalid or expired license' };
	site.faults.add({ match: { path: '/site/query/log' }, effect });
	const { message, description } = await refusalOf(site, terms());
	expect(message).toMatch(/^Expert did not allow this \(403\)/);
	expect(description).toContain(`The site said: ${effect.message}`);
});
