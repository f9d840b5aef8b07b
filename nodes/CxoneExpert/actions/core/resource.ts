import type { ListSearch } from './list-search';
import type { Operation } from './operation';

export interface Resource {
	/** Stored in workflows: never changes. */
	value: string;
	name: string;
	description: string;
	/** By name, as n8n wants it. */
	operations: Operation[];
	/** By the names that "From List" fields ask for. */
	lists?: Record<string, ListSearch>;
}

export function operationIn(resources: Resource[], resource: string, operation: string): Operation | undefined {
	return resources.find(({ value }) => value === resource)?.operations.find(({ value }) => value === operation);
}
