import type { Backend, Call, Reply, Route } from '../http/call.mts';
import { ApiError } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Settings } from '../settings.mts';
import type { Told } from '../site/base.mts';
import { existingPage } from './page-key.mts';
import { userOf } from './users.mts';

type Wanted = (told: Told) => boolean;

/** Events of one summary, newest first. */
type Bundle = [Told, ...Told[]];

/** The feeds of docs/vendor-facts.md#event-feeds. What `upto` and `include` do is not simulated. */
export const feedRoutes: Route[] = [
	feed('/events/page-hierarchy/:pageid', (...asked) => ofTree('page', ...asked)),
	feed('/events/draft-hierarchy/:pageid', (...asked) => ofTree('draft', ...asked)),
	feed('/events/page/:pageid', (call, backend) => {
		const { id } = existingPage(call, backend, 'READ');
		return (told) => kindOf(told) === 'page' && told.page?.id === id;
	}),
	feed('/events/user-page/:userid', (call, { site }) => {
		call.need('READ');
		const user = userOf(call, site.users);
		return ({ by, page }) => by === user && page !== undefined;
	}),
	['get', '/events/page-hierarchy/details/:detailid', eventsOfBundle],
	// Feeds of the ancestor: no specification of today has them.
	...['/site/feed', '/pages/:pageid/feed', '/users/:userid/feed'].map(
		(path): Route => ['get', path, noSuchCall],
	),
];

function noSuchCall(): never {
	throw new ApiError(404, 'resource not found');
}

/** Newest first, 25 unless said otherwise. */
function feed(path: string, wantedBy: (call: Call, backend: Backend) => Wanted): Route {
	return [
		'get',
		path,
		(call, backend): Reply => {
			const { settings } = backend;
			if (settings.eventFeedStatus === 403) throw call.forbidden('READ');
			if (settings.eventFeedStatus === 404) noSuchCall();
			const bundles = bundlesOf(backend, wantedBy(call, backend));
			return eventsReply(call.window(bundles, 25, settings).map(summaryXml));
		},
	];
}

function eventsOfBundle(call: Call, backend: Backend): Reply {
	call.need('READ');
	const isWanted: Wanted = (told) => kindOf(told) === 'page' && told.page !== undefined;
	const bundles = bundlesOf(backend, isWanted);
	const bundle = bundles.find((each) => summaryId(each) === call.param('detailid'));
	return bundle === undefined ? noSuchCall() : eventsReply(bundle.map(eventXml));
}

function eventsReply(parts: string[]): Reply {
	const text = `<events count="${parts.length}">${parts.join('')}</events>`;
	const type = 'application/xml; charset=utf-8';
	return { status: 200, raw: { body: Buffer.from(text), type } };
}

function bundlesOf({ site, settings }: Backend, isWanted: Wanted): Bundle[] {
	const told = site.told.filter(isWanted).toReversed();
	told.sort((a, b) => b.event.at.getTime() - a.event.at.getTime());
	const bundles: Bundle[] = [];
	for (const each of told) {
		const last = bundles.at(-1);
		if (last !== undefined && isBundled(last[0], each, settings)) last.push(each);
		else bundles.push([each]);
	}
	return bundles;
}

function isBundled(newest: Told, older: Told, { eventFeedBundles }: Settings): boolean {
	return eventFeedBundles && newest.by === older.by && newest.page?.id === older.page?.id;
}

const kindOf = ({ event }: Told) => (event.type.startsWith('draft') ? 'draft' : 'page');

/** Of a page and all below it; the home page has the empty path. */
function ofTree(kind: 'page' | 'draft', call: Call, backend: Backend): Wanted {
	const top = existingPage(call, backend, 'READ').path.toLowerCase();
	const isWithin = (path: string) => top === '' || `${path.toLowerCase()}/`.startsWith(`${top}/`);
	return (told) => kindOf(told) === kind && told.page !== undefined && isWithin(told.page.path);
}

/** It differs from the ID of the event. */
const summaryId = ([{ event }]: Bundle) => `${event.id.slice(0, 24)}000000140000`;

function summaryXml(bundle: Bundle): string {
	const [newest, { length }] = [bundle[0], bundle];
	const id = summaryId(bundle);
	const attributes = `id="${id}" datetime="${isoSeconds(newest.event.at)}" count="${length}" detailid="${id}"`;
	return `<summary ${attributes}>${eventXml(newest)}</summary>`;
}

const eventXml = ({ event }: Told) => event.xml.replace(/^<events>|<\/events>$/g, '');
