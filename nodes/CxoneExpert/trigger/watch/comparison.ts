import { counted, type UserMessage } from '../../api/expert-error';
import { type Change, type ChangeKind, meetingKeys } from '../../event/change';
import type { ShownChange } from '../changes/site-change';

/*
 * What deliveries have told of in some time, beside what the site shows. A change without an event was missed only where
 * events and changes match: events may have another clock, or other IDs.
 */

/** Not creations: at the site, a copied or restored page looks like a new one. */
export const COMPARED_KINDS: readonly ChangeKind[] = ['edited', 'deleted'];

export class Comparison {
	private readonly site: string;
	private readonly told: readonly Change[];
	/** As {@link meetingKeys}. */
	private readonly toldAt = new Map<string, Change[]>();
	private readonly matched = new Set<Change>();
	/** Pages of which the site shows all edits. */
	private readonly readPages = new Set<string>();
	/** An event has named a page as the site does. */
	private hasSameIds: boolean;

	/** @param site its origin @param told before the site is asked @param last the comparison before */
	constructor(site: string, told: readonly Change[], last?: Comparison) {
		this.site = site;
		this.told = told;
		this.hasSameIds = last?.hasSameIds ?? false;
		for (const change of told) {
			const [key = ''] = meetingKeys(site, change, 'own');
			this.toldAt.set(key, [...(this.toldAt.get(key) ?? []), change]);
		}
	}

	/** The site shows this change, wanted or not. @param hasCome as an event that names the page */
	show({ kind, page, revision, at }: ShownChange, hasCome: boolean): void {
		if (hasCome) this.hasSameIds = true;
		if (revision !== undefined) this.readPages.add(page);
		for (const change of [
			{ kind, page, at },
			{ kind, at },
		])
			for (const key of meetingKeys(this.site, change, 'near'))
				for (const told of this.toldAt.get(key) ?? []) this.matched.add(told);
	}

	/** Whether an event of this kind has its change. */
	hasMatched(kind: ChangeKind): boolean {
		return [...this.matched].some((change) => change.kind === kind);
	}

	/** Events without a change. */
	get unmatched(): Change[] {
		return this.told.filter((change) => !this.matched.has(change) && !this.isUnread(change));
	}

	/** The page is gone and its history with it, or it was not read, as its newest change has come or is not wanted. */
	private isUnread({ kind, page }: Change): boolean {
		const isNamed = this.hasSameIds && page !== undefined;
		return kind === 'edited' && isNamed && !this.readPages.has(page);
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
			'They were found at the site itself and have started the workflow, with "recovered: true". Items come later than by events.',
	};
}

/** @param events without a change; none if that was earlier @param changes without an event */
export function noMatch(events: Change[], changes: Change[]): UserMessage {
	const shown =
		events.length === 0
			? 'Before, the site did not show what events told of'
			: `The site does not show what ${counted(events.length, 'event', 'events')} told of`;
	return {
		message: 'Events and changes of this site do not match, so the trigger does not look for missed changes',
		description: `${shown}, and no event told of ${wordsOf(changes)}. The site may use another clock or other IDs in events. Changes are still recovered after failures.`,
	};
}
