import { hash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../durations';
import { numberOf, siteTime } from '../api/elements';
import { attribute, textOf } from '../api/xml';
import { cacheInMemory } from '../memory';
import { meaningOf } from './draft-publish';
import { eventPage, pageOfItem } from './item';
import type { ExpertEvent } from './parse';

/*
 * One change of a page, whether from an event, an item or the site. A new page and its first text
 * are two changes, as they can be two events.
 */

/** Events that can be recovered from the site, by kind. */
export const RECOVERABLE = {
	created: 'page_create',
	edited: 'pagecontent_update',
	deleted: 'page_delete',
} as const;
export type ChangeKind = keyof typeof RECOVERABLE;
export const CHANGE_KINDS = Object.keys(RECOVERABLE) as ChangeKind[];

export interface Change {
	kind: ChangeKind;
	/** ID of the page; absent when the event names none. */
	page?: string;
	/** An edit has it, if it is known. Events may count it differently from the API; `draft:publish` has none. */
	revision?: number;
	/** Site time, unix ms. */
	at: number;
}

/** The change behind an event; `undefined` when it cannot be recovered or has no time. */
export function changeOf({ type, xml }: ExpertEvent): Change | undefined {
	const revision = numberOf(textOf(xml, 'revision'));
	// A 0 at the page says nothing; beside it, it is a number.
	const page = { ...eventPage(xml), ...(revision === undefined ? {} : { revision }) };
	return toChange(type, page, attribute(xml, 'datetime'));
}

export function changeOfItem(item: IDataObject): Change | undefined {
	return toChange(item.eventType, pageOfItem(item), item.occurredAt);
}

function toChange(type: unknown, page: IDataObject | undefined, time: unknown): Change | undefined {
	const kind = CHANGE_KINDS.find((each) => RECOVERABLE[each] === meaningOf(type));
	const at = siteTime(time);
	if (kind === undefined || at === undefined) return undefined;
	const { id, revision } = page ?? {};
	return {
		kind,
		...(typeof id === 'string' ? { page: id } : {}),
		...(type === RECOVERABLE.edited && typeof revision === 'number' ? { revision } : {}),
		at,
	};
}

/** Short name within a site: `c:371`, `e:371:4`; `d:371:…` with its second, as it can recur. */
export function wordOf({ kind, page = '', revision, at }: Change): string {
	const second = Math.floor(at / SECOND_MS);
	return [kind[0], page, ...(kind === 'created' ? [] : [revision ?? second])].join(':');
}

/**
 * Permanent name of a change. Includes a hash of the site, because copies of a site share page IDs,
 * and the day, because restoring a backup reuses IDs.
 *
 * @param site its origin
 */
export function nameOf(site: string, change: Change): string {
	return `${markOf(site)}:${wordOf(change)}:${Math.floor(change.at / DAY_MS)}`;
}

/** Permanent name of a page. @param site its origin */
export function pageNameOf(site: string, id: string): string {
	return `${markOf(site)}:${id}`;
}

/**
 * How far a delivered and a recovered change may differ in time: this many steps of this length. A
 * page that began as a draft counts as created then, and its event may come weeks later; a restored
 * page can be deleted again within minutes.
 */
const TOLERANCE = {
	created: { stepMs: 30 * DAY_MS, steps: 1 },
	edited: { stepMs: SECOND_MS, steps: 2 },
	deleted: { stepMs: MINUTE_MS / 2, steps: 1 },
} as const;

/**
 * Keys at which a delivered and a recovered change meet, in memory and in n8n's store: site, kind,
 * page and time. The revision is no part of them: see {@link Change}.
 *
 * @param reach a delivered change has only its own key, a recovered one also looks at adjacent ones
 * @returns its own key first
 */
export function meetingKeys(site: string, change: Change, reach: 'own' | 'near'): string[] {
	const { kind, page, at } = change;
	const { stepMs, steps } = TOLERANCE[page === undefined ? 'edited' : kind];
	const scope = `${markOf(site)}:${kind[0]}:${page ?? ''}`;
	const step = Math.floor(at / stepMs);
	const beside = Array.from({ length: steps }, (_, index) => [index + 1, -index - 1]).flat();
	return [0, ...(reach === 'near' ? beside : [])].map((by) => `${scope}@${step + by}`);
}

/** The mark of each site is cached, because a recovery asks for the same one thousands of times. */
const marks = cacheInMemory<string>();

function markOf(site: string): string {
	const mark = marks.get(site) ?? hash('sha256', site, 'base64url').slice(0, 8);
	marks.set(site, mark);
	return mark;
}
