import type { ApiCall } from '../../api/client';
import { compact, revisionOf } from '../../api/elements';
import type { StatusMessage } from '../../api/expert-error';
import { pageAddress } from '../../api/site-url';
import { attribute, type XmlElement } from '../../api/xml';
import {
	contentsFormat,
	contentsMode,
	keepHidden,
	markdownIn,
	readContents,
	tableOfContentsIn,
	translateTo,
} from '../contents';
import { asText, type Field, flagField, optionsField, refuse } from '../core/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { notFound } from '../core/site';
import { existingPage, infoCall, pageCall, pageOf } from '../find-page';
import { page } from '../page-field';
import type { PageReference } from '../page-reference';
import { namesOf } from './items';

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
	keepHidden,
	mode: contentsMode,
	revision,
	translate: translateTo,
});

/** GET /pages/{id}/contents, and …/info: contents do not say where they are from. */
export const getPageContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of page',
	description: 'Get the text of a page as Markdown, HTML or plain text',
	fields: { page, format: contentsFormat, options },
	async run(run, { page, format, options: { includeToc, keepHidden, mode, revision, translate } }) {
		const messages = revision === '' ? {} : { 404: noRevision(page, revision) };
		const call = pageCall('GET', page, '/contents', 'read the contents of', messages);
		const query = { format: format === 'markdown' ? 'html' : format, mode, revision, translate };
		const found = await readContents(run, { ...call, query });
		const { element, type, contents } = found;
		if (element !== undefined) existingPage(element, page);
		const names = await pageNames(run, page, element);
		const more = compact({
			revision: revisionOf(element),
			tableOfContents: includeToc ? tableOfContentsIn(element) : undefined,
		});
		if (format === 'markdown') {
			const { url = run.origin ?? '' } = names;
			const markdown = await markdownIn(found, url, keepHidden);
			return outputs([{ page: names, markdown, ...more, mode }]);
		}
		const text = compact({ title: attribute(element, 'title'), type, contents });
		return outputs([{ page: names, ...text, ...more, format, mode }]);
	},
});

/** Sites respond the same for a missing page. */
function noRevision({ label }: PageReference, number: string): StatusMessage {
	return notFound(
		`revision ${number} of ${label}`,
		'"Get Revisions" shows which ones the page has. The page itself may have been deleted, too, or the user of the token may not see it.',
	);
}

/** The text is worth more than the names of its page: don't wait for them. */
const INFO_TIMEOUT_MS = 5_000;

/** For citations: the site's names of the page; else as it was named. */
async function pageNames(
	{ site, origin = '' }: OperationContext,
	reference: PageReference,
	content: XmlElement | undefined,
) {
	const entered = pageOf(reference);
	const title = attribute(content, 'title');
	const url = entered.path === undefined ? undefined : pageAddress(origin, entered.path);
	const call: ApiCall = { ...infoCall(reference), timeoutMs: INFO_TIMEOUT_MS };
	const info = await site.read(call, 'page').catch(() => undefined);
	return compact({ title, url, ...entered, ...(info && compact(namesOf(info))) });
}
