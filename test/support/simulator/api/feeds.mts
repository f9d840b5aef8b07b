import type { Backend, Call, Reply, Route } from '../http/call.mts';
import { ApiError, forbidden } from '../http/errors.mts';
import { isoSeconds } from '../events/event.mts';
import type { Told } from '../site/base.mts';
import { existingPage } from './page-key.mts';
import { userOf } from './users.mts';

type Wanted = (told: Told) => boolean;

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
];

/** Newest first, 25 unless said otherwise. */
function feed(path: string, wantedBy: (call: Call, backend: Backend) => Wanted): Route {
	return [
		'get',
		path,
		(call, backend): Reply => {
			const { site, settings } = backend;
			if (settings.eventFeedStatus === 403) throw forbidden('READ');
			if (settings.eventFeedStatus === 404) throw new ApiError(404, 'resource not found');
			const told = site.told.filter(wantedBy(call, backend)).toReversed();
			told.sort((a, b) => b.event.at.getTime() - a.event.at.getTime());
			const shown = call.window(told, 25, settings);
			const text = `<events count="${shown.length}">${shown.map(summaryXml).join('')}</events>`;
			const type = 'application/xml; charset=utf-8';
			return { status: 200, raw: { body: Buffer.from(text), type } };
		},
	];
}

const kindOf = ({ event }: Told) => (event.type.startsWith('draft') ? 'draft' : 'page');

/** Of a page and all below it; the home page has the empty path. */
function ofTree(kind: 'page' | 'draft', call: Call, backend: Backend): Wanted {
	const top = existingPage(call, backend, 'READ').path.toLowerCase();
	const isWithin = (path: string) => top === '' || `${path.toLowerCase()}/`.startsWith(`${top}/`);
	return (told) => kindOf(told) === kind && told.page !== undefined && isWithin(told.page.path);
}

/** A site may put several events of a page into one summary, which shows the newest; here each has its own. */
function summaryXml({ event: { id, at, xml } }: Told): string {
	const attributes = `id="${id.slice(0, 24)}000000140000" datetime="${isoSeconds(at)}" count="1"`;
	return `<summary ${attributes}>${xml.replace(/^<events>|<\/events>$/g, '')}</summary>`;
}
