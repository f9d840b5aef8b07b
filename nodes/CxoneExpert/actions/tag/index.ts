import type { Resource } from '../core/resource';
import { getTagPages } from './get-pages.operation';
import { searchTags } from './site-tags';

export const tagResource: Resource = {
	value: 'tag',
	name: 'Tag',
	description: 'A tag of the site, on all of its pages',
	operations: [getTagPages],
	lists: { searchTags },
};
