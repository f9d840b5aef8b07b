import type { INodeProperties } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { propertiesOf } from '../../../nodes/CxoneExpert/actions/description.ts';
import type { Operation, Resource } from '../../../nodes/CxoneExpert/actions/operation.ts';

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

	it('propertiesOf makes one property of a field that operations share', () => {
		const page = field('page');
		const resources = [resource('a', operation('x', page), operation('y', page))];
		expect(shown(propertiesOf(resources, 'a'))).toEqual(['page: x,y']);
	});

	it('propertiesOf keeps fields apart that share only their name', () => {
		const resources = [resource('a', operation('x', field('o')), operation('y', field('o')))];
		expect(shown(propertiesOf(resources, 'a'))).toEqual(['o: x', 'o: y']);
	});

	it('propertiesOf shows the fields of each operation in its own order', () => {
		const [page, query, all, simple] = ['page', 'query', 'all', 'simple'].map((n) => field(n));
		const resources = [
			resource('a', operation('get', page!, simple!), operation('list', query!, all!, simple!)),
		];
		expect(shown(propertiesOf(resources, 'a'))).toEqual([
			'page: get',
			'query: list',
			'all: list',
			'simple: get,list',
		]);
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
