import { changeResource } from './change';
import type { Operation, Resource } from './operation';
import { pageResource } from './page';
import { webhookResource } from './webhook';

/** Everything that the node can do, in the order in which it is shown. */
export const resources: Resource[] = [changeResource, pageResource, webhookResource];

/** The operation with these stored values, or none. */
export function operationOf(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
