import type { ListSearch } from './list-search';
import type { Operation } from './operation';

/** What operations are about. */
export interface Resource {
	/** Stored in workflows: never changes. */
	value: string;
	name: string;
	description: string;
	/** In alphabetical order of their names, as n8n wants it. */
	operations: Operation[];
	/** Under the names by which "From List" fields ask for them. */
	lists?: Record<string, ListSearch>;
}

/** The operation with these stored values, or none. */
export function operationIn(
	resources: Resource[],
	resource: string,
	operation: string,
): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
