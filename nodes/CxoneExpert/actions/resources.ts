import { archivedPageResource } from './archived-page/archived-page.resource';
import { draftResource } from './draft/draft.resource';
import { fileResource } from './file/file.resource';
import type { Operation, Resource } from './operation';
import { pageResource } from './page/page.resource';
import { userResource } from './user/user.resource';
import { webhookResource } from './webhook/webhook.resource';

/** Everything that the node can do, in the order in which it is shown. */
export const resources: Resource[] = [
	archivedPageResource,
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
