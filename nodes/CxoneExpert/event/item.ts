import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import { compact, draftState, idOf, isoTime, numberOf, pagePath } from '../api/elements';
import { namesOf } from '../api/page-fields';
import { pageAddress } from '../api/site-url';
import { attribute, child, children, textOf, type XmlElement } from '../api/xml';
import { canonicalEventName } from '../api/event-types';
import { shownName } from './choices';
import { doerName, eventUser, eventUserOf } from './event-user';
import type { ExpertEvent, UnreadableMessage } from './parse';

/** The headers of a request as n8n gives them. */
type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

/** Facts about the delivery itself that an item may show. */
export interface DeliveryMeta {
	deliveryId: string | undefined;
	receivedAt: Date;
	headers: Headers;
	/** Whether the event may have run before. */
	redelivered: boolean;
	/** Whether only the token was verified. */
	unverified: boolean;
	/** Origin of the Expert site, for page addresses. */
	siteOrigin: string | undefined;
}

export interface ItemOptions {
	simplify: boolean;
	includeHeaders: boolean;
	includeRawXml: boolean;
}

/** IDs are text, `revision` and `size` numbers, lists always lists; missing values are absent. */
export function eventItem(
	event: ExpertEvent,
	rawXml: string,
	arrival: DeliveryMeta,
	options: ItemOptions,
): IDataObject {
	const { xml } = event;
	return compact({
		...(options.simplify
			? simplified(event, arrival.siteOrigin)
			: { eventType: event.type, event: xml as IDataObject }),
		occurredAt: isoTime(attribute(xml, 'datetime')),
		...(options.simplify ? origin(xml) : {}),
		eventId: attribute(xml, 'id'),
		...(options.simplify ? { requestId: attribute(child(xml, 'request'), 'id') } : {}),
		...extras(rawXml, arrival, options),
	});
}

/** @param type from the header, which is not signed, but is all there is */
export function unreadableItem(
	message: UnreadableMessage,
	type: unknown,
	arrival: DeliveryMeta,
	options: ItemOptions,
): IDataObject {
	const eventType = typeof type === 'string' ? canonicalEventName(type) : undefined;
	const eventName = options.simplify && eventType !== undefined ? shownName(eventType) : undefined;
	return compact({
		...(options.simplify ? { title: titleOf({ eventName }), by: UNKNOWN } : {}),
		...{ eventType, eventName },
		unreadable: message.unreadable,
		...extras(message.rawXml, arrival, { ...options, includeRawXml: true }),
	});
}

function simplified(event: ExpertEvent, siteOrigin: string | undefined): IDataObject {
	const { type, xml } = event;
	const eventName = type && shownName(type);
	const page = eventPage(xml, siteOrigin);
	const file = fileOf(child(xml, 'file'));
	return {
		title: titleOf({ page, file, eventName }),
		by: doerName(event) ?? UNKNOWN,
		eventType: type,
		...{ eventName, page },
		user: eventUser(xml),
		file,
		tagsAdded: tagNames(child(xml, 'tags-added')),
		tagsRemoved: tagNames(child(xml, 'tags-removed')),
		property: namedOf(child(xml, 'property')),
		previous: previousOf(xml),
		comment: textOf(xml, 'change-comment'),
		changes: diffOf(child(xml, 'diff')),
		grant: grantOf(child(xml, 'grant')),
		restriction: compact({ id: textOf(xml, 'restriction-id') }),
	};
}

/** Says for messages that an event does not tell what, or who. */
export const UNKNOWN = 'unknown';

/** What an item is about, for messages: the page's title or the end of its path, else the file, else the event. */
export function titleOf({ page, file, eventName }: IDataObject): string {
	const { title, path } = (page ?? {}) as IDataObject;
	const { name } = (file ?? {}) as IDataObject;
	const ofPath = path === '' ? 'Home page' : typeof path === 'string' ? titleInPath(path) : undefined;
	return String(title ?? ofPath ?? name ?? eventName ?? UNKNOWN);
}

