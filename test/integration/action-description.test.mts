import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { named } from '../support/integration/action-node.mts';
import type { Operation } from '../../nodes/CxoneExpert/actions/core/operation.ts';
import { resources } from '../../nodes/CxoneExpert/actions/resources.ts';
import { outputFields, type Schema } from '../support/integration/schema.mts';

/** Every operation of every resource, with its name for the title of a test. */
const everything = resources.flatMap((resource) =>
	resource.operations.map((operation) => ({
		title: `${resource.value}.${operation.value}`,
		resource,
		operation,
	})),
);

/** A field, and those inside it. */
function withInner(field: INodeProperties): INodeProperties[] {
	const inner = (field.options ?? []).flatMap((option) =>
		'values' in option ? option.values : 'type' in option ? [option] : [],
	);
	return [field, ...inner.flatMap(withInner)];
}

function choicesOf({ type, options }: INodeProperties): INodePropertyOptions[] {
	return type === 'options' || type === 'multiOptions' ? (options as INodePropertyOptions[]) : [];
}

function fieldsOf(operation: Operation): INodeProperties[] {
	return operation.fields.flatMap(withInner);
}

const sorted = (names: string[]) => names.toSorted((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }));

/** One sentence has no period at its end; several have. */
function endsAsWanted(text = ''): boolean {
	return /\. /.test(text) || !text.endsWith('.');
}

/** Their whole output is the point: there is nothing behind it to be simplified. */
const REPORTS = new Set(['webhook.checkHealth', 'webhook.sendTestDelivery']);

/** Fields in whose place the others of an output have others. */
const NEVER_TOGETHER: Record<string, string[]> = {
	// A deleted page has "deletedAt" and "deleted".
	'page.get': ['editedAt', 'createdAt'],
	// A revision has none.
	'page.getChangedSince': ['tags', 'articleType', 'modifiedAt'],
};

/** Words that n8n's guidelines do not want in what people read. */
const BLAME = /\b(error|problem|failure|mistake)\b/i;

describe.each(resources)('resource $value', ({ value, name, description, operations }) => {
	it(`the resource ${value} exists once and has a name and a description`, () => {
		expect(resources.filter((other) => other.value === value)).toHaveLength(1);
		expect(name).toMatch(/^[A-Z]/);
		expect(description).toMatch(/^[A-Z]/);
		expect(endsAsWanted(description)).toBe(true);
	});

	it(`the resource ${value} has its operations in alphabetical order, each with its own name and value`, () => {
		const names = operations.map((operation) => operation.name);
		expect(names).toEqual(sorted(names));
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(operations.map((operation) => operation.value)).size).toBe(names.length);
	});
});

describe.each(everything)('$title', ({ title, resource, operation }) => {
	it(`${title} has the texts that n8n shows`, () => {
		expect(operation.value).toMatch(/^[a-z][A-Za-z0-9]*$/);
		expect(operation.name).toMatch(/^[A-Z]/);
		expect(operation.action).toMatch(/^[A-Z][^.]*$/);
		expect(operation.description).toMatch(/^[A-Z]/);
		expect(endsAsWanted(operation.description)).toBe(true);
		const texts = `${operation.name} ${operation.action} ${operation.description}`;
		expect(texts).not.toMatch(BLAME);
		// n8n shows two lines of it in the list.
		expect(operation.description.length).toBeLessThanOrEqual(100);
	});

	it(`${title} has an action text of its own, without an article, for the node picker and tools`, () => {
		const { action } = operation;
		expect(everything.filter((other) => other.operation.action === action)).toHaveLength(1);
		expect(action).not.toMatch(/\b(an?|the)\b/i);
		// After 64 characters, n8n cuts the name of a tool.
		expect(`${action} in CXone Expert`.length).toBeLessThanOrEqual(64);
	});

	it(`${title} gives at most 13 fields, none deeper than the name and ID of something`, () => {
		const fields = outputFields(resource.value, operation.value);
		const apart = NEVER_TOGETHER[title] ?? [];
		expect(Object.keys(fields)).toEqual(expect.arrayContaining(apart));
		if (!REPORTS.has(title)) expect(Object.keys(fields).length - apart.length).toBeLessThanOrEqual(13);
		for (const [name, { properties }] of Object.entries(fields)) {
			const inner = Object.values((properties ?? {}) as Record<string, Schema>);
			const types = inner.map(({ type }) => type);
			if (!REPORTS.has(title)) expect(types, name).not.toContain('object');
		}
	});

	it(`${title} has fields worded as n8n asks for`, () => {
		for (const field of fieldsOf(operation)) {
			const { name, displayName, description, placeholder, type } = field;
			expect(name, displayName).toMatch(/^[a-z][A-Za-z0-9]*$/);
			expect(displayName, name).toMatch(/^[A-Z]/);
			expect(`${displayName} ${description ?? ''}`, name).not.toMatch(BLAME);
			if (type === 'boolean') expect(description, name).toMatch(/^Whether /);
			const isTyped = type === 'string' || type === 'dateTime';
			if (isTyped) expect(placeholder, name).toMatch(/^e\.g\. /);
			const typed = (field.modes ?? []).filter((mode) => mode.type === 'string');
			for (const mode of typed) expect(mode.placeholder, name).toMatch(/^e\.g\. /);
			expect(endsAsWanted(description), name).toBe(true);
			// For people and models.
			if (field.required) expect(description!.length, name).toBeGreaterThan(15);
		}
	});

	it(`${title} has choices with unique values, and long lists in alphabetical order, but for events`, () => {
		for (const field of fieldsOf(operation)) {
			const { type, name, options = [] } = field;
			const choices = choicesOf(field);
			const names = choices.map((choice) => choice.name);
			const values = choices.map((choice) => choice.value);
			expect(new Set(values).size, name).toBe(values.length);
			// Events have the order of the triggers: those that people want most are first.
			const isOfEvents = values.includes('page_create');
			if (names.length >= 5 && !isOfEvents) expect(names, name).toEqual(sorted(names));
			if (type === 'options' && values.length > 0) expect(values, name).toContain(field.default);
			const added = type === 'collection' ? (options as INodeProperties[]) : [];
			const titles = added.map(({ displayName }) => displayName);
			expect(titles, name).toEqual(sorted(titles));
		}
	});
});

it.each(everything.filter(({ operation }) => /^(delete|deactivate)$/.test(operation.value)))(
	'$title begins with nothing chosen, so that it removes nothing untouched',
	({ operation }) => {
		const locators = operation.fields.filter(({ type }) => type === 'resourceLocator');
		expect(locators.filter(({ required }) => required)).toHaveLength(1);
		const nothing = { default: named('list', '') };
		expect(locators).toMatchObject(locators.map(() => nothing));
	},
);

it('fields with the same name within a resource have the same type', () => {
	for (const resource of resources) {
		const types = new Map<string, string>();
		for (const { name, type } of resource.operations.flatMap(({ fields }) => fields)) {
			expect(types.get(name) ?? type, `${resource.value}.${name}`).toBe(type);
			types.set(name, type);
		}
	}
});

it('each field for tags of pages offers the list of tags', () => {
	const tags = everything
		.flatMap(({ operation }) => fieldsOf(operation))
		// Copy has a switch of this name.
		.filter(({ name, type }) => name === 'tags' && type !== 'boolean');
	expect(tags.length).toBeGreaterThan(7);
	for (const { modes = [] } of tags) {
		expect(modes.map(({ typeOptions }) => typeOptions?.searchListMethod)).toContain('searchTags');
	}
});
