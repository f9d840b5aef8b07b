import { sleep } from 'n8n-workflow';

import type { ApiCall } from '../api/client';
import { compactTime, revisionOf, siteTime } from '../api/elements';
import {
	asExpertError,
	type ExpertError,
	refuseWithout,
	unconfirmed,
	undefinedIfFailed,
	type UserMessage,
} from '../api/expert-error';
import { attribute, child, textOf, type XmlElement } from '../api/xml';
import { asText, enteredTime, onlyEntered, refuse } from '../parameters/field';
import { textIn } from './contents';
import { isCut } from './core/limit-of-characters';
import type { OperationContext } from './core/operation';
import { escapedHtml } from './markdown/elements';
import { type Allow, refusedUnlessAllowed } from './overrides';

/* Saves the text of a page or a draft. */

export type Written = 'page' | 'draft';

/**
 * Only a page as readers see it has these marks (docs/vendor-facts.md#reading-pages). Saved again, it would replace
 * the templates, reused contents and lists that it was made from.
 */
const RENDERED = /<[^<>]*\b(mt-section-origin|mt-subpage-listings-container|mt-empty-state)\b/;

/**
 * Refuses the HTML of a page as readers see it.
 *
 * @param field that it is from
 * @param otherwise how to save it all the same
 */
export function refuseRendered(html: string, field: string, written: Written, otherwise = ''): void {
	const mark = renderedMark(html);
	if (mark === undefined) return;
	const source = written === 'page' ? 'Page > Get Contents' : 'Draft > Get Contents';
	refuse({
		message: `'${field}' is a page as readers see it, so nothing was saved`,
		description: `Templates, reused contents and lists of pages would be lost (found: ${mark}). Read the ${written} with "Edit" in the option 'Mode' of ${source}, and change that text.${otherwise}`,
		toModel: `Templates, reused contents and lists of pages would be lost (found: ${mark}). ${READ_TO_EDIT}, and change that text.`,
	});
}

/** For a model: nobody knows which tools it has. */
export const IF_SENTENCE = 'If you have a tool that replaces a sentence, use it.';
const READ_TO_EDIT = 'If you have a tool that reads the text for editing, use it';

/** @param field that it is from */
export function refuseCut(text: string, field: string, written: Written): void {
	if (isCut(text)) refuse(cutText(field, written));
}

function cutText(field: string, written: Written): UserMessage {
	return {
		message: `'${field}' is a text that was cut, so nothing was saved`,
		description: `The rest of the ${written} would be lost. Change only a sentence with 'Replace Text', or read all of it: raise 'Limit of Characters' of Get Contents.`,
		toModel: `The rest of the ${written} would be lost. ${IF_SENTENCE}`,
	};
}

export function renderedMark(html: string): string | undefined {
	return RENDERED.exec(html)?.[1];
}

interface EnteredText {
	contents: string;
	format: 'html' | 'markdown' | 'text';
	/** `editTime` is `undefined` if there is none. */
	options: { saveAsItIs: boolean; editTime: unknown; mode: 'append' | 'replace' };
}

/** Returns the HTML to save; refuses a text that would lose something of what is there. */
export async function htmlToSave(
	{ isTool }: OperationContext,
	written: Written,
	entered: EnteredText,
): Promise<string> {
	const { contents: text, format, options } = entered;
	// Only a whole text comes with its edit time: the mark can be its own then.
	if (isCut(text, options.editTime !== undefined)) refuse(cutText('Contents', written));
	if (format === 'text') return paragraphsOf(text);
	if (format === 'markdown') {
		const { htmlFromMarkdown } = await import('./markdown/from-markdown.js');
		return htmlFromMarkdown(text);
	}
	if (options.saveAsItIs) return text;
	// A model writes Markdown where it is not stopped, and a site would show that as one line.
	const isMarkdown = MARKDOWN.test(text) && !TAG.test(text.replace(LINE_BREAKS, ''));
	if (isMarkdown || (isTool && !TAG.test(text))) refuse(NOT_HTML);
	refuseRendered(text, 'Contents', written, SAVE_AS_IT_IS);
	return text;
}

