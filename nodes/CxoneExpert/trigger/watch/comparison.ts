import { counted, type UserMessage } from '../../api/expert-error';
import { type Change, type ChangeKind, meetingKeys } from '../../event/change';

/*
 * What deliveries have told of in some time, beside what the site shows. A change without an event was missed only where
 * events and changes match: events may have another clock, or other IDs.
 */

/** Not creations: at the site, a copied or restored page looks like a new one. */
export const COMPARED_KINDS: readonly ChangeKind[] = ['edited', 'deleted'];

export class Comparison {
	private readonly site: string;
	/** As {@link meetingKeys}. */
	private readonly shown = new Set<string>();
	private readonly deletedPages = new Set<string>();

	/** @param site its origin */
	constructor(site: string) {
		this.site = site;
	}

	/** The site shows this change, wanted or not. */
	show(change: Change): void {
		const { kind, page, at } = change;
		for (const each of [change, { kind, at }])
			for (const key of meetingKeys(this.site, each, 'near')) this.shown.add(key);
		if (kind === 'deleted' && page !== undefined) this.deletedPages.add(page);
	}

	/** Events without a change: the newest of each page, as the site need not be asked for older ones. */
	unmatched(told: Change[]): Change[] {
		for (const { kind, page } of told)
			if (kind === 'deleted' && page !== undefined) this.deletedPages.add(page);
		const newest = new Map<string, Change>();
		for (const [index, change] of told.entries())
			newest.set(`${change.kind} ${change.page ?? `#${index}`}`, change);
		return [...newest.values()].filter((change) => !this.isShown(change));
	}

	/** Or the page is gone, and its history with it. */
	private isShown(change: Change): boolean {
		const { kind, page } = change;
		const isGone = kind !== 'deleted' && page !== undefined && this.deletedPages.has(page);
		return isGone || meetingKeys(this.site, change, 'own').some((key) => this.shown.has(key));
	}
}

const WORDS: Record<ChangeKind, readonly [one: string, several: string]> = {
	created: ['creation', 'creations'],
	edited: ['edit or publication', 'edits or publications'],
	deleted: ['deletion', 'deletions'],
};

function wordsOf(changes: Change[]): string {
	const parts = COMPARED_KINDS.flatMap((kind) => {
		const count = changes.filter((change) => change.kind === kind).length;
		return count === 0 ? [] : [counted(count, ...WORDS[kind])];
	});
	return parts.join(' and ');
}

/** @param missed at least one */
export function noEvents(missed: Change[], checkEveryMs: number): UserMessage {
	const since = new Date(Math.min(...missed.map(({ at }) => at))).toISOString();
	const minutes = counted(Math.round(checkEveryMs / 6000) / 10, 'minute', 'minutes');
	return {
		message: `Expert has sent no event for ${wordsOf(missed)} since ${since}; the trigger now looks every ${minutes}`,
		description:
			'They were found at the site itself and have started the workflow, with "recovered: true". Nothing is lost, but items come later than by events.',
	};
}

/** @param events without a change @param changes without an event */
export function noMatch(events: Change[], changes: Change[]): UserMessage {
	return {
		message:
			'Events and changes of this site do not match, so the trigger does not look for missed changes',
		description: `The site does not show what ${counted(events.length, 'event', 'events')} told of, and no event told of ${wordsOf(changes)}. The site may use another clock or other IDs in events. Changes are still recovered after failures.`,
	};
}
