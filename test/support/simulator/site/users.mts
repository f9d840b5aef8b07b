import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { siteNow } from './clock.mts';
import { ASSUMED, type Settings } from '../settings.mts';
import { elementAt } from '../../present.mts';

export type Role = 'Admin' | 'Contributor' | 'Viewer' | 'None';

const reading = ['LOGIN', 'BROWSE', 'READ', 'SUBSCRIBE'];
const drafting = ['DRAFT_UPDATE', 'DRAFT_CREATE', 'DRAFT_DELETE'];
const writing = [...reading, 'UPDATE', 'CREATE', 'DELETE'];
const ruling = ['CHANGEPERMISSIONS', 'CONTROLPANEL', 'UNSAFECONTENT', 'USERHISTORY'];

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

export const roleIds: Record<Role, number> = { None: 1, Viewer: 3, Contributor: 4, Admin: 5 };

export interface User {
	id: number;
	guid: string;
	username: string;
	fullname: string;
	email: string;
	role: Role;
	anonymous: boolean;
	/** Has a paid seat: Admins and Contributors. */
	seated: boolean;
	/** May sign in. */
	active: boolean;
	created: Date;
}

export function operationsOf(user: User): string[] {
	return operations[user.role];
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

/**
 * A long-term token: a JWT by its looks, good for so long, known by its text.
 * docs/vendor-facts.md#long-term-token
 */
export function longTermToken(user: User, at: Date, validityMs: number): string {
	const now = Math.floor(at.getTime() / 1000);
	const part = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url');
	const exp = now + Math.floor(validityMs / 1000);
	const claims = { sub: String(user.id), name: user.username, iat: now, exp };
	const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
	return `${signed}.${createHmac('sha256', randomBytes(32)).update(signed).digest('base64url')}`;
}

/** Unix ms until which one of these tokens is good: see docs/vendor-facts.md#long-term-token. */
export function endOfLongTermToken(token: string): number {
	const claims = Buffer.from(elementAt(token.split('.'), 1), 'base64url').toString();
	return (JSON.parse(claims) as { exp: number }).exp * 1000;
}
