import { doubleEncode } from '../../api/path-segment';
import { attribute, type XmlElement } from '../../api/xml';
import { onlyEntered, refuse } from '../core/field';
import { userItem } from '../items';
import {
	byNumberOrGuid,
	fromItem,
	locatorProperty,
	type Reference,
	thingField,
	wellFormed,
} from '../core/locator';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { notFound } from '../core/site';

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

/** A user by list, number or name. Source of the forms: docs/vendor-facts.md#identifiers. */
export const user = thingField(property, 'user', (text, mode): Reference => {
	// A name can be an e-mail address: it stays out of messages.
	if (mode === 'name') return { key: `=${doubleEncode(text)}`, label: 'the user with this name' };
	if (text.toLowerCase() === 'current') return { key: 'current', label: 'the user of the token' };
	const reference = byNumberOrGuid(text, 'user');
	if (reference !== undefined) return reference;
	return refuse({
		message: 'The entered value is not the ID of a user',
		description:
			'An ID is a number, such as 42, or "current" for the user of the token. To name the user by name, choose "By Name".',
	});
});

/** GET /users/{id}; groups and properties are left out when the item would not have them. */
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
		if (key === 'current') refuseAnonymous(found);
		return results([found], simplify, userItem);
	},
});

const WHICH_USERS =
	"Check the value in the field 'User'. User > Get Many shows which users there are.";

/** Expert does not refuse a token that it does not accept: the call runs as the user Anonymous. */
function refuseAnonymous(found: XmlElement): void {
	if (attribute(found, 'anonymous') !== 'true') return;
	refuse({
		message: 'The site does not accept the token: it treats the call as anonymous',
		description:
			'Open the CXone Expert API credential, enter the token again and run its test. The token may have expired or been removed.',
	});
}
