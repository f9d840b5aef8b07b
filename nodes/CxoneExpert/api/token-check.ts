import { type ApiClient, readRoot } from './client';
import { asExpertError, ExpertError } from './expert-error';
import { attribute, child, textOf, type XmlElement } from './xml';

/** Who we are for the site. */
export interface CurrentUser {
	/** `undefined` when the site does not say. */
	id: string | undefined;
	name: string;
	isAdmin: boolean;
}

/**
 * Asks the site who we are. A token that is wrong or expired gets 200 as the user Anonymous
 * (docs/vendor-facts.md#anonymous-responses), so the user in the response decides, not the status.
 */
export async function currentUser(api: ApiClient): Promise<CurrentUser> {
	const user = await readCurrentUser(api);
	if (attribute(user, 'anonymous') !== 'false') throw new ExpertError({ kind: 'anonymous' });
	return {
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? 'unknown',
		isAdmin: isAdmin(user),
	};
}

async function readCurrentUser(api: ApiClient): Promise<XmlElement> {
	try {
		const call = { method: 'GET', path: '/users/current', doing: 'check the token' } as const;
		return await readRoot(api, call, 'user');
	} catch (thrown) {
		const error = asExpertError(thrown);
		const isRejected = error.status === 401 || error.status === 403;
		throw isRejected ? new ExpertError({ kind: 'anonymous' }) : error;
	}
}

/** Role ids differ between sites, so the names decide. */
function isAdmin(user: XmlElement): boolean {
	const permissions = child(user, 'permissions.user');
	const operations = (textOf(permissions, 'operations') ?? '').split(',');
	return textOf(permissions, 'role') === 'Admin' || operations.includes('ADMIN');
}
