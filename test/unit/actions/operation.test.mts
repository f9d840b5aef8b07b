import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { expect, expectTypeOf, it } from 'vitest';

import { propertiesOf } from '../../../nodes/CxoneExpert/actions/core/description.ts';
import {
	choiceField,
	flagField,
	optionsField,
	textField,
} from '../../../nodes/CxoneExpert/actions/core/field.ts';
import {
	defineOperation,
	type Operation,
	OperationContext,
} from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { executeOperations } from '../../../nodes/CxoneExpert/actions/core/execute.ts';
import type { Resource } from '../../../nodes/CxoneExpert/actions/core/resource.ts';
import { outputs, readList } from '../../../nodes/CxoneExpert/actions/core/results.ts';
import { ExpertSite } from '../../../nodes/CxoneExpert/actions/core/site.ts';
import { textOf } from '../../../nodes/CxoneExpert/api/xml.ts';
import { ACCEPTED, stubContext } from '../../support/unit/stub-site.mts';

it('an operation is given the values of the fields that it asks for, with the types of their kinds', async () => {
	const path = textField({ displayName: 'Path', name: 'to' });
	const mode = choiceField({
		displayName: 'Mode',
		name: 'mode',
		options: [
			{ name: 'View', value: 'view' },
			{ name: 'Edit', value: 'edit' },
		],
	});
	const options = optionsField({
		mode,
		force: flagField({ displayName: 'Force', name: 'force' }),
	});
	const asked: string[] = [];
	const n8n = {
		getNodeParameter: (name: string) => {
			asked.push(name);
			return name === 'to' ? ' A/B ' : { mode: 'edit' };
		},
	} as unknown as IExecuteFunctions;
	const operation = defineOperation({
		...{ value: 'x', name: 'X', action: 'X it', description: 'Does X' },
		fields: { path, options, unread: textField({ displayName: 'Unread', name: 'unread' }) },
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
	const run = new OperationContext(n8n, {} as ExpertSite, 0);
	expect(await operation.run(run)).toEqual([{ json: { path: 'A/B', mode: 'edit', force: false } }]);
	expect(asked).not.toContain('unread');
});

const field = (name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	...{ displayName: name, name, type: 'string', default: '' },
	...more,
});

const operation = (value: string, ...fields: INodeProperties[]): Operation => ({
	...{ value, name: value, action: `${value} it`, description: `Does ${value}`, fields },
	run: async () => [],
});

const resource = (value: string, ...operations: Operation[]): Resource => ({
	...{ value, name: value, description: `About ${value}`, operations },
});

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

it('propertiesOf shows every field once when two operations want opposite orders', () => {
	const [one, two] = [field('one'), field('two')];
	const resources = [resource('a', operation('x', one, two), operation('y', two, one))];
	const [, , ...fields] = propertiesOf(resources, 'a');
	const shown = fields.map(({ name, displayOptions }) => [name, displayOptions?.show?.operation]);
	expect(shown).toEqual([
		['one', ['x', 'y']],
		['two', ['x', 'y']],
	]);
});

it('propertiesOf begins a locator that needs an incoming item empty for an AI tool, and keeps its conditions', () => {
	const expression = { __rl: true, mode: 'id', value: '={{ $json.page.id }}' };
	const conditions = { show: { from: ['page'] }, hide: { mode: ['x'] } };
	const mode = (displayName: string) => ({
		displayName,
		name: displayName,
		type: 'string' as const,
	});
	const page = field('page', {
		type: 'resourceLocator',
		default: expression,
		displayOptions: conditions,
		modes: ['From List', 'By ID', 'By Path'].map((displayName) => mode(displayName)),
	});
	const [, , ...variants] = propertiesOf([resource('a', operation('x', page))], 'a');
	const show = { resource: ['a'], operation: ['x'], from: ['page'] };
	const { hide } = conditions;
	expect(variants.map(({ default: first, displayOptions }) => [first, displayOptions])).toEqual([
		[expression, { show, hide: { ...hide, '@tool': [true] } }],
		[
			{ __rl: true, mode: 'list', value: '' },
			{ show: { ...show, '@tool': [true] }, hide },
		],
	]);
	expect(variants[1]!.description).toBe('The page by its ID or path, as another tool gives it');
	expect(page.displayOptions).toEqual({ show: { from: ['page'] }, hide: { mode: ['x'] } });
});

it('one item can have more results than a call can have arguments', async () => {
	const many = {
		...operation('list'),
		run: async () => outputs(Array<IDataObject>(200_000).fill({})),
	};
	const context = stubContext({ resource: 'a', operation: 'list' }, () => ACCEPTED);
	context.getInputData = () => [{ json: {} }];
	const [results] = await executeOperations.call(context, [resource('a', many)]);
	expect(results).toHaveLength(200_000);
});

it('ExpertSite makes no further call once the execution is cancelled', async () => {
	const controller = new AbortController();
	const urls: string[] = [];
	const context = stubContext({}, ({ url }) => {
		if (url === '/users/current') return ACCEPTED;
		urls.push(url);
		controller.abort(new Error('cancelled'));
		return '<pages><page id="1"/><page id="2"/></pages>';
	});
	context.getExecutionCancelSignal = () => controller.signal;
	const site = await ExpertSite.connect(context);
	const list = { path: '/pages', doing: 'list', root: 'pages', element: 'page' };
	await expect(readList(site, list)).rejects.toThrow('cancelled');
	expect(urls).toHaveLength(1);
});

it('readList finds what matches beyond the first hundred, at a site that ignores the offset, too', async () => {
	const list = { path: '/site/query', doing: 'search', root: 'search', element: 'result' };
	const results = Array.from({ length: 150 }, (_, index) => ({
		id: `${index}`,
		type: index < 120 ? 'page' : 'file',
	}));
	const site: Pick<ExpertSite, 'read'> = {
		read: async ({ query }) => ({ result: results.slice(0, Number(query?.limit)) }),
	};
	const matches = (result: object) => textOf({ ...result }, 'type') === 'file';
	const found = await readList(site as ExpertSite, { ...list, matches }, 20);
	expect(found).toEqual(results.slice(120, 140));
});
