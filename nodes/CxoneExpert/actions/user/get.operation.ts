import { onlyEntered } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { notFound } from '../../api/expert-site';
import { userItem } from './items';
import { user } from './user';

/** GET /users/{id}, without groups and properties if the item does not have them. */
export const getUser = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get user',
	description: 'Get name, email, role and more of a user. This is personal data.',
	fields: { user, simplify },
	async run(run, { user: { key, label }, simplify }) {
		const call = {
			path: `/users/${key}`,
			query: onlyEntered({ exclude: simplify ? 'groups,properties' : '' }),
			doing: `read ${label}`,
			messages: { 404: notFound(label, WHICH_USERS) },
		};
		const found = await run.site.read({ method: 'GET', ...call }, 'user');
		return results([found], simplify, userItem);
	},
});

const WHICH_USERS = {
	description: "Check the value in the field 'User'. User > Get Many shows which users there are.",
	toModel: 'Check how you named the user.',
};
