import { describe, expect, it } from 'vitest';
import { byPath, callsOf, outcomeOf, outputOf, refusalOf, runNode } from '../support/integration/action-node.mts';
import { NodeApiError, NodeOperationError } from '../support/integration/n8n.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const get = { resource: 'page', operation: 'get' };
const itemsFor = (...ids: unknown[]) => ids.map((id) => ({ json: { page: { id } } as never }));

describe('several items', () => {
	it('the action node runs once per item, in order, and links all results to their item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		for (const path of ['A/B', 'A/C']) site.site.createPage(path);
		const parameters = { resource: 'page', operation: 'getSubpages' };
		const items = await runNode(site, { parameters, input: itemsFor(pageId, 'home', pageId) });
		expect(items.map(({ json, pairedItem }) => [json.path, pairedItem])).toEqual([
			['A/B', { item: 0 }],
			['A/C', { item: 0 }],
			['A', { item: 1 }],
			['A/B', { item: 2 }],
			['A/C', { item: 2 }],
		]);
	});

	it('the action node reads every field again for each item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A', { html: '<p>a</p>' });
		const input = ['text', 'html'].map((format) => ({ json: { format, page: { id: pageId } } }));
		const format = '={{ $json.format }}';
		const parameters = { resource: 'page', operation: 'getContents', format };
		expect(await outputOf(site, { parameters, input })).toMatchObject([{ contents: 'a' }, { contents: '<p>a</p>' }]);
	});
});

describe('failures', () => {
	it('the action node stops at the first failure and names its item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		const refusal = await refusalOf(site, {
			parameters: get,
			input: itemsFor(pageId, 999, pageId),
		});
		expect(refusal).toBeInstanceOf(NodeApiError);
		expect(refusal).toMatchObject({ httpCode: '404', context: { itemIndex: 1 } });
		expect(callsOf(site)).toHaveLength(2);
	});

	it.each(['IT/FilePermissions', 'HR/Preexisting conditions', 'IT/RemoteAccess'])(
		'the action node names the page that is missing, "%s", in the error, its item and for a model',
		async (path) => {
			const site = await openSite();
			const run = { parameters: { ...get, page: byPath(path) } };
			const { message } = await refusalOf(site, run);
			expect(message).toBe(`There is no page "${path}"`);
			for (const how of [{ continueOnFail: true }, { asTool: true }]) {
				const [item] = await outputOf(site, { ...run, ...how });
				expect(item).toEqual({ error: expect.stringContaining(message) });
			}
		},
	);

	it('the action node names the item with an input error', async () => {
		const site = await openSite();
		const refusal = await refusalOf(site, { parameters: get, input: itemsFor('x y') });
		expect(refusal).toBeInstanceOf(NodeOperationError);
		expect(refusal).toMatchObject({ context: { itemIndex: 0 } });
	});

	it('the action node continues with the next item with On Error: Continue, with one error text per item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		const input = itemsFor(999, undefined, pageId);
		const items = await runNode(site, { parameters: get, input, continueOnFail: true });
		const error = (text: string) => expect.stringContaining(text) as string;
		expect(items).toMatchObject([
			{ json: { error: error('There is no page 999. It may have') }, pairedItem: { item: 0 } },
			{ json: { error: error('No page is named. Switch the field') }, pairedItem: { item: 1 } },
			{ json: { path: 'A' }, pairedItem: { item: 2 } },
		]);
		expect(items.slice(0, 2).map(({ json }) => Object.keys(json))).toEqual([['error'], ['error']]);
	});
});

