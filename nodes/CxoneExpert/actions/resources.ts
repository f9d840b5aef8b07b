import { getArchivedPage } from './archived-page/get.operation';
import { restoreArchivedPage } from './archived-page/restore.operation';
import { createDraft } from './draft/create.operation';
import { deactivateDraft } from './draft/deactivate.operation';
import { getDraft } from './draft/get.operation';
import { publishDraft } from './draft/publish.operation';
import { deleteFile } from './file/delete.operation';
import { downloadFile } from './file/download.operation';
import { getManyFiles } from './file/get-many.operation';
import { getFile } from './file/get.operation';
import { uploadFile } from './file/upload.operation';
import type { Operation, Resource } from './core/operation';
import { copyPage } from './page/copy.operation';
import { createOrUpdatePage } from './page/create-or-update.operation';
import { deletePage } from './page/delete.operation';
import { getChangedPages } from './page/get-changed-since.operation';
import { getPageContents } from './page/get-contents.operation';
import { getManyPages } from './page/get-many.operation';
import { getPageProperty } from './property/get.operation';
import { getPageRevisions } from './revision/get-many.operation';
import { getPageSubpages } from './page/get-subpages.operation';
import { getPage } from './page/get.operation';
import { movePage } from './page/move.operation';
import { setPageProperty } from './property/set.operation';
import { addPageTags } from './tag/add.operation';
import { getPageTags } from './tag/get.operation';
import { removePageTags } from './tag/remove.operation';
import { replacePageTags } from './tag/replace.operation';
import { getManyUsers } from './user/get-many.operation';
import { getUser } from './user/get.operation';
import { addWebhookEvents } from './webhook/add-event.operation';
import { deleteWebhook } from './webhook/delete.operation';
import { disableWebhook } from './webhook/disable.operation';
import { enableWebhook } from './webhook/enable.operation';
import { getManyWebhooks } from './webhook/get-many.operation';
import { getWebhook } from './webhook/get.operation';
import { checkWebhookHealth } from './webhook/health/check-health.operation';
import { removeWebhookEvents } from './webhook/remove-event.operation';
import { sendTestDelivery } from './webhook/test-delivery/send-test-delivery.operation';

/** Everything that the node can do, in the order in which it is shown. */
export const resources: Resource[] = [
	{
		value: 'archivedPage',
		name: 'Archived Page',
		description: 'A page that was deleted, as in a "Page Deleted" event (for admins)',
		operations: [getArchivedPage, restoreArchivedPage],
	},
	{
		value: 'draft',
		name: 'Draft',
		description: 'A version of a page that readers do not see yet',
		operations: [createDraft, deactivateDraft, getDraft, publishDraft],
	},
	{
		value: 'file',
		name: 'File',
		description: 'A file that is attached to a page',
		operations: [deleteFile, downloadFile, getFile, getManyFiles, uploadFile],
	},
	{
		value: 'page',
		name: 'Page',
		description: 'A page of the knowledge base: its data, text, tags and properties',
		operations: [
			addPageTags,
			copyPage,
			createOrUpdatePage,
			deletePage,
			getPage,
			getPageContents,
			getManyPages,
			getChangedPages,
			getPageProperty,
			getPageRevisions,
			getPageSubpages,
			getPageTags,
			movePage,
			removePageTags,
			replacePageTags,
			setPageProperty,
		],
	},
	{
		value: 'user',
		name: 'User',
		description: 'A user of the site (personal data)',
		operations: [getUser, getManyUsers],
	},
	{
		value: 'webhook',
		name: 'Webhook',
		description: 'A webhook at the site: where Expert sends its events',
		operations: [
			addWebhookEvents,
			checkWebhookHealth,
			deleteWebhook,
			disableWebhook,
			enableWebhook,
			getWebhook,
			getManyWebhooks,
			removeWebhookEvents,
			sendTestDelivery,
		],
	},
];

/** The operation with these stored values, or none. */
export function operationOf(resource: string, operation: string): Operation | undefined {
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}
