import { describe, expect, it } from 'vitest';
import type { Simulator } from '../support/simulator/index.mts';
import {
	byId,
	byPath,
	outcomeOf,
	outputOf,
	refusalOf,
	runNode,
} from '../support/integration/action-node.mts';
import { NodeApiError, NodeOperationError } from '../support/integration/n8n.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const get = { resource: 'page', operation: 'get' };
const itemsFor = (...ids: unknown[]) => ids.map((id) => ({ json: { page: { id } } as never }));

/** Calls without the one that asks whether the token is accepted. */
const pageCalls = (site: Simulator) =>
	site.apiCalls.filter(({ path }) => !path.endsWith('/users/current'));

describe('several items', () => {
	it('the action node runs once per item, in order, and links each result to its item', async () => {
		const site = await openSite();
		const [a, b] = ['A', 'B'].map((path) => site.site.createPage(path).pageId);
		const items = await runNode(site, { parameters: get, input: itemsFor(b, a, b) });
		expect(items.map(({ json, pairedItem }) => [json.path, pairedItem])).toEqual([
			['B', { item: 0 }],
			['A', { item: 1 }],
			['B', { item: 2 }],
		]);
	});

	it('the action node links all results of an item to that item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		site.site.createPage('A/B');
		site.site.createPage('A/C');
		const parameters = { resource: 'page', operation: 'getSubpages' };
		const items = await runNode(site, { parameters, input: itemsFor('home', pageId) });
		expect(items.map(({ json, pairedItem }) => [json.path, pairedItem])).toEqual([
			['A', { item: 0 }],
			['A/B', { item: 1 }],
			['A/C', { item: 1 }],
		]);
	});

	it('the action node reads every field again for each item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A', { html: '<p>a</p>' });
		const input = ['text', 'html'].map((format) => ({ json: { format, page: { id: pageId } } }));
		const format = '={{ $json.format }}';
		const parameters = { resource: 'page', operation: 'getContents', format };
		expect(await outputOf(site, { parameters, input })).toMatchObject([
			{ contents: 'a' },
			{ contents: '<p>a</p>' },
		]);
	});

	it('the action node makes no call without an item', async () => {
		const site = await openSite();
		expect(await runNode(site, { parameters: get, input: [] })).toEqual([]);
		expect(site.apiCalls).toEqual([]);
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
		expect(pageCalls(site)).toHaveLength(2);
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
		expect(refusal).toMatchObject({
			message: '"x y" is not the ID of a page',
			context: { itemIndex: 0 },
		});
	});

	it('the action node continues with the next item with On Error: Continue, with one error text per item', async () => {
		const site = await openSite();
		const { pageId } = site.site.createPage('A');
		const input = itemsFor(999, undefined, pageId);
		const items = await runNode(site, { parameters: get, input, continueOnFail: true });
		expect(items).toMatchObject([
			{
				json: {
					error: expect.stringMatching(/^There is no page 999\. It may have been deleted/),
				},
				pairedItem: { item: 0 },
			},
			{
				json: {
					error: expect.stringMatching(
						/^No page is named\. Switch the field to Fixed and choose a page/,
					),
				},
				pairedItem: { item: 1 },
			},
			{ json: { path: 'A' }, pairedItem: { item: 2 } },
		]);
		expect(items.slice(0, 2).map(({ json }) => Object.keys(json))).toEqual([['error'], ['error']]);
	});
});

describe('a page that nobody has chosen', () => {
	const PAGE_AND_ID = { page: { id: '1' }, id: '999' };

	it.each<[step: string, json: object]>([
		['the trigger', { eventType: 'page_create', page: { id: '1' } }],
		['Get, Get Many or Create or Update', { id: '1', title: 'Home' }],
		['a step that gives both', PAGE_AND_ID],
	])('Page: Get reads the page in the item of %s', async (_step, json) => {
		const site = await openSite();
		const parameters = { resource: 'page', operation: 'get' };
		const [item] = await runNode(site, { parameters, input: [{ json: json as never }] });
		expect(item!.json).toMatchObject({ id: '1', path: '' });
	});

	it('an operation that changes a page does not take the ID of something else for it', async () => {
		const site = await openSite();
		const parameters = { resource: 'page', operation: 'addTags', tags: 'x' };
		const refusal = await refusalOf(site, { parameters, input: [{ json: { id: '1' } }] });
		expect(refusal.message).toBe('No page is named');
		expect(refusal.description).toContain('use {{ $json.id }} after Get');
		expect(refusal.description).not.toContain('$("');
	});

	it('Create or Update asks for a path', async () => {
		const site = await openSite();
		const parameters = { resource: 'page', operation: 'createOrUpdate', contents: 'x' };
		const input = [{ json: { page: { id: '1' } } }];
		expect((await refusalOf(site, { parameters, input })).message).toBe('The path is empty');
	});
});

