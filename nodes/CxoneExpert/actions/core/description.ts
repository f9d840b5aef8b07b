import { type INodeProperties, isResourceLocatorValue } from 'n8n-workflow';

import { NOT_CHOSEN } from './locator';
import type { Resource } from './resource';

/**
 * What n8n shows: a resource, its operations, and the fields of each, in the order in which the
 * operation names them. A field that several operations of a resource use (the same object) becomes
 * one property.
 */
export function propertiesOf(resources: Resource[], first: string): INodeProperties[] {
	return [resourceProperty(resources, first), ...resources.flatMap(resourceProperties)];
}

/** What the editor shows below the name of the node, in the words of its fields: "Page: Get Many". */
export function subtitleOf(resources: Resource[]): string {
	const names = resources.flatMap(({ value: resource, name, operations }) =>
		operations.map((operation) => [`${resource} ${operation.value}`, `${name}: ${operation.name}`]),
	);
	const byValue = JSON.stringify(Object.fromEntries(names));
	return `={{ (${byValue})[$parameter["resource"] + " " + $parameter["operation"]] ?? "" }}`;
}

function resourceProperty(resources: Resource[], first: string): INodeProperties {
	return {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ name, value, description }) => ({ name, value, description })),
		default: first,
	};
}

function resourceProperties(resource: Resource): INodeProperties[] {
	const { value, operations } = resource;
	const users = (field: INodeProperties) =>
		operations.filter(({ fields }) => fields.includes(field)).map((operation) => operation.value);
	const fields = inOrder(operations.map((operation) => operation.fields));
	const shown = fields.map((field) => shownFor(field, value, users(field)));
	return [operationProperty(resource), ...shown.flatMap(withVariantForAgents)];
}

/** Each field once, so that every one of the lists keeps its order. */
function inOrder(lists: INodeProperties[][]): INodeProperties[] {
	const heads = lists.flatMap(([head]) => head ?? []);
	const next = heads.find((head) => lists.every((list) => list.indexOf(head) <= 0)) ?? heads[0];
	if (next === undefined) return [];
	return [next, ...inOrder(lists.map((list) => list.filter((field) => field !== next)))];
}

function operationProperty({ value: resource, operations }: Resource): INodeProperties {
	const values = operations.map(({ value }) => value);
	const first = values.includes('get') ? 'get' : values[0]!;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operations.map(({ name, value, action, description }) => ({
			name,
			value,
			action,
			description,
		})),
		default: first,
	};
}

function shownFor(field: INodeProperties, resource: string, operation: string[]): INodeProperties {
	const { show, ...others } = field.displayOptions ?? {};
	return {
		...field,
		displayOptions: { ...others, show: { ...show, resource: [resource], operation } },
	};
}

/**
 * A locator that begins with an expression on the incoming item has a second form for an AI tool, which
 * has no incoming item: there it begins empty, so that n8n asks the workflow author for a choice.
 */
function withVariantForAgents(field: INodeProperties): INodeProperties[] {
	if (!isResourceLocatorValue(field.default) || !isExpression(field.default.value)) return [field];
	const { displayOptions } = field;
	const hide = { ...displayOptions?.hide, '@tool': [true] };
	const show = { ...displayOptions?.show, '@tool': [true] };
	return [
		{ ...field, displayOptions: { ...displayOptions, hide } },
		{ ...field, default: NOT_CHOSEN, displayOptions: { ...displayOptions, show } },
	];
}

function isExpression(value: unknown): boolean {
	return typeof value === 'string' && value.startsWith('=');
}
