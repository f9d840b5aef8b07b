import type { IExecuteFunctions, IHttpRequestOptions, INode, INodeProperties } from 'n8n-workflow';
import { describe, expect, expectTypeOf, it } from 'vitest';

import {
	choiceField,
	flagField,
	optionsField,
	textField,
	refuse,
} from '../../../nodes/CxoneExpert/actions/field.ts';
import {
	defineOperation,
	type Operation,
	OperationContext,
	type Resource,
} from '../../../nodes/CxoneExpert/actions/operation.ts';
import { outputs, readList, results } from '../../../nodes/CxoneExpert/actions/results.ts';
import { ExpertSite, nodeError } from '../../../nodes/CxoneExpert/actions/site.ts';
import { propertiesOf } from '../../../nodes/CxoneExpert/actions/description.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';

const path = textField({ displayName: 'Path', name: 'to' });
const force = flagField({ displayName: 'Force', name: 'force' });
const mode = choiceField({
	displayName: 'Mode',
	name: 'mode',
	options: [
		{ name: 'View', value: 'view' },
		{ name: 'Edit', value: 'edit' },
	],
});
const options = optionsField({ mode, force });

const labels = { value: 'x', name: 'X', action: 'X it', description: 'Does X' };

/** A run in an n8n that has these parameters, and nothing for others. */
function runWith(parameters: Record<string, unknown>, asked: string[] = []): OperationContext {
	const n8n = {
		getNodeParameter: (name: string, _item: number, fallback: unknown) => {
			asked.push(name);
			return name in parameters ? parameters[name] : fallback;
		},
	} as unknown as IExecuteFunctions;
	return new OperationContext(n8n, {} as ExpertSite, 0);
}

it('defineOperation gives n8n the properties of its fields, in their order', () => {
	const { fields } = defineOperation({
		...labels,
		fields: { path, force, options },
		run: async () => [],
	});
	expect(fields).toEqual([path.property, force.property, options.property]);
});

it('an operation is given the values of its fields, with the types of their kinds', async () => {
	const operation = defineOperation({
		...labels,
		fields: { path, options },
		async run(_run, values) {
			const chosen = values.options;
			expectTypeOf(values.path).toEqualTypeOf<string>();
			expectTypeOf(chosen).toEqualTypeOf<{ mode: 'view' | 'edit'; force: boolean }>();
			// @ts-expect-error: the operation declares no such field
			expect(values.pathh).toBeUndefined();
			// @ts-expect-error: no such option
			expect(chosen.modes).toBeUndefined();
			return outputs([{ path: values.path, ...chosen }]);
		},
	});
	const run = runWith({ to: ' A/B ', options: { mode: 'edit' } });
	expect(await operation.run(run)).toEqual([{ json: { path: 'A/B', mode: 'edit', force: false } }]);
});

it('an operation reads from n8n what it asks for, and no other field', async () => {
	const asked: string[] = [];
	const operation = defineOperation({
		...labels,
		fields: { path, options },
		async run(_run, { options: { mode: chosen, force: isForced } }) {
			return outputs([{ chosen, isForced }]);
		},
	});
	await operation.run(runWith({ options: {} }, asked));
	expect(asked).toEqual(['options']);
});

it('OperationContext reads a field that n8n does not show as empty', () => {
	const run = runWith({});
	expect(run.read(path)).toBe('');
	expect(run.read(options)).toEqual({ mode: 'view', force: false });
});

it('results simplifies elements only when told to', () => {
	const elements = [{ '@id': '1' }, { '@id': '2' }];
	const toItem = (element: Record<string, unknown>) => ({ id: String(element['@id']) });
	expect(results(elements, true, toItem)).toEqual([{ json: { id: '1' } }, { json: { id: '2' } }]);
	expect(results(elements, false, toItem)).toEqual(elements.map((json) => ({ json })));
});

const field = (name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
	...more,
});

const operation = (value: string, ...fields: INodeProperties[]): Operation => ({
	...{ value, name: value, action: `${value} it`, description: `Does ${value}`, fields },
	run: async () => [],
});

const resource = (value: string, ...operations: Operation[]): Resource => ({
	...{ value, name: value, description: `About ${value}`, operations },
});

/** Properties behind "Resource" and "Operation" as `name: operations that show it`. */
function shown(properties: INodeProperties[]): string[] {
	return properties
		.filter(({ name }) => name !== 'resource' && name !== 'operation')
		.map(({ name, displayOptions }) => `${name}: ${displayOptions?.show?.operation}`);
}

