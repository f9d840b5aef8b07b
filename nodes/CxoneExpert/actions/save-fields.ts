import {
	asText,
	EMPTY_EXPRESSION,
	type Field,
	flagField,
	refuse,
	requiredChoiceField,
	textField,
} from '../parameters/field';
import { allowField } from './overrides';
import { articleTypeField } from './tag/article-type';
import { EDIT_TIME, type Written } from './write';

/* Fields for the text of a page or a draft. */

export function contentsField(written: Written): Field<string> {
	return {
		property: {
			displayName: 'Contents',
			name: 'contents',
			type: 'string',
			typeOptions: { rows: 8 },
			default: '',
			required: true,
			placeholder: 'e.g. <p>Press the button for two seconds.</p>',
			description: `The whole text of the ${written}, in the form that Format says`,
		},
		read: (entered) => enteredContents(entered, written),
	};
}

function enteredContents(entered: unknown, written: Written): string {
	const text = typeof entered === 'number' ? asText(entered) : entered;
	if (typeof text === 'string' && text.trim() !== '') return text;
	if (typeof text === 'object' && text !== null) {
		return refuse({
			message: "'Contents' is a list or an object, not a text",
			description: 'Choose the field of the incoming item that holds the text, such as {{ $json.html }}.',
			toModel: 'Pass a text.',
		});
	}
	return refuse({
		message: "'Contents' is empty",
		description: `Enter the text of the ${written}. ${EMPTY_EXPRESSION} To empty a ${written}, enter <p></p>.`,
		toModel: `Pass the text of the ${written}. To empty a ${written}, pass <p></p>.`,
	});
}

export const enteredFormat = requiredChoiceField({
	displayName: 'Format',
	name: 'format',
	options: [
		{ name: 'HTML', value: 'html', description: 'The contents are HTML' },
		{
			name: 'Markdown',
			value: 'markdown',
			description:
				'Best for AI. HTML in it stays text. Replaces no page with templates, scripts or conditional content.',
		},
		{
			name: 'Plain Text',
			value: 'text',
			description: 'Each line becomes a paragraph, and readers see every character as it is',
		},
	],
	description: 'Form of the contents',
});

/** Options, sorted by name as n8n wants them. */
export function saveOptions(written: Written) {
	return {
		allow:
			written === 'page' ? allowField('pages/contents', 'pages/tags') : allowField('drafts/create', 'drafts/contents'),
		articleType: articleTypeField,
		comment: textField({
			displayName: 'Comment',
			name: 'comment',
			placeholder: 'e.g. Prices of 2026',
			description: `What the history of the ${written} says about this change`,
		}),
		editTime: editTimeField(written),
		ifExists: ifExists(written),
		mode: mode(written),
		saveAsItIs,
	};
}

/**
 * `undefined` if the option is not added: an expression for it can give nothing.
 *
 * @param done of an operation that does something else than to save a text
 */
export function editTimeField(written: Written, done?: 'published' | 'removed' | 'reverted'): Field<unknown> {
	const source = {
		page: 'Page > Get, or Get Contents with "Edit" as Mode',
		draft:
			done !== undefined
				? 'Draft > Get Contents'
				: 'Draft > Get Contents. For a page without a draft, it is compared with the page: take editedAt from Page > Get Contents with "Edit" as Mode',
	}[written];
	const isSavedPage = written === 'page' && done === undefined;
	return {
		property: {
			displayName: EDIT_TIME,
			name: 'editTime',
			type: 'dateTime',
			default: '',
			placeholder: 'e.g. 2026-01-30T16:59:45Z',
			description: `When the ${written} was last edited as far as you know, such as editedAt from ${source}. If it was edited after that${isSavedPage ? ', or is no longer there' : ''}, nothing is ${done ?? 'saved'}.`,
		},
		unlessAdded: undefined,
		read: (entered) => entered ?? '',
	};
}

const ifExists = (written: Written) =>
	requiredChoiceField({
		displayName: written === 'page' ? 'If the Page Exists' : 'If the Draft Exists',
		name: 'ifExists',
		options: [
			{
				name: 'Save',
				value: 'overwrite',
				description: `With Edit Time, only if the ${written} was not edited after it`,
			},
			{ name: 'Do Not Save', value: 'abort' },
		],
		description: `What to do if the ${written} already exists`,
	});

const mode = (written: Written) =>
	requiredChoiceField({
		displayName: 'Mode',
		name: 'mode',
		options: [
			{
				name: 'Replace',
				value: 'replace',
				description: `The ${written} gets these contents only`,
			},
			{
				name: 'Append',
				value: 'append',
				description: `The contents go to the end of the ${written}`,
			},
		],
		description: `What becomes of the contents that the ${written} has`,
	});

const saveAsItIs = flagField({
	displayName: 'Save as It Is',
	name: 'saveRenderedHtml',
	description:
		'Whether to save contents that look like Markdown, and contents that were read as readers see them. Templates, reused contents and lists of pages of those become what they show now.',
});
