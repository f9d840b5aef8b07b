import { revisionOf } from '../../api/elements';
import {
	refusal,
	refuseWithout,
	type StatusMessages,
	type UserMessage,
} from '../../api/expert-error';
import { attribute, child, type XmlElement } from '../../api/xml';
import { type Allow, allowField, refusedUnlessAllowed } from '../allow';
import { onlyEntered, optionsField, requiredChoiceField, textField } from '../core/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { notFound } from '../core/site';
import { pageCall, pageToWrite, type PageToWrite } from '../find-page';
import { targetPageField, titleField } from '../page-field';
import { articleTypeField, setArticleType } from '../tag/article-type';
import { tagCalls } from '../tag/page/page-tags';
import {
	type Abort,
	contentsField,
	editable,
	editTime,
	enteredFormat,
	paragraphsOf,
	saveCondition,
	saveContents,
	saveRendered,
} from '../write';
import { savedPageItem } from './items';

/** Begins with a path: only that can create a page. */
const page = targetPageField({
	default: { __rl: true, mode: 'path', value: '' },
	description: 'The page. If it does not exist and is named by its path, it is created.',
});

const options = optionsField({
	allow: allowField('deleteredirects', 'idferrors'),
	articleType: articleTypeField,
	comment: textField({
		displayName: 'Comment',
		name: 'comment',
		placeholder: 'e.g. Prices of 2026',
		description: 'What the history of the page says about this change',
	}),
	editTime,
	ifExists: requiredChoiceField({
		displayName: 'If the Page Exists',
		name: 'ifExists',
		options: [
			{
				name: 'Save',
				value: 'overwrite',
				description: 'With Edit Time, only if the page was not edited after it',
			},
			{ name: 'Do Not Save', value: 'abort' },
		],
		description: 'What to do if the page already exists',
	}),
	mode: requiredChoiceField({
		displayName: 'Mode',
		name: 'mode',
		options: [
			{ name: 'Replace', value: 'replace', description: 'The page gets these contents only' },
			{ name: 'Append', value: 'append', description: 'The contents go to the end of the page' },
		],
		description: 'What becomes of the contents that the page has',
	}),
	saveRendered,
});

/** POST /pages/{id}/contents. */
export const createOrUpdatePage = defineOperation({
	value: 'createOrUpdate',
	name: 'Create or Update',
	action: 'Create or update page',
	description: 'Write the text of a page, which is created if it does not exist',
	fields: {
		page,
		title: titleField,
		contents: contentsField,
		format: enteredFormat,
		simplify,
		options,
	},
	async run(run, { contents, format, options, title, page, simplify }) {
		const { allow, articleType, comment } = options;
		const isAppended = options.mode === 'append';
		const html =
			format === 'text' ? paragraphsOf(contents) : editable(contents, options.saveRendered);
		const isOverwritten = options.ifExists === 'overwrite';
		const condition = saveCondition(run, isOverwritten, options.editTime);
		const target = await pageToWrite(run, page, saveMessages(page.label), allow);
		const { conflict, messages, query } = rulesFor(target, condition, isAppended, allow);
		const call = {
			...pageCall('POST', target, '/contents', 'save the contents of', messages),
			query: { ...query, ...onlyEntered({ title, comment, allow: allow.value }) },
			// A busy site may have saved it: appending the same text twice is worse than failing.
			mayRepeat: async () => !isAppended,
		};
		const edit = await saveContents(run, call, html, conflict, UNCONFIRMED);
		const saved = child(edit, 'page');
		if (saved === undefined) throw refusal(UNCONFIRMED).with({ missing: 'edit/page' });
		if (articleType !== '') {
			// By its ID: the reference of a new page has its path only.
			const key = attribute(saved, 'id') ?? refuseWithout('edit/page/@id', 'set the article type');
			const done = isAppended ? 'The text is appended to the page' : 'The page is saved';
			await setArticleType(run, tagCalls({ ...target, key }, allow), articleType, done);
		}
		if (!simplify) return outputs([edit]);
		return outputs([savedPageItem(saved, wasCreated(saved, target, query.abort))]);
	},
});

/** How to save, and what a conflict means. */
function rulesFor(
	target: PageToWrite,
	condition: ReturnType<typeof saveCondition>,
	isAppended: boolean,
	allow: Allow,
) {
	const { isMissing, label } = target;
	// Nothing to append to; and a page that another run creates at this moment must not be replaced.
	const isFirst = isMissing && isAppended && condition.abort === 'never';
	const abort = isFirst ? 'exists' : condition.abort;
	const conflict = isMissing ? NOT_CREATED : CONFLICT[abort];
	// Without a condition there is no conflict: the status is a refusal.
	const refused = isMissing || abort !== 'never' ? conflict : NOT_SAVED;
	return {
		conflict,
		query: {
			...{ ...condition, abort },
			...(isAppended && !isMissing ? { section: '0' } : {}),
			// Do not follow the redirect that is replaced.
			...(isMissing && allow.replacesRedirects ? { redirects: 0 } : {}),
		},
		messages: { ...saveMessages(label), ...refusedUnlessAllowed(allow, refused), 412: refused },
	};
}

/** `undefined` if unknown: a page at its first revision may have existed before, or be a parent. */
function wasCreated(page: XmlElement, { isMissing }: PageToWrite, abort: Abort) {
	if (abort === 'exists') return true;
	const revision = revisionOf(page);
	if (revision === undefined) return undefined;
	return revision > 1 ? false : isMissing;
}

const saveMessages = (label: string): StatusMessages => ({
	403: {
		message: 'Expert did not allow saving this page',
		description:
			'The user of the token may lack the right to change it or to create a page there, the page may be a draft that was never published, or the token may have expired. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
	},
	404: notFound(
		label,
		'Only a page named by its path can be created. Choose "By Path" and enter the path for the new page, or check the ID.',
	),
});

const CHANGED_MEANWHILE =
	'Open the page and its history to see which text it has now, and save again if it is the wrong one.';

const NOT_SAVED: UserMessage = {
	message: 'Expert did not save the page',
	description: `It may have been changed at the same moment. ${CHANGED_MEANWHILE}`,
};

const NOT_CREATED: UserMessage = {
	message: 'Expert did not create the page',
	description:
		'No page can have this path, or another one has it by now. Open it in Expert to see whether it exists: then run the node again, or choose another path.',
};

/**
 * The predecessor of the API responds 409 if it does not save, and 200 with `status="conflict"` if it merged
 * with another change. Which of them today's sites do is unknown: both mean the same here.
 */
const CONFLICT: Record<Abort, UserMessage> = {
	exists: {
		message: 'The page exists already, so nothing was saved',
		description:
			'Choose another path, or choose "Save" under \'If the Page Exists\' to replace its contents.',
	},
	modified: {
		message: 'The page was changed after the given edit time, so nothing was saved',
		description:
			'Read the page again, apply your change to its current contents, and save it with the new edit time.',
	},
	never: {
		message: 'Expert reported that the page was changed at the same moment',
		description: CHANGED_MEANWHILE,
	},
};

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the page was saved',
	description: 'Open the page to see whether it has the new text, and save again if it does not.',
};
