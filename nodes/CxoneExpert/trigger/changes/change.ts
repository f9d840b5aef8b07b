import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { apiTime, compact, numberOf, siteTime } from '../../api/elements';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { eventItem } from '../../event/item';
import type { ExpertEvent } from '../../event/parse';
import type { TriggerParameters } from '../parameters';

/*
 * One change of a page, as an event, an item and the site tell of it: named alike by type, page and, for an edit,
 * revision. So a new page and its first text are two changes, as they may be two events.
 */

/** The events that the site can tell after the fact, by their kind in keys. */
export const RECOVERABLE = {
	c: 'page_create',
	e: 'pagecontent_update',
	d: 'page_delete',
} as const;
export type ChangeKind = keyof typeof RECOVERABLE;

/** By how much an event and what the API tells of the same change may differ in time. */
export const TOLERANCE_SECONDS = 2;

export interface ChangeName {
	kind: ChangeKind;
	/**
	 * `371` for a page, `371:4` for its fourth revision. Absent where the event names no page or no
	 * revision: then type and time have to do. A revision may be counted in another way than by the API.
	 */
	subject?: string;
	/** Site time, unix ms. */
	at: number;
}

/** The change that an event tells of; `undefined` for one that cannot be recovered, or that has no time. */
export function changeNameOf({ type, xml }: ExpertEvent): ChangeName | undefined {
	const kind = kindOf(type);
	const at = siteTime(attribute(xml, 'datetime'));
	if (kind === undefined || at === undefined) return undefined;
	const page = child(xml, 'page');
	const id = attribute(page, 'id') ?? textOf(page, 'id');
	if (id === undefined) return { kind, at };
	if (kind !== 'e') return { kind, subject: id, at };
	// An edit names the new revision beside the page, whose own revision is 0 then.
	const revision = numberOf(textOf(xml, 'revision')) ?? numberOf(attribute(page, 'revision')) ?? 0;
	const isNamed = revision > 0 || textOf(xml, 'revision') !== undefined;
	return isNamed ? { kind, subject: `${id}:${revision}`, at } : { kind, at };
}

function kindOf(type: string | undefined): ChangeKind | undefined {
	const found = Object.entries(RECOVERABLE).find(([, name]) => name === type);
	return found?.[0] as ChangeKind | undefined;
}

/** The change that an item tells of, simplified or not; `undefined` where it names no page or no revision, too. */
export function changeOfItem({
	event,
	eventType,
	page,
	occurredAt,
}: IDataObject): ChangeName | undefined {
	const { id, revision } = (page ?? {}) as IDataObject;
	const named = { '@id': String(id ?? ''), '@revision': String(revision ?? '') };
	const isWhole = typeof event === 'object' && event !== null;
	const xml = isWhole ? (event as XmlElement) : { '@datetime': String(occurredAt), page: named };
	const change = changeNameOf({ type: eventType as string, xml });
	return change?.subject === undefined ? undefined : change;
}

/** Page and revision of an edit. */
export function editOf(subject: string): { page: string; revision: number } {
	const [page = '', revision] = subject.split(':');
	return { page, revision: Number(revision) };
}

/** One change in one word, also for n8n: a page can be deleted more than once. */
export function keyOf({ kind, subject = '', at }: ChangeName): string {
	const time = kind === 'd' || subject === '' ? [Math.floor(at / SECOND_MS)] : [];
	return [kind, subject, ...time].join(':');
}

const SECOND_MS = 1000;
const DAY_MS = 24 * 3_600_000;

/**
 * One change in what n8n keeps permanently. A copy of a site has the same page numbers, so a mark of the site is a
 * part of it; and after a site was restored from a backup numbers come again, so the day is.
 *
 * @param site its origin
 */
export function permanentKey(site: string, change: ChangeName): string {
	return `${markOf(site)}:${keyOf(change)}:${Math.floor(change.at / DAY_MS)}`;
}

