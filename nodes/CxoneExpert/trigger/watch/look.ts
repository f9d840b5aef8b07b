import { counted, type UserMessage } from '../../api/expert-error';
import { type Change, type ChangeKind, meetingKeys } from '../../event/change';
import type { SiteChange } from '../changes/site-change';

/*
 * The regular look asks the site what has changed although nothing has failed: Expert may send no
 * event for some changes. A change without an event proves that only where events and changes
 * match. So both sides are counted for each kind: while deliveries tell of changes that the site
 * does not show (another clock, other IDs), the look starts nothing of this kind.
 */

/** A copied page looks like a new one, and has an event of another type. */
export const LOOK_KINDS: readonly ChangeKind[] = ['edited', 'deleted'];

/** Expert may have sent an event of another type: of a new or copied page, or of a new title. */
export function hasOtherEvent({ isFirstText, isRenamed }: SiteChange): boolean {
	return isFirstText === true || isRenamed === true;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After a missed change, the look comes with each check for so long. */
const OFTEN_FOR_MS = 24 * HOUR_MS;
/** By the monotonic clock a check can come slightly early. */
const CHECK_TOLERANCE_MS = 1000;
/** Events can be late, and so can the site's lists: younger changes are left to the next look. */
const MAX_LATE_MS = 10 * MINUTE_MS;
/** The same once Expert is known to send no event. */
const MAX_LATE_OFTEN_MS = MINUTE_MS;

export interface Compared<Found extends Change> {
	/** Changes that Expert has sent no event for. */
	missed: Found[];
	/** Kinds of which events and changes do not match, with how many of each have no counterpart. */
	unmatched: Partial<Record<ChangeKind, { events: number; changes: number }>>;
}

/** When to look, and what both sides have told. In memory only: a start of n8n searches anyway. */
export class Look {
	/** Ms of the monotonic clock. */
	private lookedAt = performance.now();
	private missedAt = -Infinity;
	/** What the site shows, as keys of {@link meetingKeys}; in the look before, too. */
	private shown = new Set<string>();
	private shownBefore = new Set<string>();
	/** Kinds that did not match when they last could be compared. */
	private readonly doubtful = new Set<ChangeKind>();

	/** Changes were missed within the last day. */
	get isOften(): boolean {
		return performance.now() - this.missedAt < OFTEN_FOR_MS;
	}

	get isDue(): boolean {
		return this.isOften || performance.now() - this.lookedAt >= HOUR_MS - CHECK_TOLERANCE_MS;
	}

	get maxLateMs(): number {
		return this.isOften ? MAX_LATE_OFTEN_MS : MAX_LATE_MS;
	}

	get hasDoubts(): boolean {
		return this.doubtful.size > 0;
	}

	/** The site shows this change, whether or not it is wanted. */
	show(site: string, change: Change): void {
		const { kind, at } = change;
		for (const each of [change, { kind, at }])
			for (const key of meetingKeys(site, each, 'near')) this.shown.add(key);
		if (kind === 'deleted') for (const key of goneKeys(change)) this.shown.add(key);
	}

	/**
	 * Ends the look.
	 *
	 * @param told what deliveries have told of since the look before
	 * @param missing changes at the site that no delivery explains
	 */
	compare<Found extends Change>(
		site: string,
		told: Array<{ change: Change }>,
		missing: Found[],
	): Compared<Found> {
		const toldChanges = told.map(({ change }) => change);
		for (const deletion of toldChanges.filter(({ kind }) => kind === 'deleted'))
			for (const key of goneKeys(deletion)) this.shown.add(key);
		const unmatched: Compared<Found>['unmatched'] = {};
		for (const kind of LOOK_KINDS) {
			const events = toldChanges.filter((change) => change.kind === kind);
			const unexplained = events.filter((change) => !this.isShown(site, change)).length;
			const changes = missing.filter((change) => change.kind === kind).length;
			if (events.length > 0 && unexplained === 0) this.doubtful.delete(kind);
			if (unexplained > 0 && changes > 0) this.doubtful.add(kind);
			if (this.doubtful.has(kind) && changes > 0)
				unmatched[kind] = { events: unexplained, changes };
		}
		return { missed: missing.filter(({ kind }) => !this.doubtful.has(kind)), unmatched };
	}

	/** @param hasMissed whether Expert has sent no event for a change */
	end(hasMissed: boolean): void {
		this.lookedAt = performance.now();
		if (hasMissed) this.missedAt = this.lookedAt;
		this.shownBefore = this.shown;
		this.shown = new Set();
	}

	/** Whether the site shows what a delivery has told, or the page is gone with its history. */
	isShown(site: string, change: Change): boolean {
		const gone = change.kind === 'deleted' ? [] : goneKeys(change);
		return [...meetingKeys(site, change, 'own'), ...gone].some(
			(key) => this.shown.has(key) || this.shownBefore.has(key),
		);
	}
}

/** The site no longer shows the history of this page. */
function goneKeys({ page }: Change): string[] {
	return page === undefined ? [] : [`gone ${page}`];
}

const WORDS = {
	edited: ['edit or publication', 'edits or publications'],
	deleted: ['deletion', 'deletions'],
} as const;

function wordsOf(kind: ChangeKind, count: number): string {
	const [one, several] = WORDS[kind as keyof typeof WORDS];
	return counted(count, one, several);
}

/** @param missed at least one */
export function noEvents(missed: Change[], checkEveryMs: number): UserMessage {
	const kinds = LOOK_KINDS.filter((kind) => missed.some((change) => change.kind === kind));
	const of = (kind: ChangeKind) => missed.filter((change) => change.kind === kind).length;
	const what = kinds.map((kind) => wordsOf(kind, of(kind))).join(' and ');
	const since = new Date(Math.min(...missed.map(({ at }) => at))).toISOString();
	const minutes = counted(Math.round(checkEveryMs / 6000) / 10, 'minute', 'minutes');
	return {
		message: `Expert has sent no event for ${what} since ${since}; the trigger now looks every ${minutes}`,
		description:
			'The site itself told of them, and they have started the workflow, with "recovered: true". Nothing is lost, but items come later than by events.',
	};
}

export function noMatch(unmatched: Compared<Change>['unmatched']): UserMessage {
	const parts = LOOK_KINDS.flatMap((kind) => {
		const counts = unmatched[kind];
		if (counts === undefined) return [];
		const events = counted(counts.events, 'event', 'events');
		return `${events} without a change that the site shows, ${wordsOf(kind, counts.changes)} without an event`;
	});
	return {
		message:
			'Events and changes of this site do not match, so the trigger does not look for missed changes',
		description: `In the last look: ${parts.join('; ')}. The site may use another clock or other IDs in events. Changes are still recovered after failures.`,
	};
}
