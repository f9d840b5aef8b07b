import { expect, it } from 'vitest';
import { byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, page: string, more: object = {}) => ({
	parameters: { resource: 'page', operation, page: byPath(page), ...more } as never,
});

const withSubpages = { withSubpages: true };
const link = (href: string) => `<a href="/${href}">${href}</a>`;

async function openLinks() {
	const site = await openSite();
	const html = [link('No/Where'), link('Old'), link('Guides')].join('');
	site.site.createPage('Guides', { html, tags: ['article:topic'] });
	site.site.createPage('Guides/Below', { html: link('Gone#part') });
	site.site.createPage('Old');
	site.site.movePage('Old', 'New');
	return site;
}

it('Get Broken Links gives the links that lead nowhere, with their page', async () => {
	const site = await openLinks();
	const items = await outputOf(site, run('getBrokenLinks', 'Guides'));
	const { id } = site.site.page('Guides');
	const page = { id: `${id}`, title: 'Guides', path: 'Guides', url: `${site.url}/Guides` };
	expect(items).toEqual([
		{ page, text: 'No/Where', href: '/No/Where', type: 'InternalPage', isRedirect: false },
		{
			...{ page, text: 'Old', href: '/Old', type: 'InternalPage', isRedirect: true },
			target: expect.objectContaining({ path: 'New' }) as object,
		},
	]);
	expectSchema('page', 'getBrokenLinks', items);
	expect(site.apiCalls.at(-1)!.query).toMatchObject({ broken: 'true', subpages: 'false' });
});

it('Get Broken Links looks at the pages below, as far as wanted', async () => {
	const site = await openLinks();
	const html = Array.from({ length: 130 }, (_, index) => link(`No_${index}`)).join('');
	site.site.createPage('Other/Many', { html });
	const hrefs = async (page: string, more: object) => {
		const items = await outputOf(site, run('getBrokenLinks', page, { ...withSubpages, ...more }));
		return items.map(({ href }) => href);
	};
	expect(await hrefs('Guides', {})).toEqual(['/No/Where', '/Old', '/Gone#part']);
	expect(await hrefs('Guides', { limit: 1 })).toEqual(['/No/Where']);
	expect(new Set(await hrefs('Other', { returnAll: true })).size).toBe(130);
});

it('Get Broken Links reads rows that hold several links, and names the file to which one leads', async () => {
	const site = await openSite();
	const file = '<file id="88"><filename>a.pdf</filename><contents href="https://x.example/a.pdf"/></file>';
	const one = (href: string, more = '') => `<links isbroken="True"><href>${href}</href>${more}</links>`;
	const toFile = one('/b', `<type>InternalFile</type><destination>${file}</destination>`);
	const raw = `<pagelinks><pages><page id="1"/>${one('/a')}${toFile}</pages></pagelinks>`;
	const body = { raw, contentType: 'application/xml' };
	site.faults.add({ match: { path: /linkdetails$/ }, effect: { status: 200, body } });
	const target = { id: '88', name: 'a.pdf', url: 'https://x.example/a.pdf' };
	expect(await outputOf(site, run('getBrokenLinks', ''))).toEqual([
		{ page: { id: '1' }, href: '/a' },
		{ page: { id: '1' }, href: '/b', type: 'InternalFile', target },
	]);
});

async function openGuides() {
	const site = await openSite();
	site.site.createPage('Guides', { tags: ['article:topic-guide'] });
	site.site.createPage('Guides/Inner', { tags: ['article:topic-guide'] });
	site.site.createPage('Guides/Plain');
	return site;
}

it('Get Health Report gives what is wrong with a page and those below', async () => {
	const site = await openGuides();
	const items = await outputOf(site, run('getHealthReport', 'Guides', withSubpages));
	const id = String(site.site.page('Guides/Inner').id);
	expect(items).toEqual([
		{
			severity: 'error',
			type: 'Structure',
			message: 'Guide under guide',
			page: { id, url: `${site.url}/Guides/Inner`, articleType: 'topic-guide' },
		},
		expect.objectContaining({ severity: 'warning' }),
	]);
	expectSchema('page', 'getHealthReport', items);
	expect(await outputOf(site, run('getHealthReport', 'Guides'))).toEqual([]);
});

it('Get Health Report gives each of several findings that are alike', async () => {
	const site = await openSite();
	const inspection =
		'<inspections severity="Error" type="Image"><message>Missing</message><page id="1"/></inspections>';
	// Each time, the last ten are read again.
	for (const [index, count] of [100, 100, 23, 0].entries()) {
		const raw = `<health><querycount>203</querycount>${inspection.repeat(count)}</health>`;
		const body = { raw, contentType: 'application/xml' };
		const match = { path: /health$/, nth: index + 1, times: 1 };
		site.faults.add({ match, effect: { status: 200, body } });
	}
	const all = await outputOf(site, run('getHealthReport', '', { returnAll: true }));
	expect(all).toHaveLength(203);
	expect(all[0]).toEqual(all[202]);
});

it('Get Health Report tells a report that the site lacks from a missing page', async () => {
	const site = await openGuides();
	const effect = { status: 404, message: 'Requested report could not be found' };
	site.faults.add({ match: { path: /health$/ }, effect });
	const { message } = await refusalOf(site, run('getHealthReport', 'Guides'));
	expect(message).toBe('The site has no health report for this page');
	site.faults.clear();
	const missing = await refusalOf(site, run('getHealthReport', 'No/Where'));
	expect(missing.message).toBe('There is no page "No/Where"');
});

it('Get Health Report gives the chosen severities', async () => {
	const site = await openGuides();
	const chosen = (severity: unknown) => run('getHealthReport', 'Guides', { ...withSubpages, severity });
	const items = await outputOf(site, chosen(['warning', 'info']));
	expect(items).toMatchObject([{ severity: 'warning' }]);
	expect(site.apiCalls.at(-1)!.query.severity).toBe('warning,info');
	const { message } = await refusalOf(site, chosen('fatal'));
	expect(message).toBe('"fatal" is not a choice for \'Severity\'');
});

it('Get Health Report says that it takes a seat', async () => {
	const site = await openGuides();
	const credential = { longTermToken: site.readerJwt };
	const parameters = run('getHealthReport', 'Guides');
	const { description } = await refusalOf(site, { ...parameters, credential });
	expect(description).toContain('needs a seat');
});

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
	const raw = "<queries><query count='2'><sorted-terms>'a' 'b'</sorted-terms></query></queries>";
	const body = { raw, contentType: 'application/xml' };
	site.faults.add({ match: { path: '/query/log' }, effect: { status: 200, body } });
	expect(await outputOf(site, terms())).toEqual([{ query: 'a b', count: 2 }]);
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