/**
 * Refuses Markdown in place of a text that has more than Markdown can say.
 *
 * @param calls GET …/contents of what would be replaced; the first that exists counts
 */
export async function refuseLoss(
	{ site }: OperationContext,
	written: Written,
	{ format, options }: EnteredText,
	calls: ApiCall[],
): Promise<void> {
	if (format !== 'markdown' || options.mode === 'append' || options.saveAsItIs) return;
	const { notCarried } = await import('./markdown/not-carried.js');
	for (const call of calls) {
		const query = { ...call.query, mode: 'edit', format: 'html' };
		const content = await site.readIfExists({ ...call, query }, 'content');
		if (content === undefined) continue;
		const lost = notCarried(textIn(content));
		return lost === undefined ? undefined : refuse(lossOf(lost, written));
	}
}

const lossOf = (lost: string, written: Written): UserMessage => ({
	message: `Markdown cannot carry all of the ${written}, so nothing was saved`,
	description: `It would lose ${lost.slice(0, 80)}. Change only a sentence with 'Replace Text', or save HTML.${SAVE_AS_IT_IS}`,
	toModel: `It would lose ${lost.slice(0, 80)}. ${IF_SENTENCE}`,
});

/** A heading, a list of at least two, bold text or a link. */
const MARKDOWN = /^ *(?:#{1,6} |1\. [^]*^ *\d+\. )|\*\*\S|\]\(/m;

/** Markdown has them, too, as in tables. */
const LINE_BREAKS = /<br\s*\/?>/gi;

/** A tag, a comment, or a text that begins with a call that the site runs. */
const TAG = /^\s*\{\{|<(?:!--|[a-z][a-z0-9]*(?:[:-][a-z0-9][\w:.-]*)?[\s/>])/i;

/**
 * Refuses from a model what runs for whoever opens the page or the draft, unless the text had it before.
 *
 * @param field that it is from
 * @param before gives that text, or those that it may be, which are read only if needed
 * @param isAppended whether the HTML is put behind that text, where it could complete double braces
 */
export async function refuseActive(
	{ isTool }: OperationContext,
	html: string,
	field: string,
	before: () => Promise<string[]>,
	isAppended = false,
): Promise<void> {
	if (!isTool) return;
	// Few need its library.
	const { activeParts, addedActivePart } = await import('./text/active-parts.js');
	const mayComplete = isAppended && /[{}&]/.test(html);
	if (!mayComplete && activeParts(html).length === 0) return;
	const texts = await before();
	const saved = [html, ...(isAppended ? texts.map((text) => text + html) : [])];
	const parts = saved.map((text) => addedActivePart(text, texts));
	const part = parts.find((each) => each !== undefined);
	if (part === undefined) return;
	refuse({
		message: `'${field}' has something that runs, so nothing was saved: ${part.replace(/\s+/g, ' ').slice(0, 60)}`,
		description:
			'It would run for whoever opens the page or its draft. Leave out script, iframe, embed, object, attributes such as onclick, addresses with javascript: and double braces, unless the text has the same already.',
	});
}

const SAVE_AS_IT_IS = " To save it all the same, add the option 'Save as It Is'.";

const WRITE_HTML =
	'Readers would see Markdown or plain text as one line. Write HTML, such as <h2>Reset</h2><ol><li>Hold <strong>both</strong> buttons.</li></ol>.';

const NOT_HTML: UserMessage = {
	message: "'Contents' is not HTML, so nothing was saved",
	description: `${WRITE_HTML} For Markdown or text, choose that as Format.${SAVE_AS_IT_IS}`,
	toModel: WRITE_HTML,
};

/** Makes HTML without markup of a text: each line that is not blank becomes a paragraph. */
export function paragraphsOf(text: string): string {
	const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
	return lines
		.filter((line) => line !== '')
		.map((line) => `<p>${inertHtml(line)}</p>`)
		.join('\n');
}

/**
 * A site runs the text between double braces as a script (source: the vendor's pages on DekiScript), even when it is
 * escaped, and makes a link of what is in double brackets, and a signature of tildes. An invisible word joiner keeps
 * them apart: text from outside must not run.
 */
function inertHtml(text: string): string {
	return escapedHtml(text).replace(/\{(?=\{)|\[(?=\[)|~~(?=~)/g, '$&\u2060');
}

/** The API's names for when the site must not save. */
export type Abort = 'never' | 'modified' | 'exists';

export interface SaveCondition {
	abort: Abort;
	edittime: string;
	/** The later of the two times that a time without a zone can mean. */
	later?: string;
}

/**
 * An "Edit Time" always protects the page, even when its expression gives nothing: otherwise a page would be
 * overwritten unseen. The site wants an edit time in any case.
 */
export function saveCondition(
	{ timezone, isTool }: OperationContext,
	isOverwritten: boolean,
	editedAt: unknown,
): SaveCondition {
	if (!isOverwritten) return { abort: 'exists', edittime: 'now' };
	if (editedAt === undefined) return { abort: 'never', edittime: 'now' };
	// The site's own times are in UTC, but a person chooses one in the zone of the workflow.
	const zones = isTool ? ['UTC'] : ['UTC', timezone];
	const [edittime = '', later] = zones.map((zone) => apiEditTime(editedAt, zone)).sort();
	return { abort: 'modified', edittime, ...(later === edittime || !later ? {} : { later }) };
}

/**
 * Returns the condition for a text that is there. A time that can be read in two ways is its edit time if one of
 * them is, else the earlier one. A model cannot have read the text at a later time than that of its last edit.
 *
 * @param read gives the page or draft
 */
export async function conditionFor(
	{ isTool }: OperationContext,
	{ later, ...condition }: SaveCondition,
	written: Written,
	read: () => Promise<XmlElement>,
	faults: EditFaults = saveFaults(written),
): Promise<SaveCondition> {
	if (condition.abort !== 'modified' || (later === undefined && !isTool)) return condition;
	const own = editTimeOf(await read(), written, `read the ${written}`);
	if (isTool && condition.edittime !== own) {
		refuse(faults[condition.edittime > own ? 'madeUp' : 'notRead']);
	}
	return own === later ? { ...condition, edittime: own } : condition;
}

/**
 * Refuses if somebody has edited the text since the edit time, for calls that cannot check it themselves: call it
 * right before them, because an edit between the two goes unnoticed.
 *
 * @param read gives the page or draft
 */
export async function refuseIfEdited(
	run: OperationContext,
	wanted: SaveCondition,
	written: Written,
	read: () => Promise<XmlElement>,
	faults: EditFaults = saveFaults(written),
): Promise<void> {
	if (wanted.abort !== 'modified') return;
	const element = await read();
	const { edittime } = await conditionFor(run, wanted, written, async () => element, faults);
	if (editTimeOf(element, written, `read the ${written}`) > edittime) refuse(faults.modified);
}

/** What to say of an edit time that is not the one of the text. */
type EditFaults = Record<'modified' | 'madeUp' | 'notRead', UserMessage>;

/** @param done what the call would have done with a text that somebody has read */
export function approvalFaults(written: Written, done: 'published' | 'removed' | 'reverted'): EditFaults {
	const readAgain = `Read the ${written} again, and pass the editedAt that you get if its current text is to be ${done}, too.`;
	return {
		modified: {
			message: `The ${written} was changed after the given edit time, so nothing was ${done}`,
			description: readAgain,
		},
		madeUp: {
			message: `The given edit time is later than the last edit of the ${written}, so nothing was ${done}`,
			description: readAgain,
		},
		notRead: {
			message: `The given edit time is not that of the ${written}'s last edit, so nothing was ${done}`,
			description: readAgain,
		},
	};
}

export const EDIT_TIME = 'Edit Time';

function apiEditTime(entered: unknown, timezone: string): string {
	if (/^\d{14}$/.test(asText(entered))) return asText(entered);
	if (String(entered).trim() === '') refuse(NO_EDIT_TIME);
	return compactTime(enteredTime(EDIT_TIME, entered, timezone));
}

/** With the general message, a model would invent a time, such as now. */
const NO_EDIT_TIME: UserMessage = {
	message: `'${EDIT_TIME}' is empty`,
	description:
		"Enter the editedAt that Get Contents gives with the text, in HTML and with \"Edit\" as Mode. A text that was cut comes without: saving it would lose the rest. Raise 'Limit of Characters', or change only a sentence with 'Replace Text'. What is new has no edit time: leave the option out, or give the agent a tool without it.",
	toModel: `${READ_TO_EDIT}, and pass the editedAt that you get. A text that was cut comes without one. ${IF_SENTENCE} What is new has none: it needs a tool without it.`,
};

/** Returns when a page or draft was edited, as {@link SaveCondition} has it. @param doing what was done to read it */
export function editTimeOf(element: XmlElement, written: Written, doing: string): string {
	return timeOfEdit(element) ?? refuseWithout(`${written}/date.edited`, doing);
}

/** Without the charset all non-ASCII characters would arrive as `?`. */
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * POST …/contents with the HTML as plain text: the XML document of the specification refuses `&nbsp;` and `<br>`.
 * Source: docs/vendor-facts.md#writing-pages.
 */
export async function saveContents(
	{ site }: OperationContext,
	{ query, ...call }: ApiCall,
	html: string,
	saving: Saving,
): Promise<{ edit: XmlElement; saved: XmlElement }> {
	// If this fails, nothing was saved, which needs no look at the page.
	await site.askWhoWeAre();
	const { condition, entered, allow, refused } = saving;
	const { abort, edittime } = condition;
	// A busy site may have saved it: a condition would refuse the same again, and appending would double it.
	const mayRepeat = abort === 'never' && !entered?.section;
	const post = {
		...call,
		query: { ...query, abort, edittime, ...onlyEntered({ ...entered, allow: allow.value }) },
		body: html,
		contentType: PLAIN_TEXT,
		messages: { ...call.messages, ...refusedUnlessAllowed(allow, refused), 412: refused },
		mayRepeat: async () => mayRepeat,
	};
	const edit = await site.read(post, 'edit').catch(async (thrown: unknown) => {
		throw await whyNotSaved(site, post, saving, asExpertError(thrown));
	});
	return { edit, saved: savedIn(edit, saving) };
}

interface Saving {
	written: Written;
	condition: Pick<SaveCondition, 'abort' | 'edittime'>;
	/** Parameters to send unless they are empty; `section` appends the text. */
	entered?: Partial<Record<'title' | 'comment' | 'section', string>>;
	allow: Allow;
	/** What a refusal means. */
	refused: UserMessage;
	/** What it means if somebody has edited the text since the edit time. */
	edited?: UserMessage | undefined;
	/** Revision to which the edit time belongs: the next one must be ours. */
	revision?: number | undefined;
}

/** A conflict has many causes: only the text says whether somebody has edited it. */
async function whyNotSaved(
	site: OperationContext['site'],
	call: ApiCall,
	{ written, edited, condition }: Saving,
	thrown: ExpertError,
): Promise<ExpertError> {
	const error = perhapsSaved(thrown, saveFaults(written));
	const isConflict = error.status === 409 || error.status === 412;
	if (!isConflict || edited === undefined) return error;
	const read = { method: 'GET', path: call.path.replace(/\/contents$/, ''), doing: call.doing } as const;
	const text = await undefinedIfFailed(site.read(read, written));
	const isEdited = (timeOfEdit(text) ?? '') > condition.edittime;
	return isEdited ? error.with({ messages: { 409: edited, 412: edited } }) : error;
}

/** Returns the page or draft in the response; refuses one that does not confirm that this text was saved. */
function savedIn(edit: XmlElement, { written, revision = Infinity }: Saving): XmlElement {
	const faults = saveFaults(written);
	const status = attribute(edit, 'status');
	const saved = child(edit, written);
	const isOverAnother = (revisionOf(saved) ?? 0) > revision + 1;
	if (status === 'conflict' || isOverAnother) return refuse(faults.merged);
	if (status === 'success' && saved !== undefined) return saved;
	const missing = status === undefined ? 'edit/@status' : `edit/${written}`;
	throw unconfirmed(faults.unconfirmed, saved === undefined || !status ? missing : undefined);
}

const MAX_LOOKS = 5;

/**
 * Reads a page or draft whose text is to be changed. An edit time has no fractions, so another edit within its second
 * would go unnoticed: then waits until that second is over, and reads again.
 *
 * @returns `undefined` if it is edited all the time
 */
export async function readSettled<T>(
	{ site }: OperationContext,
	read: () => Promise<T>,
	elementOf: (text: T) => XmlElement | undefined,
): Promise<T | undefined> {
	for (let looks = 1; looks <= MAX_LOOKS; looks++) {
		const text = await read();
		const time = timeOfEdit(elementOf(text)) ?? '';
		// A clock that is wrong by more would have it wait for nothing.
		const isOver = time < compactTime(site.siteNow) || time > compactTime(site.siteNow + 2_000);
		if (isOver) return text;
		await sleep(1_000);
	}
	return undefined;
}

function timeOfEdit(element: XmlElement | undefined): string | undefined {
	const ms = siteTime(textOf(element, 'date.edited'));
	return ms === undefined ? undefined : compactTime(ms);
}

/** Replaces the advice to try again after a lost response: appended once more, a text would be there twice. */
function perhapsSaved(
	error: ExpertError,
	{ unconfirmed: { message, description } }: ReturnType<typeof saveFaults>,
): ExpertError {
	if (!error.mayHaveBeenDone) return error;
	return error.with({ says: { message, description: `${error.message}. ${description}` } });
}

/**
 * Explains why a text is not saved, or perhaps not. The predecessor of the API responds 409 if it does not save, and
 * 200 with `status="conflict"` if it has saved over another edit.
 */
export function saveFaults(written: Written) {
	const opened = written === 'page' ? 'Open the page and its history' : 'Open the draft';
	const changedMeanwhile = `${opened} to see which text it has now, and save again if it is the wrong one.`;
	return {
		notSaved: {
			message: `Expert did not save the ${written}`,
			description: `It may have been changed at the same moment. ${changedMeanwhile}`,
		},
		refused: {
			message: `Expert did not save the ${written}`,
			description: `Open the ${written} in Expert to see what is in the way.`,
		},
		modified: {
			message: `The ${written} was changed after the given edit time, so nothing was saved`,
			description: `Read the ${written} again, apply your change to its current contents, and save it with the new edit time. A text that was cut comes without one: change only a sentence of it with 'Replace Text'.`,
			toModel: `Read the ${written} again, apply your change to its current contents, and save it with the editedAt that you get.`,
		},
		madeUp: {
			message: `The given edit time is later than the last edit of the ${written}, so nothing was saved`,
			description: `Read the ${written} again, apply your change to its current contents, and save it with the editedAt that came with them.`,
		},
		notRead: {
			message: `The ${written} exists, and its editedAt was not given or is old, so nothing was saved`,
			description: `Read the ${written} first, and pass the editedAt that you get. A text that was cut comes without one. ${IF_SENTENCE}`,
		},
		merged: {
			message: `Expert reported that the ${written} was changed at the same moment`,
			description: changedMeanwhile,
		},
		unconfirmed: {
			message: `Expert did not confirm that the ${written} was saved`,
			description: `Open the ${written} to see whether it has the new text, and save again if it does not.`,
		},
	};
}

/** Reads after a change. If that fails, the message says that the change is made. */
export async function readAfterwards(done: string, reading: Promise<XmlElement>): Promise<XmlElement> {
	return await reading.catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		const message = `${done}, but n8n could not read it afterwards`;
		// Drop the error's own advice, which would be to try again.
		const description = `${error.message}. This need not be done again: open it in Expert.`;
		return refuse({ message, description }, error);
	});
}

export const NO_SAVE_RIGHTS: UserMessage = {
	message: 'Expert did not allow saving this page',
	description:
		'The user of the token may lack the right to change it or to create a page there, the page may be a draft that was never published, or the token may have expired. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
};
