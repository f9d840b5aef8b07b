import { describe, expect, it } from 'vitest';
import { byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const run = (operation: string, page: string, more: object = {}) => ({
	parameters: { resource: 'page', operation, page: byPath(page), ...more } as never,
});

const withSubpages = { withSubpages: true };

describe('Get Broken Links', () => {
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
		const page = {
			id: String(site.site.page('Guides').id),
			title: 'Guides',
			path: 'Guides',
			url: `${site.url}/Guides`,
		};
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
		const hrefs = async (more: object) =>
			(await outputOf(site, run('getBrokenLinks', '', more))).map(({ href }) => href);
		expect(await hrefs(withSubpages)).toEqual(['/No/Where', '/Old', '/Gone#part']);
		expect(await hrefs({ ...withSubpages, limit: 1 })).toEqual(['/No/Where']);
	});

	it('Get Broken Links reads on to the end, link by link', async () => {
		const site = await openSite();
		const html = Array.from({ length: 230 }, (_, index) => link(`No_${index}`)).join('');
		site.site.createPage('A', { html });
		const items = await outputOf(site, run('getBrokenLinks', 'A', { returnAll: true }));
		expect(new Set(items.map(({ href }) => href)).size).toBe(230);
	});

	it('Get Broken Links reads rows that hold several links', async () => {
		const site = await openSite();
		const one = (href: string) => `<links isbroken="True"><href>${href}</href></links>`;
		const raw = `<pagelinks><pages><page id="1"/>${one('/a')}${one('/b')}</pages></pagelinks>`;
		const body = { raw, contentType: 'application/xml' };
		site.faults.add({ match: { path: /linkdetails$/ }, effect: { status: 200, body } });
		const items = await outputOf(site, run('getBrokenLinks', ''));
		expect(items).toEqual(['/a', '/b'].map((href) => ({ page: { id: '1' }, href })));
	});

	it('Get Broken Links names the file to which a link leads', async () => {
		const site = await openSite();
		const file =
			'<file id="88"><filename>a.pdf</filename><contents href="https://x.example/a.pdf"/></file>';
		const link = `<links isbroken="True"><href>/a.pdf</href><type>InternalFile</type><destination>${file}</destination></links>`;
		const raw = `<pagelinks><pages><page id="1"/>${link}</pages></pagelinks>`;
		const body = { raw, contentType: 'application/xml' };
		site.faults.add({ match: { path: /linkdetails$/ }, effect: { status: 200, body } });
		expect(await outputOf(site, run('getBrokenLinks', ''))).toMatchObject([
			{ target: { id: '88', name: 'a.pdf', url: 'https://x.example/a.pdf' } },
		]);
	});

	it('Get Broken Links says that there is no such page', async () => {
		const site = await openSite();
		const { message } = await refusalOf(site, run('getBrokenLinks', 'No/Where'));
		expect(message).toBe('There is no page "No/Where"');
	});
});

describe('Get Health Report', () => {
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
		expect(items).toEqual([
			{
				severity: 'error',
				type: 'Structure',
				message: 'Guide under guide',
				page: {
					id: String(site.site.page('Guides/Inner').id),
					url: `${site.url}/Guides/Inner`,
					articleType: 'topic-guide',
				},
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
		const respond = (count: number, nth: number) => {
			const raw = `<health><querycount>203</querycount>${inspection.repeat(count)}</health>`;
			const body = { raw, contentType: 'application/xml' };
			const match = { path: /health$/, nth, times: 1 };
			site.faults.add({ match, effect: { status: 200, body } });
		};
		respond(100, 1);
		// Each time, the last ten are read again.
		respond(100, 2);
		respond(23, 3);
		respond(0, 4);
		const all = await outputOf(site, run('getHealthReport', '', { returnAll: true }));
		expect(all).toHaveLength(203);
		expect(all[0]).toEqual(all[202]);
	});

	it('Get Health Report ends where the site gives the same findings again and again', async () => {
		const site = await openSite({ ignoresOffset: true });
		site.site.createPage('Plain');
		const all = { returnAll: true };
		expect(await outputOf(site, run('getHealthReport', 'Plain', all))).toHaveLength(1);
	});

	it('Get Health Report tells a report that the site lacks from a missing page', async () => {
		const site = await openGuides();
		const message = 'Requested report could not be found';
		const match = { path: /health$/ };
		site.faults.add({ match, effect: { status: 404, body: 'xml', message } });
		const refusal = await refusalOf(site, run('getHealthReport', 'Guides'));
		expect(refusal.message).toBe('The site has no health report for this page');
		site.faults.clear();
		const missing = await refusalOf(site, run('getHealthReport', 'No/Where'));
		expect(missing.message).toBe('There is no page "No/Where"');
	});

	it('Get Health Report gives the chosen severities', async () => {
		const site = await openGuides();
		const chosen = (severity: unknown) =>
			run('getHealthReport', 'Guides', { ...withSubpages, severity });
		expect(await outputOf(site, chosen(['warning', 'info']))).toMatchObject([
			{ severity: 'warning' },
		]);
		expect(site.apiCalls.at(-1)!.query.severity).toBe('warning,info');
		const { message } = await refusalOf(site, chosen('fatal'));
		expect(message).toBe('"fatal" is not a choice for \'Severity\'');
	});

	it('Get Health Report says that it takes a seat', async () => {
		const site = await openGuides();
		const credential = { longTermToken: site.readerJwt };
		const { description } = await refusalOf(site, {
			...run('getHealthReport', 'Guides'),
			credential,
		});
		expect(description).toContain('needs a seat');
	});
});
