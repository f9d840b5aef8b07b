import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { StatusMessages } from '../../shared/failure-messages';
import { type PageReference, pageReference } from '../input/page-reference';
import type { XmlElement } from '../../api/xml';
import { choice } from '../input/choice';
import { optionsField, pageField, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { draftStep, NO_DRAFT_RIGHTS } from './draft-call';
import { saveDraftContents } from './draft-contents';
import { draftItem } from './draft-item';

const FROM: INodePropertyOptions[] = [
	{
		name: 'Existing Page',
		value: 'existingPage',
		description: 'A draft beside a page, with the text that the page has now',
	},
	{
		name: 'New Page',
		value: 'newPage',
		description: 'A draft of a page that is not there yet: readers see it once it is published',
	},
];

const from: INodeProperties = {
	displayName: 'From',
	name: 'from',
	type: 'options',
	options: FROM,
	default: 'existingPage',
	description: 'What the draft is of',
};

const existingPage = pageField({ displayOptions: { show: { from: ['existingPage'] } } });

const newPath: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. Guides/Setup',
	displayOptions: { show: { from: ['newPage'] } },
	description: 'Where the new page is to be. There must be no page yet.',
};

const options = optionsField([
	{
		displayName: 'Contents',
		name: 'contents',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		placeholder: 'e.g. <p>Unpack the box.</p>',
		description: 'HTML that becomes the text of the draft in place of the one it begins with',
	},
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Set up your phone',
		description: 'The title of the draft. Expert saves it together with contents only.',
	},
]);

/** POST /drafts/{id}/activate, or …/create where no page is yet; then its contents, if there are any. */
export const createDraft: Operation = {
	value: 'create',
	name: 'Create',
	action: 'Create a draft',
	description: 'Create a draft of a page, or of a page that is not there yet',
	fields: [from, existingPage, newPath, simplify, options],
	async run(run) {
		const text = wantedText(run);
		const isNew = choice(run, 'From', run.parameter('from'), FROM) === 'newPage';
		const page = isNew ? pathOfNewPage(run) : run.page();
		const begun = isNew ? await beginPage(run, page) : await activate(run, page);
		const draft = text === undefined ? begun : await saveDraftContents(run, page, text, begun);
		return results(run, [draft], draftItem);
	},
};

/** Looked at before anything is made: half a draft helps nobody. */
function wantedText(run: OperationContext): { contents: string; title: string } | undefined {
	const { contents } = run.options;
	const title = asText(run.options.title);
	if (typeof contents === 'string' && contents.trim() !== '') return { contents, title };
	if (title === '') return undefined;
	return run.site.refuse({
		message: 'The draft has a title but no contents',
		description:
			'Expert saves the title of a draft together with its text. Add the option "Contents", or remove the option "Title".',
	});
}

function pathOfNewPage(run: OperationContext): PageReference {
	const value = run.required('path', 'Path');
	const reference = pageReference({ mode: 'path', value }, run.site.origin);
	return reference.ok ? reference.value : run.site.refuse(reference.failure);
}

async function activate(run: OperationContext, { key, label }: PageReference): Promise<XmlElement> {
	const doing = `create a draft of ${label}`;
	return await draftStep(run, { key, name: 'activate', doing, messages: activateMessages(label) });
}

async function beginPage(
	run: OperationContext,
	{ key, label }: PageReference,
): Promise<XmlElement> {
	const doing = `create the draft of a new ${label}`;
	return await draftStep(run, { key, name: 'create', doing, messages: createMessages(label) });
}

const activateMessages = (label: string): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	404: {
		message: `There is no ${label}`,
		description:
			'It may have been moved, renamed or deleted, or the user of the token may not see it. For a page that is not there yet, set "From" to "New Page".',
	},
	409: {
		message: `Expert does not begin a draft of ${label}`,
		description: 'It may have a draft already. Read it with Draft > Get.',
	},
});

const createMessages = (label: string): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	409: {
		message: `There is a ${label} already, or a draft of it`,
		description:
			'Enter another path. For a draft of a page that is there, set "From" to "Existing Page".',
	},
});
