import { siteNow, ASSUMED, type Settings } from '../settings.mts';
import { eventChildren, type PageRef, type Subject } from './families.mts';
import { notJournaled, type EventType } from './types.mts';
import { addressOf } from '../site/address.mts';
import type { User } from '../site/users.mts';
import { buildXml, type XmlData } from '../xml.mts';
import { randomBytes } from 'node:crypto';
import { v1 } from 'uuid';

/**
 * `mt-epoch` counts milliseconds from 1990-01-27T00:00:00Z: see
 * docs/vendor-facts.md#event-document.
 */
const mtEpochOffset = 633_398_400_000;

/**
 * The API call behind an event: `seq` of `count` numbers its events. See
 * docs/vendor-facts.md#event-document.
 */
interface EventRequest {
	id?: string;
	seq?: number;
	count?: number;
	/** Method and path pattern, e.g. `POST:pages/…/contents`. */
	signature?: string;
	by?: User;
}

export interface EventSpec {
	type: EventType;
	subject: Subject;
	request: EventRequest;
	/** Event id; made from the time if absent. */
	id?: string;
	at?: Date;
	/** Milliseconds of `mt-epoch`; those of `at` if absent (the vendor's sample is 1 ms off). */
	epochAt?: number;
	body?: 'thin' | 'full';
	requestDetails?: Settings['requestDetails'];
}

export interface SimulatedEvent {
	id: string;
	/** XML type, `page:create`. */
	type: string;
	/** Path form, `page_create`. */
	pathType: string;
	/** Header form, `Page_Create`. */
	headerType: string;
	at: Date;
	/** The body as text. `body` holds the bytes that are sent. */
	xml: string;
	body: Buffer;
}

/**
 * Builds the event (docs/vendor-facts.md#event-document), if it is full with its children
 * (docs/vendor-facts.md#event-families).
 */
export function buildEvent(spec: EventSpec, settings: Settings, siteUrl: string): SimulatedEvent {
	const at = spec.at ?? siteNow(settings);
	const id = spec.id ?? uuidV1(at);
	const full = (spec.body ?? settings.eventBody) === 'full';
	const write = (page: PageRef) => pageData(page, settings, siteUrl);
	const { eventRevisionOffset: offset } = settings;
	const children = full ? eventChildren(spec.type.path, counted(spec.subject, offset), write) : {};
	const event: XmlData = {
		'@id': id,
		'@datetime': isoSeconds(new Date(at.getTime() + settings.eventSkewMs)),
		'@mt-epoch': (spec.epochAt ?? at.getTime()) - mtEpochOffset,
		'@type': spec.type.xml,
		'@wikiid': ASSUMED.siteId,
		'@language': spec.subject.page?.language ?? ASSUMED.language,
		'@journaled': !notJournaled.has(spec.type.path),
		'@version': 5,
		...attributesOf(children),
		request: requestData(spec, id, full, settings),
		...elementsOf(children),
	};
	const xml = buildXml(settings.wrapEvents ? { events: { event } } : { event });
	const { path: pathType, header: headerType, xml: type } = spec.type;
	return { id, type, pathType, headerType, at, xml, body: Buffer.from(xml) };
}

/** The subject with its revision as events count it. */
function counted(subject: Subject, offset: number): Subject {
	return { ...subject, revision: (subject.revision ?? subject.page?.revision ?? 1) + offset };
}

/** `2026-01-30T16:59:45Z`; the form of every date of the vendor. */
export function isoSeconds(at: Date): string {
	return `${at.toISOString().slice(0, 19)}Z`;
}

function requestData(spec: EventSpec, id: string, full: boolean, settings: Settings): XmlData {
	const { request } = spec;
	const details = spec.requestDetails ?? (full ? settings.requestDetails : 'none');
	return {
		'@id': request.id ?? siblingUuid(id),
		'@seq': request.seq ?? 1,
		'@count': request.count ?? 1,
		signature: request.signature ?? 'POST:pages/*/contents',
		...(details === 'none' || !request.by ? {} : { user: userData(request.by, details) }),
	};
}

function userData(user: User, details: Settings['requestDetails']): XmlData {
	const id = { '@id': user.id, '@anonymous': user.anonymous };
	if (details === 'userId') return { ...id, '@seated': user.seated };
	return {
		...id,
		nick: user.username,
		username: user.username,
		fullname: user.fullname,
		email: user.email,
	};
}

/** The two shapes of a page that the feed knows: see docs/vendor-facts.md#event-document. */
function pageData(page: PageRef, settings: Settings, siteUrl: string): XmlData {
	// 0 in every sample of the short shape, whatever the page's revision is.
	const id = settings.otherIdsInEvents ? `70${page.id}` : page.id;
	if (settings.pageShape === 'short') {
		return { '@id': id, '@revision': 0, path: page.path };
	}
	return {
		'@revision': page.revision ?? 0,
		'@id': id,
		'@guid': page.guid ?? '',
		'@draft.state': page.draftState ?? 'inactive',
		'@href': `${siteUrl}/@api/deki/pages/${page.id}?redirects=0`,
		'@deleted': page.deleted ?? false,
		'uri.ui': `${siteUrl}/${addressOf(page.path)}`,
		title: page.title ?? '',
		path: { '@seo': true, '@type': 'fixed', '#': page.path },
		'path.original': page.path,
		namespace: 'main',
		'date.created': isoSeconds(page.created ?? siteNow(settings)),
		language: page.language ?? ASSUMED.language,
	};
}

const attributesOf = (data: XmlData) => pick(data, (name) => name.startsWith('@'));
const elementsOf = (data: XmlData) => pick(data, (name) => !name.startsWith('@'));

function pick(data: XmlData, wanted: (name: string) => boolean): XmlData {
	return Object.fromEntries(Object.entries(data).filter(([name]) => wanted(name)));
}

let last = { msecs: 0, nsecs: 0 };

/**
 * UUID version 1, as event IDs are (docs/vendor-facts.md#event-document): its time is the time of
 * the event.
 */
export function uuidV1(at: Date): string {
	const msecs = at.getTime();
	// IDs of one millisecond differ in their time.
	last = { msecs, nsecs: msecs === last.msecs ? (last.nsecs + 1) % 10_000 : 0 };
	return v1({ ...last, random: randomBytes(16), node: randomBytes(6) });
}

/**
 * The ID of the request behind an event: same time, other node, as in the sample of
 * docs/vendor-facts.md#event-document.
 */
export function siblingUuid(id: string): string {
	return id.slice(0, 24) + randomBytes(6).toString('hex');
}
