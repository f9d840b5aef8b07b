import type { INodePropertyOptions } from 'n8n-workflow';

import type { UserMessage } from '../../shared/failure-messages';
import { choice } from '../input/choice';
import type { OperationContext } from '../core/operation-context';
import { editTime } from './edit-time';

/** What the API calls it when it must not save. */
export type Abort = 'never' | 'modified' | 'exists';

export const IF_EXISTS: INodePropertyOptions[] = [
	{ name: 'Save Always', value: 'overwrite' },
	{ name: 'Save Only if Unchanged Since the Edit Time', value: 'modified' },
	{ name: 'Do Not Save', value: 'abort' },
];

/**
 * When the site must not save; it wants an edit time in any case. The option "Edit Time" alone asks
 * for the check, also when its expression gives nothing: else a page would be written over unseen.
 */
export function saveCondition(run: OperationContext): { abort: Abort; edittime: string } {
	const unsaid = 'editTime' in run.options ? 'modified' : 'overwrite';
	const wanted = choice(run, 'If the Page Exists', run.options.ifExists ?? unsaid, IF_EXISTS);
	if (wanted === 'abort') return { abort: 'exists', edittime: 'now' };
	if (wanted === 'modified') return { abort: 'modified', edittime: editTime(run) };
	return { abort: 'never', edittime: 'now' };
}

/**
 * By what was asked for. The predecessor of the API answers 409 where it does not save, and 200 with
 * `status="conflict"` where it merged with another change; which of them a site of today does is not
 * known, so both mean the same here.
 */
export const CONFLICT: Record<Abort, UserMessage> = {
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
