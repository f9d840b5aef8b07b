import { attribute, children } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { look, type Steps } from './step.mts';

/** Most that a feed gives. */
const ALL = { limit: 1000 };

/** Most summaries of several events that are opened. */
const MAX_OPENED = 10;

/** The steps that have opened one begin so. */
export const OPENED = 'own-tree-summary-';

/** Whether the site has feeds, those of its ancestor too; one entry of each is enough. */
export async function lookAtFeeds(steps: Steps): Promise<void> {
	const query = { limit: 1 };
	await look(steps, 'event-feed', { path: '/events/page-hierarchy/home', query });
	await look(steps, 'draft-feed', { path: '/events/draft-hierarchy/home', query });
	await look(steps, 'page-events', { path: '/events/page/home', query });
	await look(steps, 'user-events', { path: '/events/user-page/current', query });
	const raw = { format: 'raw', limit: 1 };
	await look(steps, 'site-feed', { path: '/site/feed', query: raw });
	await look(steps, 'page-feed', { path: '/pages/home/feed', query: raw });
	await look(steps, 'user-feed', { path: '/users/current/feed', query: raw });
}

/** What the feeds say of the probe's own changes, once all are made. */
export async function lookForOwnEvents(steps: Steps, pageId: string): Promise<void> {
	await look(steps, 'own-tree-events', { path: '/events/page-hierarchy/home', query: ALL });
	await openBundles(steps);
	await look(steps, 'own-page-events', { path: `/events/page/${pageId}`, query: ALL });
	await look(steps, 'own-draft-events', { path: '/events/draft-hierarchy/home', query: ALL });
}

/** The newest are the probe's own: a summary of several events shows one of them. */
async function openBundles(steps: Steps): Promise<void> {
	const summaries = children(steps.seen.root('own-tree-events'), 'summary');
	const details = summaries.flatMap((each) =>
		Number(attribute(each, 'count')) > 1 ? (attribute(each, 'detailid') ?? []) : [],
	);
	for (const [index, id] of details.slice(0, MAX_OPENED).entries()) {
		const path = `/events/page-hierarchy/details/${encodeURIComponent(id)}`;
		await look(steps, `${OPENED}${index + 1}`, { path });
	}
}
