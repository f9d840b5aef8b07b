import type { Resource } from '../operation';
import { addTags } from './add-tags';
import { copyPage } from './copy';
import { deletePage } from './delete';
import { getPage } from './get';
import { getChangedSince } from './get-changed-since';
import { getPageContents } from './get-contents';
import { getProperty } from './get-property';
import { getPageRevisions } from './get-revisions';
import { getSubpages } from './get-subpages';
import { getTags } from './get-tags';
import { movePage } from './move';
import { removeTags } from './remove-tags';
import { replaceTags } from './replace-tags';
import { saveContents } from './save-contents';
import { searchSite } from './search';
import { setProperty } from './set-property';

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
