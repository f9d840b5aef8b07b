import { compactTime, revisionOf } from '../../api/elements';
import type { StatusMessages, UserMessage } from '../../api/expert-error';
import { type Allow, allowFor, refusedUnlessAllowed } from '../allow';
import { hasNoText, readContents, textsToEdit } from '../contents';
import { onlyEntered, optionsField, refuse } from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { targetPageField, titleField } from '../page-field';
import type { PageReference } from '../page-reference';
import { contentsField, enteredFormat, saveOptions } from '../save-fields';
import { setTags } from '../tag/article-type';
import { moreTags } from '../tag/field';
import {
	conditionFor,
	editTimeOf,
	htmlToSave,
	refuseActive,
	saveCondition,
	type SaveCondition,
	saveContents,
	saveFaults,
} from '../write';
import { draftCall, draftMessages, draftTagCalls } from './draft';
import { type DraftToWrite, draftToWrite } from './draft-to-write';
import { savedDraftItem } from './items';

/** Begins with a path: only that can create a page. */
const page = targetPageField({
	default: { __rl: true, mode: 'path', value: '' },
	description:
		'The page that the draft is of. If no page is at the path, the draft is of a new page, which readers see once it is published.',
});

/**
 * GET /drafts/{id}, POST …/create or …/activate, then POST …/contents and PUT …/tags. With an edit time, GET
 * /pages/{id} before a draft of the page begins. Never publishes.
 */
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
		const { articleType, comment, tags } = options;
		const allow = allowFor('drafts/contents', options.allow);
		const isAppended = options.mode === 'append';
		// Read all fields before creating anything, so that no draft is left half done.
		const html = htmlToSave(run, contents, format, options, 'draft');
		const condition = saveCondition(run, options.ifExists === 'overwrite', options.editTime);
		const before = async () => await textsBefore(run, page);
		await refuseActive(run, html, 'Contents', before, isAppended);
		const beginning = { type: articleType, title, allow: options.allow };
		const draft = await draftToWrite(run, page, beginning, condition);
		const { abort, edittime, edited } = await rulesFor(run, draft, condition);
		const refused = edited ? FAULTS.refused : FAULTS.notSaved;
		const save = savingCall(draft, saveMessages(draft, allow, refused));
		const call = {
			...save,
			query: {
				...{ ...save.query, abort, edittime, ...(isAppended ? { section: '0' } : {}) },
				...onlyEntered({ title, comment, allow: allow.value }),
			},
		};
		const revision = edited && revisionOf(draft.element);
		const saving = { written: 'draft', edited, revision } as const;
		const { edit, saved } = await saveContents(run, call, html, saving);
		const done = `The draft of ${draft.label} is saved`;
		// If the site heeded the type of a new page, its tags have it already.
		await setTags(run, draftTagCalls(draft), { articleType, tags }, done);
		return outputs([simplify ? savedDraftItem(saved, draft.created) : edit]);
	},
});

/** A draft begins with the text of its page. */
async function textsBefore(run: OperationContext, page: PageReference): Promise<string[]> {
	return await textsToEdit(
		run,
		draftCall('GET', page, '/contents', 'read the text of the draft of'),
		pageCall('GET', page, '/contents', 'read the contents of'),
	);
}

/** How to save, and what it means if the draft was edited meanwhile. */
async function rulesFor(
	run: OperationContext,
	draft: DraftToWrite,
	condition: SaveCondition,
): Promise<SaveCondition & { edited?: UserMessage }> {
	// Nobody else has edited a draft that was not there.
	if (draft.created) return { abort: 'never', edittime: 'now' };
	if (condition.abort === 'never') return condition;
	if (condition.abort === 'modified') {
		const known = await conditionFor(run, condition, 'draft', async () => draft.element);
		return { ...known, edited: FAULTS.modified };
	}
	const edittime = editTimeOf(draft.element, 'draft', `read the draft of ${draft.label}`);
	if (isRecent(run, edittime) || !(await isWithoutText(run, draft))) return refuse(EXISTS);
	return { abort: 'modified', edittime, edited: EXISTS };
}

/** The run that began it may be about to save its text; within one second, the site could not tell whose is whose. */
function isRecent({ site }: OperationContext, edittime: string): boolean {
	return edittime > compactTime((site.siteTime ?? Date.now()) - BEGINNING_MS);
}

/** From its draft to its text, a run takes at most about this long. */
const BEGINNING_MS = 60_000;

/** As a run leaves a draft that fails before it saves: nobody would lose anything. */
async function isWithoutText(run: OperationContext, draft: DraftToWrite): Promise<boolean> {
	const call = draftCall('GET', draft, '/contents', 'read the text of the draft of');
	const { element } = await readContents(run, { ...call, query: { mode: 'edit' } });
	return hasNoText(element);
}

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

function saveMessages({ label }: DraftToWrite, allow: Allow, refused: UserMessage): StatusMessages {
	return { ...draftMessages(label), ...refusedUnlessAllowed(allow, refused), 412: refused };
}
