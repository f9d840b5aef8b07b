import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { numberOf } from '../../api/elements';
import { compact } from '../../api/compact';
import { isPlainText } from '../../api/client';
import type { SiteCall } from '../core/site';
import { attribute, type XmlElement } from '../../api/xml';
import { choice } from '../input/choice';
import { tableOfContentsIn, textIn } from '../core/contents';
import { optionsField, page } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { existing } from './existing';

const FORMATS: INodePropertyOptions[] = [
	{ name: 'HTML', value: 'html' },
	{ name: 'Plain Text', value: 'text', description: 'The words alone, without markup' },
];

const MODES: INodePropertyOptions[] = [
	{ name: 'View', value: 'view', description: 'As readers see it' },
	{ name: 'Edit', value: 'edit', description: 'As the editor of the site shows it' },
	{ name: 'Raw', value: 'raw', description: 'As it is stored' },
];

const format: INodeProperties = {
	displayName: 'Format',
	name: 'format',
	type: 'options',
	options: FORMATS,
	default: 'html',
	description: 'Form of the contents to return',
};

const options = optionsField([
	{
		displayName: 'Include Table of Contents',
		name: 'includeToc',
		type: 'boolean',
		default: false,
		description: 'Whether to add the table of contents as HTML, if the page has one',
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: MODES,
		default: 'view',
		description: 'Which stage of the page to return',
	},
	{
		displayName: 'Revision',
		name: 'revision',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'Number of an earlier version of the page',
	},
]);

/** GET /pages/{id}/contents: the text of a page. */
export const getPageContents: Operation = {
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get the contents of a page',
	description: 'Get the text of a page as HTML or as plain text',
	fields: [page, format, options],
	async run(run) {
		const { key, label } = run.page();
		const wanted = choice(run, 'Format', run.parameter('format'), FORMATS);
		const contents = await read(run, key, label, wanted);
		return outputs([compact({ id: idOf(key), format: wanted, ...contents })]);
	},
};

async function read(run: OperationContext, key: string, label: string, wanted: string) {
	const { mode, includeToc } = run.options;
	const call: SiteCall = {
		method: 'GET',
		path: `/pages/${key}/contents`,
		query: { format: wanted, mode: choice(run, 'Mode', mode, MODES), ...revisionOf(run) },
		// The specification does not say that text comes within XML.
		expects: 'text',
		doing: `read the contents of ${label}`,
	};
	const response = await run.site.call(call);
	const { document, status } = response;
	if (document?.name === 'content') {
		return contentsItem(existing(run, document.root, label), includeToc === true);
	}
	if (isPlainText(response)) return { contents: response.body, type: 'text/plain' };
	return run.site.fail({ kind: 'unexpected', status }, call);
}

/** `type` is what the site gave: it can be another one than was asked for (203). */
function contentsItem(content: XmlElement, withToc: boolean): IDataObject {
	return {
		title: attribute(content, 'title'),
		revision: numberOf(attribute(content, 'revision')),
		type: attribute(content, 'type'),
		contents: textIn(content),
		tableOfContents: withToc ? tableOfContentsIn(content) : undefined,
	};
}

function idOf(key: string): string | undefined {
	return /^\d+$/.test(key) ? key : undefined;
}

function revisionOf(run: OperationContext): { revision?: string } {
	const { revision } = run.options;
	if (revision === undefined) return {};
	const number = asText(revision);
	if (/^[1-9]\d*$/.test(number)) return { revision: number };
	return run.site.refuse({
		message: `"${number.slice(0, 100)}" is not the number of a revision`,
		description: 'Enter a number, such as 3. "Get Revisions" shows which ones a page has.',
	});
}
