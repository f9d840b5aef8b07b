import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { IDataObject } from 'n8n-workflow';
import { expect } from 'vitest';

type Schema = Record<string, unknown>;

const folder = fileURLToPath(
	new URL('../../../nodes/CxoneExpert/__schema__/v1.0.0/', import.meta.url),
);

/** Whether n8n can show the fields of this operation before it has run. */
export function hasSchema(resource: string, operation: string): boolean {
	return existsSync(`${folder}${resource}/${operation}.json`);
}

/** Fails when a real output has a field that the schema does not name, or of another type. */
export function expectSchema(resource: string, operation: string, items: IDataObject[]): void {
	expect(items.length, 'nothing to compare with the schema').toBeGreaterThan(0);
	const text = readFileSync(`${folder}${resource}/${operation}.json`, 'utf8');
	const validate = new Ajv({ strict: false }).compile(closed(JSON.parse(text) as Schema) as object);
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