describe('as a tool of an AI agent', () => {
	const named = (value: string) => ({ ...get, page: { __rl: true, mode: 'id', value } });
	const asked = async (value: string, asTool: boolean) =>
		await outcomeOf(await openSite(), { parameters: named(value), asTool });

	it.each([
		['99999', /^There is no page 99999\. It may have been deleted/],
		['phone', /^There is no page "phone"/],
	])('a call for page %s that fails gives the model the message', async (value, says) => {
		const { items, thrown } = await asked(value, true);
		expect(thrown).toBeUndefined();
		expect(items).toEqual([
			{ json: { error: expect.stringMatching(says) }, pairedItem: { item: 0 } },
		]);
		expect(await asked(value, false)).toHaveProperty('thrown.message');
	});

	it.each(['null', 'help.example.com/A'])(
		'a model creates no page "%s" where the workflow author has chosen "By ID"',
		async (value) => {
			const site = await openSite();
			const parameters = { ...named(value), operation: 'createOrUpdate', contents: '<p>x</p>' };
			const [item] = await outputOf(site, { parameters, asTool: true });
			expect(item).toEqual({ error: expect.stringContaining('is not the ID of a page') });
			const made = { ...parameters, page: { __rl: true, mode: 'path', value: 'A' } };
			expect(await outputOf(site, { parameters: made, asTool: true })).toMatchObject([
				{ path: 'A', created: true },
			]);
		},
	);

	it('a model names a page by its path, too, where the workflow author has to choose "By Path"', async () => {
		const site = await openSite();
		site.site.createPage('Guides/Setup');
		const run = { parameters: named('Guides/Setup') };
		expect(await outputOf(site, { ...run, asTool: true })).toMatchObject([
			{ path: 'Guides/Setup' },
		]);
		const { message } = await refusalOf(site, run);
		expect(message).toBe('"Guides/Setup" is not the ID of a page');
	});

	it.each([
		['draft', 'getMany', {}],
		['page', 'getTree', { page: { __rl: true, mode: 'id', value: 'home' } }],
		['tag', 'getPages', { tag: { __rl: true, mode: 'name', value: 'none' } }],
	])(
		'a model is told that %s: %s finds nothing, and a workflow gets no item',
		async (...chosen) => {
			const [resource, operation, fields] = chosen;
			const site = await openSite();
			const run = { parameters: { resource, operation, ...fields } };
			expect(await outputOf(site, { ...run, asTool: true })).toEqual([
				{ message: expect.stringMatching(/^Nothing was found/) },
			]);
			expect(await outputOf(site, run)).toEqual([]);
		},
	);

	it('a token that is not accepted is said to the model, too', async () => {
		const site = await openSite();
		const credential = { longTermToken: 'wrong' };
		const run = { parameters: named('home'), credential, asTool: true };
		expect(await outputOf(site, run)).toEqual([
			{ error: expect.stringMatching(/^The site does not accept the token\. /) },
		]);
	});
});

describe('unknown operations', () => {
	const parameters = { resource: 'page', operation: 'paint' };
	const message = 'This version of the node cannot do "paint" with "page"';

	it('the action node rejects an unknown operation before any call', async () => {
		const site = await openSite();
		const refusal = await refusalOf(site, { parameters });
		expect(refusal.message).toBe(message);
		expect(refusal.description).toContain('update the package');
		expect(pageCalls(site)).toEqual([]);
	});

	it.each([
		{ resource: '__CUSTOM_API_CALL__' },
		{ resource: 'page', operation: '__CUSTOM_API_CALL__' },
	])('the action node says how to make a custom API call (%j)', async (parameters) => {
		const site = await openSite();
		const refusal = await refusalOf(site, { parameters });
		expect(refusal.message).toBe('Custom API calls need the HTTP Request node');
		expect(refusal.description).toContain('"Predefined Credential Type"');
		expect(refusal.description).toContain(`${site.url}/@api/deki/`);
		expect(site.apiCalls).toEqual([]);
	});

	it('the action node rejects an expression as operation', async () => {
		const site = await openSite();
		const operation = '={{ $json.operation }}';
		const input = [{ json: { operation: 'get' } }];
		const run = { parameters: { resource: 'page', operation }, input, continueOnFail: true };
		expect(await outputOf(site, run)).toEqual([
			{ error: expect.stringContaining('cannot do "{{ $json.operation }}" with "page"') },
		]);
	});
});

it('the action node sends no token to an http address that is not this machine', async () => {
	const site = await openSite();
	const page = byId('home');
	const siteUrl = `http://0.0.0.0:${new URL(site.url).port}`;
	const refusal = await refusalOf(site, {
		parameters: { ...get, page },
		credential: { siteUrl },
	});
	expect(refusal.message).toBe('The Site URL begins with http instead of https');
	expect(refusal.description).toContain('enter the Site URL with https');
	expect(site.apiCalls).toEqual([]);
});
