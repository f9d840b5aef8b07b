import { expect, it } from 'vitest';
import { byPath, outputOf } from '../support/integration/action-node.mts';
import { log } from '../support/integration/log.mts';
import { Watch } from '../support/integration/watch.mts';
import { openScene, type Scene, useScenes } from '../support/integration/scene.mts';

useScenes();

const filtering = (...paths: string[]) => ({
	parameters: { filters: { pathPrefixes: { rows: paths.map((path) => ({ page: byPath(path) })) } } },
});

/** A site with the page Guides/Setup, and a trigger with these rows in "Page Paths". */
async function openWith(...rows: string[]): Promise<Scene> {
	const scene = await openScene({
		...filtering(...rows),
		site: { createFiresContentUpdate: false },
	});
	scene.site.site.createPage('Guides/Setup', { title: 'Setup' });
	return scene;
}

const pageCalls = ({ site }: Scene) =>
	site.apiCalls.map(({ path }) => path).filter((path) => path.includes('/pages/='));

/** What Check Health says of the webhooks of this n8n. */
async function findings({ site, host }: Scene): Promise<unknown> {
	const options = { webhookUrl: host.url };
	const check = { resource: 'webhook', operation: 'checkHealth', options };
	const [item] = await outputOf(site, { parameters: check });
	return item?.findings;
}

it.each(['Guides/*', '/Guides/**', 'guides/', ' Guides / * ', '*'])(
	'Page Paths takes %j as other tools do, and publish finds nothing to say',
	async (row) => {
		const scene = await openWith(row);
		await scene.host.production.publish();
		expect(log.of('warn')).toEqual([]);
		scene.site.site.createPage('Guides/New');
		await scene.site.idle();
		expect(scene.host.executions).toHaveLength(1);
	},
);

it.each(['Home/Guides', '*/Guides', 'Guides/Setpu', 'https://help.example.com/Guides/Setpu?x=1'])(
	'publish says that the site has no page at %j, and goes on',
	async (row) => {
		const scene = await openWith('Guides', row);
		await scene.host.production.publish();
		expect(scene.site.webhooks()).toMatchObject([{ active: true }]);
		expect(log.of('warn')).toEqual([
			expect.stringMatching(
				/^The CXone Expert site has no page at ".*", which 'Page Paths' of "CXone Expert Trigger" names/,
			),
		]);
		expect(log.of('warn')[0]).toContain(`"${row}"`);
		expect(pageCalls(scene)).toHaveLength(2);
	},
);

it('a test is refused where no row of Page Paths has a page, before anything is registered', async () => {
	const scene = await openWith('Home/Guides', '*/Guides');
	await expect(scene.host.test.publish()).rejects.toThrow(
		/^No page is at "Home\/Guides", which 'Page Paths' names, so no event comes through/,
	);
	expect(scene.site.webhooks()).toEqual([]);
});

it.each([
	[['Home/Guides'], 1],
	[['Guides', 'Home/Guides'], 0],
	[['/', 'Home/Guides'], 0],
	[['Guides'], 0],
])('a workflow with the Page Paths %j makes %i failed executions once it is published', async (rows, failed) => {
	const scene = await openWith(...rows);
	const watch = await Watch.start(scene.host);
	await scene.host.production.publish();
	for (let check = 0; check < 3; check++) await watch.anotherTick();
	expect(watch.failures).toHaveLength(failed);
	if (failed > 0) expect(watch.failures[0]!.message).toMatch(/which 'Page Paths' names, so no event/);
});

it('publish says where the page is that Page Paths names by its old path', async () => {
	const scene = await openWith('Guides/Setup');
	scene.site.site.movePage('Guides/Setup', 'Manuals/Setup');
	await scene.host.production.publish();
	expect(log.of('warn')).toEqual([
		expect.stringMatching(/^The page at "Guides\/Setup", .* is at "Manuals\/Setup" now\./),
	]);
});

it('publish says nothing of a path when the site does not say what is there', async () => {
	const scene = await openWith('Guides/Setup');
	scene.site.faults.add({ match: { path: '/pages/' }, effect: { status: 500 } });
	await scene.host.production.publish();
	expect(log.of('warn')).toEqual([]);
	expect(scene.site.webhooks()).toHaveLength(1);
});

it('Check Health names a path that lets nothing through, also when others do, until it is corrected', async () => {
	const scene = await openWith('Guides/Setpu', 'Guides');
	await scene.host.production.publish();
	expect(await findings(scene)).toEqual([
		expect.stringMatching(/^'Page Paths' of the trigger names "Guides\/Setpu", where the site had/),
	]);
	scene.site.site.createPage('Guides/New');
	await scene.site.idle();
	expect(scene.host.executions).toHaveLength(1);
	expect(await findings(scene)).toHaveLength(1);
	scene.host.row.node.parameters.filters = { pathPrefixes: ['Guides'] };
	await scene.host.production.publish();
	expect(await findings(scene)).toEqual([]);
});

it('Check Health names three of many paths that let nothing through, each in one short line', async () => {
	const scene = await openWith('No\nsuch', 'x'.repeat(300), 'C', 'D', 'E');
	await scene.host.production.publish();
	const named = `"No?such", "${'x'.repeat(100)}", "C", and others, where`;
	expect(await findings(scene)).toEqual([expect.stringContaining(named)]);
});

it('Check Health says that the filters have let none of several deliveries through', async () => {
	const scene = await openWith('Guides');
	await scene.host.production.publish();
	const create = async (...paths: string[]) => {
		for (const path of paths) scene.site.site.createPage(path);
		await scene.site.idle();
	};
	await create('A', 'B', 'C', 'D');
	expect(await findings(scene)).toEqual([]);
	await create('E');
	expect(await findings(scene)).toEqual([
		expect.stringMatching(/^The filters of the trigger have let none of 5 deliveries through since/),
	]);
	await create('Guides/New');
	expect(await findings(scene)).toEqual([]);
});
