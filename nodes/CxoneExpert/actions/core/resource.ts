import type { ListSearch } from '../../parameters/list-search';
import type { Operation } from './operation';

export interface Resource {
	/** Never changes, because workflows store it. */
	value: string;
	name: string;
	description: string;
	/** Sorted by name, as n8n wants it. */
	operations: Operation[];
	/** Lists by the names that "From List" fields ask for. */
	lists?: Record<string, ListSearch>;
}

export function operationIn(resources: Resource[], resource: string, operation: string): Operation | undefined {
	return resources.find(({ value }) => value === resource)?.operations.find(({ value }) => value === operation);
}
