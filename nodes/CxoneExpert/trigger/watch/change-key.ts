import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { numberOf } from '../../api/elements';
import { siteTime } from '../../api/time';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import type { ExpertEvent } from '../event/parse';

/** The events that the site can tell after the fact, by their kind in keys. */
export const RECOVERABLE = {
	c: 'page_create',
	e: 'pagecontent_update',
	d: 'page_delete',
} as const;
export type ChangeKind = keyof typeof RECOVERABLE;

/** By how much an event and what the API tells of the same change may differ in time. */
export const TOLERANCE_SECONDS = 2;

/**
 * One change of a page, named so that an event and what the API tells afterwards name it alike: by type,
 * page and, for an edit, revision. So a new page and its first text are two changes, as they may be two
 * events.
 */
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

const SECOND_MS = 1000;
const DAY_MS = 24 * 3_600_000;

/** One change in one word, also for n8n: a page can be deleted more than once. */
export function keyOf({ kind, subject = '', at }: ChangeName): string {
	const time = kind === 'd' || subject === '' ? [Math.floor(at / 1000)] : [];
	return [kind, subject, ...time].join(':');
}

/** Stands for a site in what n8n keeps permanently. @param origin of the site */
export function siteMark(origin: string): string {
	return createHash('sha256').update(origin).digest('base64url').slice(0, 8);
}

/**
 * One change in what n8n keeps permanently. A copy of a site has the same page numbers, so the site is a part of
 * it; and after a site was restored from a backup numbers come again, so the day is.
 *
 * @param site as {@link siteMark} gives it
 */
export function permanentKey(site: string, change: ChangeName): string {
	return `${site}:${keyOf(change)}:${Math.floor(change.at / DAY_MS)}`;
}

/**
 * Where a delivered and a recovered change meet in what n8n keeps: a page and a second. Not the revision: an event may
 * count revisions in another way than the API. A page is created once, so there it is the day.
 *
 * @param hasNeighbours the time of a change may differ from that of its event, by a second, or by a day for a page
 *   that began as a draft
 */
export function spotsOf(site: string, change: ChangeName, hasNeighbours: boolean): string[] {
	const { kind, subject = '', at } = change;
	const second = Math.floor(at / SECOND_MS);
	const { page } = editOf(subject);
	return (hasNeighbours ? [-1, 0, 1] : [0]).map((offset) =>
		kind === 'c'
			? permanentKey(site, { ...change, at: at + offset * DAY_MS })
			: permanentKey(site, {
					kind,
					subject: `${page}@${second + offset}`,
					at: (second + offset) * SECOND_MS,
				}),
	);
}

function kindOf(type: string | undefined): ChangeKind | undefined {
	const found = Object.entries(RECOVERABLE).find(([, name]) => name === type);
	return found?.[0] as ChangeKind | undefined;
}
