import { need, ok, type Call, type Route } from './call.mts';
import { ApiError } from './errors.mts';
import { isoSeconds } from './events.mts';
import { decodeAgain } from './page-key.mts';
import type { Settings } from './settings.mts';
import { operationsOf, roleIds, type User, type Users } from './users.mts';
import type { XmlData } from './xml.mts';

/** `users/current` answers 200 to everybody, Anonymous too: the trap of §5.4. */
export function userRoutes(users: Users, settings: Settings, siteUrl: () => string): Route[] {
	const show = (user: User) => ok({ user: userData(user, settings, siteUrl()) });
	const find = (call: Call): User => {
		const user = findUser(call.params.userid, users, settings);
		if (!user) throw new ApiError(404, 'User could not be found');
		return user;
	};
	return [
		['get', '/users/current', (call) => show(call.user)],
		[
			'get',
			'/users/search',
			(call) => {
				need(call, 'READ');
				const user = users.all
					.filter(({ anonymous }) => !anonymous)
					.filter(({ username }) => contains(username, call.query.get('username')))
					.filter(({ fullname }) => contains(fullname, call.query.get('fullname')))
					.filter(({ email }) => contains(email, call.query.get('email')))
					.map((each) => userData(each, settings, siteUrl()));
				return ok({ users: { '@count': user.length, user } });
			},
		],
		[
			'get',
			'/users/:userid',
			(call) => {
				need(call, 'READ');
				return show(find(call));
			},
		],
		[
			'get',
			'/users',
			(call) => {
				need(call, 'READ');
				const user = users.all
					.filter(({ username }) => contains(username, call.query.get('usernamefilter')))
					.filter(({ fullname }) => contains(fullname, call.query.get('fullnamefilter')))
					.map((each) => userData(each, settings, siteUrl()));
				const total = users.all.length;
				return ok({
					users: { '@count': user.length, '@querycount': user.length, '@totalcount': total, user },
				});
			},
		],
	];
}

function contains(text: string, part: string | null): boolean {
	return text.toLowerCase().includes(part?.toLowerCase() ?? '');
}

/** Integer id; `:` and guid; `=` and double-encoded name (§7.1). */
function findUser(key: string, users: Users, settings: Settings): User | undefined {
	if (/^\d+$/.test(key)) return users.find(Number(key));
	if (key.startsWith(':')) return users.all.find(({ guid }) => guid === key.slice(1).toLowerCase());
	if (key.startsWith('=')) return users.find(decodeAgain(key.slice(1), settings));
	throw new ApiError(400, `'${key}' is no user identifier`);
}

function userData(user: User, settings: Settings, siteUrl: string): XmlData {
	const operations = operationsOf(user).join(',');
	const mask = user.role === 'Admin' ? '18446744073709551615' : '1';
	return {
		'@anonymous': user.anonymous,
		'@virtual': false,
		'@id': user.id,
		'@wikiid': settings.siteId,
		'@href': `${siteUrl}/@api/deki/users/${user.id}`,
		...(user.anonymous ? {} : { '@guid': user.guid }),
		nick: user.username,
		username: user.username,
		fullname: user.fullname,
		email: user.email,
		'date.created': isoSeconds(user.created),
		status: 'active',
		'permissions.user': {
			operations: { '@mask': mask, '#': operations },
			role: {
				'@id': roleIds[user.role],
				'@href': `${siteUrl}/@api/deki/site/roles/${roleIds[user.role]}`,
				'#': user.role,
			},
		},
		'permissions.effective': { operations: { '@mask': mask, '#': operations } },
	};
}
