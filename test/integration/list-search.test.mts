import { describe, expect, it } from 'vitest';

import { CxoneExpertPollingTrigger } from '../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts';
import { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import type { Simulator } from '../support/simulator/index.mts';
import { named, searchList } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

it('the list of pages shows the home page and the pages below it', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides', { title: 'All guides' });
	site.site.createPage('Guides/Deeper');
	const { results } = await searchList(site, 'searchPages');
	expect(results).toEqual([
		{ name: 'Home Page', value: 'home', url: site.url },
		{ name: 'All guides (Guides)', value: String(pageId), url: `${site.url}/Guides` },
	]);
});

describe.each([
	['CXone Expert Trigger', CxoneExpertTrigger],
	['CXone Expert Polling Trigger', CxoneExpertPollingTrigger],
])('the lists in the filters of the %s', (displayName, Trigger) => {
	it(`the list of pages of the ${displayName} gives their paths, whether it is searched or not`, async () => {
		const site = await openSite();
		site.site.createPage('Guides/Set_up', { title: 'Set up' });
		const nodeType = new Trigger();
		const valuesOf = async (filter = '') => {
			const { results } = await searchList(site, 'searchPagePaths', { nodeType, filter });
			return results.map(({ value }) => value);
		};
		expect(await valuesOf()).toEqual(['home', 'Guides']);
		expect(await valuesOf('set up')).toEqual(['Guides/Set_up']);
		expect(await valuesOf('home')).toEqual(['home']);
	});

	it(`the list of users of the ${displayName} gives their IDs, and says why it cannot`, async () => {
		const site = await openSite();
		const nodeType = new Trigger();
		const { results } = await searchList(site, 'searchUsers', { nodeType, filter: 'Edda' });
		expect(results).toEqual([{ name: 'Edda Editor (editor)', value: String(site.site.user('editor').id) }]);
		site.faults.add({ match: { path: /\/users$/ }, effect: { status: 403 } });
		await expect(searchList(site, 'searchUsers', { nodeType })).rejects.toThrow(
			'Expert did not allow this (403) while n8n tried to list the users of the site',
		);
	});
});

/** What the list shows when it is scrolled to its end. */
async function allValues(site: Simulator): Promise<unknown[]> {
	const values: unknown[] = [];
	let token: unknown;
	do {
		const more = token === undefined ? {} : { token: `${token}` };
		const step = await searchList(site, 'searchPages', more);
		values.push(...step.results.map(({ value }) => value));
		token = step.paginationToken;
	} while (token !== undefined);
	return values;
}

it.each([
	['as many as requested', {}, 121],
	['20 at a time', { maxPageSize: 20 }, 121],
	['the same pages again and again', { ignoresOffset: true }, 51],
])('the list of pages shows each page of a site that returns %s once', async (_name, settings, count) => {
	const site = await openSite(settings);
	for (let number = 1; number <= 120; number++) site.site.createPage(`Page_${number}`);
	const values = await allValues(site);
	expect(values).toHaveLength(count);
	expect(new Set(values).size).toBe(count);
});

it('the list of pages finds pages by words, without being counted as a reader', async () => {
	const site = await openSite();
	const { pageId } = site.site.createPage('Guides/Set_up', { title: 'Set up & go' });
	site.site.createPage('Guides/Other');
	const { results } = await searchList(site, 'searchPages', { filter: ' set & ' });
	expect(results).toEqual([
		{
			name: 'Set up & go (Guides/Set_up)',
			value: String(pageId),
			url: `${site.url}/Guides/Set_up`,
		},
	]);
	expect(site.apiCalls.at(-1)?.query).toEqual({
		...{ q: 'set &', limit: '50', offset: '0' },
		...{ notrack: 'true', recommendations: 'false', constraint: 'type:wiki' },
	});
	expect(site.site.trackedSearches).toBe(0);
});

it('the list of pages makes no search that counts before the third letter, or one Chinese character', async () => {
	const site = await openSite();
	site.site.createPage('Guides');
	site.site.createPage('Guides/Guest_rooms');
	site.site.createPage('Guides/电');
	site.site.createPage('Other');
	const names = async (filter: string) =>
		(await searchList(site, 'searchPages', { filter })).results.map(({ name }) => name);
	const searches = () => site.apiCalls.filter(({ path }) => path.endsWith('/site/query')).length;
	expect(await names('gu')).toEqual(['Guides']);
	expect(await names(' h ')).toEqual(['Home Page', 'Other']);
	expect(searches()).toBe(0);
	expect(await names('gue')).toEqual(['Guest rooms (Guides/Guest_rooms)']);
	expect(await names('电')).toEqual(['电 (Guides/电)']);
	expect(searches()).toBe(2);
});

const on = (mode: string, value: string) => ({
	parameters: {
		...{ resource: 'file', operation: 'get', file: named('list', '') },
		page: named(mode, value),
	},
});

it('the list of files shows all files of the chosen page, by name when filtered', async () => {
	const site = await openSite();
	site.site.createPage('Guides/Setup');
	for (let number = 1; number <= 120; number++) {
		site.site.attachFile('Guides/Setup', `Plan ${number}.png`);
	}
	const { results } = await searchList(site, 'searchFiles', on('path', 'Guides/Setup'));
	expect(results).toHaveLength(120);
	const filter = ' PLAN 12.';
	const found = await searchList(site, 'searchFiles', { ...on('path', 'Guides/Setup'), filter });
	expect(found.results).toEqual([
		{
			name: 'Plan 12.png',
			value: expect.stringMatching(/^\d+$/),
			url: expect.stringMatching(/^http.*\/@api\/deki\/files\/\d+\/Plan%2012\.png$/),
		},
	]);
});

it.each([
	['nothing is chosen', on('list', ''), 'No page is chosen yet'],
	['an expression names it', on('id', '={{ $json.page.id }}'), 'No page is chosen yet'],
	['it is no ID', on('id', 'Guides'), '"Guides" is not the ID of a page'],
	['there is none', on('id', '999'), 'There is no page 999'],
])('the list of files says of its page that %s', async (_what, search, message) => {
	const site = await openSite();
	await expect(searchList(site, 'searchFiles', search)).rejects.toThrow(message);
});

/** The vendor does not promise the elements of its examples: a list offers what can be chosen. */
const sparse = [
	{
		method: 'searchUsers',
		path: /\/users$/,
		raw: '<users><user/><user id="1"/><user id="2"><nick>jo</nick></user><user id="3"><username>ann</username><fullname>Ann B</fullname></user><user id="4"><fullname>Cy D</fullname></user></users>',
		results: [
			{ name: '1', value: '1' },
			{ name: 'jo', value: '2' },
			{ name: 'Ann B (ann)', value: '3' },
			{ name: 'Cy D', value: '4' },
		],
	},
	{
		method: 'searchPages',
		path: /\/site\/query$/,
		raw: '<search><result/><result><id>1</id></result><result id="2"><page><path>A/B</path></page></result><result id="3"><title>C</title><uri>https://site.example/C</uri></result><result id="4"><type>file</type></result></search>',
		results: [
			{ name: '1', value: '1' },
			{ name: 'A/B', value: '2' },
			{ name: 'C', value: '3', url: 'https://site.example/C' },
		],
	},
] as const;

it.each(sparse)('$method offers every entry with an ID, under its best name', async (list) => {
	const site = await openSite();
	const contentType = 'application/xml';
	site.faults.add({
		match: { path: list.path },
		effect: { status: 200, body: { raw: list.raw, contentType } },
	});
	const { results } = await searchList(site, list.method, { filter: 'xyz' });
	expect(results).toEqual(list.results);
});
