import {
	need,
	ok,
	oneOf,
	param,
	windowOf,
	wholeNumber,
	type Backend,
	type Call,
	type Reply,
	type Route,
} from '../http/call.mts';
import { ApiError, invalidInput } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import { ASSUMED } from '../settings.mts';
import { mayDo, operationsOf, roleIds, type User, type Users } from '../site/users.mts';
import type { XmlData } from '../xml.mts';
import { decodeAgain } from './page-key.mts';

/** The user calls of docs/vendor-facts.md#users. Their responses hold personal data. */
export const userRoutes: Route[] = [
	// Responds 200 to everybody, Anonymous too: see docs/vendor-facts.md#anonymous-responses.
	['get', '/users/current', ({ user }, { userXml }) => ok({ user: userXml.full(user) })],
	['get', '/users/:userid', one],
	['get', '/users', list],
];

function one(call: Call, { site, userXml }: Backend): Reply {
	need(call, 'READ');
	const user = findUser(param(call, 'userid'), site.users);
	if (!user) throw new ApiError(404, 'User could not be found');
	return ok({ user: userXml.full(user) });
}

/** Filters of text match a part of it, in any case; the others are strict. */
function list(call: Call, { site, settings, userXml }: Backend): Reply {
	need(call, 'READ');
	const { all } = site.users;
	const both = ({ username, email }: User) => `${username}\n${email}`;
	const found = all
		.filter(stateFilter(call))
		.filter(({ username }) => contains(username, call, 'usernamefilter'))
		.filter(({ fullname }) => contains(fullname, call, 'fullnamefilter'))
		.filter((user) => contains(both(user), call, 'usernameemailfilter'));
	const user = windowOf(call, found, 100, settings).map((each) => userXml.full(each));
	return ok({
		users: {
			'@count': user.length,
			'@querycount': found.length,
			'@totalcount': all.length,
			'@seateduserstotalcount': all.filter(({ seated }) => seated).length,
			user,
		},
	});
}

/**
 * `seatfilter` by its stated values (docs/vendor-facts.md#users), `activatedfilter` as yes or no,
 * `rolefilter` by the name of a role. A seat is recommended to who may write and has none.
 */
function stateFilter(call: Call): (user: User) => boolean {
	const seat = oneOf(call, 'seatfilter', ['', 'seated', 'unseated', 'recommended']);
	const active = oneOf(call, 'activatedfilter', ['', 'true', 'false']);
	const roles = Object.keys(roleIds).map((name) => name.toLowerCase());
	const role = oneOf(call, 'rolefilter', ['', ...roles]);
	const hasSeat = (user: User) =>
		({
			'': true,
			seated: user.seated,
			unseated: !user.seated,
			recommended: !user.seated && mayDo(user, 'UPDATE'),
		})[seat];
	return (user) =>
		hasSeat(user) &&
		(active === '' || String(user.active) === active) &&
		(role === '' || user.role.toLowerCase() === role);
}

function contains(text: string, call: Call, parameter: string): boolean {
	return text.toLowerCase().includes(call.query.get(parameter)?.toLowerCase() ?? '');
}

/** Integer ID; `:` and guid; `=` and double-encoded name: see docs/vendor-facts.md#identifiers. */
function findUser(key: string, users: Users): User | undefined {
	if (/^\d+$/.test(key)) return users.all.find(({ id }) => id === wholeNumber(key, 'userid'));
	if (key.startsWith(':')) return users.all.find(({ guid }) => guid === key.slice(1).toLowerCase());
	if (key.startsWith('=')) return users.named(decodeAgain(key.slice(1)));
	throw invalidInput(`'${key}' is no user identifier`);
}

/** Users as the API writes them; e-mail addresses are in every block, as there. */
export class UserXml {
	private readonly siteUrl: string;

	constructor(siteUrl: string) {
		this.siteUrl = siteUrl;
	}

	/** The user block inside other responses, e.g. `user.author`. */
	block(user: User): XmlData {
		return {
			'@anonymous': user.anonymous,
			'@virtual': false,
			'@id': user.id,
			'@wikiid': ASSUMED.siteId,
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
		return `${this.siteUrl}/@api/deki/${path}`;
	}
}
