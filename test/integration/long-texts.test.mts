import { describe, expect, it } from 'vitest';
import { byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

/* Texts are cut at Limit of Characters, and say so. */

useScenes();

const TEXT = 'x'.repeat(20_001);

async function openLong() {
	const site = await openSite();
	site.site.createPage('A', { html: TEXT });
	site.site.createDraft('D', { html: TEXT });
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
	[3, /^ab\n\n\[.* after 2 of its 6 /],
	[4, /^ab😀\n\n\[.* after 4 of its 6 /u],
	[6, /^ab😀cd$/u],
	['', /^ab😀cd$/u],
	['x', /^ab😀cd$/u],
	[-1, /^ab😀cd$/u],
])('Get Contents with a limit of %o cuts no character in half', async (limit, expected) => {
	const site = await openSite();
	site.site.createPage('A', { html: 'ab😀cd' });
	const [item] = await outputOf(site, read('page', 'A', { limitOfCharacters: limit }));
	expect(item!.contents).toMatch(expected);
});

it('the passages of Get Many share the limit, the best first', async () => {
	const site = await openSite();
	for (const path of ['A', 'B', 'C']) site.site.createPage(path, { html: '<p>Reset it.</p>' });
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
	for (const path of ['A/1', 'A/2']) site.site.createPage(path, { html: TEXT.slice(5000) });
	const options = { includeContents: true };
	const page = byPath('A');
	const parameters = { resource: 'page', operation: 'getTree', page, options } as never;
	const texts = (await outputOf(site, { parameters, asTool: true })).map((item) => item.markdown);
	expect(texts).toEqual([
		TEXT.slice(5000),
		expect.stringContaining('cut here, after 4999 of its 15001 characters'),
	]);
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
