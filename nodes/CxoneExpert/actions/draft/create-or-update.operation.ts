import { MINUTE_MS } from '../../durations';
import type { ApiCall } from '../../api/client';
import { compactTime, revisionOf } from '../../api/elements';
import { type Allow, allowFor } from '../overrides';
import { hasNoText, readContents, textsToEdit } from '../contents';
import { optionsField, refuse } from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { pageToSave, pageToSaveFields } from '../new-page';
import { targetPageField, titleField } from '../page-field';
import type { PageReference } from '../page-reference';
import { contentsField, enteredFormat, saveOptions } from '../save-fields';
import { setTags } from '../tag/article-type';
import { moreTags } from '../tag/field';
import {
	conditionFor,
	editTimeOf,
	htmlToSave,
	IF_SENTENCE,
	refuseActive,
	refuseLoss,
	saveCondition,
	type SaveCondition,
	saveContents,
	saveFaults,
} from '../write';
import { draftCall, draftTagCalls } from './draft';
import { type DraftToWrite, draftToWrite } from './draft-to-write';
import { savedDraftItem } from './items';

/** The field begins with a path, because only a path can create a page. */
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
		...pageToSaveFields(page),
		title: titleField,
		contents: contentsField('draft'),
		format: enteredFormat,
		simplify,
		options: optionsField({ ...saveOptions('draft'), tags: moreTags }),
	},
	async run(run, values) {
		const { contents, format, options, saveTo, title, simplify } = values;
		const { articleType, tags } = options;
		// Read all fields before creating anything, so that no draft is left half done.
		const html = await htmlToSave(run, 'draft', { contents, format, options });
		const isOverwritten = options.ifExists === 'overwrite' && saveTo === 'page';
		const condition = saveCondition(run, isOverwritten, options.editTime);
		const page = await pageToSave(run, values, { saveTo, title, allow: options.allow });
		const texts = textsBefore(page);
		await refuseLoss(run, 'draft', { contents, format, options }, texts);
		const before = async () => await textsToEdit(run, ...texts);
		await refuseActive(run, html, 'Contents', before, options.mode === 'append');
		const beginning = { type: articleType, title, allow: options.allow };
		const draft = await draftToWrite(run, page, beginning, condition);
		const { edit, saved } = await saveDraft(run, draft, html, condition, { title, ...options });
		const done = `The draft of ${draft.label} is saved`;
		// If the site heeded the type of a new page, its tags have it already.
		await setTags(run, draftTagCalls(draft), { articleType, tags }, done);
		return outputs([simplify ? savedDraftItem(saved, draft.created) : edit]);
	},
});

/** A draft begins with the text of its page. */
function textsBefore(page: PageReference): ApiCall[] {
	return [
		draftCall('GET', page, '/contents', 'read the text of the draft of'),
		pageCall('GET', page, '/contents', 'read the contents of'),
	];
}

interface SaveOptions {
	title: string;
	comment: string;
	mode: 'replace' | 'append';
	allow: Allow;
}

async function saveDraft(
	run: OperationContext,
	draft: DraftToWrite,
	html: string,
	condition: SaveCondition,
	{ title, comment, mode, allow }: SaveOptions,
) {
	const rules = await rulesFor(run, draft, condition);
	const entered = { section: mode === 'append' ? '0' : '', title, comment };
	const saving = { written: 'draft', ...rules, allow: allowFor('drafts/contents', allow), entered } as const;
	return await saveContents(run, savingCall(draft), html, saving);
}

/** Decides how to save, and what it means if the draft was edited meanwhile. */
async function rulesFor(run: OperationContext, draft: DraftToWrite, wanted: SaveCondition) {
	// Nobody else has edited a draft that was not there.
	if (draft.created) return { condition: ANYWAY, refused: FAULTS.notSaved };
	if (wanted.abort === 'never') return { condition: wanted, refused: FAULTS.notSaved };
	const { element, label } = draft;
	const rules = { refused: FAULTS.refused, revision: revisionOf(element) };
	if (wanted.abort === 'modified') {
		const condition = await conditionFor(run, wanted, 'draft', async () => element);
		return { ...rules, condition, edited: FAULTS.modified };
	}
	const edittime = editTimeOf(element, 'draft', `read the draft of ${label}`);
	if (isRecent(run, edittime) || !(await isWithoutText(run, draft))) return refuse(EXISTS);
	return { ...rules, condition: { abort: 'modified', edittime } as const, edited: EXISTS };
}

const ANYWAY = { abort: 'never', edittime: 'now' } as const;

/** Whether the run that began it may be about to save its text: within a second, the site cannot tell them apart. */
function isRecent({ site }: OperationContext, edittime: string): boolean {
	return edittime > compactTime((site.siteTime ?? Date.now()) - BEGINNING_MS);
}

/** A run takes at most about this long from its draft to its text. */
const BEGINNING_MS = MINUTE_MS;

/** Whether the draft is as a run leaves it that fails before it saves: nobody would lose anything. */
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
	toModel: `Somebody may be working on it. ${IF_SENTENCE}`,
};

function savingCall(draft: DraftToWrite) {
	const call = draftCall('POST', draft, '/contents', 'save the text of the draft of');
	return draft.created ? { ...call, doing: `${call.doing}, which is there by now` } : call;
}
