import type { INodeProperties } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { CxoneExpert } from '../../../nodes/CxoneExpert/CxoneExpert.node.ts';
import { CxoneExpertPollingTrigger } from '../../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts';
import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';

/* What n8n's own assistant is told names what exists. In a hint, a value stands behind its field: `mode: 'edit'`. */

const nodes = [CxoneExpert, CxoneExpertTrigger, CxoneExpertPollingTrigger].map((node) => new node().description);
const operations = resources.flatMap((resource) => resource.operations.map((operation) => ({ resource, operation })));

function named(hint: string, field: string): string[] {
	return [...hint.matchAll(/(\w+): '(\w+)'/g)].flatMap(([, name, value]) => (name === field ? [value!] : []));
}

/** All fields of a node or an operation by name, those in collections, too. */
function choicesOf(properties: INodeProperties[], field: string): unknown[] {
	return properties.flatMap((property) => {
		const options = (property.options ?? []) as INodeProperties[];
		if (property.type === 'collection') return choicesOf(options, field);
		return property.name === field ? options.map((option) => (option as { value?: unknown }).value) : [];
	});
}

const hints = [
	...nodes.map(({ name, properties, builderHint }) => ({
		title: name,
		hint: builderHint?.searchHint ?? '',
		properties,
	})),
	...operations
		.filter(({ operation }) => operation.builderHint !== undefined)
		.map(({ resource, operation: { value, fields, builderHint } }) => ({
			title: `${resource.value}.${value}`,
			hint: builderHint!,
			properties: [...fields, ...nodes[0]!.properties],
		})),
];

it.each(hints)('the hint of $title names fields and choices that exist', ({ hint, properties }) => {
	const fields = [...hint.matchAll(/(\w+): '/g)].map(([, name]) => name!);
	expect(fields.length).toBeGreaterThan(0);
	for (const field of fields) {
		expect(choicesOf(properties, field), field).toEqual(expect.arrayContaining(named(hint, field)));
	}
});

it.each(hints)('the hint of $title names operations that its resource has', ({ hint }) => {
	const pairs = [...hint.matchAll(/resource: '(\w+)', operation: '(\w+)'/g)];
	const known = operations.map(({ resource, operation }) => `${resource.value}.${operation.value}`);
	expect(known).toEqual(expect.arrayContaining(pairs.map(([, ...pair]) => pair.join('.'))));
});
