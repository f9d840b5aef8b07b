import { revisionOf } from '../../api/elements';
import { refuseWithout, type StatusMessages, type UserMessage } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { attribute, type XmlElement } from '../../api/xml';
import { textsToEdit } from '../contents';
import { optionsField, refuse } from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { notFound } from '../../api/expert-site';
import { OWN, pageCall, pageToWrite, type PageToWrite } from '../find-page';
import { pageToSave, pageToSaveFields } from '../new-page';
import type { Allow } from '../overrides';
import { targetPageField, titleField } from '../page-field';
import { contentsField, enteredFormat, saveOptions } from '../save-fields';
import { setTags } from '../tag/article-type';
import { tagCalls } from '../tag/page/page-tags';
import {
	type Abort,
	conditionFor,
	htmlToSave,
	NO_SAVE_RIGHTS,
	refuseActive,
	refuseLoss,
	saveCondition,
	type SaveCondition,
	saveContents,
	saveFaults,
} from '../write';
import { savedPageItem } from './items';

/** The field begins with a path, because only a path can create a page. */
const anyPage = targetPageField({
	default: { __rl: true, mode: 'path', value: '' },
	description: 'The page. If it does not exist and is named by its path, it is created.',
});

/** A slip of a model under "By ID", such as the word "null", must not become a page that readers see. */
const page: typeof anyPage = {
	...anyPage,
	read: (entered, context) => anyPage.read(entered, { ...context, isTool: false }),
};

/** POST /pages/{id}/contents. */
export const createOrUpdatePage = defineOperation({
	value: 'createOrUpdate',
	name: 'Create or Update',
	action: 'Create or update page that readers see',
	description: 'Write the text of a page, which is created if it does not exist',
	fields: {
		...pageToSaveFields(page),
		title: titleField,
		contents: contentsField('page'),
		format: enteredFormat,
		simplify,
		options: optionsField(saveOptions('page')),
	},
	async run(run, values) {
		const { contents, format, options, saveTo, title, simplify } = values;
		const { allow, comment } = options;
		const isAppended = options.mode === 'append';
		const html = await htmlToSave(run, 'page', { contents, format, options });
		const isOverwritten = options.ifExists === 'overwrite' && saveTo === 'page';
		const condition = saveCondition(run, isOverwritten, options.editTime);
		const page = await pageToSave(run, values, { saveTo, title, allow });
		const target = await pageToWrite(run, page, saveMessages(page.label), allow);
		if (target.isMissing && options.editTime !== undefined) refuse(gone(target.label));
		const text = pageCall('GET', target, '/contents', 'read the contents of');
		const texts = target.isMissing ? [] : [{ ...text, query: OWN }];
		await refuseLoss(run, 'page', { contents, format, options }, texts);
		const before = async () => await textsToEdit(run, ...texts);
		await refuseActive(run, html, 'Contents', before, isAppended);
		const known = await conditionFor(run, condition, 'page', async () => await pageAt(run, target));
		const rules = rulesFor(target, known, isAppended);
		const call = pageCall('POST', target, '/contents', 'save the contents of', saveMessages(target.label));
		const section = isAppended && !target.isMissing ? '0' : '';
		const saving = { written: 'page', ...rules, allow, entered: { section, title, comment } } as const;
		const { edit, saved } = await saveContents(run, call, html, saving);
		await setArticleType(run, target, saved, options);
		if (!simplify) return outputs([edit]);
		return outputs([savedPageItem(saved, wasCreated(saved, target, rules.condition.abort))]);
	},
});

/** Names the page by its ID: the reference of a new page has its path only. */
async function setArticleType(
	run: OperationContext,
	target: PageToWrite,
	saved: XmlElement,
	{ articleType, mode, allow }: { articleType: string; mode: 'append' | 'replace'; allow: Allow },
): Promise<void> {
	if (articleType === '') return;
	const key = attribute(saved, 'id') ?? refuseWithout('edit/page/@id', 'set the article type');
	const done = mode === 'append' ? 'The text is appended to the page' : 'The page is saved';
	await setTags(run, tagCalls({ ...target, key }, allow), { articleType }, done);
}

async function pageAt({ site }: OperationContext, { key, label }: PageToWrite): Promise<XmlElement> {
	return await readPage(site, key, label, OWN, { messages: saveMessages(label) });
}

/** Decides how to save, and what a refusal means. */
function rulesFor({ isMissing, revision }: PageToWrite, condition: SaveCondition, isAppended: boolean) {
	// There is nothing to append to, and a page that another run creates at this moment must not be replaced.
	const isFirst = isMissing && isAppended && condition.abort === 'never';
	const abort = isFirst ? 'exists' : condition.abort;
	const refused = isMissing ? NOT_CREATED : REFUSED[abort];
	const whenEdited = abort === 'modified' ? { edited: FAULTS.modified, revision } : {};
	return { condition: { ...condition, abort }, refused, ...whenEdited };
}

/** `undefined` if unknown: a page at its first revision may have existed before, or be a parent. */
function wasCreated(page: XmlElement, { isMissing }: PageToWrite, abort: Abort) {
	if (abort === 'exists') return true;
	const revision = revisionOf(page);
	if (revision === undefined) return undefined;
	return revision > 1 ? false : isMissing;
}

const saveMessages = (label: string): StatusMessages => ({
	403: NO_SAVE_RIGHTS,
	404: notFound(label, {
		description:
			'Only a page named by its path can be created. Choose "By Path" and enter the path for the new page, or check the ID.',
		toModel: 'Only a page named by its path can be created. Pass the whole path of the new page, or check the id.',
	}),
});

const FAULTS = saveFaults('page');

const gone = (label: string): UserMessage => ({
	message: `There is no ${label}, so nothing was saved`,
	description:
		"With an edit time, only a page that somebody has read is saved: it may have been moved, renamed or deleted since. To create a page, leave out the option 'Edit Time'.",
	toModel:
		'Here, only a page that you have read is saved: it may have been moved, renamed or deleted since. Look for it again.',
});

const NOT_CREATED: UserMessage = {
	message: 'Expert did not create the page',
	description:
		'No page can have this path, or another one has it by now. Open it in Expert to see whether it exists: then run the node again, or choose another path.',
	toModel:
		'No page can have this path, or another one has it by now. Read it to see whether it exists, or pass another path.',
};

const REFUSED: Record<Abort, UserMessage> = {
	exists: {
		message: 'The page exists already, so nothing was saved',
		description: 'Choose another path, or choose "Save" under \'If the Page Exists\' to replace its contents.',
		toModel: 'Pass another path.',
	},
	modified: FAULTS.refused,
	never: FAULTS.notSaved,
};
