import { choiceField, onlyEntered, optionsField, textField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { readList, results, limitFields, maxResults, simplify } from '../core/results';
import { userItem } from './items';

const ALL = 'all';

const nameField = textField({
	displayName: 'Name',
	name: 'name',
	placeholder: 'e.g. jdoe',
	description:
		'Start of the user name. When empty, all users are found. With a full name too, users who match either are found.',
});

const filters = {
	email: textField({
		displayName: 'Email',
		name: 'email',
		placeholder: 'e.g. jdoe@example.com',
		description: 'Start of the email address or of the user name: Expert searches both',
	}),
	fullName: textField({
		displayName: 'Full Name',
		name: 'fullName',
		placeholder: 'e.g. Jane Doe',
		description: 'Start of the full name',
	}),
	role: textField({
		displayName: 'Role',
		name: 'role',
		placeholder: 'e.g. Contributor',
		description: 'Name of the role that the users have',
	}),
	seat: choiceField({
		displayName: 'Seat',
		name: 'seat',
		options: [
			{ name: 'All', value: ALL },
			{ name: 'With Seat', value: 'seated' },
			{ name: 'Without Seat', value: 'unseated' },
			{
				name: 'Recommended',
				value: 'recommended',
				description: 'Users to whom Expert recommends giving a seat',
			},
		],
		description: 'Whether the users occupy a seat of the license',
	}),
	status: choiceField({
		displayName: 'Status',
		name: 'status',
		options: [
			{ name: 'All', value: ALL },
			{ name: 'Active', value: 'active' },
			{ name: 'Inactive', value: 'inactive' },
		],
		description: 'Whether the users may sign in',
	}),
};

/** GET /users, not /users/search, which has no offset: it gives nothing beyond its first response. */
export const getManyUsers = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many users',
	description: 'Find users by name, email, role or status. This is personal data.',
	fields: { name: nameField, ...limitFields, simplify, options: optionsField(filters) },
	async run(run, { name, simplify, options, ...limits }) {
		const { email, fullName, role, seat, status } = options;
		const query = onlyEntered({
			usernamefilter: name,
			usernameemailfilter: email,
			fullnamefilter: fullName,
			rolefilter: role,
			seatfilter: seat === ALL ? '' : seat,
			activatedfilter: status === ALL ? '' : String(status === 'active'),
		});
		const list = { path: '/users', query, doing: 'search users', root: 'users', element: 'user' };
		const found = await readList(run.site, list, maxResults(limits));
		return results(found, simplify, userItem);
	},
});
