import type { Resource } from '../core/operation';
import { addTags } from './add-tags.operation';
import { copyPage } from './copy.operation';
import { deletePage } from './delete.operation';
import { getPage } from './get.operation';
import { getChangedSince } from './get-changed-since.operation';
import { getPageContents } from './get-contents.operation';
import { getProperty } from './get-property.operation';
import { getPageRevisions } from './get-revisions.operation';
import { getSubpages } from './get-subpages.operation';
import { getTags } from './get-tags.operation';
import { movePage } from './move.operation';
import { removeTags } from './remove-tags.operation';
import { replaceTags } from './replace-tags.operation';
import { saveContents } from './save-contents.operation';
import { searchSite } from './search.operation';
import { setProperty } from './set-property.operation';

export const pageResource: Resource = {
	value: 'page',
	name: 'Page',
	description: 'A page of the knowledge base: its data, text, tags and properties',
	operations: [
		addTags,
		copyPage,
		saveContents,
		deletePage,
		getPage,
		getPageContents,
		getChangedSince,
		getProperty,
		getPageRevisions,
		getSubpages,
		getTags,
		movePage,
		removeTags,
		replaceTags,
		searchSite,
		setProperty,
	],
};
