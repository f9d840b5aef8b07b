import { ok, wholeNumber, type Backend, type Call, type Reply, type Route } from '../http/call.mts';
import { ApiError, invalidInput } from '../http/errors.mts';
import { mayDo, ROLES, type User, type Users } from '../site/users.mts';
import { decodeAgain } from './page-key.mts';

/** The user calls of docs/vendor-facts.md#users. Their responses hold personal data. */
export const userRoutes: Route[] = [
	['get', '/users/:userid', one],
	['get', '/users', list],
];

function one(call: Call, { site, xml }: Backend): Reply {
	// 200 for everybody, also Anonymous: docs/vendor-facts.md#anonymous-responses.
	if (call.param('userid') !== 'current') call.need('READ');
	return ok({ user: xml.user(userOf(call, site.users)) });
}

/** The user of a call; 404 if there is none. */
export function userOf(call: Call, users: Users): User {
	const key = call.param('userid');
	const user = key === 'current' ? call.user : findUser(key, users);
	if (!user) throw new ApiError(404, 'User could not be found');
	return user;
}

/** Filters of text match its start, in any case; two of them for names, either: docs/vendor-facts.md#users. */
function list(call: Call, { site, settings, xml }: Backend): Reply {
	call.need('READ');
	const { all } = site.users;
	const found = all
		.filter(stateFilter(call))
		.filter(nameFilter(call))
		.filter(({ username, email }) => begins([username, email], call, 'usernameemailfilter'));
	const user = call.window(found, 100, settings).map((each) => xml.user(each));
	return ok({
		users: {
			'@count': user.length,
			'@querycount': found.length,
			'@totalcount': all.length,
			'@href': xml.href('users'),
			user,
		},
	});
}

/**
 * `seatfilter` by its stated values (docs/vendor-facts.md#users), `activatedfilter` as yes or no,
 * `rolefilter` by the name of a role. A seat is recommended to who may write and has none.
 */
function stateFilter(call: Call): (user: User) => boolean {
	const seat = call.oneOf('seatfilter', ['', 'seated', 'unseated', 'recommended']);
	const active = call.oneOf('activatedfilter', ['', 'true', 'false']);
	const roles = ROLES.map((name) => name.toLowerCase());
	const role = call.oneOf('rolefilter', ['', ...roles]);
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

function nameFilter(call: Call): (user: User) => boolean {
	const filters = [
		['usernamefilter', 'username'],
		['fullnamefilter', 'fullname'],
	] as const;
	const used = filters.filter(([parameter]) => call.query.get(parameter));
	return (user) => used.length === 0 || used.some(([parameter, field]) => begins([user[field]], call, parameter));
}

function begins(texts: string[], call: Call, parameter: string): boolean {
	const start = call.query.get(parameter)?.toLowerCase() ?? '';
	return texts.some((text) => text.toLowerCase().startsWith(start));
}

/** Integer ID; `:` and guid; `=` and double-encoded name: see docs/vendor-facts.md#identifiers. */
function findUser(key: string, users: Users): User | undefined {
	if (/^\d+$/.test(key)) return users.all.find(({ id }) => id === wholeNumber(key, 'userid'));
	if (key.startsWith(':')) return users.all.find(({ guid }) => guid === key.slice(1).toLowerCase());
	if (key.startsWith('=')) return users.named(decodeAgain(key.slice(1)));
	throw invalidInput(`'${key}' is no user identifier`);
}
