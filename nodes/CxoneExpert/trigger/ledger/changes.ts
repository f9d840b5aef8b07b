import type { Entry } from './claim';
import { type Change, NO_KEY } from './rows';

/** By how much an event and what the API tells of the same change may differ in time. */
const TOLERANCE_SECONDS = 2;
/** A page that was deleted may be restored and deleted again. */
const DELETION_SECONDS = 60;
/**
 * A page is created once, and a draft counts as created when it was begun. Only after a site was restored from a
 * backup does a number come again: later than what is known of the first page. The clocks may differ by this.
 */
const CLOCK_SKEW_SECONDS = 3600;

/** A change with the entry that tells of it. */
export interface Mark {
	change: Change;
	entry: Entry;
}

/**
 * Which entries tell of which change of a page. An edit is told by page and time, not by its revision: an event may
 * count revisions in another way than the API.
 */
export class Changes {
	private readonly byPage = new Map<string, Mark[]>();

	add(entry: Entry, change: Change): void {
		const marks = this.byPage.get(slotOf(change));
		if (marks === undefined) this.byPage.set(slotOf(change), [{ change, entry }]);
		else marks.push({ change, entry });
	}

	drop(entry: Entry, change: Change): void {
		const left = this.at(change).filter((mark) => mark.entry !== entry || mark.change !== change);
		if (left.length === 0) this.byPage.delete(slotOf(change));
		else this.byPage.set(slotOf(change), left);
	}

	/** What is known of this change. */
	same(change: Change): Entry[] {
		if (change.page === NO_KEY) return [];
		const marks = this.at(change).filter((mark) => isSame(mark.change, change, mark.entry.time));
		return marks.map(({ entry }) => entry);
	}

	/** Events that name no page, about at this time. */
	pageless(change: Change): Mark[] {
		return this.near({ ...change, page: NO_KEY });
	}

	/** Changes of this page, about at this time. */
	near(change: Change): Mark[] {
		return this.at(change).filter((mark) => isNear(mark.change, change));
	}

	private at(change: Change): readonly Mark[] {
		return this.byPage.get(slotOf(change)) ?? [];
	}
}

export function isNear(known: Change, { kind, at }: Change): boolean {
	return known.kind === kind && Math.abs(known.at - at) <= TOLERANCE_SECONDS;
}

/** @param knownAt until when the known change can have happened at the latest; unix seconds */
function isSame(known: Change, { kind, page, at }: Change, knownAt: number): boolean {
	if (known.kind !== kind || known.page !== page) return false;
	if (kind === 'c') return at <= Math.max(knownAt, known.at) + CLOCK_SKEW_SECONDS;
	const seconds = kind === 'e' ? TOLERANCE_SECONDS : DELETION_SECONDS;
	return Math.abs(known.at - at) <= seconds;
}

/** Whether two changes may be one: where a page is not named, by the time. */
export function mayBeSame(known: Change, change: Change): boolean {
	const isPageless = known.page === NO_KEY || change.page === NO_KEY;
	return isPageless ? isNear(known, change) : isSame(known, change, known.at);
}

function slotOf({ kind, page }: Change): string {
	return kind + page;
}
