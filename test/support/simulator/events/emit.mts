import { buildEvent, type EventSpec, type SimulatedEvent } from './event.mts';
import type { Subject } from './families.mts';
import { eventTypeOf, signatureOf } from './types.mts';
import type { Backend } from '../http/call.mts';

/** Everything about an event that a test may want to fix; the rest is made up. */
export interface EmitOptions extends Subject, Partial<Omit<EventSpec, 'type' | 'subject'>> {
	/** Sent as they are instead of a built document. */
	xml?: string | Uint8Array;
	/** Name or ID of the calling user; anonymous if absent. */
	by?: string | number;
}

const somePage = { id: 322, path: 'Category_2/Guide_2/Topic_2.3', revision: 14 };
const oldPlace = { id: 322, path: 'Category_2/Guide_2/Topic_2.2', revision: 13 };

/**
 * Subject of an event by default, with the vendor's sample values:
 * docs/vendor-facts.md#event-families.
 */
function defaultSubject(pathType: string): Subject {
	if (pathType.startsWith('user_')) return { user: { id: 6 } };
	return {
		page: somePage,
		...(/^page_(move|copy)$|_move$/.test(pathType) ? { source: oldPlace } : {}),
		...(pathType.startsWith('attachment') ? { file: someFile } : {}),
		...(pathType === 'attachment_move' ? { sourceFile: { ...someFile, revision: 1 } } : {}),
		...(pathType.includes('property') ? { property: { id: 3697, name: 'demo#property' } } : {}),
		...(pathType === 'pagetag_update' ? { tagsAdded: ['article:reference'] } : {}),
	};
}

const someFile = {
	id: 88,
	resourceId: 3732,
	name: 'x.png',
	revision: 2,
	size: 210_537,
	location: 'site_3518/88/0',
};

/** An event without a change at the site. */
export function madeUpEvent(
	name: string,
	options: EmitOptions,
	{ settings, site }: Pick<Backend, 'settings' | 'site'>,
	siteUrl: string,
): SimulatedEvent {
	const { xml, id, at, epochAt, body, requestDetails } = options;
	const type = eventTypeOf(name);
	const subject = { ...defaultSubject(type.path), ...options };
	const by = options.by === undefined ? undefined : site.users.find(options.by);
	const request = { signature: signatureOf(type.path), by, ...options.request };
	const spec = { type, subject, request, id, at, epochAt, body, requestDetails };
	const event = buildEvent(spec, settings, siteUrl);
	const sent = xml === undefined ? event.body : Buffer.from(xml as Uint8Array);
	return { ...event, body: sent, xml: sent.toString() };
}
