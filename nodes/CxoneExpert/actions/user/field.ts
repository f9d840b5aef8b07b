import { doubleEncode } from '../../api/path-segment';
import { locatorField } from '../input/fields';
import { locatorValue, nothingNamed } from '../input/named-thing';
import type { OperationContext } from '../core/operation-context';

export const user = locatorField(
	'searchUsers',
	{
		displayName: 'User',
		name: 'user',
		default: { mode: 'id', value: '={{ $json.user.id }}' },
		description:
			'The user. Drag the user ID of an item of the trigger into this field, or choose another way to name the user.',
		modes: [{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. jdoe' }],
	},
	{ hint: '"current" is the user of the token' },
);

/** A user as the API takes it in a path, and in words that hold no name. */
export interface UserReference {
	/** `42`, `current`, `:<guid>`, or `=` and a name, encoded twice. */
	key: string;
	label: string;
}

/** The user that the "User" field names. Source of the forms: the vendor's API specification. */
export function userReference(run: OperationContext): UserReference {
	const { mode, text } = locatorValue(run.parameter('user'), 'user');
	if (text === '') return run.site.refuse(nothingNamed('user', '{{ $json.user.id }}'));
	// A name can be an e-mail address: it stays out of messages.
	if (mode === 'name') return { key: `=${doubleEncode(text)}`, label: 'the user with this name' };
	if (/^\d+$/.test(text)) return { key: text, label: `user ${text}` };
	if (text.toLowerCase() === 'current') return { key: 'current', label: 'the user of the token' };
	if (/^:?[0-9a-f]{32}$/i.test(text)) {
		const guid = text.replace(/^:/, '');
		return { key: `:${guid}`, label: `user ${guid}` };
	}
	return run.site.refuse({
		message: 'What is entered is not the ID of a user',
		description:
			'An ID is a number, such as 42, or "current" for the user of the token. To name the user by name, choose "By Name".',
	});
}
