import type { Resource } from '../operation';
import { getPage } from './get';
import { getChangedSince } from './get-changed-since';
import { getPageContents } from './get-contents';
import { getPageRevisions } from './get-revisions';
import { getSubpages } from './get-subpages';
import { searchSite } from './search';

export const pageResource: Resource = {
	value: 'page',
	name: 'Page',
	description: 'A page of the knowledge base: its data, text, tags and properties',
	operations: [
		getPage,
		getPageContents,
		getChangedSince,
		getPageRevisions,
		getSubpages,
		searchSite,
	],
};
