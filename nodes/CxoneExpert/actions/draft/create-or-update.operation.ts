import { type StatusMessages, unconfirmed } from '../../api/expert-error';
import { child } from '../../api/xml';
import { type Allow, refusedUnlessAllowed } from '../allow';
import { onlyEntered, optionsField, refuse } from '../core/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { targetPageField, titleField } from '../page-field';
import { contentsField, enteredFormat, saveOptions } from '../save-fields';
import { setTags } from '../tag/article-type';
import { moreTags } from '../tag/field';
import { type Abort, htmlOf, saveCondition, saveContents, saveFaults } from '../write';
import { draftCall, draftMessages, draftTagCalls } from './draft';
import { type DraftToWrite, draftToWrite } from './draft-to-write';
import { savedDraftItem } from './items';

/** Begins with a path: only that can create a page. */
const page = targetPageField({
	default: { __rl: true, mode: 'path', value: '' },
	description:
		'The page that the draft is of. If no page is at the path, the draft is of a new page, which readers see once it is published.',
});

/** GET /drafts/{id}, POST …/create or …/activate, then POST …/contents and PUT …/tags. Never publishes. */
export const createOrUpdateDraft = defineOperation({
	value: 'createOrUpdate',
	name: 'Create or Update',
	action: 'Create or update draft without publishing',
	description: 'Write the text of a draft, which is created if the page has none',
	fields: {
		page,
		title: titleField,
		contents: contentsField('draft'),
		format: enteredFormat,
		simplify,
		options: optionsField({ ...saveOptions('draft'), tags: moreTags }),
	},
	async run(run, { page, contents, format, options, title, simplify }) {
		const { allow, articleType, comment, tags } = options;
		const isAppended = options.mode === 'append';
		// Read all fields before creating anything, so that no draft is left half done.
		const html = htmlOf(contents, format, options.saveRendered, 'draft');
		const condition = saveCondition(run, options.ifExists === 'overwrite', options.editTime);
		const draft = await draftToWrite(run, page, { type: articleType, title, allow });
		if (!draft.created && condition.abort === 'exists') return refuse(EXISTS);
		// Nobody else has edited a draft that was not there.
		const { abort, edittime } = draft.created ? WHATEVER_IS_THERE : condition;
		const fault = abort === 'modified' ? FAULTS.modified : FAULTS.notSaved;
		const call = {
			...savingCall(draft, saveMessages(draft, allow, fault)),
			query: {
				...{ abort, edittime, ...(isAppended ? { section: '0' } : {}) },
				...onlyEntered({ title, comment, allow: allow.value }),
			},
			// A busy site may have saved it: appending the same text twice is worse than failing.
			mayRepeat: async () => !isAppended,
		};
		const conflict = abort === 'modified' ? FAULTS.modified : FAULTS.merged;
		const edit = await saveContents(run, call, html, conflict, FAULTS.unconfirmed);
		const saved = child(edit, 'draft');
		if (saved === undefined) throw unconfirmed(FAULTS.unconfirmed, 'edit/draft');
		const done = `The draft of ${draft.label} is saved`;
		// If the site heeded the type of a new page, its tags have it already.
		await setTags(run, draftTagCalls(draft, allow), { articleType, tags }, done);
		return outputs([simplify ? savedDraftItem(saved, draft.created) : edit]);
	},
});

const WHATEVER_IS_THERE: { abort: Abort; edittime: string } = { abort: 'never', edittime: 'now' };

const FAULTS = saveFaults('draft');

const EXISTS = {
	message: 'The page has a draft already, so nothing was saved',
	description:
		'Somebody may be working on it. Read it with Draft > Get Contents, or choose "Save" under \'If the Draft Exists\' to replace its contents.',
};

function savingCall(draft: DraftToWrite, messages: StatusMessages) {
	const call = draftCall('POST', draft, '/contents', 'save the text of the draft of', messages);
	return draft.created ? { ...call, doing: `${call.doing}, which is there by now` } : call;
}

function saveMessages(
	{ label }: DraftToWrite,
	allow: Allow,
	fault: { message: string; description: string },
): StatusMessages {
	return { ...draftMessages(label), ...refusedUnlessAllowed(allow, fault), 412: fault };
}
