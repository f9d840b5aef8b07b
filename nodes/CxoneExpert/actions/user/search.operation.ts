import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { children } from '../../api/xml';
import { choice } from '../input/choice';
import { limit, optionsField, returnAll, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { paged } from '../input/list-page';
import { asText, type OperationContext } from '../core/operation-context';
import { userItem } from './user-item';

const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. jdoe',
	description: 'Start of the user name. When empty, all users are found.',
};

/** As the API calls them. */
const SEATS: INodePropertyOptions[] = [
	{ name: 'With Seat', value: 'seated' },
	{ name: 'Without Seat', value: 'unseated' },
	{
		name: 'Recommended',
		value: 'recommended',
		description: 'Users to whom Expert recommends giving a seat',
	},
];

const STATUSES: INodePropertyOptions[] = [
	{ name: 'Active', value: 'active' },
	{ name: 'Inactive', value: 'inactive' },
];

const options = optionsField([
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '',
		placeholder: 'e.g. jdoe@example.com',
		description: 'Text in the email address or in the user name: Expert looks into both',
	},
	{
		displayName: 'Full Name',
		name: 'fullName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Jane Doe',
		description: 'Start of the full name',
	},
	{
		displayName: 'Role',
		name: 'role',
		type: 'string',
		default: '',
		placeholder: 'e.g. Contributor',
		description: 'Name of the role that the users have',
	},
	{
		displayName: 'Seat',
		name: 'seat',
		type: 'options',
		options: SEATS,
		default: 'seated',
		description: 'Whether the users take up a seat of the license',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		options: STATUSES,
		default: 'active',
		description: 'Whether the users may sign in',
	},
]);

/**
 * GET /users with filters. The other call, /users/search, has no offset: what is beyond its first
 * answer cannot be reached.
 */
export const findUsers: Operation = {
	value: 'search',
	name: 'Search',
	action: 'Search users',
	description: 'Find users by name, email, role or status. This is personal data.',
	fields: [name, returnAll, limit, simplify, options],
	async run(run) {
		const filters = filtersOf(run);
		const found = await paged(run.max, async (most, offset) => {
			const query = { ...filters, limit: most, offset };
			const doing = 'search users';
			const root = await run.site.read({ method: 'GET', path: '/users', query, doing }, 'users');
			return children(root, 'user');
		});
		await run.site.assertTokenAccepted();
		return results(run, found, userItem);
	},
};

/** What is empty filters nothing, so it is not sent. */
function filtersOf(run: OperationContext): Record<string, string> {
	const { email, fullName, role, seat, status } = run.options;
	const filters = {
		usernamefilter: run.text('name'),
		usernameemailfilter: asText(email),
		fullnamefilter: asText(fullName),
		rolefilter: asText(role),
		seatfilter: asText(seat) && choice(run, 'Seat', seat, SEATS),
		activatedfilter: asText(status) && String(isActive(run, status)),
	};
	return Object.fromEntries(Object.entries(filters).filter(([, text]) => text !== ''));
}

function isActive(run: OperationContext, status: unknown): boolean {
	return choice(run, 'Status', status, STATUSES) === 'active';
}
