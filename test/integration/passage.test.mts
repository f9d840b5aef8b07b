import { describe, expect, it } from 'vitest';
import { byPath, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const QUESTION = 'How do I reset the phone?';

const ask = (more: object = {}, question: unknown = QUESTION) => ({
	parameters: { resource: 'passage', operation: 'getMany', question, ...more } as never,
});

/** A site that answers the question in three places. */
async function openAnswers() {
	const site = await openSite();
	const html = '<p>To  reset\n the phone,\thold both buttons.</p><p>Phone and charger.</p>';
	site.site.createPage('Guides/Reset', { title: 'Reset it', html, tags: ['a', 'b'] });
	site.site.createPage('Red, Green/Reset', { html: '<p>Reset.</p>', tags: ['b'] });
	const { pageId } = site.site.createPage('Other', { html: '<p>Weather</p>' });
	site.site.attachFile(pageId, 'a.txt', { content: Buffer.from('Reset of a file') });
	site.site.attachFile(pageId, 'b.pdf', { content: Buffer.from('Reset of another') });
	const query = () => site.apiCalls.at(-1)!.query;
	return { site, query };
}

describe('Get Many of passages', () => {
	it('Get Many gives passages with their pages, best first, without counting as a search', async () => {
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
	});

	it('Get Many counts as a search where that is wanted', async () => {
		const { site, query } = await openAnswers();
		await outputOf(site, ask({ options: { countAsSearch: true } }));
		expect(query()).not.toHaveProperty('notrack');
		expect(site.site.trackedSearches).toBe(1);
	});

	it.each([
		[1, '1'],
		[100, '100'],
		[5000, '100'],
		[0, '10'],
	])('Get Many with the limit %s asks for %s', async (limit, sent) => {
		const { site, query } = await openAnswers();
		const items = await outputOf(site, ask({ limit }));
		expect(query().limit).toBe(sent);
		expect(items.length).toBeLessThanOrEqual(Number(sent));
	});

	it('Get Many asks for whole tags and looks below one or several pages', async () => {
		const { site, query } = await openAnswers();
		const paths = async (more: object) =>
			(await outputOf(site, ask(more))).map(({ page }) => (page as { path: string }).path);
		const one = ['Guides/Reset', 'Guides/Reset'];
		expect(await paths({ options: { tags: 'a AND b' } })).toEqual(one);
		expect(await paths({ options: { tags: 'a, none' } })).toEqual(one);
		expect(query().tags).toBe('a,none');
		expect(await paths({ below: byPath('/Red, Green/') })).toEqual(['Red,_Green/Reset']);
		expect(query().pathancestors).toBe('Red%2C%20Green');
		const both = { __rl: true, mode: 'path', value: '={{ ["Guides", "Red, Green"] }}' };
		expect(await paths({ below: both })).toEqual([...one, 'Red,_Green/Reset']);
		expect(query().pathancestors).toBe('Guides,Red%2C%20Green');
		const withHome = { __rl: true, mode: 'path', value: '={{ ["Guides", ""] }}' };
		expect(await paths({ below: withHome })).toHaveLength(3);
		expect(query()).not.toHaveProperty('pathancestors');
	});

	it('Get Many says that there is no page to look below', async () => {
		const { site } = await openAnswers();
		const { message } = await refusalOf(site, ask({ below: byPath('Guidse') }));
		expect(message).toBe('There is no page "Guidse"');
		expect(await outputOf(site, ask({ below: byPath('Other') }))).toEqual([]);
	});

	it('Get Many looks up the path of a page that is named by its ID', async () => {
		const { site, query } = await openAnswers();
		const { id } = site.site.page('Guides');
		await outputOf(site, ask({ below: { __rl: true, mode: 'id', value: id } }));
		expect(query().pathancestors).toBe('Guides');
	});

	it('Get Many looks in files of chosen types, whose passages have no page', async () => {
		const { site, query } = await openAnswers();
		const files = async (options: object) =>
			(await outputOf(site, ask({ options })))
				.filter(({ page }) => page === undefined)
				.map(({ text }) => text);
		expect(await files({})).toEqual([]);
		expect(await files({ includeAttachments: true })).toHaveLength(2);
		expect(await files({ fileExtensions: '.pdf, docx' })).toEqual(['Reset of another']);
		expect(query()).toMatchObject({ includeattachments: 'true', fileextensions: 'pdf,docx' });
	});

	it('Get Many leaves out what fits worse than the score', async () => {
		const { site, query } = await openAnswers();
		expect(await outputOf(site, ask({ options: { minScore: 0.76 } }))).toHaveLength(1);
		expect(query().threshold).toBe('0.76');
		const { message } = await refusalOf(site, ask({ options: { minScore: 70 } }));
		expect(message).toBe("'Min Score' is not a number from 0 to 1");
	});

	it('Get Many gives the best passage of each page, as many pages as wanted', async () => {
		const { site, query } = await openAnswers();
		const options = { onePerPage: true, includeAttachments: true };
		const items = await outputOf(site, ask({ options }));
		expect(items).toHaveLength(4);
		expect(items[0]).toMatchObject({ text: 'To reset the phone, hold both buttons.' });
		expect(await outputOf(site, ask({ limit: 2, options }))).toHaveLength(2);
		expect(query().limit).toBe('100');
	});

	it('Get Many gives kernels as they are without Simplify', async () => {
		const { site } = await openAnswers();
		const [first] = await outputOf(site, ask({ simplify: false }));
		expect(first).toHaveProperty('chunk');
	});

	it('Get Many gives no item where nothing fits, and tells a model so', async () => {
		const site = await openSite();
		expect(await outputOf(site, ask())).toEqual([]);
		const told = await outputOf(site, { ...ask(), asTool: true });
		expect(told).toEqual([{ message: expect.stringContaining('No passage fits') }]);
	});

	it('Get Many refuses a question that is too long', async () => {
		const site = await openSite();
		expect(await outputOf(site, ask({}, 'x'.repeat(2000)))).toEqual([]);
		const { message } = await refusalOf(site, ask({}, 'x'.repeat(2001)));
		expect(message).toBe("'Question' is longer than 2,000 characters");
	});
});

describe('a site without passages', () => {
	it.each([403, 404] as const)('Get Many says so of a %s', async (passagesStatus) => {
		const site = await openSite({ passagesStatus });
		const { message, httpCode } = await refusalOf(site, ask());
		expect(message).toBe('This site does not offer passages: use Page > Get Many instead');
		expect(httpCode).toBe(String(passagesStatus));
	});

	it.each([404, 405, 501])(
		'Get Many says so where the site lacks the call (%s)',
		async (status) => {
			const site = await openSite();
			site.faults.add({ match: { path: /kernels$/ }, effect: { status, body: 'noCall' } });
			const { message } = await refusalOf(site, ask());
			expect(message).toContain('Page > Get Many');
		},
	);

	it('a rejected token and a busy site are told as such', async () => {
		const site = await openSite();
		for (const status of [401, 500]) {
			site.faults.clear();
			site.faults.add({ match: { path: /kernels$/ }, effect: { status } });
			const { thrown } = await outcomeOf(site, ask());
			expect((thrown as Error).message).not.toContain('Page > Get Many');
		}
	});
});

it('Passage: Get Many leaves out letters that nobody sees', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>Reset\u{E0049}\u{E004E} it.</p>' });
	const parameters = { resource: 'passage', operation: 'getMany', question: 'Reset' } as never;
	expect(await outputOf(site, { parameters })).toMatchObject([{ text: 'Reset it.' }]);
});
