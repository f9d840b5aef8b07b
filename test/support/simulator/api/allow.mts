import type { Route } from '../http/call.mts';
import { unparsableArgument } from '../http/errors.mts';

/** What each call can allow, as stated: docs/vendor-facts.md#writing-pages. */
const ALLOWED: Record<string, string[]> = {
	'post /pages/:pageid/contents': ['deleteredirects', 'idferrors'],
	'post /pages/:pageid/move': ['deleteredirects', 'idferrors'],
	'post /pages/:pageid/copy': ['deleteredirects', 'idferrors'],
	'post /pages/:pageid/revert': ['missingtemplatereference'],
	'put /pages/:pageid/tags': ['idferrors'],
	'put /pages/:pageid/files/:filename': ['deleteredirects'],
	'post /archive/pages/:id/restore': ['deleteredirects', 'idferrors'],
	'post /drafts/:pageid/create': ['deleteredirects'],
	'post /drafts/:pageid/contents': ['idferrors'],
	'post /drafts/:pageid/publish': ['idferrors', 'missingtemplatereference'],
};

/** The call with a check of its `allow`; one that knows no `allow` ignores it, as any other parameter. */
export function withCheckedAllow([method, path, handler]: Route): Route {
	const known = ALLOWED[`${method} ${path}`];
	if (known === undefined) return [method, path, handler];
	return [
		method,
		path,
		(call, backend) => {
			const isKnown = call.list('allow').every((value) => known.includes(value));
			if (!isKnown) throw unparsableArgument('allow');
			return handler(call, backend);
		},
	];
}
