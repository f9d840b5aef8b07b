import type { ApiCall } from '../api/client';
import { refusal, type UserMessage } from '../api/expert-error';
import { attribute, type XmlElement } from '../api/xml';
import {
	asText,
	EMPTY_EXPRESSION,
	enteredTime,
	type Field,
	flagField,
	refuse,
	requiredChoiceField,
} from './core/field';
import type { OperationContext } from './core/operation';

/* The text of a page or a draft: how it is entered, and how the site saves it. */

export const contentsField: Field<string> = {
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

export const enteredFormat = requiredChoiceField({
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

export const saveRendered = flagField({
	displayName: 'Save Rendered HTML',
	name: 'saveRenderedHtml',
	description:
		'Whether to save contents that were read as readers see them. Templates, reused contents and lists of pages become what they show now.',
});

/**
 * What only a page as readers see it has (docs/vendor-facts.md#reading-pages). Saved again, it would replace the
 * templates, reused contents and lists that it was made from.
 */
const RENDERED = /<[^<>]*\b(mt-section-origin|mt-subpage-listings-container|mt-empty-state)\b/;

/** The HTML; refuses that of a page as readers see it, unless it may be saved. */
export function editable(html: string, isRenderedSaved: boolean): string {
	const mark = RENDERED.exec(html)?.[1];
	if (mark === undefined || isRenderedSaved) return html;
	return refuse({
		message: "'Contents' is a page as readers see it, so nothing was saved",
		description: `Templates, reused contents and lists of pages would be lost (found: ${mark}). Read the page with "Edit" in the option 'Mode' of Page > Get Contents, and change that text. To save it all the same, add the option 'Save Rendered HTML'.`,
	});
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML without markup: each line that is not blank becomes a paragraph. */
export function paragraphsOf(text: string): string {
	const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
	return lines
		.filter((line) => line !== '')
		.map((line) => `<p>${escaped(line)}</p>`)
		.join('\n');
}

/**
 * A site runs the text between double braces as a script (source: the vendor's pages on DekiScript), even when it is
 * escaped. An invisible word joiner keeps two braces apart: text from outside must not run.
 */
function escaped(text: string): string {
	return text
		.replace(/[&<>"]/g, (character) => ESCAPES[character]!)
		.replace(/\{(?=\{)/g, '{\u2060');
}

/** `undefined` if the option is not added: an expression for it can give nothing. */
export const editTime: Field<unknown> = {
	property: {
		displayName: 'Edit Time',
		name: 'editTime',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. 2026-01-30T16:59:45Z',
		description:
			'When the page was last edited as far as you know, such as editedAt from Page > Get. If it was edited after that, nothing is saved.',
	},
	unlessAdded: undefined,
	read: (entered) => entered ?? '',
};

/** When the site must not save, as the API calls it. */
export type Abort = 'never' | 'modified' | 'exists';

/**
 * An "Edit Time" always protects the page, even when its expression gives nothing: otherwise a page would be
 * overwritten unseen. The site wants an edit time in any case.
 */
export function saveCondition(
	{ timezone }: OperationContext,
	isOverwritten: boolean,
	editedAt: unknown,
): { abort: Abort; edittime: string } {
	if (!isOverwritten) return { abort: 'exists', edittime: 'now' };
	if (editedAt === undefined) return { abort: 'never', edittime: 'now' };
	return { abort: 'modified', edittime: apiEditTime(editedAt, timezone) };
}

/** `yyyyMMddHHmmss` in UTC. */
function apiEditTime(entered: unknown, timezone: string): string {
	if (/^\d{14}$/.test(asText(entered))) return asText(entered);
	const time = new Date(enteredTime(editTime.property.displayName, entered, timezone));
	return time.toISOString().slice(0, 19).replace(/\D/g, '');
}

/** Without the charset all non-ASCII characters would arrive as `?`. */
export const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * POST …/contents with the HTML as plain text: the XML document of the specification refuses `&nbsp;` and `<br>`.
 * Source: docs/vendor-facts.md#writing-pages.
 *
 * @param conflict what it means that the site has not saved, although it responds 200
 */
export async function saveContents(
	{ site }: OperationContext,
	call: ApiCall,
	html: string,
	conflict: UserMessage,
	unconfirmed: UserMessage,
): Promise<XmlElement> {
	const edit = await site.read({ ...call, body: html, contentType: PLAIN_TEXT }, 'edit');
	const status = attribute(edit, 'status');
	if (status === 'success') return edit;
	if (status === 'conflict') return refuse(conflict);
	throw refusal(unconfirmed).with(status === undefined ? { missing: 'edit/@status' } : {});
}
