import type { Resource } from '../operation';
import { getUser } from './get';
import { findUsers } from './search';

export const userResource: Resource = {
	value: 'user',
	name: 'User',
	description: 'A user of the site (personal data)',
	operations: [getUser, findUsers],
};
