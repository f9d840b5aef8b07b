import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import { byPath, callsOf, outputOf, runNode } from '../support/integration/action-node.mts';
import { openSite, serverTokenFor, useScenes } from '../support/integration/scene.mts';

useScenes();

/** Items whose users read a site, one of whom may see all of it. */
const itemsOf = (...users: string[]) => users.map((user) => ({ json: { user } }));

/** A site with a page that only admins see, and a credential whose user the items name. */
async function restrictedSite() {
	const site = await openSite();
	site.site.createPage('Guides');
	site.site.createPage('Guides/Salaries', { html: '<p>Salaries</p>' });
	site.site.restrictPage('Guides/Salaries', 'Private');
	const credential = { ...serverTokenFor(site), runAsUser: '={{ $json.user }}' };
	return { site, credential };
}

/** Who has called the site, each in a row once. */
function callers(site: Simulator): string[] {
	const users = site.apiCalls.map(({ user }) => user);
	return users.filter((user, index) => user !== users[index - 1]);
}

describe('an expression in Run As User', () => {
	const contents = { resource: 'page', operation: 'getContents', format: 'text' };
	const salaries = { ...contents, page: byPath('Guides/Salaries') };
	const guides = { resource: 'page', operation: 'get', page: byPath('Guides') };

	it.each([
		['with On Error: Continue', { continueOnFail: true }],
		['as a tool', { asTool: true }],
	])('each item reads with the rights of its own user, %s', async (_how, how) => {
		const { site, credential } = await restrictedSite();
		const input = itemsOf('admin', 'reader', 'admin');
		const items = await runNode(site, { parameters: salaries, credential, input, ...how });
		const refused = { error: expect.stringMatching(/^Expert did not allow/) };
		expect(items).toMatchObject([
			{ json: { contents: 'Salaries' }, pairedItem: { item: 0 } },
			{ json: refused, pairedItem: { item: 1 } },
			{ json: { contents: 'Salaries' }, pairedItem: { item: 2 } },
		]);
		expect(JSON.stringify(items[1])).not.toContain('Salaries"');
	});

	it('each user is asked for once, and each site connected to once', async () => {
		const { site, credential } = await restrictedSite();
		const input = itemsOf('reader', 'admin', 'reader', 'admin');
		await outputOf(site, { parameters: guides, credential, input });
		const checks = site.apiCalls.filter(({ path }) => path.endsWith('/users/current'));
		expect(checks.map(({ user }) => user)).toEqual(['reader', 'admin']);
		expect(callsOf(site).map(({ user }) => user)).toEqual(['reader', 'admin', 'reader', 'admin']);
	});

	it.each<[what: string, parameters: object]>([
		[
			'Get Tree',
			{
				...{ resource: 'page', operation: 'getTree', page: byPath('Guides') },
				options: { includeContents: true },
			},
		],
		['Tag: Add to Pages', { resource: 'tag', operation: 'addToPages', tags: 'x', pages: '={{ $json.pages }}' }],
		['Page: Get Changed Since', { resource: 'page', operation: 'getChangedSince', since: '2020-01-01T00:00:00Z' }],
	])('all calls of %s are those of the user of its item', async (_what, parameters) => {
		const { site, credential } = await restrictedSite();
		const pages = String(site.site.page('Guides').id);
		const input = ['editor', 'admin', 'reader'].map((user) => ({ json: { user, pages } }));
		const run = { parameters: parameters as never, credential, input, continueOnFail: true };
		const items = await runNode(site, run);
		expect(callers(site)).toEqual(['editor', 'admin', 'reader']);
		const seen = items.filter(({ json }) => JSON.stringify(json).includes('Salaries'));
		for (const { pairedItem } of seen) expect(pairedItem).toEqual({ item: 1 });
	});

	it('an index is compared with what the user of the first item may see', async () => {
		const { site, credential } = await restrictedSite();
		const parameters = { resource: 'page', operation: 'compareWithIndex', index: '[]' } as never;
		for (const [first, sees] of [['reader', false] as const, ['admin', true] as const]) {
			const items = await runNode(site, { parameters, credential, input: itemsOf(first, 'editor', 'admin') });
			expect(JSON.stringify(items).includes('Salaries')).toBe(sees);
			for (const { pairedItem } of items) expect(pairedItem).toEqual({ item: 0 });
		}
	});

	it('an item without a user fails alone, and one can name its user by a number', async () => {
		const { site, credential } = await restrictedSite();
		const input = [...itemsOf('reader'), { json: {} }, ...itemsOf('nobody'), { json: { user: 3 } }];
		const run = { parameters: guides, credential, input, continueOnFail: true };
		const refused = { error: expect.stringMatching(/^The site does not accept the token/) };
		const nobody = { error: expect.stringMatching(/^There is no user to call the site as/) };
		expect(await outputOf(site, run)).toMatchObject([{ path: 'Guides' }, nobody, refused, { path: 'Guides' }]);
		expect(site.apiCalls.at(-1)!.user).toBe('reader');
	});
});
