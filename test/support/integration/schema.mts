import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { IDataObject } from 'n8n-workflow';
import { expect } from 'vitest';
import { jsonText } from '../json-text.mts';

export type Schema = Record<string, unknown>;

const folder = fileURLToPath(new URL('../../../nodes/CxoneExpert/__schema__', import.meta.url));

/** From which n8n knows the fields of an operation before it has run. */
export function schemaFile(resource: string, operation: string): string {
	return `${folder}/v1.0.0/${resource}/${operation}.json`;
}

/** The operations that have such a file, such as `page.get`. */
export function operationSchemas(): string[] {
	const files = globSync('*/*.json', { cwd: `${folder}/v1.0.0` });
	return files.map((file) => file.replace('/', '.').replace(/\.json$/, ''));
}

/** The text of such a file: all fields that one of the items has, each with all of its types. */
export async function schemaText(items: IDataObject[]): Promise<string> {
	// What n8n passes on has no field that is `undefined`.
	const schema = { ...schemaOf(JSON.parse(JSON.stringify(items)) as unknown[]), version: 1 };
	return (await jsonText(schema)).replace(/\{\n\t*("type": "\w+")\n\t*\}/g, '{ $1 }');
}

/** Of a list that is empty everywhere: all lists of plain texts start so. */
const TEXTS = { type: 'string' };

function schemaOf(values: unknown[]): Schema {
	const types = [...new Set(values.map(typeOf))];
	const objects = values.filter((value) => typeOf(value) === 'object') as IDataObject[];
	const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
	const entries = values.filter(Array.isArray).flat();
	const valuesOf = (name: string) => objects.flatMap((each) => (name in each ? [each[name]] : []));
	return {
		type: types.length === 1 ? types[0] : types.sort(),
		...(types.includes('object')
			? { properties: Object.fromEntries(names.map((name) => [name, schemaOf(valuesOf(name))])) }
			: {}),
		...(types.includes('array') ? { items: entries.length > 0 ? schemaOf(entries) : TEXTS } : {}),
	};
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}

/** Fails when a real output has a field that the schema does not name, or of another type. */
export function expectSchema(resource: string, operation: string, items: IDataObject[]): void {
	expectFits(operationSchema(resource, operation), items);
}

/** The fields of an operation's output: the schema of each by its name. */
export function outputFields(resource: string, operation: string): Record<string, Schema> {
	return operationSchema(resource, operation).properties as Record<string, Schema>;
}

/** Names of all fields of an operation's output, those within others with dots between. */
export function promisedFields(resource: string, operation: string): string[] {
	return fieldsOf(operationSchema(resource, operation));
}

function operationSchema(resource: string, operation: string): Schema {
	return readSchema(schemaFile(resource, operation));
}

/** The same for the items of the trigger. */
export function expectTriggerSchema(items: IDataObject[]): void {
	expectFits(readSchema(`${folder}/v1.0.0.json`), items);
}

/** Names of all fields, those within others with dots between. */
export function triggerFields(): string[] {
	return fieldsOf(readSchema(`${folder}/v1.0.0.json`));
}

function fieldsOf({ properties = {} }: Schema, before = ''): string[] {
	return Object.entries(properties as Record<string, Schema>).flatMap(([name, inner]) =>
		inner.properties ? fieldsOf(inner, `${before}${name}.`) : [`${before}${name}`],
	);
}

function readSchema(file: string): Schema {
	return JSON.parse(readFileSync(file, 'utf8')) as Schema;
}

function expectFits(schema: Schema, items: IDataObject[]): void {
	expect(items.length, 'nothing to compare with the schema').toBeGreaterThan(0);
	const validate = new Ajv({ strict: false }).compile(closed(schema) as object);
	for (const item of items) {
		validate(item);
		expect(validate.errors ?? [], JSON.stringify(item)).toEqual([]);
	}
}

/** The same schema, in which every object has only the fields that are named. */
function closed(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(closed);
	if (typeof schema !== 'object' || schema === null) return schema;
	const entries = Object.entries(schema).map(([name, value]) => [name, closed(value)]);
	const copy = Object.fromEntries(entries) as Schema;
	const isOpen = copy.type === 'object' && copy.additionalProperties === undefined;
	return isOpen && copy.properties ? { ...copy, additionalProperties: false } : copy;
}
