import type { INodeExecutionData } from 'n8n-workflow';

import { compact } from '../api/elements';
import { eventKey } from '../api/event-types';
import { DRAFT_PUBLISHED, PAGE_PUBLISHED, shownName } from './choices';

/*
 * Publishing a draft may send `draft:publish`, beside `page.content:update` or instead of it. All
 * that we assume of this event is here: docs/vendor-facts.md#drafts-and-publishing.
 */

const DRAFT_PUBLISH = DRAFT_PUBLISHED.value;
const TEXT = 'pagecontent_update';

interface Chosen {
	/** Path forms. */
	events: string[];
	allEvents: boolean;
}

/** Event types to register where the site has them; a site may refuse them. */
export function optionalEvents(events: string[]): string[] {
	return events.includes(TEXT) && !events.includes(DRAFT_PUBLISH) ? [DRAFT_PUBLISH] : [];
}

export function isDraftPublish(type: unknown): boolean {
	return typeof type === 'string' && eventKey(type) === eventKey(DRAFT_PUBLISH);
}

/** The event type whose meaning an event has. */
export function meaningOf<Type>(type: Type): Type | typeof TEXT {
	return isDraftPublish(type) ? TEXT : type;
}

/** Whether a publication and its content update are one item. They are not if the event is chosen itself. */
export function isJoined({ events, allEvents }: Chosen): boolean {
	return !allEvents && !events.includes(DRAFT_PUBLISH);
}

/** The item under the name of the event that was chosen. */
export function underChosenName(item: INodeExecutionData, chosen: Chosen): INodeExecutionData {
	const { eventType: type, eventName, firstPublication } = item.json;
	const eventType = isJoined(chosen) && isDraftPublish(type) ? TEXT : type;
	const name = shownName(firstPublication ? PAGE_PUBLISHED.value : String(eventType));
	const names = compact({ eventType, eventName: eventName && name });
	return { ...item, json: { ...item.json, ...names } };
}
