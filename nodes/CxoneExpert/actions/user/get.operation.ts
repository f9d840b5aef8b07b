import { attribute, type XmlElement } from '../../api/xml';
import { notFound } from '../core/not-found';
import { defineOperation, results } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { simplify } from '../input/shared-fields';
import { user, type UserReference } from './fields';
import { userItem } from './items';

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
