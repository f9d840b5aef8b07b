import { doubleEncode } from '../../api/path-segment';
import { attribute, type XmlElement } from '../../api/xml';
import { type Field, refuseInput } from '../field';
import { userItem } from '../items';
import {
	fromItem,
	HOW_TO_LIST,
	locatorProperty,
	locatorValue,
	nothingNamed,
	wellFormed,
} from '../locator';
import { defineOperation, type OperationContext } from '../operation';
import { notFound } from '../site';
import { results, simplify } from '../results';

const property = locatorProperty(
	'searchUsers',
	{
		displayName: 'User',
		name: 'user',
		default: fromItem('{{ $json.user.id }}'),
		description: `The user. Drag the user ID from a trigger item into this field, or choose another way to name the user. ${HOW_TO_LIST}`,
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

/** A user as the API takes it in a path, and as messages name it: without the name. */
interface UserReference {
	/** `42`, `current`, `:<guid>`, or `=` and a name, encoded twice. */
	key: string;
	label: string;
}

/** A user by list, number or name. */
export const user: Field<UserReference> = { property, read: userReference };

/** The user that a field names. Source of the forms: docs/vendor-facts.md#identifiers. */
function userReference(entered: unknown): UserReference {
	const { mode, text } = locatorValue(entered, 'user');
	if (text === '') return refuseInput(nothingNamed('user', '{{ $json.user.id }}'));
	// A name can be an e-mail address: it stays out of messages.
	if (mode === 'name') return { key: `=${doubleEncode(text)}`, label: 'the user with this name' };
	if (/^\d+$/.test(text)) return { key: text, label: `user ${text}` };
	if (text.toLowerCase() === 'current') return { key: 'current', label: 'the user of the token' };
	const guid = /^:?([0-9a-f]{32})$/i.exec(text)?.[1];
	if (guid !== undefined) return { key: `:${guid}`, label: `user ${guid}` };
	return refuseInput({
		message: 'The entered value is not the ID of a user',
		description:
			'An ID is a number, such as 42, or "current" for the user of the token. To name the user by name, choose "By Name".',
	});
}

/** GET /users/{id}; groups and properties are left out when the item would not have them. */
export const getUser = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get user',
	description: 'Get name, email, role and more of a user. This is personal data.',
	fields: { user, simplify },
	async run(run, fields) {
		const reference = run.read(fields.user);
		const isSimplified = run.read(fields.simplify);
		const found = await readUser(run, reference, isSimplified);
		if (reference.key === 'current') refuseAnonymous(run, found);
		return results([found], isSimplified, userItem);
	},
});

async function readUser(
	run: OperationContext,
	{ key, label }: UserReference,
	isSimplified: boolean,
): Promise<XmlElement> {
	return await run.site.read(
		{
			method: 'GET',
			path: `/users/${key}`,
			...(isSimplified ? { query: { exclude: 'groups,properties' } } : {}),
			doing: `read ${label}`,
			messages: {
				404: notFound(
					label,
					'Check the value in the field "User". User > Get Many shows which users there are.',
				),
			},
		},
		'user',
	);
}

/** Expert does not refuse a token that it does not accept: the call runs as the user Anonymous. */
function refuseAnonymous(run: OperationContext, found: XmlElement): void {
	if (attribute(found, 'anonymous') !== 'true') return;
	run.site.refuse({
		message: 'The site does not accept the token: it treats the call as anonymous',
		description:
			'Open the CXone Expert API credential, enter the token again and run its test. The token may have expired or been removed.',
	});
}