describe('a page that nobody has chosen', () => {
	it.each<[step: string, json: object]>([
		['the trigger', { eventType: 'page_create', page: { id: '1' } }],
		['Get, Get Many or Create or Update', { id: '1', title: 'Home' }],
		['a step that gives both', { page: { id: '1' }, id: '999' }],
	])('Page: Get reads the page in the item of %s', async (_step, json) => {
		const site = await openSite();
		const items = await outputOf(site, { parameters: get, input: [{ json: json as never }] });
		expect(items).toMatchObject([{ id: '1', path: '' }]);
	});

	it('an operation that changes a page does not take the ID of something else for it', async () => {
		const site = await openSite();
		const parameters = { resource: 'page', operation: 'addTags', tags: 'x' };
		const refusal = await refusalOf(site, { parameters, input: [{ json: { id: '1' } }] });
		expect(refusal.message).toBe('No page is named');
		expect(refusal.description).toContain('use {{ $json.id }} after Get');
		expect(refusal.description).not.toContain('$("');
	});
});

describe('as a tool of an AI agent', () => {
	const named = (value: string) => ({ ...get, page: { __rl: true, mode: 'id', value } });

	it.each([
		['', {}, /^No page is named\. Name the page by its id, path or address\.$/],
		['99999', {}, /^There is no page 99999\. It may have been deleted/],
		['phone', {}, /^There is no page "phone"/],
		['home', { longTermToken: 'wrong' }, /^The site does not accept the token\. /],
	])('a call for page %s with %j that fails gives the model the message', async (...given) => {
		const [value, credential, says] = given;
		const run = { parameters: named(value), credential };
		const { items, thrown } = await outcomeOf(await openSite(), { ...run, asTool: true });
		expect(thrown).toBeUndefined();
		expect(items).toEqual([{ json: { error: expect.stringMatching(says) }, pairedItem: { item: 0 } }]);
		expect(await outcomeOf(await openSite(), run)).toHaveProperty('thrown.message');
	});

	it.each(['null', 'help.example.com/A'])(
		'a model creates no page "%s" where the workflow author has chosen "By ID"',
		async (value) => {
			const site = await openSite();
			const parameters = { ...named(value), operation: 'createOrUpdate', contents: '<p>x</p>' };
			const [item] = await outputOf(site, { parameters, asTool: true });
			expect(item).toEqual({ error: expect.stringContaining('is not the ID of a page') });
			const made = { ...parameters, page: { __rl: true, mode: 'path', value: 'A' } };
			expect(await outputOf(site, { parameters: made, asTool: true })).toMatchObject([{ path: 'A', created: true }]);
		},
	);

	it('a model names a page by its path, too, where the workflow author has to choose "By Path"', async () => {
		const site = await openSite();
		site.site.createPage('Guides/Setup');
		const run = { parameters: named('Guides/Setup') };
		expect(await outputOf(site, { ...run, asTool: true })).toMatchObject([{ path: 'Guides/Setup' }]);
		const { message } = await refusalOf(site, run);
		expect(message).toBe('"Guides/Setup" is not the ID of a page');
	});

	it('a model is told that nothing was found, and a workflow gets no item', async () => {
		const site = await openSite();
		const run = { parameters: { resource: 'draft', operation: 'getMany' } };
		expect(await outputOf(site, { ...run, asTool: true })).toEqual([
			{ message: expect.stringMatching(/^Nothing was found/) },
		]);
		expect(await outputOf(site, run)).toEqual([]);
	});
});

describe('unknown operations', () => {
	it('the action node rejects an unknown operation before any call', async () => {
		const site = await openSite();
		const refusal = await refusalOf(site, { parameters: { resource: 'page', operation: 'paint' } });
		expect(refusal.message).toBe('This version of the node cannot do "paint" with "page"');
		expect(refusal.description).toContain('update the package');
		expect(callsOf(site)).toEqual([]);
	});

	it.each([{ resource: '__CUSTOM_API_CALL__' }, { resource: 'page', operation: '__CUSTOM_API_CALL__' }])(
		'the action node says how to make a custom API call (%j)',
		async (parameters) => {
			const site = await openSite();
			const refusal = await refusalOf(site, { parameters });
			expect(refusal.message).toBe('Custom API calls need the HTTP Request node');
			expect(refusal.description).toContain('"Predefined Credential Type"');
			expect(refusal.description).toContain(`${site.url}/@api/deki/`);
			expect(site.apiCalls).toEqual([]);
		},
	);
});
