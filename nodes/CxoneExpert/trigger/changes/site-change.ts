import type { IDataObject } from 'n8n-workflow';

import { apiTime, compact, numberOf, siteTime } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { type Change, type ChangeKind, nameOf, RECOVERABLE, wordOf } from '../../event/change';
import { eventItem } from '../../event/item';
import type { ExpertEvent } from '../../event/parse';
import type { TriggerParameters } from '../parameters';

/** A change found at the site, with the event that Expert would have sent. */
export interface SiteChange extends Change {
	page: string;
	event: ExpertEvent;
	/** The text that the page was created with: the site may send only the creation. */
	isFirstText?: boolean;
	/** The title differs from that of the revision before. */
	isRenamed?: boolean;
}

/** The part of a change that identifies it. */
export type ShownChange = Pick<SiteChange, keyof Change>;

/** @param first first revision, which names the author */
export function creation(first: XmlElement): SiteChange[] {
	return siteChange('created', first, textOf(first, 'date.created') ?? textOf(first, 'date.edited'));
}

/** @param before the revision before it */
export function edit(
	element: XmlElement,
	{ isFirstText = false, before }: { isFirstText?: boolean; before?: XmlElement | undefined } = {},
): SiteChange[] {
	const revision = numberOf(attribute(element, 'revision'));
	if (revision === undefined) return [];
	const changes = siteChange('edited', element, textOf(element, 'date.edited'), revision);
	const isRenamed = before !== undefined && textOf(before, 'title') !== textOf(element, 'title');
	return changes.map((change) => ({ ...change, isFirstText, isRenamed }));
}

export function deletion(archived: XmlElement): SiteChange[] {
	return siteChange('deleted', archived, textOf(archived, 'date.deleted'));
}

const XML_TYPES = {
	created: 'page:create',
	edited: 'page.content:update',
	deleted: 'page:delete',
} as const;

/** Returns none without a page or time: the change could not be recognised again. */
function siteChange(kind: ChangeKind, element: XmlElement, date: string | undefined, revision?: number): SiteChange[] {
	const [page, at] = [attribute(element, 'id'), siteTime(date)];
	if (page === undefined || at === undefined) return [];
	const change = { kind, page, at, ...(revision === undefined ? {} : { revision }) };
	const xml = compact({
		'@id': `recovered:${wordOf(change)}`,
		'@datetime': apiTime(at),
		'@type': XML_TYPES[kind],
		'@language': textOf(element, 'language'),
		page: pageOf(element),
		revision: revision?.toString(),
		user: userElement(child(element, 'user.author') ?? child(element, 'user.deleted')),
	}) as XmlElement;
	return [{ ...change, event: { type: RECOVERABLE[kind], xml } }];
}

/** Makes the item that a delivery would bring, without what only a delivery has. @param site its origin */
export function recoveredItem(site: string, change: SiteChange, parameters: TriggerParameters): IDataObject {
	const deliveryId = String(change.event.xml['@id']);
	return { ...itemOf(site, change.event, deliveryId, parameters), recovered: true };
}

/** @param site its origin */
export function polledItem(site: string, change: SiteChange, parameters: TriggerParameters): IDataObject {
	const { type, xml } = change.event;
	const event = { type, xml: { ...xml, '@id': nameOf(site, change) } };
	return itemOf(site, event, undefined, parameters);
}

function itemOf(
	siteOrigin: string,
	event: ExpertEvent,
	deliveryId: string | undefined,
	parameters: TriggerParameters,
): IDataObject {
	const meta = {
		deliveryId,
		receivedAt: new Date(),
		headers: {},
		redelivered: false,
		unverified: false,
		siteOrigin,
	};
	const shown = { ...parameters, includeHeaders: false, includeRawXml: false };
	return eventItem(event, '', meta, shown);
}

export function idOfPage(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}

function pageOf(page: XmlElement): XmlElement {
	const kept = ['@id', '@guid', '@revision', '@draft.state', 'uri.ui', 'title', 'path'];
	return Object.fromEntries(kept.flatMap((name) => (page[name] === undefined ? [] : [[name, page[name]]])));
}

/** Omits the email address: events use users only to tell them apart. */
function userElement(user: XmlElement | undefined): Record<string, string> | undefined {
	if (user === undefined) return undefined;
	const username = textOf(user, 'username') ?? textOf(user, 'nick');
	const id = attribute(user, 'id');
	const fullname = textOf(user, 'fullname');
	return { ...(id === undefined ? {} : { '@id': id }), ...(username && { username }), ...(fullname && { fullname }) };
}
