import { numberOf } from '../../api/elements';
import type { StatusMessage } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { attribute } from '../../api/xml';
import { allowField, refusedUnlessAllowed } from '../allow';
import { onlyEntered, optionsField } from '../core/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { OWN, pageCall, pageToChange } from '../find-page';
import { targetPage } from '../page-field';
import { NO_SAVE_RIGHTS, readAfterwards } from '../write';
import { noRevision, requiredRevisionField } from './field';
import { changedRevisionItem } from './items';

const revision = requiredRevisionField({
	displayName: 'Revision',
	name: 'revision',
	description: 'Number of the version that the page is to have again',
});

const allow = allowField('pages/revert');

/** POST /pages/{id}/revert: the old text becomes a new revision. */
export const revertPage = defineOperation({
	value: 'revert',
	name: 'Revert',
	action: 'Revert page to earlier revision',
	description: 'Undo changes of a page: an earlier version becomes the newest one',
	fields: { page: targetPage, revision, simplify, options: optionsField({ allow }) },
	async run(run, { page: named, revision, simplify, options: { allow } }) {
		const page = await pageToChange(run, named);
		const call = pageCall('POST', page, '/revert', 'revert', {
			...{ 403: NO_SAVE_RIGHTS, 404: noRevision(page.label, revision) },
			...refusedUnlessAllowed(allow, notReverted(page.label)),
		});
		const query = { ...OWN, fromrevision: revision, abort: 'conflict', verbose: true };
		const sent = { ...query, ...onlyEntered({ allow: allow.value }) };
		// Undocumented but for the count, in a sample of drafts.
		const { document } = await run.site.call({ ...call, query: sent, expects: 'text' });
		const reading = readPage(run.site, page.key, page.label);
		const reverted = await readAfterwards(`The text of ${page.label} is reverted`, reading);
		const conflicts = numberOf(attribute(document?.root, 'count'));
		const item = simplify ? changedRevisionItem(reverted) : reverted;
		return outputs([conflicts === undefined ? item : { ...item, conflicts }]);
	},
});

const notReverted = (label: string): StatusMessage => ({
	message: `Expert did not revert ${label}`,
	description:
		'Later changes, such as another path or a file that is gone, may be in conflict with that version. Open the history of the page in Expert and revert it there.',
	isWhole: true,
});
