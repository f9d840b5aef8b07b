import { changingPageTags } from './page-tags';
import { tagsWithout } from '../tags';

export const removePageTags = changingPageTags(
	{
		value: 'removeTags',
		name: 'Remove Tags',
		action: 'Remove tags from page',
		description: 'Remove tags from a page and keep the others',
	},
	tagsWithout,
);
