import type { IDataObject } from 'n8n-workflow';

import { isPlainText } from '../../api/client';
import { compact } from '../../api/compact';
import { numberOf } from '../../api/elements';
import { attribute, type XmlElement } from '../../api/xml';
import { ExpertError, type StatusMessage } from '../../api/expert-error';
import { asText, choiceField, type Field, flagField, optionsField, refuseInput } from '../field';
import { pageOf } from '../items';
import { defineOperation } from '../operation';
import { page, type PageReference } from '../page-field';
import { notFound, type SiteCall } from '../site';
import { tableOfContentsIn, textIn } from './contents';
import { callOf, existingPage } from './find-page';
import { outputs } from '../results';

const format = choiceField({
	displayName: 'Format',
	name: 'format',
	type: 'options',
	options: [
		{ name: 'HTML', value: 'html' },
		{ name: 'Plain Text', value: 'text', description: 'Only the words, without markup' },
	],
	default: 'html',
	description: 'Form of the contents to return',
});

const mode = choiceField({
	displayName: 'Mode',
	name: 'mode',
	type: 'options',
	options: [
		{ name: 'View', value: 'view', description: 'As readers see it' },
		{ name: 'Edit', value: 'edit', description: 'As the editor of the site shows it' },
		{ name: 'Raw', value: 'raw', description: 'As it is stored' },
	],
	default: 'view',
	description: 'Which stage of the page to return',
});

const revision: Field<string | undefined> = {
	property: {
		displayName: 'Revision',
		name: 'revision',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		placeholder: 'e.g. 3',
		description: 'Number of an earlier version of the page, or 0 for the current one',
	},
	read(entered) {
		const number = entered === undefined ? '0' : asText(entered);
		if (number === '0') return undefined;
		if (/^[1-9]\d*$/.test(number)) return number;
		return refuseInput({
			message: `"${number.slice(0, 100)}" is not the number of a revision`,
			description: 'Enter a number, such as 3. "Get Revisions" shows which ones a page has.',
		});
	},
};

const options = optionsField({
	includeToc: flagField({
		displayName: 'Include Table of Contents',
		name: 'includeToc',
		type: 'boolean',
		default: false,
		description: 'Whether to add the table of contents as HTML, if the page has one',
	}),
	mode,
	revision,
});

/** GET /pages/{id}/contents: the text of a page. */
export const getPageContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of page',
	description: 'Get the text of a page as HTML or as plain text',
	fields: { page, format, options },
	async run(run, fields) {
		const reference = run.read(fields.page);
		const wanted = run.read(fields.format);
		const { includeToc, ...chosen } = run.read(fields.options);
		const call = contentsCall(reference, { format: wanted, ...compact(chosen) });
		const response = await run.site.call(call);
		const { document, status } = response;
		const content = document?.name === 'content' ? document.root : undefined;
		if (content === undefined && !isPlainText(response)) {
			throw new ExpertError({ kind: 'unexpected', status, doing: call.doing });
		}
		const item =
			content === undefined
				? { page: pageOf(reference), type: 'text/plain', contents: response.body }
				: contentsItem(reference, existingPage(run, content, reference), includeToc);
		return outputs([compact({ ...item, format: wanted })]);
	},
});

function contentsCall(
	reference: PageReference,
	query: { format: string; mode?: string; revision?: string },
): SiteCall {
	const call = callOf(reference, '/contents', 'read the contents of');
	const messages =
		query.revision === undefined ? call.messages : { 404: noRevision(reference, query.revision) };
	// The specification does not say that text comes within XML.
	return { method: 'GET', ...call, query: { ...query }, messages, expects: 'text' };
}

/** A site responds the same for a page that it does not have. */
function noRevision({ label }: PageReference, revision: string): StatusMessage {
	return notFound(
		`revision ${revision} of ${label}`,
		'"Get Revisions" shows which ones the page has. The page itself may have been deleted, too, or the user of the token may not see it.',
	);
}

/** `type` is what the site gave: it can differ from what was asked for (203). */
function contentsItem(
	reference: PageReference,
	content: XmlElement,
	includeToc: boolean,
): IDataObject {
	return {
		page: pageOf(reference, content),
		title: attribute(content, 'title'),
		revision: numberOf(attribute(content, 'revision')),
		type: attribute(content, 'type'),
		contents: textIn(content),
		tableOfContents: includeToc ? tableOfContentsIn(content) : undefined,
	};
}
