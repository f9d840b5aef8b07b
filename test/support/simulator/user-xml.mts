import { isoSeconds } from './events.mts';
import type { Settings } from './settings.mts';
import { operationsOf, roleIds, type User, type Users } from './users.mts';
import type { XmlData } from './xml.mts';

/**
 * Writes users as the API does; e-mail addresses are in every block, as there. See
 * docs/vendor-facts.md#users.
 */
export class UserXml {
	private readonly settings: Settings;
	private readonly siteUrl: () => string;

	constructor(settings: Settings, siteUrl: () => string) {
		this.settings = settings;
		this.siteUrl = siteUrl;
	}

	/** The user block inside other responses, e.g. `user.author`. */
	block(user: User): XmlData {
		return {
			'@anonymous': user.anonymous,
			'@virtual': false,
			'@id': user.id,
			'@wikiid': this.settings.siteId,
			'@href': this.href(`users/${user.id}`),
			...(user.anonymous ? {} : { '@guid': user.guid }),
			nick: user.username,
			username: user.username,
			fullname: user.fullname,
			email: user.email,
		};
	}

	/** The block by user name; of a name that is no user, the name alone. */
	blockOf(users: Users, username: string): XmlData {
		const user = users.named(username);
		return user ? this.block(user) : { nick: username, username };
	}

	/** `users/{id}`. */
	full(user: User): XmlData {
		const mask = user.role === 'Admin' ? '18446744073709551615' : '1';
		const operations = { '@mask': mask, '#': operationsOf(user).join(',') };
		const roleId = roleIds[user.role];
		const role = { '@id': roleId, '@href': this.href(`site/roles/${roleId}`), '#': user.role };
		return {
			...this.block(user),
			'license.seat': { '@owner': user.id === 1, '#': user.seated },
			'date.created': isoSeconds(user.created),
			status: user.active ? 'active' : 'inactive',
			'date.lastlogin': isoSeconds(user.created),
			'permissions.user': { operations, role },
			'permissions.effective': { operations },
		};
	}

	private href(path: string): string {
		return `${this.siteUrl()}/@api/deki/${path}`;
	}
}
