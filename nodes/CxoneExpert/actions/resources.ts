import { archivedPageResource } from './archived-page';
import { changeResource } from './change';
import { draftResource } from './draft';
import { fileResource } from './file';
import type { Operation, Resource } from './operation';
import { pageResource } from './page';
import { userResource } from './user';
import { webhookResource } from './webhook';

/** Everything that the node can do, in the order in which it is shown. */
export const resources: Resource[] = [
	archivedPageResource,
	changeResource,
	draftResource,
	fileResource,
	pageResource,
	userResource,
	webhookResource,
];

/** The operation with these stored values, or none. */
export function operationOf(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
