import { expect, it } from 'vitest';
import { byId, byPath, named, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { FaultEffect } from '../support/simulator/index.mts';

useScenes();

const QUESTION = 'How do I reset the phone?';

const ask = (more: object = {}, question: unknown = QUESTION) => ({
	parameters: { resource: 'passage', operation: 'getMany', question, ...more } as never,
});

/** A site that answers the question in three places. */
async function openAnswers() {
	const site = await openSite();
	const html = '<p>To  reset\n the phone,\thold both\u{E0049}\u{E004E} buttons.</p><p>Phone and charger.</p>';
	site.site.createPage('Guides/Reset', { title: 'Reset it', html, tags: ['a', 'b'] });
	site.site.createPage('Red, Green/Reset', { html: '<p>Reset.</p>', tags: ['b'] });
	const { pageId } = site.site.createPage('Other', { html: '<p>Weather</p>' });
	site.site.attachFile(pageId, 'a.txt', { content: Buffer.from('Reset of a file') });
	site.site.attachFile(pageId, 'b.pdf', { content: Buffer.from('Reset of another') });
	const query = () => site.apiCalls.at(-1)!.query;
	return { site, query };
}

it('Passage: Get Many gives passages with their pages, best first, without counting as a search', async () => {
	const { site, query } = await openAnswers();
	const items = await outputOf(site, ask());
	expect(items).toMatchObject([
		{ text: 'To reset the phone, hold both buttons.', page: { path: 'Guides/Reset' } },
		{ page: { path: 'Guides/Reset' } },
		{ page: { path: 'Red,_Green/Reset' } },
	]);
	expect(items[0]).toEqual({
		score: expect.any(Number),
		text: expect.any(String),
		page: {
			id: String(site.site.page('Guides/Reset').id),
			title: 'Reset it',
			path: 'Guides/Reset',
			url: `${site.url}/Guides/Reset`,
			language: 'en-US',
		},
	});
	expectSchema('passage', 'getMany', items);
	expect(query()).toEqual({ q: QUESTION, limit: '10', notrack: 'true' });
	expect(site.site.trackedSearches).toBe(0);
	await outputOf(site, ask({ options: { countAsSearch: true } }));
	expect(site.site.trackedSearches).toBe(1);
});

it('Passage: Get Many asks for whole tags and looks below one or several pages', async () => {
	const { site, query } = await openAnswers();
	const paths = async (more: object) =>
		(await outputOf(site, ask(more))).map(({ page }) => (page as { path: string }).path);
	const one = ['Guides/Reset', 'Guides/Reset'];
	expect(await paths({ options: { tags: 'a AND b' } })).toEqual(one);
	expect(await paths({ options: { tags: 'a, none' } })).toEqual(one);
	expect(query().tags).toBe('a,none');
	expect(await paths({ below: byId(site.site.page('Guides').id) })).toEqual(one);
	expect(query().pathancestors).toBe('Guides');
	const both = named('path', '={{ ["Guides", "Red, Green"] }}');
	expect(await paths({ below: both })).toEqual([...one, 'Red,_Green/Reset']);
	expect(query().pathancestors).toBe('Guides,Red%2C%20Green');
	expect(await paths({ below: named('path', '={{ ["Guides", ""] }}') })).toHaveLength(3);
	expect(query()).not.toHaveProperty('pathancestors');
});

it('Passage: Get Many says that there is no page to look below, and tells a model where nothing fits', async () => {
	const { site } = await openAnswers();
	const { message } = await refusalOf(site, ask({ below: byPath('Guidse') }));
	expect(message).toBe('There is no page "Guidse"');
	const nothing = ask({ below: byPath('Other') });
	expect(await outputOf(site, nothing)).toEqual([]);
	const told = await outputOf(site, { ...nothing, asTool: true });
	expect(told).toEqual([{ message: expect.stringContaining('No passage fits') }]);
});

it('Passage: Get Many looks in files of chosen types, whose passages have no page', async () => {
	const { site, query } = await openAnswers();
	const files = async (options: object) =>
		(await outputOf(site, ask({ options }))).filter(({ page }) => page === undefined).map(({ text }) => text);
	expect(await files({})).toEqual([]);
	expect(await files({ includeAttachments: true })).toHaveLength(2);
	expect(await files({ fileExtensions: '.pdf, docx' })).toEqual(['Reset of another']);
	expect(query()).toMatchObject({ includeattachments: 'true', fileextensions: 'pdf,docx' });
});

it('Passage: Get Many leaves out what fits worse than the score, and asks for a hundred at most', async () => {
	const { site, query } = await openAnswers();
	expect(await outputOf(site, ask({ limit: 5000, options: { minScore: 0.76 } }))).toHaveLength(1);
	expect(query()).toMatchObject({ threshold: '0.76', limit: '100' });
});

it('Passage: Get Many gives the best passage of each page, as many pages as wanted', async () => {
	const { site, query } = await openAnswers();
	const options = { onePerPage: true, includeAttachments: true };
	const items = await outputOf(site, ask({ options }));
	expect(items).toHaveLength(4);
	expect(items[0]).toMatchObject({ text: 'To reset the phone, hold both buttons.' });
	expect(await outputOf(site, ask({ limit: 2, options }))).toHaveLength(2);
	expect(query().limit).toBe('100');
});

it('Passage: Get Many refuses a question that is too long, and a score that is none', async () => {
	const site = await openSite();
	expect(await outputOf(site, ask({}, 'x'.repeat(2000)))).toEqual([]);
	const long = await refusalOf(site, ask({}, 'x'.repeat(2001)));
	expect(long.message).toBe("'Question' is longer than 2,000 characters");
	const { message } = await refusalOf(site, ask({ options: { minScore: 70 } }));
	expect(message).toBe("'Min Score' is not a number from 0 to 1");
});

const NOT_OFFERED = /^This site does not offer passages\. Use Page > Get Many instead\./;

it.each<[what: string, effect: FaultEffect, said: RegExp]>([
	['may not be used (403)', { status: 403 }, NOT_OFFERED],
	['are not there (404)', { status: 404, body: 'noCall' }, NOT_OFFERED],
	['are no call (501)', { status: 501, body: 'noCall' }, NOT_OFFERED],
	['need another token (401)', { status: 401 }, /^(?!.*Page > Get Many)/],
	['fail (500)', { status: 500 }, /^(?!.*Page > Get Many)/],
])('Passage: Get Many says so where passages %s', async (_what, effect, said) => {
	const site = await openSite();
	site.faults.add({ match: { path: /kernels$/ }, effect });
	const { message, description } = await refusalOf(site, ask());
	expect(`${message}. ${description}`).toMatch(said);
});
