import { doubleEncode } from '../../api/path-segment';
import { refuse } from '../../parameters/field';
import {
	byNumberOrGuid,
	fromItem,
	locatorProperty,
	type Reference,
	thingField,
	wellFormed,
} from '../../parameters/locator';

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
