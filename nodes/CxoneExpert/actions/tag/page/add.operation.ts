import { changingPageTags } from './page-tags';
import { tagsWithout } from '../tags';

export const addPageTags = changingPageTags(
	{
		value: 'addTags',
		name: 'Add Tags',
		action: 'Add tags to page',
		description: 'Add tags to a page and keep the others',
	},
	(before, named) => [...before, ...tagsWithout(named, before)],
);
