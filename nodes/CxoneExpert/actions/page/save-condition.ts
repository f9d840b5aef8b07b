import type { Advice } from '../../transport/advice';
import type { OperationRun } from '../run';
import { editTimeOf } from './edit-time';

/** What the API calls it when it must not save. */
export type Abort = 'never' | 'modified' | 'exists';

/**
 * When the site must not save; it wants an edit time in any case. The option "Edit Time" alone asks
 * for the check, also when its expression gives nothing: else a page would be written over unseen.
 */
export function saveCondition(run: OperationRun): { abort: Abort; edittime: string } {
	const { ifExists = 'editTime' in run.options ? 'modified' : 'overwrite' } = run.options;
	if (ifExists === 'abort') return { abort: 'exists', edittime: 'now' };
	if (ifExists !== 'modified') return { abort: 'never', edittime: 'now' };
	const given = run.options.editTime ?? '';
	const edittime = editTimeOf(given);
	if (edittime !== undefined) return { abort: 'modified', edittime };
	return run.expert.refuse({
		message: given === '' ? '"Edit Time" is missing' : '"Edit Time" is not a date and time',
		description:
			'Enter the time of the edit that you know of in the option "Edit Time", such as 2026-01-30T16:59:45Z: Page > Get gives it as editedAt.',
	});
}

/**
 * By what was asked for. The predecessor of the API answers 409 where it does not save, and 200 with
 * `status="conflict"` where it merged with another change; which of them a site of today does is not
 * known, so both mean the same here.
 */
export const CONFLICT: Record<Abort, Advice> = {
	exists: {
		message: 'The page exists already, so nothing was saved',
		description:
			'Choose another path, or choose "Save Always" under "If the Page Exists" to replace its contents.',
	},
	modified: {
		message: 'The page was changed after the given edit time, so nothing was saved',
		description:
			'Read the page again, put your change into what it holds now, and save it with the new edit time.',
	},
	never: {
		message: 'Expert reported that the page was changed at the same moment',
		description:
			'Open the page and its history to see which text is there now, and save again if it is the wrong one.',
	},
};
