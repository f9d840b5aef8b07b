import type { Resource } from '../core/operation';
import { getUser } from './get.operation';
import { searchUsers } from './search.operation';

export const userResource: Resource = {
	value: 'user',
	name: 'User',
	description: 'A user of the site (personal data)',
	operations: [getUser, searchUsers],
};
