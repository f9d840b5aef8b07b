import { expect, it } from 'vitest';
import { searchList } from '../support/integration/list-search.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

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
		method: 'searchArchivedPages',
		path: /\/archive\/pages$/,
		raw: '<pages.archive><page.archive/><page.archive id="1"/><page.archive id="2"><path>A/B</path></page.archive><page.archive id="3"><title>C</title></page.archive></pages.archive>',
		results: [
			{ name: '1', value: '1' },
			{ name: 'A/B', value: '2' },
			{ name: 'C', value: '3' },
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
	const { results } = await searchList(site, list.method, { filter: 'x' });
	expect(results).toEqual(list.results);
});
