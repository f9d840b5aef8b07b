import { changingManyPages } from './many-pages';

export const addTagsToPages = changingManyPages(
	{
		value: 'addToPages',
		name: 'Add to Pages',
		action: 'Add tags to pages',
		description: 'Add tags to many pages at once, which keep the others',
	},
	'tag.add',
);
