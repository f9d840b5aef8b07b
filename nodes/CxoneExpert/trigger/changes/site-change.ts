import type { IDataObject } from 'n8n-workflow';

import { apiTime, compact, numberOf, siteTime } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { type Change, type ChangeKind, RECOVERABLE, wordOf } from '../../event/change';
import { eventItem } from '../../event/item';
import type { ExpertEvent } from '../../event/parse';
import type { TriggerParameters } from '../parameters';

/** A change that the site tells of, with the event that Expert would have sent. */
export interface SiteChange extends Change {
	page: string;
	event: ExpertEvent;
	/** The text that a page was created with: the site may tell of it by the creation alone. */
	isFirstText?: boolean;
}

/** A new page. @param first its first revision, which names its author */
export function creation(first: XmlElement): SiteChange[] {
	return siteChange(
		'created',
		first,
		textOf(first, 'date.created') ?? textOf(first, 'date.edited'),
	);
}

/** A saved text of a page. */
export function edit(element: XmlElement, isFirstText = false): SiteChange[] {
	const revision = numberOf(attribute(element, 'revision'));
	if (revision === undefined) return [];
	const changes = siteChange('edited', element, textOf(element, 'date.edited'), revision);
	return changes.map((change) => ({ ...change, isFirstText }));
}

/** A page in the archive. */
export function deletion(archived: XmlElement): SiteChange[] {
	return siteChange('deleted', archived, textOf(archived, 'date.deleted'));
}

/** How the XML of an event spells its type. */
const XML_TYPES = {
	created: 'page:create',
	edited: 'page.content:update',
	deleted: 'page:delete',
} as const;

/** None where the site names no page or no time: nobody could recognise the change again. */
function siteChange(
	kind: ChangeKind,
	element: XmlElement,
	date: string | undefined,
	revision?: number,
): SiteChange[] {
	const [page, at] = [attribute(element, 'id'), siteTime(date)];
	if (page === undefined || at === undefined) return [];
	const change = { kind, page, at, ...(revision === undefined ? {} : { revision }) };
	const xml = compact({
		// The site gives it none.
		'@id': `recovered:${wordOf(change)}`,
		'@datetime': apiTime(at),
		'@type': XML_TYPES[kind],
		'@language': textOf(element, 'language'),
		page: pageOf(element),
		revision: revision?.toString(),
		user: userOf(child(element, 'user.author') ?? child(element, 'user.deleted')),
	}) as XmlElement;
	return [{ ...change, event: { type: RECOVERABLE[kind], xml } }];
}

/** As the event would have given it. What only a delivery has is absent. */
export function recoveredItem({ event }: SiteChange, parameters: TriggerParameters): IDataObject {
	const eventId = String(event.xml['@id']);
	const meta = {
		deliveryId: eventId,
		receivedAt: new Date(),
		headers: {},
		redelivered: false,
		unverified: false,
		siteOrigin: undefined,
	};
	const shown = { ...parameters, includeHeaders: false, includeRawXml: false };
	return { ...eventItem(event, '', meta, shown), recovered: true };
}

/** What events have of a page. */
function pageOf(page: XmlElement): XmlElement {
	const kept = ['@id', '@guid', '@revision', '@draft.state', 'uri.ui', 'title', 'path'];
	return Object.fromEntries(
		kept.flatMap((name) => (page[name] === undefined ? [] : [[name, page[name]]])),
	);
}

/** Without the email address: events need a user only to be told apart. */
function userOf(user: XmlElement | undefined): Record<string, string> | undefined {
	if (user === undefined) return undefined;
	const username = textOf(user, 'username') ?? textOf(user, 'nick');
	const id = attribute(user, 'id');
	return { ...(id === undefined ? {} : { '@id': id }), ...(username && { username }) };
}
