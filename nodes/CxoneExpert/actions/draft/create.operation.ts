import { attribute, child, type XmlElement } from '../../api/xml';
import type { StatusMessage, StatusMessages } from '../../api/expert-error';
import {
	EMPTY_EXPRESSION,
	mapField,
	onlyEntered,
	optionsField,
	rawField,
	refuse,
	requiredChoiceField,
	requiredTextField,
	textField,
	type ValueOf,
} from '../field';
import { draftItem } from '../items';
import { defineOperation, type OperationContext } from '../operation';
import { targetPageField } from '../page-field';
import { pageReference, type PageReference } from '../page-reference';
import { pageToChange, pageToWrite } from '../page/find-page';
import { notFound } from '../site';
import { draftCall, draftConflict, NO_DRAFT_RIGHTS } from './draft';
import { results, simplify } from '../results';

const draftOf = requiredChoiceField({
	displayName: 'Draft Of',
	name: 'draftOf',
	options: [
		{
			name: 'Existing Page',
			value: 'existingPage',
			description: 'A draft of an existing page, which starts with the text of the page',
		},
		{
			name: 'New Page',
			value: 'newPage',
			description: 'A draft of a page that does not exist yet: readers see it once it is published',
		},
	],
	description: 'What the draft is of',
});

const existingPage = targetPageField({ displayOptions: { show: { draftOf: ['existingPage'] } } });

const path = requiredTextField({
	displayName: 'Path',
	name: 'path',
	placeholder: 'e.g. Guides/Setup',
	displayOptions: { show: { draftOf: ['newPage'] } },
	description: 'Path of the new page. No page may exist there yet.',
});

const newPage = mapField(path, (value, { origin }) => {
	const reference = pageReference({ mode: 'path', value }, origin);
	if (reference.path !== undefined) return reference;
	return refuse({
		message: '"Path" names a page by its ID, or the home page',
		description: `Enter the path for the new page, such as Guides/Setup. ${EMPTY_EXPRESSION}`,
	});
});

const options = optionsField({
	contents: rawField({
		displayName: 'Contents',
		name: 'contents',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		placeholder: 'e.g. <p>Unpack the box.</p>',
		description: "HTML text of the draft, instead of the page's own",
	}),
	title: textField({
		displayName: 'Title',
		name: 'title',
		placeholder: 'e.g. Set up your phone',
		description: 'The title of the draft. Expert saves it only together with contents.',
	}),
});

/** POST /drafts/{id}/activate, or …/create for a new page; then the contents, when any are entered. */
export const createDraft = defineOperation({
	value: 'create',
	name: 'Create',
	action: 'Create draft',
	description: 'Create a draft of an existing page or of a new one',
	fields: { draftOf, existingPage, newPage, simplify, options },
	async run(run, values) {
		const text = wantedText(values.options);
		const { page, draft } =
			values.draftOf === 'newPage'
				? await draftOfNewPage(run, values.newPage)
				: await draftOfPage(run, values.existingPage);
		const saved = text === undefined ? draft : await saveContents(run, page, text, draft);
		return results([saved], values.simplify, draftItem);
	},
});

interface DraftText {
	contents: string;
	title: string;
}

/** Checked before anything is created, so that no draft is left half done. */
function wantedText({ contents, title }: ValueOf<typeof options>): DraftText | undefined {
	if (typeof contents === 'string' && contents.trim() !== '') return { contents, title };
	if (title === '') return undefined;
	return refuse({
		message: 'The draft has a title but no contents',
		description:
			'Expert saves the title of a draft together with its text. Add the option "Contents", or remove the option "Title".',
	});
}

async function draftOfNewPage(run: OperationContext, page: PageReference) {
	const messages = createMessages(page.label);
	// Refuses a redirect. The path stays, with or without a page: the site refuses one that is taken.
	await pageToWrite(run, page, messages);
	const call = draftCall('POST', page, '/create', 'create the draft of a new', messages);
	return { page, draft: await run.site.read(call, 'draft') };
}

async function draftOfPage(run: OperationContext, named: PageReference) {
	const page = await pageToChange(run, named, noPage(named.label));
	const messages = activateMessages(page.label);
	const call = draftCall('POST', page, '/activate', 'create a draft of', messages);
	return { page, draft: await run.site.read(call, 'draft') };
}

/**
 * POST /drafts/{id}/contents, as plain text: an XML body would refuse what HTML allows (`&nbsp;`,
 * `<br>`). A site can also report a conflict as a status inside a 200.
 *
 * @param begun the draft as it was created a moment ago
 * @returns the draft with this text
 */
async function saveContents(
	run: OperationContext,
	page: PageReference,
	{ contents, title }: DraftText,
	begun: XmlElement,
): Promise<XmlElement> {
	const edit = await run.site.read(
		{
			...draftCall('POST', page, '/contents', ''),
			query: onlyEntered({ edittime: 'now', title }),
			body: contents,
			contentType: 'text/plain; charset=utf-8',
			doing: `save the text of the draft of ${page.label}, which is there already`,
		},
		'edit',
	);
	if (attribute(edit, 'status') !== 'success') refuse(draftConflict(page.label));
	return child(edit, 'draft') ?? begun;
}

const noPage = (label: string): StatusMessage =>
	notFound(
		label,
		'It may have been moved, renamed or deleted, or the user of the token may not see it. For a page that does not exist yet, set "Draft Of" to "New Page".',
	);

const activateMessages = (label: string): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	404: noPage(label),
	409: {
		message: `Expert did not create a draft of ${label}`,
		description: 'It may have a draft already. Read it with Draft > Get.',
		isWhole: true,
	},
});

const createMessages = (label: string): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	409: {
		message: `There already is a ${label}, or a draft of it`,
		description:
			'Enter another path. For a draft of an existing page, set "Draft Of" to "Existing Page".',
		isWhole: true,
	},
});
