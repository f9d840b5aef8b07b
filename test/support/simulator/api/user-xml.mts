import { isoSeconds } from '../events/event.mts';
import { addressOf } from '../site/address.mts';
import { titleOf } from '../site/pages.mts';
import { operationsOf, ownOperationsOf, type User, type Users } from '../site/users.mts';
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

	/** `users/{id}`. */
	user(user: User): XmlData {
		return {
			...this.block(user),
			'permissions.user': { operations: ownOperationsOf(user).join(','), role: user.role },
			'permissions.effective': { operations: operationsOf(user).join(',') },
		};
	}

	/** What stands of a user in any response. */
	private block(user: User): XmlData {
		const { anonymous, guid, id } = user;
		return {
			...{ '@anonymous': anonymous, '@id': id },
			...(anonymous ? {} : { '@guid': guid }),
			nick: user.username,
			username: user.username,
			fullname: user.fullname,
			email: user.email,
			'license.seat': user.seated,
			'date.created': isoSeconds(user.created),
			status: user.active ? 'active' : 'inactive',
			...(anonymous ? {} : { 'date.lastlogin': isoSeconds(user.created) }),
		};
	}

	protected place(path: string, title = titleOf(path)): XmlData {
		return { 'uri.ui': this.ui(path), title, path: { '@seo': true, '#': path }, namespace: 'main' };
	}
}
