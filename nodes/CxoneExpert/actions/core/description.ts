import { type INodeProperties, isResourceLocatorValue } from 'n8n-workflow';

import { NOT_CHOSEN } from '../../parameters/locator';
import type { Resource } from './resource';

/**
 * Lists all properties of the node. A field object that several operations of a resource share becomes one property.
 */
export function propertiesOf(resources: Resource[], first: string): INodeProperties[] {
	return [resourceProperty(resources, first), ...resources.flatMap(resourceProperties)];
}

/** Makes the subtitle in the editor, in the words of its fields: "Page: Get Many". */
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
	return [...operationProperties(resource), ...shown.flatMap(withVariantForAgents)];
}

/** Merges the lists: each field once, in the order of every list. */
function inOrder(lists: INodeProperties[][]): INodeProperties[] {
	const heads = lists.flatMap(([head]) => head ?? []);
	const next = heads.find((head) => lists.every((list) => list.indexOf(head) <= 0)) ?? heads[0];
	if (next === undefined) return [];
	return [next, ...inOrder(lists.map((list) => list.filter((field) => field !== next)))];
}

/** A tool begins with the operation that reads a text: hardly any model needs the data of a page without it. */
function operationProperties(resource: Resource): INodeProperties[] {
	const property = operationProperty(resource);
	const readsText = resource.operations.some(({ value }) => value === READS_TEXT);
	return readsText ? variants(property, { default: READS_TEXT }) : [property];
}

const READS_TEXT = 'getContents';

function operationProperty({ value: resource, operations }: Resource): INodeProperties {
	const values = operations.map(({ value }) => value);
	const first = values.includes('get') ? 'get' : values[0]!;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operations.map(({ name, value, action, description, builderHint: propertyHint }) => {
			const option = { name, value, action, description };
			return propertyHint === undefined ? option : { ...option, builderHint: { propertyHint } };
		}),
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
 * A model reads and writes Markdown unless told otherwise. A locator whose default is an expression gets a second form for AI tools, which have no incoming item: empty
 * there, so that n8n asks the workflow author to choose, or to let the model name it.
 */
function withVariantForAgents(field: INodeProperties): INodeProperties[] {
	if (field.name === 'format') return variants(field, { default: 'markdown' });
	if (!isResourceLocatorValue(field.default) || !isExpression(field.default.value)) return [field];
	return variants(field, { default: NOT_CHOSEN, description: `${howToNameIt(field)}, as another tool gives it` });
}

/** The field as it is, and as AI tools have it. The editor takes the first for its list of actions. */
function variants(field: INodeProperties, ofTools: Partial<INodeProperties>): INodeProperties[] {
	const { displayOptions } = field;
	const hide = { ...displayOptions?.hide, '@tool': [true] };
	const show = { ...displayOptions?.show, '@tool': [true] };
	return [
		{ ...field, displayOptions: { ...displayOptions, hide } },
		{ ...field, ...ofTools, displayOptions: { ...displayOptions, show } },
	];
}

/** E.g. "The page by its ID, path or URL". */
function howToNameIt({ displayName, modes = [] }: INodeProperties): string {
	const ways = modes.flatMap(({ displayName }) => /^By (.+)$/.exec(displayName)?.[1] ?? []);
	const named = ways.map((way) => (way === way.toUpperCase() ? way : way.toLowerCase()));
	return `The ${displayName.toLowerCase()} by its ${named.join(', ').replace(/, ([^,]*)$/, ' or $1')}`;
}

function isExpression(value: unknown): boolean {
	return typeof value === 'string' && value.startsWith('=');
}
