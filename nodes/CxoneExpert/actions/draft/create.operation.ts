import { refuseWithout, type StatusMessage, type StatusMessages } from '../../api/expert-error';
import { attribute, type XmlElement } from '../../api/xml';
import { type Allow, allowField, refusedUnlessAllowed } from '../allow';
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
} from '../core/field';
import type { Reference } from '../core/locator';
import { defineOperation, type OperationContext } from '../core/operation';
import { results, simplify } from '../core/results';
import { notFound } from '../core/site';
import { pageToChange, pageToWrite } from '../find-page';
import { targetPageField } from '../page-field';
import { pageReference, type PageReference } from '../page-reference';
import { articleTypeField, setArticleType } from '../tag/article-type';
import { editable, PLAIN_TEXT, saveContents, saveRendered } from '../write';
import {
	draftCall,
	draftConflict,
	draftMessages,
	draftTagCalls,
	NO_DRAFT_RIGHTS,
	readAfterwards,
} from './draft';
import { draftItem } from './items';

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
		message: "'Path' names a page by its ID, or the home page",
		description: `Enter the path for the new page, such as Guides/Setup. ${EMPTY_EXPRESSION}`,
	});
});

const options = optionsField({
	allow: allowField('deleteredirects', 'idferrors'),
	articleType: articleTypeField,
	contents: rawField({
		displayName: 'Contents',
		name: 'contents',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		placeholder: 'e.g. <p>Unpack the box.</p>',
		description: "HTML text of the draft, instead of the page's own",
	}),
	saveRendered,
	title: textField({
		displayName: 'Title',
		name: 'title',
		placeholder: 'e.g. Set up your phone',
		description: 'The title of the draft',
	}),
});

/** POST /drafts/{id}/activate, or …/create for a new page; then text and title, if entered. */
export const createDraft = defineOperation({
	value: 'create',
	name: 'Create',
	action: 'Create draft',
	description: 'Create a draft of an existing page or of a new one',
	fields: { draftOf, existingPage, newPage, simplify, options },
	async run(run, values) {
		// Read all fields before creating anything, so that no draft is left half done.
		const { options, simplify } = values;
		const html = htmlIn(options);
		const draft =
			values.draftOf === 'newPage'
				? await draftOfNewPage(run, values.newPage, options)
				: await draftOfPage(run, values.existingPage);
		const done = `The draft of ${draft.label} is created`;
		if (html !== '') await saveText(run, draft, html, options);
		else if (options.title !== '') await saveTitle(run, draft, options.title);
		// If the site heeded the type of a new page, its tags have it already.
		await setArticleType(run, draftTagCalls(draft, options.allow), options.articleType, done);
		const reading = run.site.read(draftCall('GET', draft, '', 'read the draft of'), 'draft');
		return results([await readAfterwards(done, reading)], simplify, draftItem);
	},
});

type Options = ValueOf<typeof options>;

/** Empty if the draft keeps the text of the page. */
function htmlIn({ contents, saveRendered: isRenderedSaved }: Options): string {
	if (typeof contents !== 'string' || contents.trim() === '') return '';
	return editable(contents, isRenderedSaved);
}

async function draftOfNewPage(
	run: OperationContext,
	page: PageReference,
	{ allow, articleType: type }: Options,
): Promise<Reference> {
	const messages = createMessages(page.label, allow);
	// Refuse a redirect that must stay. Ignore the page found: the site refuses a path that is taken.
	await pageToWrite(run, page, messages, allow);
	const call = draftCall('POST', page, '/create', 'create the draft of a new', messages);
	const query = onlyEntered({ type, allow: allow.value });
	return byId(page, await run.site.read({ ...call, query }, 'draft'));
}

async function draftOfPage(run: OperationContext, named: PageReference): Promise<Reference> {
	const page = await pageToChange(run, named, noPage(named.label));
	const messages = activateMessages(page.label);
	const call = draftCall('POST', page, '/activate', 'create a draft of', messages);
	return byId(page, await run.site.read(call, 'draft'));
}

const there = (label: string) => `the draft of ${label}, which is there already`;

/** By its new ID: by now, the path can belong to another page. */
function byId({ label }: PageReference, draft: XmlElement): Reference {
	const key = attribute(draft, 'id') ?? refuseWithout('draft/@id', `read ${there(label)}`);
	return { key, label };
}

/** POST /drafts/{id}/contents. */
async function saveText(
	run: OperationContext,
	draft: Reference,
	html: string,
	{ title, allow }: Options,
): Promise<void> {
	const { label } = draft;
	const call = draftCall('POST', draft, '/contents', '', draftMessages(label, allow));
	const query = onlyEntered({ edittime: 'now', title, allow: allow.value });
	const unconfirmed = {
		message: `Expert did not confirm that the text of ${there(label)}, was saved`,
		description: 'Open the draft in Expert to see which text it has.',
	};
	const saving = { ...call, query, doing: `save the text of ${there(label)}` };
	await saveContents(run, saving, html, draftConflict(label), unconfirmed);
}

/** PUT /drafts/{id}/title. Its response is undocumented. */
async function saveTitle(run: OperationContext, draft: Reference, title: string): Promise<void> {
	await run.site.call({
		...draftCall('PUT', draft, '/title', ''),
		body: title,
		contentType: PLAIN_TEXT,
		expects: 'text',
		doing: `set the title of ${there(draft.label)}`,
	});
}

const noPage = (label: string): StatusMessage =>
	notFound(
		label,
		'It may have been moved, renamed or deleted, or the user of the token may not see it. For a page that does not exist yet, set \'Draft Of\' to "New Page".',
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

const createMessages = (label: string, allow: Allow): StatusMessages => ({
	403: NO_DRAFT_RIGHTS,
	...refusedUnlessAllowed(allow, {
		message: `There already is a ${label}, or a draft of it, or no page can have this path`,
		description:
			'Enter another path. For a draft of an existing page, set \'Draft Of\' to "Existing Page".',
		isWhole: true,
	}),
});
