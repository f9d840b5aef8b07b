import { compact, draftState, revisionOf } from '../../api/elements';
import { undefinedIfFailed } from '../../api/expert-error';
import { namesOf } from '../../api/page-fields';
import { readPage } from '../../api/pages';
import { pageAddress } from '../../api/site-url';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import {
	contentsFormat,
	contentsOutput,
	contentsMode,
	keepHidden,
	readContents,
	siteFormat,
	tableOfContentsIn,
	translateTo,
} from '../contents';
import { flagField, optionsField } from '../../parameters/field';
import { limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { existingPage, pageCall, pageOf } from '../find-page';
import { page } from '../page-field';
import type { PageReference } from '../page-reference';
import { noRevision, revisionField } from '../revision/field';
import { readSettled } from '../write';

const revision = revisionField({
	displayName: 'Revision',
	name: 'revision',
	description: 'Number of an earlier version of the page, or 0 for the current one',
});

const options = optionsField({
	includeToc: flagField({
		displayName: 'Include Table of Contents',
		name: 'includeToc',
		description: 'Whether to add the table of contents as HTML, if the page has headings',
	}),
	keepHidden,
	limitOfCharacters,
	mode: contentsMode,
	revision,
	translate: translateTo,
});

/** GET /pages/{id}/contents, and first GET /pages/{id}: contents say neither where they are from nor from when. */
export const getPageContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of page to read',
	description: 'Read a page: get its whole text as Markdown, HTML or plain text',
	fields: { page, format: contentsFormat, options },
	builderHint:
		"To change the text and save it again, set option mode: 'edit'; what 'view' gives is for reading, and is refused by operation: 'createOrUpdate'. To answer a question, use resource: 'passage', operation: 'getMany' first.",
	async run(run, { page, format, options }) {
		const { includeToc, mode, revision, translate } = options;
		const messages = revision === '' ? {} : { 404: noRevision(page.label, revision) };
		const call = pageCall('GET', page, '/contents', 'read the contents of', messages);
		const query = { format: siteFormat(format), mode, revision, translate };
		// Read the details before the text, so that an edit between the two does not go unnoticed.
		const toRead = async () => await detailsOf(run, page);
		const isToEdit = mode === 'edit';
		const details = await (isToEdit ? readSettled(run, toRead, (read) => read) : toRead());
		const found = await readContents(run, { ...call, query });
		const { element } = found;
		if (element !== undefined) existingPage(element, page);
		const names = pageNames(run, page, element, details);
		const more = compact({
			revision: revisionOf(element),
			editedAt: textOf(details, 'date.edited'),
			// A draft may have a newer text to edit.
			draftState: isToEdit && details ? draftState(details) : undefined,
			tableOfContents: includeToc ? tableOfContentsIn(element) : undefined,
		});
		return await contentsOutput(run, found, names, more, { ...options, format });
	},
});

/** The text is worth more than the names of its page: don't wait for them. */
const DETAILS_TIMEOUT_MS = 5_000;

async function detailsOf({ site }: OperationContext, { key, label }: PageReference): Promise<XmlElement | undefined> {
	// Without the token, there is no text either.
	await site.askWhoWeAre();
	return await undefinedIfFailed(readPage(site, key, label, {}, { timeoutMs: DETAILS_TIMEOUT_MS }));
}

/** Names the page for citations, as the site does if it can be asked. */
function pageNames(
	{ origin = '' }: OperationContext,
	reference: PageReference,
	content: XmlElement | undefined,
	details: XmlElement | undefined,
) {
	const entered = pageOf(reference);
	const title = attribute(content, 'title');
	const url = entered.path === undefined ? undefined : pageAddress(origin, entered.path);
	return compact({ title, url, ...entered, ...(details && compact(namesOf(details))) });
}
