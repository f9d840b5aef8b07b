import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { attribute, children, textOf, type XmlElement } from '../../transport/xml';
import { Expert } from '../expert';

/** Entries that one step of the list shows. */
const STEP = 50;

/**
 * The list of a "User" field, by user name or e-mail address when a filter is entered.
 *
 * @param token where the next step begins
 */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const expert = await Expert.connect(this);
	const offset = Number(token ?? 0);
	const words = filter?.trim() ?? '';
	const query = {
		...(words === '' ? {} : { usernameemailfilter: words }),
		limit: STEP,
		offset,
	};
	const doing = 'list the users of the site';
	const root = await expert.read({ method: 'GET', path: '/users', query, doing }, 'users');
	const users = children(root, 'user');
	return {
		results: users.map(entry).filter(({ value }) => value !== ''),
		...(users.length < STEP ? {} : { paginationToken: String(offset + STEP) }),
	};
}

/** No e-mail address: the name of the entry is stored in the workflow. */
function entry(user: XmlElement) {
	const name = textOf(user, 'username') ?? textOf(user, 'nick') ?? '';
	const fullName = textOf(user, 'fullname');
	return {
		name: fullName === undefined ? name : `${fullName} (${name})`,
		value: attribute(user, 'id') ?? '',
	};
}