describe('propertiesOf', () => {
	it('propertiesOf shows the operations of a resource, "get" or the first one as default', () => {
		const resources = [
			resource('a', operation('delete'), operation('get')),
			resource('b', operation('list'), operation('make')),
		];
		const operations = propertiesOf(resources, 'a').filter(({ name }) => name === 'operation');
		expect(operations).toMatchObject([
			{ default: 'get', displayOptions: { show: { resource: ['a'] } } },
			{ default: 'list', displayOptions: { show: { resource: ['b'] } } },
		]);
	});

	it('propertiesOf keeps fields apart that share only their name', () => {
		const resources = [resource('a', operation('x', field('o')), operation('y', field('o')))];
		expect(shown(propertiesOf(resources, 'a'))).toEqual(['o: x', 'o: y']);
	});

	it('propertiesOf shows every field once when two operations want opposite orders', () => {
		const [one, two] = [field('one'), field('two')];
		const resources = [resource('a', operation('x', one, two), operation('y', two, one))];
		expect(shown(propertiesOf(resources, 'a')).toSorted()).toEqual(['one: x,y', 'two: x,y']);
	});

	it('propertiesOf begins a locator that needs an incoming item empty for an AI tool', () => {
		const expression = { __rl: true, mode: 'id', value: '={{ $json.page.id }}' };
		const page = field('page', {
			type: 'resourceLocator',
			default: expression,
			displayOptions: { show: { from: ['page'] } },
		});
		const [, , ...variants] = propertiesOf([resource('a', operation('x', page))], 'a');
		const shownIn = { resource: ['a'], operation: ['x'], from: ['page'] };
		expect(variants.map(({ default: first, displayOptions }) => [first, displayOptions])).toEqual([
			[expression, { show: shownIn, hide: { '@tool': [true] } }],
			[{ __rl: true, mode: 'list', value: '' }, { show: { ...shownIn, '@tool': [true] } }],
		]);
	});

	it('propertiesOf keeps the conditions that a field already has', () => {
		const limit = field('limit', {
			displayOptions: { show: { returnAll: [false] }, hide: { mode: ['x'] } },
		});
		const [, , property] = propertiesOf([resource('a', operation('x', limit))], 'a');
		expect(property?.displayOptions).toEqual({
			show: { returnAll: [false], resource: ['a'], operation: ['x'] },
			hide: { mode: ['x'] },
		});
		expect(limit.displayOptions?.show).toEqual({ returnAll: [false] });
	});
});

const PAGE = '<pages><page id="1"/><page id="2"/></pages>';

/** n8n, which sends its requests to `respond`; each credential is asked about again. */
function n8nWith(respond: (url: string) => string, signal?: AbortSignal): IExecuteFunctions {
	const longTermToken = `token-${Math.random()}`;
	return {
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }) as INode,
		getExecutionCancelSignal: () => signal,
		getCredentials: async () => ({
			siteUrl: 'https://site.example',
			authentication: 'jwt',
			longTermToken,
		}),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, { url }: IHttpRequestOptions) => ({
				statusCode: 200,
				headers: {},
				body: url.includes('/users/current') ? '<user anonymous="false"/>' : respond(url),
			}),
		},
	} as unknown as IExecuteFunctions;
}

it('ExpertSite makes no further call once the execution is cancelled', async () => {
	const controller = new AbortController();
	const urls: string[] = [];
	const respond = (url: string) => {
		urls.push(url);
		controller.abort(new Error('cancelled'));
		return PAGE;
	};
	const site = await ExpertSite.connect(n8nWith(respond, controller.signal));
	const call = { path: '/pages', doing: 'list' };
	const list = readList(site, { ...call, root: 'pages', element: 'page' });
	await expect(list).rejects.toThrow('cancelled');
	expect(urls).toHaveLength(1);
});

it('ExpertSite shortens what a message repeats', async () => {
	const long = 'x'.repeat(2000);
	const texts = [
		() => refuse({ message: long, description: long }),
		() => {
			throw nodeError(
				n8nWith(() => PAGE).getNode(),
				new ExpertError({ kind: 'timeout', doing: long }),
			);
		},
	].map((fail) => {
		try {
			return fail();
		} catch (error) {
			const { message, description } = error as Error & { description?: string };
			return `${message} ${description}`;
		}
	});
	for (const text of texts) {
		expect(text).toContain('x'.repeat(400));
		expect(text.length).toBeLessThan(1300);
	}
});
