import { look, type Steps } from './step.mts';

/** Most that a feed gives. */
const ALL = { limit: 1000 };

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
	await look(steps, 'own-page-events', { path: `/events/page/${pageId}`, query: ALL });
	await look(steps, 'own-draft-events', { path: '/events/draft-hierarchy/home', query: ALL });
}
