import type { Resource } from '../core/operation';
import { getArchivedPage } from './get.operation';
import { restoreArchivedPage } from './restore.operation';

export const archivedPageResource: Resource = {
	value: 'archivedPage',
	name: 'Archived Page',
	description: 'A page that was deleted: what a "Page Deleted" event points at (for admins)',
	operations: [getArchivedPage, restoreArchivedPage],
};
