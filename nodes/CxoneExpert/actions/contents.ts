import type { IDataObject } from 'n8n-workflow';

import { type ApiCall, isPlainText } from '../api/client';
import { compact } from '../api/elements';
import { ExpertError, undefinedIfFailed } from '../api/expert-error';
import { attribute, children, textOf, type XmlElement } from '../api/xml';
import { choiceField, flagField, onlyEntered, textField } from '../parameters/field';
import { cutTexts } from './core/limit-of-characters';
import type { OperationContext, Output } from './core/operation';
import { outputs } from './core/results';
import { seenText } from './markdown/left-out';

/* The contents of a page, a draft or an archived page, as the site gives them. */

export const contentsFormat = choiceField({
	displayName: 'Format',
	name: 'format',
	options: [
		{ name: 'HTML', value: 'html' },
		{
			name: 'Markdown',
			value: 'markdown',
			description: 'Best for AI: without buttons, scripts and lists of subpages, with full addresses in links',
		},
		{ name: 'Plain Text', value: 'text', description: 'Only the words, without markup' },
	],
	description: 'Form of the contents to return',
});

const MODES = {
	view: {
		name: 'View',
		value: 'view',
		description: 'As readers see it, with templates and lists of pages filled in',
	},
	edit: {
		name: 'Edit',
		value: 'edit',
		description: 'As the editor of the site shows it: the text to change and save again',
	},
	raw: { name: 'Raw', value: 'raw', description: 'As it is stored' },
} as const;

/** The first choice is the default. */
function modeField(written: string, ...modes: Array<keyof typeof MODES>) {
	return choiceField({
		displayName: 'Mode',
		name: 'mode',
		options: modes.map((mode) => MODES[mode]),
		description: `Which stage of the ${written} to return`,
	});
}

export const contentsMode = modeField('page', 'view', 'edit', 'raw');

/** Drafts are read to be written. */
export const draftMode = modeField('draft', 'edit', 'view', 'raw');

export const translateTo = textField({
	displayName: 'Translate To',
	name: 'translate',
	placeholder: 'e.g. de-DE',
	description: 'Language to translate the text to, if the site can do that',
});

export const keepHidden = flagField({
	displayName: 'Keep Sections Hidden From AI',
	name: 'keepHidden',
	displayOptions: { show: { '/format': ['markdown'] } },
	description: 'Whether to return parts of the page, too, that its authors hide from AI, or from readers',
});

/** Returns the format to ask the site for: it has no Markdown. */
export function siteFormat(format: string): string {
	return format === 'markdown' ? 'html' : format;
}

interface ContentsOptions {
	format: string;
	mode: string;
	translate?: string;
	keepHidden: boolean;
	limitOfCharacters: number | undefined;
}

interface Contents {
	contents: string;
	/** Media type that the site names: it can differ from what was asked for (203). */
	type: string | undefined;
	/** Absent around plain text. */
	element?: XmlElement;
}

/** Returns the one item of *Get Contents*. */
export async function contentsOutput(
	run: OperationContext,
	found: Contents,
	page: IDataObject,
	more: IDataObject,
	options: ContentsOptions,
): Promise<Output[]> {
	const { format, mode, translate = '', keepHidden, limitOfCharacters } = options;
	const item: IDataObject = { page };
	let markdown: string | undefined;
	if (format === 'markdown') {
		const base = String(page.url ?? run.origin ?? '');
		markdown = await markdownIn(found, base, keepHidden);
		Object.assign(item, { markdown, ...more, mode });
	} else {
		const { element, type } = found;
		const contents = format === 'text' ? seenText(found.contents) : found.contents;
		const title = attribute(element, 'title');
		Object.assign(item, compact({ title, type, contents }), more, { format, mode });
	}
	const keys = ['markdown', 'contents', 'tableOfContents'];
	const items = cutTexts(run, limitOfCharacters, keys, outputs([item]));
	// With an edit time, the text can be saved. So it has to be whole, and as the site has it.
	const isToEdit = mode === 'edit' && translate === '' && isWhole(found);
	if (!isToEdit || !(await canReplace(found.contents, item, markdown))) delete item.editedAt;
	return items;
}

/** Whether the item has all of the text. */
async function canReplace(html: string, item: IDataObject, markdown: string | undefined): Promise<boolean> {
	if (markdown === undefined) return item.contents === html;
	const { notCarried } = await import('./markdown/not-carried.js');
	return item.markdown === markdown && notCarried(html) === undefined;
}

/**
 * Converts the text, unless the site gives it as plain text.
 *
 * @param base address of the page
 */
export async function markdownIn({ contents, type }: Contents, base: string, isHiddenKept: boolean): Promise<string> {
	if (isWithoutMarkup(type)) return contents;
	// Few need it, and it doubles the time that n8n takes to load the package.
	const { markdownOf } = await import('./markdown/markdown.js');
	return markdownOf(contents, { base, isHiddenKept });
}

function isWithoutMarkup(type: string | undefined): boolean {
	return type?.startsWith('text/plain') === true;
}

/**
 * Whether nothing is lost if the text is saved again: as HTML, plain text would be one line; elements within the body
 * are left out; and U+FFFD stands for what could not be read.
 */
export function isWhole({ contents, type, element }: Contents): boolean {
	const parts = Object.keys(bodyFor(element, undefined) ?? {});
	const isText = parts.every((part) => part === '#text' || part.startsWith('@'));
	return isText && !isWithoutMarkup(type) && !contents.includes('\uFFFD');
}

/** @param call GET …/contents; empty values of its `query` are not sent */
export async function readContents({ site }: OperationContext, { query = {}, ...call }: ApiCall): Promise<Contents> {
	// The specification does not say that text comes within XML.
	const response = await site.call({ ...call, query: onlyEntered(query), expects: 'text' });
	const { document, status, body } = response;
	if (document?.name === 'content') {
		const { root: element } = document;
		return { element, contents: textIn(element), type: attribute(element, 'type') };
	}
	if (isPlainText(response)) return { contents: body, type: 'text/plain' };
	throw new ExpertError({ kind: 'unexpected', status, missing: 'content', doing: call.doing });
}

/** Reads texts as the editor has them; a text that cannot be read is empty. @param calls GET …/contents */
export async function textsToEdit(run: OperationContext, ...calls: ApiCall[]): Promise<string[]> {
	const query = { mode: 'edit', format: 'html' };
	const found = await Promise.all(
		calls.map(
			async (call) => await undefinedIfFailed(readContents(run, { ...call, query: { ...query, ...call.query } })),
		),
	);
	return found.map((text) => text?.contents ?? '');
}

/** Returns the body alone, without the table of contents beside it. */
export function textIn(content: XmlElement): string {
	return textOf(bodyFor(content, undefined)) ?? '';
}

/** Whether the text is certainly empty: a response without a body does not say so. */
export function hasNoText(content: XmlElement | undefined): boolean {
	return bodyFor(content, undefined)?.['#text'] === '';
}

/** A site gives this in place of a table of contents for a page without headings. */
const NO_HEADINGS = /^\s*(?:<em>No headers<\/em>\s*)?$/i;

/** HTML; `undefined` for a page without headings. */
export function tableOfContentsIn(content: XmlElement | undefined): string | undefined {
	const html = textOf(bodyFor(content, 'toc'));
	return html === undefined || NO_HEADINGS.test(html) ? undefined : html;
}

function bodyFor(content: XmlElement | undefined, target: string | undefined) {
	return children(content, 'body').find((body) => attribute(body, 'target') === target);
}
