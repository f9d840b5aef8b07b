import { numberOf } from '../../api/elements';
import {
	refusal,
	refuseWithout,
	type StatusMessages,
	type UserMessage,
} from '../../api/expert-error';
import { attribute, child, type XmlElement } from '../../api/xml';
import { type Allow, allowField, allowForTags, refusedUnlessAllowed } from '../allow';
import {
	asText,
	EMPTY_EXPRESSION,
	enteredTime,
	type Field,
	onlyEntered,
	optionsField,
	rawField,
	refuse,
	requiredChoiceField,
	textField,
	type ValueOf,
} from '../core/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { notFound } from '../core/site';
import { pageCall, pageToWrite, type PageToWrite } from '../find-page';
import { targetPageField, titleField } from '../page-field';
import type { PageReference } from '../page-reference';
import { assertEditable, saveRenderedField } from '../rendered';
import { articleTypeField, setArticleType } from '../tag/article-type';
import { tagCalls } from '../tag/page-tags';
import { savedPageItem } from './items';

/** Begins with a path: only a page that is named by it can be created. */
const page = targetPageField({
	default: { __rl: true, mode: 'path', value: '' },
	description: 'The page. If it does not exist and is named by its path, it is created.',
});

const contentsField: Field<string> = {
	property: {
		displayName: 'Contents',
		name: 'contents',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '',
		required: true,
		placeholder: 'e.g. <p>Press the button for two seconds.</p>',
		description: 'The text of the page',
	},
	read(entered) {
		const text = typeof entered === 'number' ? asText(entered) : entered;
		if (typeof text === 'string' && text.trim() !== '') return text;
		if (typeof text === 'object' && text !== null) {
			return refuse({
				message: "'Contents' is a list or an object, not a text",
				description:
					'Choose the field of the incoming item that holds the text, such as {{ $json.html }}.',
			});
		}
		return refuse({
			message: "'Contents' is empty",
			description: `Enter the text of the page. ${EMPTY_EXPRESSION} To empty a page, enter <p></p>.`,
		});
	},
};

const format = requiredChoiceField({
	displayName: 'Format',
	name: 'format',
	options: [
		{ name: 'HTML', value: 'html', description: 'The contents are HTML' },
		{
			name: 'Plain Text',
			value: 'text',
			description: 'Each line becomes a paragraph, and readers see every character as it is',
		},
	],
	description: 'Form of the contents',
});

/** What the API calls it when it must not save. */
type Abort = 'never' | 'modified' | 'exists';

const editTime = rawField({
	displayName: 'Edit Time',
	name: 'editTime',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2026-01-30T16:59:45Z',
	description:
		'When the page was last edited as far as you know, such as editedAt from Page > Get. If it was edited after that, nothing is saved.',
});

const ifExists = requiredChoiceField({
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
});

const modeField = requiredChoiceField({
	displayName: 'Mode',
	name: 'mode',
	options: [
		{ name: 'Replace', value: 'replace', description: 'The page gets these contents only' },
		{ name: 'Append', value: 'append', description: 'The contents go to the end of the page' },
	],
	description: 'What becomes of the contents that the page has',
});

const added = optionsField({
	allow: allowField('deleteredirects', 'idferrors'),
	articleType: articleTypeField,
	comment: textField({
		displayName: 'Comment',
		name: 'comment',
		placeholder: 'e.g. Prices of 2026',
		description: 'What the history of the page says about this change',
	}),
	editTime,
	ifExists,
	mode: modeField,
	saveRendered: saveRenderedField,
});

/** The options, and whether "Edit Time" was added: its expression can give nothing. */
const options: Field<ValueOf<typeof added> & { hasEditTime: boolean }> = {
	property: added.property,
	read: (entered, context) => ({
		...added.read(entered, context),
		hasEditTime:
			typeof entered === 'object' && entered !== null && editTime.property.name in entered,
	}),
};

/**
 * POST /pages/{id}/contents: creates a page, or a new revision of a page.
 *
 * The body is `text/plain` with the HTML as it is: in the XML document of the specification `&nbsp;` and
 * `<br>` are refused. Without the charset all non-ASCII characters would arrive as `?`. Source:
 * docs/vendor-facts.md#writing-pages.
 */
export const createOrUpdatePage = defineOperation({
	value: 'createOrUpdate',
	name: 'Create or Update',
	action: 'Create or update page',
	description: 'Write the text of a page, which is created if it does not exist',
	fields: { page, title: titleField, contents: contentsField, format, simplify, options },
	async run(run, { contents, format, options, title, page, simplify }) {
		const { allow, articleType, comment, mode } = options;
		const body = bodyOf(contents, format, options.saveRendered);
		const condition = saveCondition(run, options);
		const target = await pageToWrite(run, page, saveMessages(page.label), allow);
		const { conflict, ...rules } = rulesFor(target, condition, mode, allow);
		const query = { ...rules.query, ...onlyEntered({ title, comment, allow: allow.value }) };
		const call = pageCall('POST', target, '/contents', 'save the contents of', rules.messages);
		const text = { body, contentType: 'text/plain; charset=utf-8' };
		// A busy site may have saved it all the same: the same text twice is worse than none.
		const mayRepeat = async () => mode !== 'append';
		const edit = await run.site.read({ ...call, ...text, query, mayRepeat }, 'edit');
		const saved = savedPage(edit, conflict);
		if (articleType !== '') {
			const calls = tagCalls(savedReference(target, saved), allowForTags(allow));
			const done = mode === 'append' ? 'The text is appended to the page' : 'The page is saved';
			await setArticleType(run, calls, articleType, done);
		}
		if (!simplify) return outputs([edit]);
		return outputs([savedPageItem(saved, wasCreated(saved, target, rules.query.abort))]);
	},
});

