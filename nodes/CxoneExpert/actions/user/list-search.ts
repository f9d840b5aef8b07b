import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { attribute, children, textOf, type XmlElement } from '../../api/xml';
import { ExpertSite } from '../core/site';
import { listStep, type SearchPage } from '../input/list-search';

/**
 * The list of a "User" field, filtered by user name or e-mail address.
 *
 * @param token where the next step begins
 */
export async function searchUserList(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const words = filter?.trim() ?? '';
	const fetch = async (step: SearchPage) => {
		const query = { ...(words === '' ? {} : { usernameemailfilter: words }), ...step };
		const doing = 'list the users of the site';
		const root = await site.read({ method: 'GET', path: '/users', query, doing }, 'users');
		return children(root, 'user');
	};
	return await listStep(fetch, entry, token);
}

/** No e-mail address: the name of the entry is stored in the workflow. */
function entry(user: XmlElement): INodeListSearchItems[] {
	const value = attribute(user, 'id');
	if (value === undefined) return [];
	const name = textOf(user, 'username') ?? textOf(user, 'nick') ?? '';
	const fullName = textOf(user, 'fullname');
	return [{ name: fullName === undefined ? name : `${fullName} (${name})`, value }];
}
