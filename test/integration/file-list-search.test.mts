import { expect, it } from 'vitest';
import { searchList } from '../support/integration/list-search.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const file = { __rl: true, mode: 'list', value: '' };
const on = (mode: string, value: string) => ({
	parameters: {
		...{ resource: 'file', operation: 'get', file },
		page: { __rl: true, mode, value },
	},
});

it('the list of files shows all files of the chosen page, by name when filtered', async () => {
	const site = await openSite();
	site.site.createPage('Guides/Setup');
	for (let number = 1; number <= 120; number++) {
		site.site.attachFile('Guides/Setup', `Plan ${number}.png`);
	}
	site.site.createPage('Other');
	site.site.attachFile('Other', 'Plan of another page.png');
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
	['nothing is chosen', on('list', '')],
	['an expression names the page', on('id', '={{ $json.page.id }}')],
])('the list of files asks for a page when %s', async (_when, search) => {
	const site = await openSite();
	await expect(searchList(site, 'searchFiles', search)).rejects.toThrow('No page is chosen yet');
	expect(site.apiCalls).toEqual([]);
});

it.each([
	[on('id', '999'), 'There is no page 999'],
	[on('id', 'Guides'), '"Guides" is not the ID of a page'],
])('the list of files says what is wrong with the page (%#)', async (search, message) => {
	const site = await openSite();
	await expect(searchList(site, 'searchFiles', search)).rejects.toThrow(message);
});