function bodyOf(contents: string, format: string, savesRendered: boolean): string {
	if (format === 'text') return paragraphsOf(contents);
	return savesRendered ? contents : assertEditable(contents);
}

/** By the ID that the site names: a new page is at a path so far. */
function savedReference(target: PageToWrite, saved: XmlElement): PageReference {
	const id = attribute(saved, 'id') ?? refuseWithout('edit/page/@id', 'set the article type');
	return { ...target, key: id };
}

interface Condition {
	abort: Abort;
	edittime: string;
}

/**
 * How to save, and what a conflict means. There is nothing to append to a page that does not exist yet; if another run
 * creates it at the same moment, its text must not be replaced.
 */
function rulesFor(target: PageToWrite, condition: Condition, mode: string, allow: Allow) {
	const { isMissing, label } = target;
	const isFirst = isMissing && mode === 'append' && condition.abort === 'never';
	const abort = isFirst ? 'exists' : condition.abort;
	const section = mode === 'append' && !isMissing ? '0' : '';
	const conflict = isMissing ? NOT_CREATED : CONFLICT[abort];
	// Without a condition there is no conflict: then the status says that the site refuses it.
	const refused = isMissing || abort !== 'never' ? conflict : NOT_SAVED;
	return {
		conflict,
		query: {
			...{ ...condition, abort, ...onlyEntered({ section }) },
			// It must not be followed.
			...(isMissing && allow.replacesRedirects ? { redirects: 0 } : {}),
		},
		messages: { ...saveMessages(label), ...refusedUnlessAllowed(allow, refused), 412: refused },
	};
}

/**
 * When the site must not save; it wants an edit time in any case. An "Edit Time" always protects the
 * page, even when its expression gives nothing: otherwise a page would be overwritten unseen.
 */
function saveCondition({ timezone }: OperationContext, chosen: ValueOf<typeof options>): Condition {
	if (chosen.ifExists === 'abort') return { abort: 'exists', edittime: 'now' };
	if (!chosen.hasEditTime) return { abort: 'never', edittime: 'now' };
	return { abort: 'modified', edittime: apiEditTime(chosen.editTime, timezone) };
}

/** The option "Edit Time" as the API takes it: `yyyyMMddHHmmss` in UTC. */
function apiEditTime(entered: unknown, timezone: string): string {
	if (/^\d{14}$/.test(asText(entered))) return asText(entered);
	const time = new Date(enteredTime(editTime.property.displayName, entered, timezone));
	return time.toISOString().slice(0, 19).replace(/\D/g, '');
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

const NOT_SAVED: UserMessage = {
	message: 'Expert did not save the page',
	description:
		'It may have been changed at the same moment. Open the page and its history to see which text it has now, and save again if it is the wrong one.',
};

const NOT_CREATED: UserMessage = {
	message: 'Expert did not create the page',
	description:
		'No page can have this path, or another one has it by now. Open it in Expert to see whether it exists: then run the node again, or choose another path.',
};

/**
 * By what was asked for. The predecessor of the API responds 409 where it does not save, and 200 with
 * `status="conflict"` where it merged with another change. It is unknown which of them a site of today
 * does, so both mean the same here.
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
		description:
			'Open the page and its history to see which text it has now, and save again if it is the wrong one.',
	},
};

/** The page of a response that confirms that it was saved. */
function savedPage(edit: XmlElement, conflict: UserMessage): XmlElement {
	const status = attribute(edit, 'status');
	const page = child(edit, 'page');
	if (status === 'conflict') return refuse(conflict);
	if (status === 'success' && page !== undefined) return page;
	const missing = status === undefined ? 'edit/@status' : 'edit/page';
	const isWhole = status !== undefined && page !== undefined;
	throw refusal(UNCONFIRMED).with(isWhole ? {} : { missing });
}

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the page was saved',
	description: 'Open the page to see whether it has the new text, and save again if it does not.',
};

/** The response does not say it: a page with its first revision may have existed before, or may be a parent. */
function wasCreated(
	page: XmlElement,
	{ isMissing }: PageToWrite,
	abort: Abort,
): boolean | undefined {
	if (abort === 'exists') return true;
	const revision = numberOf(attribute(page, 'revision'));
	if (revision === undefined) return undefined;
	if (revision > 1) return false;
	return isMissing;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text as HTML: each line that is not blank becomes a paragraph; nothing in it is treated as markup.
 *
 * A site runs the text between double braces as a script (source: the vendor's pages on DekiScript),
 * even when it is escaped. An invisible word joiner keeps two braces apart: text from outside must not
 * run anything.
 */
export function paragraphsOf(text: string): string {
	return text
		.split(/\r\n|\r|\n/)
		.filter((line) => line.trim() !== '')
		.map((line) => `<p>${escaped(line.trim())}</p>`)
		.join('\n');
}

function escaped(text: string): string {
	return text
		.replace(/[&<>"]/g, (character) => ESCAPES[character]!)
		.replace(/\{(?=\{)/g, '{\u2060');
}
