import { describe, expect, it } from 'vitest';
import { ask, each, read, site } from '../unit/simulator-site.mts';

async function withPages() {
	const simulator = await site();
	const { site: pages } = simulator;
	const add = (path: string, title: string, html: string, month: number, tags: string[]) =>
		pages.createPage(path, { title, html, tags, at: new Date(Date.UTC(2024, month)) });
	add('A', 'Charging', '<p>The battery and the charger.</p>', 2, ['article:topic', 'power']);
	add('A/B', 'Battery', '<p>All about the <b>battery</b> &amp; more.</p>', 1, ['power', 'my tag']);
	add('AB', 'Zebra', '<p>No battery inside.</p>', 3, []);
	const titles = async (query: string) =>
		each(
			await read(simulator, `/site/query?q=battery&notrack=true&recommendations=false${query}`),
			/<\/rank><title>(.*?)</g,
		);
	return { simulator, titles };
}

describe('search', () => {
	it('search responds as the sample does, best result first', async () => {
		const { simulator } = await withPages();
		const text = await read(
			simulator,
			'/site/query?q=battery%20about&notrack=true&recommendations=false',
		);
		const { url } = simulator;
		const { guid } = simulator.site.page('A/B');
		expect(text).toBe(
			`<search ranking="adaptive" queryid="1" sessionid="123456" querycount="1" count.recommendations="0" count="1"><result><id>3</id><uri>${url}/A/B</uri><rank>0.75</rank><title>Battery</title><page guid="${guid}"><rating/><title>Battery</title><path>A/B</path><uri.ui>${url}/A/B</uri.ui></page><author>admin</author><preview>All about the battery &amp; more.</preview><date.modified>2024-02-01T00:00:00Z</date.modified><content>All about the battery &amp; more.</content><type>page</type><mime>application/vnd.deki1410+xml</mime><tag>power</tag><tag>my tag</tag></result></search>`,
		);
	});

	it('search returns results in parts and in the requested order', async () => {
		const { simulator, titles } = await withPages();
		expect(await titles('')).toEqual(['Battery', 'Charging', 'Zebra']);
		expect(await titles('&sortby=rank')).toEqual(['Charging', 'Zebra', 'Battery']);
		expect(await titles('&sortby=-title')).toEqual(['Zebra', 'Charging', 'Battery']);
		expect(await titles('&sortby=modified')).toEqual(['Battery', 'Charging', 'Zebra']);
		expect(await titles('&sortby=-modified')).toEqual(['Zebra', 'Charging', 'Battery']);
		expect(await titles('&sortby=title&limit=1&offset=1')).toEqual(['Charging']);
		expect(await read(simulator, '/site/query?q=battery&limit=1&recommendations=false')).toMatch(
			/querycount="3" count.recommendations="0" count="1"/,
		);
		expect((await ask(simulator, 'GET', '/site/query?q=a&sortby=colour')).status).toBe(400);
		expect(
			(await ask(simulator, 'GET', '/site/query?notrack=true&recommendations=false')).status,
		).toBe(400);
	});

	it('search filters by tags, types, ancestors and simple constraints', async () => {
		const { titles } = await withPages();
		expect(await titles('&tags=power,my%20tag')).toEqual(['Battery']);
		expect(await titles('&pathancestors=A')).toEqual(['Battery', 'Charging']);
		expect(await titles('&pathancestors=AB,A/B')).toEqual(['Battery', 'Zebra']);
		expect(await titles('&types=page')).toHaveLength(3);
		expect(await titles('&types=image')).toEqual([]);
		expect(await titles('&constraint=%2Btag:%22my%20tag%22')).toEqual(['Battery']);
		expect(await titles('&constraint=tag:power%20title:charg')).toEqual(['Charging']);
	});

	it('searches without notrack=true are counted', async () => {
		const { simulator } = await withPages();
		await read(simulator, '/site/query?q=battery&notrack=true&recommendations=false');
		expect(simulator.site.trackedSearches).toBe(0);
		await read(simulator, '/site/query?q=battery');
		await read(simulator, '/site/query?q=battery&notrack=false');
		expect(simulator.site.trackedSearches).toBe(2);
	});
});

it('search adds recommendations and splits paths at commas unless the query says otherwise', async () => {
	const simulator = await site({ recommendedPages: ['Advert'] });
	for (const path of ['Advert', 'A,B/word', 'A/word', 'B/word']) simulator.site.createPage(path);
	const paths = async (query: string) =>
		each(await read(simulator, `/site/query?q=word${query}`), /<path>(.*?)</g).sort();
	expect(await paths('')).toEqual(['A,B/word', 'A/word', 'Advert', 'B/word']);
	const plain = '&recommendations=false&pathancestors=';
	expect(await paths(`${plain}A,B`)).toEqual(['A/word', 'B/word']);
	expect(await paths(`${plain}A%252CB`)).toEqual(['A,B/word']);
});
