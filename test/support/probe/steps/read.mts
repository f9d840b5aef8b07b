import { apiTime, siteTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import { pageKey } from '../../../../nodes/CxoneExpert/api/path-segment.ts';
import { textOf } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { lookAtFeeds } from './feeds.mts';
import { look, type Steps } from './step.mts';

const DAY_MS = 86_400_000;

/** Higher than any page ID. */
const NO_PAGE_ID = 999_999_999;

/** Observations that change nothing. */
export async function readSite(steps: Steps): Promise<void> {
	const { own, site } = steps;
	const current = '/users/current';
	const children = '/pages/home/subpages';
	await look(steps, 'bad-token', { path: current, token: 'bad' });
	const asked = { authenticate: true };
	await look(steps, 'bad-token-asked', { path: current, query: asked, token: 'bad' });
	if (site.credential.authentication === 'serverToken') {
		await look(steps, 'expired-token', { path: current, token: 'expired' });
	}
	await look(steps, 'no-page', { path: `/pages/${NO_PAGE_ID}/info` });
	await look(steps, 'no-path', { path: `/pages/${pageKey(`${own.marker}/none`)}` });
	await look(steps, 'home-first', { path: children, query: { limit: 1, offset: 0 } });
	await look(steps, 'home-second', { path: children, query: { limit: 1, offset: 1 } });
	await look(steps, 'home-children', { path: children, query: { limit: 100, offset: 0 } });
	const query = { limit: 100, offset: 0 };
	await look(steps, 'home-children-bad-token', { path: children, query, token: 'bad' });
	await look(steps, 'home-revision', { path: '/pages/home/revisions', query: { revision: 1 } });
	await look(steps, 'draft-of-home', { path: '/drafts/home' });
	const since = apiTime(timeOfSite(steps) - DAY_MS);
	await look(steps, 'home-find', { path: '/pages/home/find', query: { since } });
	const ever = { since: apiTime(0) };
	await look(steps, 'home-find-ever', { path: '/pages/home/find', query: ever });
	await look(steps, 'webhooks', { path: '/webhooks', query: { limit: 100, offset: 0 } });
	await look(steps, 'archive', { path: '/archive/pages', query: { limit: 100, offset: 0 } });
	await look(steps, 'jobs', { path: '/site/jobs' });
	await lookForUsers(steps);
	await lookAtFeeds(steps);
}

/** By the name of the token's user. */
async function lookForUsers(steps: Steps): Promise<void> {
	const { own, seen } = steps;
	const name = textOf(seen.root('user', 'user'), 'username') ?? '';
	if (name.length < 2) return;
	const part = { usernamefilter: name.slice(1), limit: 100 };
	await look(steps, 'users-by-part', { path: '/users', query: part });
	const either = { usernamefilter: name, fullnamefilter: own.marker, limit: 100 };
	await look(steps, 'users-by-either', { path: '/users', query: either });
}

/** By the site's clock, in ms; by ours when it does not say. */
export function timeOfSite({ seen }: Steps): number {
	const latest = [...seen.responses.values()].at(-1);
	return siteTime(latest?.headers.date) ?? Date.now();
}
