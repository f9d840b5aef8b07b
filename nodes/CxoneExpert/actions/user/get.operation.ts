import { attribute, type XmlElement } from '../../api/xml';
import { simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { user, userReference, type UserReference } from './field';
import { userItem } from './user-item';

/** GET /users/{id}; groups and properties are left out where nobody would see them. */
export const getUser: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a user',
	description: 'Get name, email, role and more of a user. This is personal data.',
	fields: [user, simplify],
	async run(run) {
		const reference = userReference(run);
		const found = await readUser(run, reference);
		if (reference.key === 'current') refuseAnonymous(run, found);
		return results(run, [found], userItem);
	},
};

async function readUser(run: OperationContext, { key, label }: UserReference): Promise<XmlElement> {
	return await run.site.read(
		{
			method: 'GET',
			path: `/users/${key}`,
			...(run.flag('simplify') ? { query: { exclude: 'groups,properties' } } : {}),
			doing: `read ${label}`,
			messages: {
				404: {
					message: `Expert does not know ${label}`,
					description:
						'Check what is entered in the field "User". User > Search shows which users there are.',
				},
			},
		},
		'user',
	);
}

/** A token that is not accepted is no refusal for Expert: the call runs as the user Anonymous. */
function refuseAnonymous(run: OperationContext, found: XmlElement): void {
	if (attribute(found, 'anonymous') !== 'true') return;
	run.site.refuse({
		message: 'The site does not accept the token: it treats the call as anonymous',
		description:
			'Open the CXone Expert API credential, enter the token again and run its test. The token may have run out or been removed.',
	});
}
