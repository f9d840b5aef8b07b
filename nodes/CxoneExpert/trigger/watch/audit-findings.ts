import { counted, type UserMessage } from '../../api/expert-error';
import type { Change, ChangeKind } from '../../event/change';

/** Creations are left out, because a copied or restored page looks like a new one at the site. */
export const AUDITED_KINDS: readonly ChangeKind[] = ['edited', 'deleted'];

const LABELS: Record<ChangeKind, readonly [one: string, several: string]> = {
	created: ['creation', 'creations'],
	edited: ['edit or publication', 'edits or publications'],
	deleted: ['deletion', 'deletions'],
};

function labelOf(changes: Change[]): string {
	const parts = AUDITED_KINDS.flatMap((kind) => {
		const count = changes.filter((change) => change.kind === kind).length;
		return count === 0 ? [] : [counted(count, ...LABELS[kind])];
	});
	return parts.join(' and ');
}

/** @param missed at least one */
export function noEvents(missed: Change[], checkEveryMs: number): UserMessage {
	const since = new Date(Math.min(...missed.map(({ at }) => at))).toISOString();
	const minutes = counted(Math.round(checkEveryMs / 6000) / 10, 'minute', 'minutes');
	return {
		message: `Expert has sent no event for ${labelOf(missed)} since ${since}; the trigger now looks every ${minutes}`,
		description:
			'They were found at the site itself and have started the workflow, with "recovered: true". Items come later than by events.',
	};
}

/** @param changes without an event */
export function noMatch(changes: Change[]): UserMessage {
	return {
		message: 'Events and changes of this site do not match, so the trigger does not look for missed changes',
		description: `The site shows none of the changes that events have reported, and no event has reported ${labelOf(changes)}. The site may use another clock or other IDs in events. Changes are still recovered after failures.`,
	};
}
