import { isoSeconds } from '../events/event.mts';
import { ASSUMED } from '../settings.mts';
import { addressOf } from '../site/address.mts';
import { titleOf } from '../site/pages.mts';
import {
	operationsOf,
	ownOperationsOf,
	type Role,
	roleIds,
	type User,
	type Users,
} from '../site/users.mts';
import type { XmlData } from '../xml.mts';

/** Writes users as the API does: docs/vendor-facts.md#users. */
export class UserXml {
	private readonly siteUrl: string;
	private readonly users: Users;

	constructor(siteUrl: string, users: Users) {
		this.siteUrl = siteUrl;
		this.users = users;
	}

	/** Address of an API resource. */
	href(path: string): string {
		return `${this.siteUrl}/@api/deki/${path}`;
	}

	/** Address of a page for people. */
	ui(path: string): string {
		return `${this.siteUrl}/${addressOf(path)}`;
	}

	/** Where a tag has its pages; of `define:`, the page itself: docs/vendor-facts.md#tags. */
	protected tagAddress(tag: string): string {
		return `${this.siteUrl}/Special:Tags?tag=${encodeURIComponent(tag).replaceAll('%20', '+')}`;
	}

	/** The block inside other responses, by user name; of a name that is no user, the name alone. */
	userBlock(username: string): XmlData {
		const user = this.users.named(username);
		return user ? this.block(user) : { nick: username, username };
	}

	/** `users/{id}`; `exclude` of the query leaves out groups or properties. */
	user(user: User, exclude: string[] = []): XmlData {
		const href = this.href(`users/${user.id}`);
		const more: XmlData = {
			groups: user.anonymous ? '' : { group: this.group() },
			properties: { '@count': 0, '@href': `${href}/properties` },
		};
		for (const name of exclude) delete more[name];
		return {
			...this.block(user),
			...(user.anonymous ? {} : { 'page.home': this.home(user) }),
			...{ language: '', timezone: '', 'service.authentication': this.service() },
			'permissions.user': {
				operations: maskedXml(ownOperationsOf(user)),
				role: this.role(user.role),
			},
			'permissions.effective': { operations: operationsXml(user) },
			'permissions.revoked': user.anonymous ? NOT_LICENSED : '',
			...more,
			authorizations: { '@href': `${href}/authorizations` },
		};
	}

	/** What stands of a user in any response. */
	private block(user: User): XmlData {
		const { anonymous, guid, id } = user;
		const picture = this.ui(`@pictures/${guid}.png`);
		const signedIn = {
			'date.lastlogin': isoSeconds(user.created),
			'hash.email': guid,
			...{ 'uri.gravatar': picture, 'uri.avatar': picture },
		};
		return {
			...{ '@anonymous': anonymous, '@virtual': false, '@id': id, '@wikiid': ASSUMED.siteId },
			'@href': this.href(`users/${id}`),
			...(anonymous ? {} : { '@guid': guid }),
			nick: user.username,
			username: user.username,
			fullname: user.fullname,
			email: user.email,
			password: { '@exists': !anonymous },
			'license.seat': { ...(user.seated ? { '@owner': id === 1 } : {}), '#': user.seated },
			'date.created': isoSeconds(user.created),
			status: user.active ? 'active' : 'inactive',
			...(anonymous ? {} : signedIn),
		};
	}

	/** The page about a user, which nobody has made yet. */
	private home({ username, guid, created }: User): XmlData {
		return {
			...{ '@id': 0, '@guid': guid, '@draft.state': 'inactive' },
			...{ '@href': this.href('pages/0?redirects=0'), '@deleted': false },
			...this.place(`User:${username}`),
			'date.created': isoSeconds(created),
			language: ASSUMED.language,
		};
	}

	/** All are in the same one. */
	private group(): XmlData {
		const href = this.href('groups/1');
		const operations = { '@mask': '1', '#': 'LOGIN' };
		return {
			...{ '@id': 1, '@href': href, '@guid': '0'.repeat(32), groupname: 'Everybody' },
			'service.authentication': this.service(),
			users: { '@href': `${href}/users` },
			'permissions.group': { operations, role: this.role('None') },
		};
	}

	private service(): XmlData {
		return { '@id': 1, '@href': this.href('site/services/1') };
	}

	private role(role: Role): XmlData {
		const id = roleIds[role];
		return { '@id': id, '@href': this.href(`site/roles/${id}`), '#': role };
	}

	protected place(path: string, title = titleOf(path)): XmlData {
		const seo = { '@seo': true, ...pathType(path), '#': path };
		return { 'uri.ui': this.ui(path), title, path: seo, namespace: 'main' };
	}
}

/** Of the home page, of pages about users, and of those that hold files only. */
function pathType(path: string): XmlData {
	if (path === '' || path.startsWith('User:')) return { '@type': 'fixed' };
	return path.startsWith('Media:') ? { '@type': 'custom' } : {};
}

export function operationsXml(user: User): XmlData {
	return maskedXml(operationsOf(user));
}

function maskedXml(operations: string[]): XmlData {
	const mask = operations.includes('ADMIN') ? '18446744073709551615' : '1';
	return { '@mask': mask, '#': operations.join(',') };
}

/** What nobody may do without a seat of the license. */
const NOT_LICENSED: XmlData = {
	'permissions.license.anonymous': { operations: { '@mask': '1', '#': 'UPDATE' } },
};
