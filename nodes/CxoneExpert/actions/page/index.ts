import { compareWithIndex } from '../comparison/compare.operation';
import type { Resource } from '../core/resource';
import { getPageProperty } from '../property/get.operation';
import { setPageProperty } from '../property/set.operation';
import { getBrokenLinks } from '../report/get-broken-links.operation';
import { getHealthReport } from '../report/get-health.operation';
import { compareRevisions } from '../revision/compare.operation';
import { getPageRevisions } from '../revision/get-many.operation';
import { revertPage } from '../revision/revert.operation';
import { addPageTags } from '../tag/page/add.operation';
import { getPageTags } from '../tag/page/get.operation';
import { removePageTags } from '../tag/page/remove.operation';
import { replacePageTags } from '../tag/page/replace.operation';
import { getPageTree } from '../tree/get.operation';
import { copyPage } from './copy.operation';
import { createOrUpdatePage } from './create-or-update.operation';
import { deletePage } from './delete.operation';
import { getChangedPages } from './get-changed-since.operation';
import { getPageContents } from './get-contents.operation';
import { getManyPages } from './get-many.operation';
import { getPageSubpages } from './get-subpages.operation';
import { getPage } from './get.operation';
import { movePage } from './move.operation';
import { replaceTextInPage } from './replace-text.operation';
import { searchPages } from '../../parameters/page-search';

export const pageResource: Resource = {
	value: 'page',
	name: 'Page',
	description: 'A page of the knowledge base: its data, text, tags and properties',
	operations: [
		addPageTags,
		compareRevisions,
		compareWithIndex,
		copyPage,
		createOrUpdatePage,
		deletePage,
		getPage,
		getBrokenLinks,
		getPageContents,
		getHealthReport,
		getManyPages,
		getChangedPages,
		getPageProperty,
		getPageRevisions,
		getPageSubpages,
		getPageTags,
		getPageTree,
		movePage,
		removePageTags,
		replacePageTags,
		replaceTextInPage,
		revertPage,
		setPageProperty,
	],
	lists: { searchPages },
};
