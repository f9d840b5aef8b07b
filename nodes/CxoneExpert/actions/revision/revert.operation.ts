import { numberOf, revisionOf } from '../../api/elements';
import { refuseWithout, type StatusMessage, unconfirmed, type UserMessage } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { attribute } from '../../api/xml';
import { allowField, refusedUnlessAllowed } from '../overrides';
import { onlyEntered, optionsField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { findPage, pageCall, withId } from '../find-page';
import { targetPage } from '../page-field';
import { editTimeField } from '../save-fields';
import { approvalFaults, NO_SAVE_RIGHTS, readAfterwards, refuseIfEdited, saveCondition } from '../write';
import { noRevision, requiredRevisionField } from './field';
import { changedRevisionItem } from './items';

const revision = requiredRevisionField({
	displayName: 'Revision',
	name: 'revision',
	description: 'Number of the version that the page is to have again',
});

const revertOptions = optionsField({
	allow: allowField('pages/revert'),
	editTime: editTimeField('page', 'reverted'),
});

/** POST /pages/{id}/revert: the old text becomes a new revision. That call cannot check an edit time. */
export const revertPage = defineOperation({
	value: 'revert',
	name: 'Revert',
	action: 'Revert page to earlier revision',
	description: 'Undo changes of a page: an earlier version becomes the newest one',
	fields: { page: targetPage, revision, simplify, options: revertOptions },
	async run(run, { page: named, revision, simplify, options: { allow, editTime } }) {
		const condition = saveCondition(run, true, editTime);
		const found = await findPage(run, named);
		const page = withId(named, found);
		const before = revisionOf(found.element) ?? refuseWithout('page/@revision', 'revert a page');
		if (Number(revision) > before) return refuse(noRevision(page.label, revision));
		const call = pageCall('POST', page, '/revert', 'revert', {
			403: NO_SAVE_RIGHTS,
			404: noRevision(page.label, revision),
			...refusedUnlessAllowed(allow, notReverted(page.label)),
		});
		const query = { ...call.query, fromrevision: revision, abort: 'conflict', verbose: true };
		const sent = { ...query, ...onlyEntered({ allow: allow.value }) };
		const toRead = async () => await readPage(run.site, page.key, page.label);
		await refuseIfEdited(run, condition, 'page', toRead, approvalFaults('page', 'reverted'));
		// The response is undocumented but for a sample of drafts, so the page has to confirm it.
		const { document } = await run.site.call({ ...call, query: sent });
		const conflicts = numberOf(attribute(document?.root, 'count'));
		if (conflicts) return refuse(notReverted(page.label));
		if (!KNOWN_ROOTS.has(document?.name)) throw unconfirmed(notConfirmed(page.label));
		const reading = readPage(run.site, page.key, page.label);
		const reverted = await readAfterwards(`The text of ${page.label} is reverted`, reading);
		// A site may make no revision for the one that the page has.
		const isNew = Number(revision) !== before;
		if ((revisionOf(reverted) ?? 0) < before + Number(isNew)) throw unconfirmed(notConfirmed(page.label));
		const item = simplify ? changedRevisionItem(reverted) : reverted;
		return outputs([conflicts === undefined ? item : { ...item, conflicts }]);
	},
});

const KNOWN_ROOTS: ReadonlySet<unknown> = new Set(['page.revert.conflicts', 'page', undefined]);

const notConfirmed = (label: string): UserMessage => ({
	message: `Expert did not confirm that ${label} was reverted`,
	description:
		'It may still have the text from before. Open the page and its history to see which text it has, and revert it again if it is the wrong one.',
});

const notReverted = (label: string): StatusMessage => ({
	message: `Expert did not revert ${label}`,
	description:
		'Later changes, such as another path or a file that is gone, may be in conflict with that version. Open the history of the page in Expert and revert it there.',
	isWhole: true,
});
