import { randomUUID } from 'node:crypto';
import { ASSUMED, type Settings, siteNow } from '../settings.mts';
import { elementAt } from '../../present.mts';

export type Role = 'Admin' | 'Contributor' | 'Viewer' | 'None';

const reading = ['LOGIN', 'BROWSE', 'READ', 'SUBSCRIBE'];
const drafting = ['DRAFT_UPDATE', 'DRAFT_CREATE', 'DRAFT_DELETE'];
const writing = [...reading, 'UPDATE', 'CREATE', 'DELETE', 'CHANGEPERMISSIONS'];
const ruling = ['CONTROLPANEL', 'UNSAFECONTENT', 'USERHISTORY'];

/**
 * What each role may do; the names stand in `operations`: see
 * docs/vendor-facts.md#anonymous-responses and docs/vendor-facts.md#users.
 */
const operations: Record<Role, string[]> = {
	Admin: [...writing, ...ruling, ...drafting, 'ADMIN'],
	Contributor: [...writing, ...drafting],
	Viewer: reading,
	None: ['LOGIN'],
};

export const ROLES = Object.keys(operations) as Role[];

export interface User {
	id: number;
	guid: string;
	username: string;
	fullname: string;
	email: string;
	role: Role;
	/** Of a group; what the user may do is that of both: docs/vendor-facts.md#anonymous-responses. */
	groupRole?: Role;
	anonymous: boolean;
	/** Has a paid seat: Admins and Contributors. */
	seated: boolean;
	/** May sign in. */
	active: boolean;
	created: Date;
}

/** Who makes a change, and when. */
export interface Who {
	by: User;
	at: Date;
}

/** By the user's own role, without those of groups. */
export function ownOperationsOf({ role }: User): string[] {
	return operations[role];
}

export function operationsOf(user: User): string[] {
	const { groupRole = 'None' } = user;
	return [...new Set([...ownOperationsOf(user), ...operations[groupRole]])];
}

export function mayDo(user: User, operation: string): boolean {
	return operationsOf(user).includes(operation);
}

/** The users of the site; 1 is the owner and 2 Anonymous, as in the vendor's samples. */
export class Users {
	readonly all: User[] = [];
	private readonly settings: Settings;

	constructor(settings: Settings) {
		this.settings = settings;
		this.add(ASSUMED.owner, 'Admin', 'Site Admin');
		this.add('Anonymous', 'None', 'Anonymous User');
		this.add('reader', 'Viewer', 'Rita Reader');
		this.add('editor', 'Contributor', 'Edda Editor');
	}

	add(username: string, role: Role, fullname = ''): User {
		const anonymous = username === 'Anonymous';
		const user: User = {
			id: this.all.length + 1,
			guid: randomUUID().replaceAll('-', ''),
			username,
			fullname,
			email: anonymous ? '' : `${username}@site.example`,
			role,
			anonymous,
			active: true,
			seated: role === 'Admin' || role === 'Contributor',
			created: siteNow(this.settings),
		};
		this.all.push(user);
		return user;
	}

	get admin(): User {
		return elementAt(this.all, 0);
	}

	get anonymous(): User {
		return elementAt(this.all, 1);
	}

	/** By number, or by name without regard to case. */
	find(key: string | number): User | undefined {
		return this.all.find(({ id }) => String(id) === String(key)) ?? this.named(String(key));
	}

	named(username: string): User | undefined {
		const name = username.toLowerCase();
		return this.all.find((user) => user.username.toLowerCase() === name);
	}
}
