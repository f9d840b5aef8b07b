import { searchUsers } from '../../parameters/user-search';
import type { Resource } from '../core/resource';
import { getManyUsers } from './get-many.operation';
import { getUser } from './get.operation';

export const userResource: Resource = {
	value: 'user',
	name: 'User',
	description: 'A user of the site (personal data)',
	operations: [getUser, getManyUsers],
	lists: { searchUsers },
};