/** Paths have underscores for spaces. */
function titleInPath(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

function origin(xml: XmlElement): IDataObject {
	return { language: attribute(xml, 'language'), siteId: attribute(xml, 'wikiid') };
}

/** @param siteOrigin for the address of the page */
export function eventPage(xml: XmlElement, siteOrigin?: string): IDataObject | undefined {
	const page = child(xml, 'page');
	if (page === undefined) return undefined;
	const { id, title, path, url } = namesOf(page);
	const madeUrl = siteOrigin !== undefined && path !== undefined && pageAddress(siteOrigin, path);
	return compact({
		id,
		title: title ?? textOf(xml, 'displayname.current'),
		path,
		url: url ?? (madeUrl || undefined),
		// Edits name the new revision beside the page, whose own revision is 0 and meaningless.
		revision: numberOf(textOf(xml, 'revision') ?? attribute(page, 'revision')) || undefined,
		draftState: draftState(page),
	});
}

/** The page of an item as its event names it, simplified or not. */
export function pageOfItem({ page, event }: IDataObject): IDataObject | undefined {
	return (page ?? (event && eventPage(event as XmlElement))) as IDataObject | undefined;
}

function fileOf(file: XmlElement | undefined): IDataObject | undefined {
	if (file === undefined) return undefined;
	return compact({
		id: idOf(file),
		name: textOf(file, 'filename'),
		revision: numberOf(attribute(file, 'revision')),
		size: numberOf(attribute(file, 'size') ?? attribute(child(file, 'contents'), 'size')),
	});
}

/** Returns the numbers of words. An event of a large edit does not count them. */
function diffOf(diff: XmlElement | undefined): IDataObject {
	return compact({
		added: numberOf(textOf(diff, 'added')),
		removed: numberOf(textOf(diff, 'removed')),
	});
}

/** Returns who got or lost access. The vendor's samples name role, user and group by ID only. */
function grantOf(grant: XmlElement | undefined): IDataObject {
	const group = child(grant, 'group');
	return compact({
		user: eventUserOf(child(grant, 'user')),
		group: group && { ...namedOf(group), ...compact({ name: textOf(group, 'groupname') }) },
		role: textOf(grant, 'role') ?? attribute(child(grant, 'role'), 'id'),
	});
}

/** Old path of a move, source of a copy, old title or restriction. */
function previousOf(xml: XmlElement): IDataObject | undefined {
	const page = child(xml, 'source.page');
	const file = child(xml, 'source.file');
	return compact({
		pageId: page && idOf(page),
		path: pagePath(page),
		title: textOf(xml, 'displayname.previous') ?? textOf(page, 'title'),
		fileId: file && idOf(file),
		fileName: textOf(file, 'filename'),
		restrictionId: textOf(xml, 'previous.restriction-id'),
	});
}

function tagNames(list: XmlElement | undefined): string[] | undefined {
	if (list === undefined) return undefined;
	return children(list, 'tag').flatMap((tag) => textOf(tag, 'name') ?? attribute(tag, 'value') ?? textOf(tag) ?? []);
}

function extras(
	rawXml: string,
	{ deliveryId, receivedAt, redelivered, unverified, headers }: DeliveryMeta,
	{ includeHeaders, includeRawXml }: ItemOptions,
): IDataObject {
	return {
		deliveryId,
		receivedAt: receivedAt.toISOString(),
		redelivered: redelivered || undefined,
		unverified: unverified || undefined,
		headers: includeHeaders ? withoutSecrets(headers) : undefined,
		rawXml: includeRawXml ? rawXml : undefined,
	};
}

/** The delivery's authorization and signature, and headers in which proxies pass on secrets. */
const SECRET_HEADER = /auth|cookie|credential|jwt|key|password|secret|session|signature|token/i;

function withoutSecrets(headers: Headers): IDataObject {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADER.test(name)));
}

function namedOf(element: XmlElement | undefined): IDataObject | undefined {
	if (element === undefined) return undefined;
	const name = textOf(element, 'name') ?? attribute(element, 'name');
	return compact({ id: idOf(element), name });
}
