import { changingManyPages } from './many-pages';

export const removeTagsFromPages = changingManyPages(
	{
		value: 'removeFromPages',
		name: 'Remove From Pages',
		action: 'Remove tags from pages',
		description: 'Remove tags from many pages at once, which keep the others',
	},
	'tag.remove',
);
