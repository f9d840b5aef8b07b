import type { Resource } from '../operation';
import { copyPage } from './copy.operation';
import { createOrUpdatePage } from './create-or-update.operation';
import { deletePage } from './delete.operation';
import { getChangedPages } from './get-changed-since.operation';
import { getPageContents } from './get-contents.operation';
import { getManyPages } from './get-many.operation';
import { getPageProperty } from './get-property.operation';
import { getPageRevisions } from './get-revisions.operation';
import { getPageSubpages } from './get-subpages.operation';
import { getPage } from './get.operation';
import { movePage } from './move.operation';
import { setPageProperty } from './set-property.operation';
import { addPageTags, getPageTags, removePageTags, replacePageTags } from './tags.operations';

export const pageResource: Resource = {
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
};
