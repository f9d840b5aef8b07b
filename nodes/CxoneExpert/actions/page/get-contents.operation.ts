import { type ApiCall, isPlainText } from '../../api/client';
import { compact, numberOf } from '../../api/elements';
import { ExpertError, type StatusMessage } from '../../api/expert-error';
import { pageAddress } from '../../api/site-url';
import { attribute, type XmlElement } from '../../api/xml';
import { tableOfContentsIn, textIn } from '../contents';
import {
	asText,
	choiceField,
	type Field,
	flagField,
	onlyEntered,
	optionsField,
	refuse,
} from '../core/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { notFound } from '../core/site';
import { existingPage, infoCall, pageCall, pageOf } from '../find-page';
import { page } from '../page-field';
import type { PageReference } from '../page-reference';
import { namesOf } from './items';

const format = choiceField({
	displayName: 'Format',
	name: 'format',
	options: [
		{ name: 'HTML', value: 'html' },
		{ name: 'Plain Text', value: 'text', description: 'Only the words, without markup' },
	],
	description: 'Form of the contents to return',
});

const mode = choiceField({
	displayName: 'Mode',
	name: 'mode',
	options: [
		{
			name: 'View',
			value: 'view',
			description: 'As readers see it, with templates and lists of pages filled in',
		},
		{
			name: 'Edit',
			value: 'edit',
			description: 'As the editor of the site shows it: the text to change and save again',
		},
		{ name: 'Raw', value: 'raw', description: 'As it is stored' },
	],
	description: 'Which stage of the page to return',
});

/** Empty for the current one. */
const revision: Field<string> = {
	property: {
		displayName: 'Revision',
		name: 'revision',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		placeholder: 'e.g. 3',
		description: 'Number of an earlier version of the page, or 0 for the current one',
	},
	read(entered = 0) {
		const number = asText(entered);
		if (number === '0') return '';
		if (/^[1-9]\d*$/.test(number)) return number;
		return refuse({
			message: `"${number.slice(0, 100)}" is not the number of a revision`,
			description: 'Enter a number, such as 3. "Get Revisions" shows which ones a page has.',
		});
	},
};

const options = optionsField({
	includeToc: flagField({
		displayName: 'Include Table of Contents',
		name: 'includeToc',
		description: 'Whether to add the table of contents as HTML, if the page has headings',
	}),
	mode,
	revision,
});

/** GET /pages/{id}/contents: the text of a page; and GET /pages/{id}/info, as the text does not say where it is from. */
export const getPageContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of page',
	description: 'Get the text of a page as HTML or as plain text',
	fields: { page, format, options },
	async run(run, { page, format, options: { includeToc, ...chosen } }) {
		const chosenForm = { format, mode: chosen.mode };
		const call = contentsCall(page, { format, ...chosen });
		const response = await run.site.call(call);
		const { document, status } = response;
		const content = document?.name === 'content' ? document.root : undefined;
		if (content !== undefined) {
			const item = contentsItem(existingPage(content, page), includeToc);
			return outputs([{ page: await pageNames(run, page, content), ...item, ...chosenForm }]);
		}
		if (!isPlainText(response)) {
			const facts = { status, missing: 'content', doing: call.doing };
			throw new ExpertError({ kind: 'unexpected', ...facts });
		}
		const contents = response.body;
		const names = await pageNames(run, page);
		return outputs([{ page: names, type: 'text/plain', contents, ...chosenForm }]);
	},
});

function contentsCall(
	reference: PageReference,
	query: { format: string; mode: string; revision: string },
): ApiCall {
	const { revision: number } = query;
	const messages = number === '' ? {} : { 404: noRevision(reference, number) };
	const call = pageCall('GET', reference, '/contents', 'read the contents of', messages);
	// The specification does not say that text comes within XML.
	return { ...call, query: onlyEntered(query), expects: 'text' };
}

/** A site responds the same for a page that it does not have. */
function noRevision({ label }: PageReference, number: string): StatusMessage {
	return notFound(
		`revision ${number} of ${label}`,
		'"Get Revisions" shows which ones the page has. The page itself may have been deleted, too, or the user of the token may not see it.',
	);
}

/** Nobody shall wait for a nicety. */
const INFO_TIMEOUT_MS = 5_000;

/** What the page is called and where it is by the word of the site, so that an AI agent can cite it; else as entered. */
async function pageNames(
	{ site, origin = '' }: OperationContext,
	reference: PageReference,
	content?: XmlElement,
) {
	const entered = pageOf(reference);
	const title = attribute(content, 'title');
	const url = entered.path === undefined ? undefined : pageAddress(origin, entered.path);
	const call: ApiCall = { ...infoCall(reference), timeoutMs: INFO_TIMEOUT_MS };
	const info = await site.read(call, 'page').catch(() => undefined);
	return compact({ title, url, ...entered, ...(info && compact(namesOf(info))) });
}

/** `type` is what the site gave: it can differ from what was asked for (203). */
function contentsItem(content: XmlElement, includeToc: boolean) {
	return compact({
		title: attribute(content, 'title'),
		revision: numberOf(attribute(content, 'revision')),
		type: attribute(content, 'type'),
		contents: textIn(content),
		tableOfContents: includeToc ? tableOfContentsIn(content) : undefined,
	});
}
