import type { Resource } from '../operation';
import { getPage } from './get';

export const pageResource: Resource = {
	value: 'page',
	name: 'Page',
	description: 'A page of the knowledge base: its data, text, tags and properties',
	operations: [getPage],
};
