import type { Resource } from '../core/resource';
import { getSearchTerms } from './get-search-terms.operation';

export const siteResource: Resource = {
	value: 'site',
	name: 'Site',
	description: 'What the site knows of its readers',
	operations: [getSearchTerms],
};
