import { booleanOf, compact } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';

/**
 * An item holds personal data. The site gives the email address only if the token's user may see it. `role` is a name,
 * because IDs of roles differ between sites.
 */
export function userItem(user: XmlElement) {
	return compact({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? textOf(user, 'nick'),
		fullName: textOf(user, 'fullname'),
		email: textOf(user, 'email'),
		status: textOf(user, 'status'),
		role: textOf(child(user, 'permissions.user'), 'role'),
		isSeated: booleanOf(textOf(user, 'license.seat')),
		createdAt: textOf(user, 'date.created'),
		lastLoginAt: textOf(user, 'date.lastlogin'),
	});
}