/** A page in what n8n keeps permanently, whatever becomes of it. @param site its origin */
export function permanentPageKey(site: string, id: string): string {
	return `${markOf(site)}:${id}`;
}

function markOf(site: string): string {
	return createHash('sha256').update(site).digest('base64url').slice(0, 8);
}

/** A mark in n8n's store of processed items, and the row that it is in. */
export interface Spot {
	row: string;
	mark: string;
}

/** So many rows has a page for its edits, and so many for its deletions: those of neighbouring seconds are not in one. */
const ROWS_PER_PAGE = 8;

/**
 * Where a delivered and a recovered change meet in what n8n keeps: a page and a second. Not the revision: an event may
 * count revisions in another way than the API. A page is created once, so there it is the day.
 *
 * @param hasNeighbours the time of a change may differ from that of its event, by a second, or by a day for a page
 *   that began as a draft
 * @returns `own`: the mark of the change itself
 */
export function spotsOf(
	site: string,
	change: ChangeName,
	hasNeighbours: boolean,
): { own: Spot; spots: Spot[] } {
	const { kind, subject = '', at } = change;
	const { page } = editOf(subject);
	const unitMs = kind === 'c' ? DAY_MS : SECOND_MS;
	const unit = Math.floor(at / unitMs);
	const units = hasNeighbours ? [unit - 1, unit, unit + 1] : [unit];
	const rowOf = (each: number) => {
		const slot = kind === 'c' ? [] : [each % ROWS_PER_PAGE];
		return ['change', permanentPageKey(site, page), kind, ...slot].join(':');
	};
	const spots = units.map((each) => {
		const named = kind === 'c' ? subject : `${page}@${each}`;
		const mark = permanentKey(site, { kind, subject: named, at: each * unitMs });
		return { row: rowOf(each), mark };
	});
	return { own: { row: rowOf(unit), mark: `${permanentKey(site, change)} itself` }, spots };
}

/** A change that the site tells of, with the event that Expert would have sent. */
export interface SiteChange extends ChangeName {
	event: ExpertEvent;
	/** The text that a page was created with: the site may tell of it by the creation alone. */
	isFirstText?: boolean;
}

/** A new page. @param first its first revision, which names its author */
export function creation(first: XmlElement): SiteChange[] {
	const date = textOf(first, 'date.created') ?? textOf(first, 'date.edited');
	return siteChange('c', first, date, idOf(first));
}

/** A saved text of a page. */
export function edit(revision: XmlElement, isFirstText = false): SiteChange[] {
	const number = attribute(revision, 'revision');
	if (number === undefined) return [];
	const subject = `${idOf(revision)}:${number}`;
	const changes = siteChange('e', revision, textOf(revision, 'date.edited'), subject);
	return changes.map((change) => ({ ...change, isFirstText }));
}

/** A page in the archive. */
export function deletion(archived: XmlElement): SiteChange[] {
	return siteChange('d', archived, textOf(archived, 'date.deleted'), idOf(archived));
}

/** How the XML of an event spells its type. */
const XML_TYPES = { c: 'page:create', e: 'page.content:update', d: 'page:delete' } as const;

/** None where the site names no page or no time: nobody could recognise the change again. */
function siteChange(
	kind: ChangeKind,
	page: XmlElement,
	date: string | undefined,
	subject: string,
): SiteChange[] {
	const at = siteTime(date);
	if (at === undefined || idOf(page) === '') return [];
	const name: ChangeName = { kind, subject, at };
	const xml = compact({
		// The site gives it none.
		'@id': `recovered:${keyOf(name)}`,
		'@datetime': apiTime(at),
		'@type': XML_TYPES[kind],
		'@language': textOf(page, 'language'),
		page: pageOf(page),
		revision: kind === 'e' ? attribute(page, 'revision') : undefined,
		user: userOf(child(page, 'user.author') ?? child(page, 'user.deleted')),
	}) as XmlElement;
	return [{ ...name, event: { type: RECOVERABLE[kind], xml } }];
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

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
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
