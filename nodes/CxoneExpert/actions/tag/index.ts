import type { Resource } from '../core/resource';
import { addTagsToPages } from './add-to-pages.operation';
import { getManyTags } from './get-many.operation';
import { getTagPages } from './get-pages.operation';
import { removeTagsFromPages } from './remove-from-pages.operation';
import { searchTags } from './site-tags';

export const tagResource: Resource = {
	value: 'tag',
	name: 'Tag',
	description: 'A tag of the site, on all of its pages',
	operations: [addTagsToPages, getManyTags, getTagPages, removeTagsFromPages],
	lists: { searchTags },
};
