import { expect, it } from 'vitest';
import { operationIn } from '../../nodes/CxoneExpert/actions/core/resource.ts';
import { simplify } from '../../nodes/CxoneExpert/actions/core/results.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import type { Simulator } from '../support/simulator/index.mts';
import { byPath, EARLIER, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
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
	const text = (number: number) => `<h2>${'H'.repeat(25_000)}</h2><p>${`text ${number} `.repeat(4000)}</p>`;
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
	'page.compareWithIndex',
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
const CUT = 'The text is cut here, after';

async function openLong() {
	const site = await openSite();
	site.site.createPage('A', { html: TEXT, at: EARLIER });
	site.site.createDraft('D', { html: TEXT, at: EARLIER });
	return site;
}

const nodeRun = (resource: string, operation: string, fields: object) => ({
	parameters: { resource, operation, ...fields } as never,
});
const read = (resource: string, path: string, options: object = {}, format = 'html') =>
	nodeRun(resource, 'getContents', { page: byPath(path), format, options });

it.each([
	['page', 'A', 'html', 'contents'],
	['draft', 'D', 'markdown', 'markdown'],
])(
	'Get Contents of a %s (%s) as %s is cut for a model alone, unless it has no limit',
	async (resource, path, format, key) => {
		const site = await openLong();
		const given = async (asTool: boolean, options = {}) => {
			const [item] = await outputOf(site, { ...read(resource, path, options, format), asTool });
			return item![key];
		};
		expect(await given(true)).toBe(
			`${TEXT.slice(1)}\n\n[${CUT} 20000 of its 20001 characters. Do not save it: the rest would be lost.]`,
		);
		expect(await given(false)).toBe(TEXT);
		expect(await given(true, { limitOfCharacters: 0 })).toBe(TEXT);
	},
);

it('Draft: Create or Update as a tool refuses a cut text without its mark, as it has no edit time', async () => {
	const site = await openLong();
	const [cut] = await outputOf(site, { ...read('draft', 'D', { mode: 'edit' }), asTool: true });
	expect(cut).not.toHaveProperty('editedAt');
	const contents = `<p>${String(cut!.contents).replace(/\n\n\[The text is cut here.*/s, '')}</p>`;
	const saved = async (editTime: string) => {
		const fields = { page: byPath('D'), contents, options: { editTime } };
		const [item] = await outputOf(site, {
			...nodeRun('draft', 'createOrUpdate', fields),
			asTool: true,
		});
		return item!.error;
	};
	// The second is how the template of the MCP server fills in what a model leaves out.
	expect(await saved('')).toMatch(/^'Edit Time' is empty\. .*A text that was cut/);
	expect(await saved('2000-01-01')).toMatch(
		/^The draft exists, and its editedAt was not given or is old.* A text that was cut comes without one/,
	);
	expect(site.site.page('D').draft!.html).toBe(TEXT);
});

it.each([
	[3, /^ab\n\n\[.* after 2 of its 6 /],
	[4, /^ab😀\n\n\[.* after 4 of its 6 /u],
	[6, /^ab😀cd$/u],
	['x', /^ab😀cd$/u],
	[-1, /^ab😀cd$/u],
])('Get Contents with a limit of %o cuts no character in half', async (limit, expected) => {
	const site = await openSite();
	site.site.createPage('A', { html: 'ab😀cd', at: EARLIER });
	const [item] = await outputOf(site, read('page', 'A', { limitOfCharacters: limit }));
	expect(item!.contents).toMatch(expected);
});

it.each([
	['passages of Get Many', 'text', nodeRun('passage', 'getMany', { question: 'Reset' })],
	['pages of Get Tree', 'markdown', nodeRun('page', 'getTree', { page: byPath('Top') })],
])('the %s share the limit, the first first', async (_what, key, { parameters }) => {
	const site = await openSite();
	for (const path of ['Top/A', 'Top/B', 'Top/C']) site.site.createPage(path, { html: '<p>Reset it.</p>', at: EARLIER });
	const options = { limitOfCharacters: 12, includeContents: true };
	const items = await outputOf(site, { parameters: { ...(parameters as object), options } });
	expect(items.map((item) => item[key])).toEqual([
		'Reset it.',
		expect.stringContaining(`Res\n\n[${CUT} 3 of its 9 `),
		expect.stringContaining(`\n\n[${CUT} 0 of its 9 `),
	]);
});

it.each([
	[9, { added: ['one', 'two'], removed: ['x'], html: cutAfter(1) }],
	[5, { added: ['one', 't', cutAfter(5)], removed: [cutAfter(0)], html: cutAfter(0) }],
])('Compare Revisions with a limit of %i gives the changes first', async (limit, expected) => {
	const site = await openSite();
	site.site.createPage('A', { html: 'x', at: EARLIER });
	site.site.editPage('A', { html: 'y' });
	const html = '<ins>one</ins> <del>x</del> <ins>two</ins>';
	const body = { raw: `<content><![CDATA[${html}]]></content>`, contentType: 'application/xml' };
	site.faults.add({ match: { path: /diff$/ }, effect: { status: 200, body } });
	const fields = { page: byPath('A'), options: { limitOfCharacters: limit } };
	const [item] = await outputOf(site, nodeRun('page', 'compareRevisions', fields));
	expect(item).toMatchObject({ ...expected, isSame: false });
});

function cutAfter(characters: number): unknown {
	return expect.stringContaining(`[${CUT} ${characters} of its `);
}

it.each([
	['Set Property', 'page', 'setProperty', 'value'],
	['Create or Update of a page', 'page', 'createOrUpdate', 'contents'],
	['Create or Update of a draft', 'draft', 'createOrUpdate', 'contents'],
])('%s refuses a text that was cut', async (_what, resource, operation, key) => {
	const site = await openLong();
	const [item] = await outputOf(site, read('page', 'A', { limitOfCharacters: 10 }));
	for (const format of ['html', 'text']) {
		const fields = { page: byPath('A'), [key]: item!.contents, format, propertyName: 'long' };
		const { message } = await refusalOf(site, nodeRun(resource, operation, fields));
		expect(message).toMatch(/^'(Value|Contents)' is a text that was cut, so nothing was saved$/);
	}
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

it.each(['page', 'draft'])('a %s that quotes the mark of a cut text can be read and saved again', async (resource) => {
	const site = await openSite();
	const html = '<p>"[The text is cut here, after 3 of its 9 characters. Do not" is said.</p>';
	const { page } = site.site.createPage('A', { html, at: EARLIER });
	if (resource === 'draft') site.site.activateDraft('A');
	const [item] = await outputOf(site, { ...read(resource, 'A', { mode: 'edit' }), asTool: true });
	const { contents, editedAt } = item!;
	expect(contents).toBe(html);
	const saving = (text: unknown, more: object) =>
		nodeRun(resource, 'createOrUpdate', { page: byPath('A'), contents: text, options: more });
	const ended = `${html}<p>b\n\n[The text is cut here, after 3 of its 9 characters.]</p>`;
	for (const refused of [saving(html, {}), saving(ended, { editTime: editedAt })]) {
		const { message } = await refusalOf(site, refused);
		expect(message).toBe("'Contents' is a text that was cut, so nothing was saved");
	}
	const more = `${html}<p>More.</p>`;
	await outputOf(site, { ...saving(more, { editTime: editedAt }), asTool: true });
	expect((page.draft ?? page).html).toBe(more);
});
