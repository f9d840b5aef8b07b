import type { Resource } from '../core/operation';
import { getUser } from './get.operation';
import { getManyUsers } from './get-many.operation';

export const userResource: Resource = {
	value: 'user',
	name: 'User',
	description: 'A user of the site (personal data)',
	operations: [getUser, getManyUsers],
};
