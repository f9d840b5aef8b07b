import type { Resource } from '../operation';
import { getArchivedPage } from './get';
import { restoreArchivedPage } from './restore';

export const archivedPageResource: Resource = {
	value: 'archivedPage',
	name: 'Archived Page',
	description: 'A page that was deleted: what a "Page Deleted" event points at (for admins)',
	operations: [getArchivedPage, restoreArchivedPage],
};
