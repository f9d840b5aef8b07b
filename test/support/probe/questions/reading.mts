import { apiTime, pagePath, siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { attribute, children, textOf } from '../../../../nodes/CxoneExpert/api/xml.ts';
import type { OwnPage } from '../own.mts';
import { either, judged, type Questions } from '../question.mts';
import type { Seen } from '../seen.mts';
import { look } from '../session.mts';
import { hasAttribute, isSuccess, type SiteResponse } from '../site.mts';

const DAY_MS = 86_400_000;
const WHO_WE_ARE = '/users/current';

/** What the probe sees without changing anything. */
export const reading: Questions = {
	'bad-token': {
		statement: 'A bad or missing token can get 200 as user *Anonymous*.',
		ask: { path: WHO_WE_ARE, hasBadToken: true },
		judge: (_, response) => response && either(hasAttribute(response, 'anonymous', 'true'), callerForm(response)),
	},
	'authenticate-parameter': {
		statement: 'A bad token with `authenticate=true` in the query gets 401 from any call.',
		ask: { path: WHO_WE_ARE, query: { authenticate: true }, hasBadToken: true },
		judge: (_, response) => response && judged(response.status === 401, callerForm(response)),
	},
	'find-depth': {
		statement: '`find` looks through the whole tree below the page.',
		ask: async (session) => {
			const since = apiTime(timeOfSite(session.seen) - DAY_MS);
			await look(session, 'find-depth', { path: '/pages/home/find', query: { since } });
		},
		judge: (seen) => {
			// By the probe's own pages, or by any page that is not directly below the home page.
			const isChild = isFound(seen, 'find-below', 'child');
			// A list that is late says nothing.
			const isPage = isFound(seen, 'find-below', 'page') && isFound(seen, 'change-listed', 'page');
			if (isPage || isChild) return judged(isChild, 'pages at any depth', 'children only');
			const paths = children(seen.root('find-depth', 'pages'), 'page').map((each) => pagePath(each) ?? '');
			// Within the name of a page, a slash is written as two.
			const isDeep = paths.some((path) => path.replaceAll('//', '').includes('/'));
			return judged(isDeep || undefined, 'pages at any depth');
		},
	},
	'archive-order': {
		statement: 'the list has one entry for each deletion, the newest first.',
		ask: { path: '/archive/pages', query: { limit: 100, offset: 0 } },
		judge: (seen) => {
			const list = children(seen.root('archive-order', 'pages.archive'), 'page.archive');
			const dates = list.map((page) => textOf(page, 'date.deleted') ?? '');
			if (new Set(dates).size < 2) return undefined;
			const isNewestFirst = dates.join() === dates.toSorted().toReversed().join();
			return judged(isNewestFirst, 'the newest first', 'another order');
		},
	},
};

/** By the site's clock, in ms; by ours when it does not say. */
export function timeOfSite({ responses }: Seen): number {
	return siteTime([...responses.values()].at(-1)?.headers.date) ?? Date.now();
}

/** Whether `find` has given a page of the probe. */
export function isFound(seen: Seen, step: string, name: OwnPage): boolean | undefined {
	const id = seen.own.ids[name];
	const found = seen.root(step, 'pages');
	if (found === undefined || id === undefined) return undefined;
	return children(found, 'page').some((page) => attribute(page, 'id') === id);
}

/** Which user the site takes a caller for. */
function callerForm(response: SiteResponse): string {
	if (!isSuccess(response)) return String(response.status);
	const isAnonymous = hasAttribute(response, 'anonymous', 'true');
	return `${response.status} as ${isAnonymous ? 'Anonymous' : 'a user'}`;
}
