import { describe, expect, it } from 'vitest';
import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { simplify } from '../../nodes/CxoneExpert/actions/core/results.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import type { Simulator } from '../support/simulator/index.mts';
import {
	byPath,
	EARLIER,
	outcomeOf,
	outputOf,
	refusalOf,
} from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import {
	type ActionScenario,
	actionScenarios,
	openWorld,
	runOf,
	titleOf,
} from '../support/tables/action-scenarios.mts';

/* Texts are cut at Limit of Characters, and say so. */

useScenes();

/** Every text of the site, of drafts, earlier versions and properties, too. */
function lengthen({ site }: Simulator): void {
	const text = (number: number) =>
		`<h2>${'H'.repeat(25_000)}</h2><p>${`text ${number} `.repeat(4000)}</p>`;
	for (const page of site.pages.byId.values()) {
		page.html += text(0);
		for (const revision of page.revisions) revision.html += text(revision.number);
		for (const property of page.properties.values()) property.value += text(0);
		if (page.draft) page.draft.html += text(0);
	}
}

const SAYS_CUT = /\[The text is cut here, after \d+ of its \d+ characters\./;

/** What is no name, path or address. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return value.length > 500 || SAYS_CUT.test(value) ? [value] : [];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const hasSimplify = ({ resource, operation }: ActionScenario) =>
	operationIn(resources, resource, operation)!.fields.includes(simplify.property);

const rows = actionScenarios.flatMap((scenario) => [
	{ title: titleOf(scenario), run: runOf(scenario, { asTool: true }) },
	...(hasSimplify(scenario)
		? [{ title: `${titleOf(scenario)} raw`, run: runOf(scenario, { asTool: true, raw: true }) }]
		: []),
]);

/** The ways to read a long text; every other one gives names, or has nothing long to give. */
const LONG = [
	...['archivedPage.get', 'archivedPage.get raw', 'draft.getContents', 'page.compareRevisions'],
	...['page.compareRevisions (of a draft)', 'page.getContents', 'page.getContents (as Markdown)'],
	...['page.getMany raw', 'page.getProperty', 'page.getTree', 'passage.getMany'],
	'passage.getMany raw',
];

it.each(rows)('$title gives a model 20,000 characters of text at most', async ({ title, run }) => {
	const site = await openWorld();
	lengthen(site);
	const { items } = await outcomeOf(site, run);
	const texts = items!.flatMap(({ json }) => textsIn(json));
	// With some room for the words that say so.
	expect(texts.join('').length).toBeLessThan(21_000);
	expect(texts.some((text) => SAYS_CUT.test(text))).toBe(LONG.includes(title));
});

const TEXT = 'x'.repeat(20_001);

async function openLong() {
	const site = await openSite();
	site.site.createPage('A', { html: TEXT, at: EARLIER });
	site.site.createDraft('D', { html: TEXT, at: EARLIER });
	return site;
}

const read = (resource: string, path: string, options: object = {}, format = 'html') => ({
	parameters: { resource, operation: 'getContents', page: byPath(path), format, options } as never,
});

describe.each([
	['page', 'A', 'html', 'contents'],
	['page', 'A', 'markdown', 'markdown'],
	['draft', 'D', 'html', 'contents'],
	['draft', 'D', 'markdown', 'markdown'],
])('Get Contents of a %s (%s) as %s', (resource, path, format, key) => {
	it('is cut for a model after 20,000 characters, and says so', async () => {
		const site = await openLong();
		const [item] = await outputOf(site, { ...read(resource, path, {}, format), asTool: true });
		expect(item![key]).toBe(
			`${TEXT.slice(1)}\n\n[The text is cut here, after 20000 of its 20001 characters. Do not save it: the rest would be lost.]`,
		);
	});

	it('is whole for everybody else, and for a model without a limit', async () => {
		const site = await openLong();
		const [item] = await outputOf(site, read(resource, path, {}, format));
		expect(item![key]).toBe(TEXT);
		const unlimited = read(resource, path, { limitOfCharacters: 0 }, format);
		const [whole] = await outputOf(site, { ...unlimited, asTool: true });
		expect(whole![key]).toBe(TEXT);
	});
});

it.each([
	['html', 0, true],
	['html', 20_001, true],
	['html', 20_000, false],
	['markdown', 0, false],
	['text', 0, false],
])(
	'Get Contents as %s with a limit of %i says when it was edited: %s',
	async (format, limit, isSaid) => {
		const site = await openLong();
		for (const [resource, path] of [
			['page', 'A'],
			['draft', 'D'],
		] as const) {
			const options = { limitOfCharacters: limit, mode: 'edit' };
			const [item] = await outputOf(site, read(resource, path, options, format));
			expect('editedAt' in item!).toBe(isSaid);
		}
	},
);

it('Draft: Create or Update as a tool refuses a cut text without its mark, as it has no edit time', async () => {
	const site = await openLong();
	const cut = { ...read('draft', 'D', { mode: 'edit' }), asTool: true };
	const [{ contents, editedAt } = {}] = await outputOf(site, cut);
	const html = `<p>${String(contents).replace(/\n\n\[The text is cut here.*/s, '')}</p>`;
	const saved = async (editTime: unknown) => {
		const fields = { page: byPath('D'), contents: html, options: { editTime } };
		const parameters = { resource: 'draft', operation: 'createOrUpdate', ...fields } as never;
		const [item] = await outputOf(site, { parameters, asTool: true });
		return item!.error;
	};
	// The second is how the template of the MCP server fills in what a model leaves out.
	expect(await saved(editedAt ?? '')).toMatch(/^'Edit Time' is empty\. .*A text that was cut/);
	expect(await saved(editedAt || '2000-01-01T00:00:00Z')).toMatch(
		/^The draft was changed after the given edit time.* A text that was cut comes without one/,
	);
	expect(site.site.page('D').draft!.html).toBe(TEXT);
});

it.each([
	[3, /^ab\n\n\[.* after 2 of its 6 /],
	[4, /^ab😀\n\n\[.* after 4 of its 6 /u],
	[6, /^ab😀cd$/u],
	['', /^ab😀cd$/u],
	['x', /^ab😀cd$/u],
	[-1, /^ab😀cd$/u],
])('Get Contents with a limit of %o cuts no character in half', async (limit, expected) => {
	const site = await openSite();
	site.site.createPage('A', { html: 'ab😀cd', at: EARLIER });
	const [item] = await outputOf(site, read('page', 'A', { limitOfCharacters: limit }));
	expect(item!.contents).toMatch(expected);
});

it('the passages of Get Many share the limit, the best first', async () => {
	const site = await openSite();
	for (const path of ['A', 'B', 'C'])
		site.site.createPage(path, { html: '<p>Reset it.</p>', at: EARLIER });
	const options = { limitOfCharacters: 12 };
	const ask = { resource: 'passage', operation: 'getMany', question: 'Reset', options };
	const items = await outputOf(site, { parameters: ask as never });
	expect(items.map(({ text }) => text)).toEqual([
		'Reset it.',
		expect.stringMatching(/^Res\n\n\[The text is cut here, after 3 of its 9 /),
		expect.stringMatching(/^\n\n\[The text is cut here, after 0 of its 9 /),
	]);
});

it('the pages of Get Tree share the limit', async () => {
	const site = await openSite();
	for (const path of ['A/1', 'A/2'])
		site.site.createPage(path, { html: TEXT.slice(5000), at: EARLIER });
	const options = { includeContents: true };
	const page = byPath('A');
	const parameters = { resource: 'page', operation: 'getTree', page, options } as never;
	const texts = (await outputOf(site, { parameters, asTool: true })).map((item) => item.markdown);
	expect(texts).toEqual([
		TEXT.slice(5000),
		expect.stringContaining('cut here, after 4999 of its 15001 characters'),
	]);
});

it.each([
	[9, { added: ['one', 'two'], removed: ['x'], html: cutAfter(1) }],
	[8, { added: ['one', 'two'], removed: ['x'], html: cutAfter(0) }],
	[5, { added: ['one', 't', cutAfter(5)], removed: [cutAfter(0)], html: cutAfter(0) }],
])('Compare Revisions with a limit of %i gives the changes first', async (limit, expected) => {
	const site = await openSite();
	site.site.createPage('A', { html: 'x', at: EARLIER });
	site.site.editPage('A', { html: 'y' });
	const html = '<ins>one</ins> <del>x</del> <ins>two</ins>';
	const body = { raw: `<content><![CDATA[${html}]]></content>`, contentType: 'application/xml' };
	site.faults.add({ match: { path: /diff$/ }, effect: { status: 200, body } });
	const options = { limitOfCharacters: limit };
	const compare = { resource: 'page', operation: 'compareRevisions', page: byPath('A'), options };
	const [item] = await outputOf(site, { parameters: compare as never });
	expect(item).toMatchObject({ ...expected, isSame: false });
});

function cutAfter(characters: number): unknown {
	return expect.stringContaining(`[The text is cut here, after ${characters} of its `);
}

it('Set Property refuses a text that was cut', async () => {
	const site = await openSite();
	site.site.createPage('A');
	site.site.setProperty('A', 'long', TEXT);
	const property = { resource: 'page', page: byPath('A'), propertyName: 'long' };
	const options = { limitOfCharacters: 10 };
	const get = { ...property, operation: 'getProperty', options };
	const [{ value } = {}] = await outputOf(site, { parameters: get as never });
	expect(value).toMatch(/^x{10}\n\n\[The text is cut here, after 10 of its 20001 /);
	const set = { ...property, operation: 'setProperty', value };
	const { message } = await refusalOf(site, { parameters: set as never });
	expect(message).toBe("'Value' is a text that was cut, so nothing was saved");
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

it.each(['page', 'draft'])(
	'Create or Update of a %s refuses a text that was cut',
	async (resource) => {
		const site = await openLong();
		const [item] = await outputOf(site, read('page', 'A', { limitOfCharacters: 10, mode: 'edit' }));
		const calls = site.apiCalls.length;
		for (const format of ['html', 'text']) {
			const { contents } = item!;
			const parameters = {
				resource,
				operation: 'createOrUpdate',
				page: byPath('A'),
				contents,
				format,
			};
			const refusal = await refusalOf(site, { parameters: parameters as never });
			expect(refusal.message).toBe("'Contents' is a text that was cut, so nothing was saved");
			expect(refusal.description).toContain("'Replace Text'");
		}
		expect(site.apiCalls.slice(calls).filter(({ method }) => method !== 'GET')).toEqual([]);
	},
);

it.each(['page', 'draft'])(
	'a %s that quotes the mark of a cut text can be read and saved again',
	async (resource) => {
		const site = await openSite();
		const html = '<p>"[The text is cut here, after 3 of its 9 characters. Do not" is said.</p>';
		const { page } = site.site.createPage('A', { html, at: EARLIER });
		if (resource === 'draft') site.site.activateDraft('A');
		const [item] = await outputOf(site, { ...read(resource, 'A', { mode: 'edit' }), asTool: true });
		const { contents, editedAt } = item!;
		expect(contents).toBe(html);
		const saving = (text: unknown, options: object) => ({
			...{ resource, operation: 'createOrUpdate', page: byPath('A'), contents: text, options },
		});
		const refused = [
			saving(html, {}),
			saving(`${html}<p>b\n\n[The text is cut here, after 3 of its 9 characters.]</p>`, {
				editTime: editedAt,
			}),
		];
		for (const parameters of refused) {
			const { message } = await refusalOf(site, { parameters: parameters as never });
			expect(message).toBe("'Contents' is a text that was cut, so nothing was saved");
		}
		const parameters = saving(`${html}<p>More.</p>`, { editTime: editedAt }) as never;
		await outputOf(site, { parameters, asTool: true });
		expect((page.draft ?? page).html).toBe(`${html}<p>More.</p>`);
	},
);
