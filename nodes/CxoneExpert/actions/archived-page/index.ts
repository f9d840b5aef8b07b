import type { Resource } from '../core/resource';
import { searchArchivedPages } from './archived-page';
import { getArchivedPage } from './get.operation';
import { restoreArchivedPage } from './restore.operation';

export const archivedPageResource: Resource = {
	value: 'archivedPage',
	name: 'Archived Page',
	description: 'A page that was deleted, as in a "Page Deleted" event (for admins)',
	operations: [getArchivedPage, restoreArchivedPage],
	lists: { searchArchivedPages },
};
