import { attribute, textOf, type XmlElement } from '../api/xml';
import { onlyEntered } from './field';
import { entryOf, pagedSearch } from './list-search';

/** Searches the start of user name and full name (docs/vendor-facts.md#users), or of an address. */
export const searchUsers = pagedSearch((words) => ({
	path: '/users',
	query: words.includes('@')
		? { usernameemailfilter: words }
		: onlyEntered({ usernamefilter: words, fullnamefilter: words }),
	doing: 'list the users of the site',
	root: 'users',
	element: 'user',
	entry: (found) => entryOf(attribute(found, 'id'), userName(found)),
}));

/** Leaves out the email address, because the workflow stores the name of an entry. */
function userName(user: XmlElement): string | undefined {
	const name = textOf(user, 'username') ?? textOf(user, 'nick');
	const fullName = textOf(user, 'fullname');
	if (fullName === undefined) return name;
	return name === undefined ? fullName : `${fullName} (${name})`;
}
