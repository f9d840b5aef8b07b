import { doubleEncode } from '../../api/path-segment';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { onlyEntered, refuse } from '../../parameters/field';
import { entryOf, pagedSearch } from '../core/list-search';
import { byNumberOrGuid, fromItem, locatorProperty, type Reference, thingField, wellFormed } from '../core/locator';

const property = locatorProperty(
	'searchUsers',
	{
		displayName: 'User',
		name: 'user',
		...fromItem('user'),
		modes: [{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. jdoe' }],
	},
	{
		hint: '"current" is the user of the token',
		validation: wellFormed(
			/\d+|[Cc][Uu][Rr][Rr][Ee][Nn][Tt]|:?[0-9A-Fa-f]{32}/,
			'An ID is a number, such as 42, or "current". For a name, choose "By Name".',
		),
	},
);

/** Source of the forms: docs/vendor-facts.md#identifiers. */
export const user = thingField(property, 'user', (text, mode): Reference => {
	// A name can be an email address: keep it out of messages.
	if (mode === 'name') return { key: `=${doubleEncode(text)}`, label: 'the user with this name' };
	if (text.toLowerCase() === 'current') return { key: 'current', label: 'the user of the token' };
	const reference = byNumberOrGuid(text, 'user');
	if (reference !== undefined) return reference;
	return refuse({
		message: 'The entered value is not the ID of a user',
		description:
			'An ID is a number, such as 42, or "current" for the user of the token. To name the user by name, choose "By Name".',
		toModel: 'Pass the id, a number such as 42, or "current" for the user of the token.',
	});
});

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
