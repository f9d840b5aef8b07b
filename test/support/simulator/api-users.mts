import type { Backend } from './backend.mts';
import {
	need,
	ok,
	oneOf,
	windowOf,
	wholeNumber,
	type Call,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { ApiError, invalidInput } from './errors.mts';
import { decodeAgain } from './page-key.mts';
import type { Settings } from './settings.mts';
import { mayDo, roleIds, type User, type Users } from './users.mts';

/** The user calls of docs/vendor-facts.md#users. Their responses hold personal data. */
export function userRoutes(backend: Backend): Route[] {
	return [
		// Responds 200 to everybody, Anonymous too: see docs/vendor-facts.md#anonymous-responses.
		['get', '/users/current', (call) => ok({ user: backend.userXml.full(call.user) })],
		['get', '/users/search', (call) => search(call, backend)],
		['get', '/users/:userid', (call) => one(call, backend)],
		['get', '/users', (call) => list(call, backend)],
	];
}

function one(call: Call, { site, settings, userXml }: Backend): Reply {
	need(call, 'READ');
	const user = findUser(param(call, 'userid'), site.users, settings);
	if (!user) throw new ApiError(404, 'User could not be found');
	return ok({ user: userXml.full(user) });
}

/** Filters of text are taken for a part of it, in any case; the others are strict. */
function list(call: Call, { site, settings, userXml }: Backend): Reply {
	need(call, 'READ');
	const { all } = site.users;
	const isMeant = stateFilter(call);
	const both = ({ username, email }: User) => `${username}\n${email}`;
	const found = all
		.filter(isMeant)
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
	const role = oneOf(call, 'rolefilter', [
		'',
		...Object.keys(roleIds).map((name) => name.toLowerCase()),
	]);
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

/** Without internal users; `limit` without an offset. */
function search(call: Call, { site, userXml }: Backend): Reply {
	need(call, 'READ');
	const user = site.users.all
		.filter(({ anonymous }) => !anonymous)
		.filter(({ username }) => contains(username, call, 'username'))
		.filter(({ fullname }) => contains(fullname, call, 'fullname'))
		.filter(({ email }) => contains(email, call, 'email'))
		.slice(0, wholeNumber(call.query.get('limit'), 'limit', 100))
		.map((each) => userXml.full(each));
	return ok({ users: { '@count': user.length, user } });
}

function contains(text: string, call: Call, parameter: string): boolean {
	return text.toLowerCase().includes(call.query.get(parameter)?.toLowerCase() ?? '');
}

/** Integer ID; `:` and guid; `=` and double-encoded name: see docs/vendor-facts.md#identifiers. */
function findUser(key: string, users: Users, settings: Settings): User | undefined {
	if (/^\d+$/.test(key)) return users.all.find(({ id }) => id === Number(key));
	if (key.startsWith(':')) return users.all.find(({ guid }) => guid === key.slice(1).toLowerCase());
	if (key.startsWith('=')) return users.named(decodeAgain(key.slice(1), settings));
	throw invalidInput(`'${key}' is no user identifier`);
}
