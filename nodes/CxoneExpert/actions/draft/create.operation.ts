import { refuseWithout, type StatusMessage, type StatusMessages } from '../../api/expert-error';
import { attribute, type XmlElement } from '../../api/xml';
import { type Allow, allowField, allowForTags, refusedUnlessAllowed } from '../allow';
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
import { assertEditable, saveRenderedField } from '../rendered';
import { articleTypeField, setArticleType } from '../tag/article-type';
import { draftCall, draftConflict, draftMessages, NO_DRAFT_RIGHTS, readAfterwards } from './draft';
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
	saveRendered: saveRenderedField,
	title: textField({
		displayName: 'Title',
		name: 'title',
		placeholder: 'e.g. Set up your phone',
		description: 'The title of the draft',
	}),
});

/** POST /drafts/{id}/activate, or …/create for a new page; then text and title, when any are entered. */
export const createDraft = defineOperation({
	value: 'create',
	name: 'Create',
	action: 'Create draft',
	description: 'Create a draft of an existing page or of a new one',
	fields: { draftOf, existingPage, newPage, simplify, options },
	async run(run, values) {
		// Each is read before anything is created, so that no draft is left half done.
		const { options, simplify } = values;
		const contents = contentsToSave(options);
		const draft =
			values.draftOf === 'newPage'
				? await draftOfNewPage(run, values.newPage, options)
				: await draftOfPage(run, values.existingPage);
		await save(run, draft, { ...options, contents });
		await setType(run, draft, options);
		const reading = run.site.read(draftCall('GET', draft, '', 'read the draft of'), 'draft');
		const found = await readAfterwards(`The draft of ${draft.label} is created`, reading);
		return results([found], simplify, draftItem);
	},
});

const there = (label: string) => `the draft of ${label}, which is there already`;

type Options = ValueOf<typeof options>;

/** Empty when the draft keeps the text of the page. */
function contentsToSave({ contents, saveRendered }: Options): string {
	if (typeof contents !== 'string' || contents.trim() === '') return '';
	return saveRendered ? contents : assertEditable(contents);
}

async function draftOfNewPage(
	run: OperationContext,
	page: PageReference,
	{ allow, articleType: type }: Options,
): Promise<Reference> {
	const messages = createMessages(page.label, allow);
	// Refuses a redirect that must stay. The path stays, with or without a page: the site refuses one that is taken.
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

/** By the ID that the site has given it: by now, the path can be that of another page. */
function byId({ label }: PageReference, draft: XmlElement): Reference {
	return {
		key: attribute(draft, 'id') ?? refuseWithout('draft/@id', `read ${there(label)}`),
		label,
	};
}

async function save(
	run: OperationContext,
	draft: Reference,
	{ allow, contents, title }: Options & { contents: string },
): Promise<void> {
	if (contents !== '') await saveContents(run, draft, contents, { title, allow });
	else if (title !== '') await saveTitle(run, draft, title);
}

/** The type of a new page is in its tags already, if the site has heeded it. */
async function setType(
	run: OperationContext,
	draft: Reference,
	{ allow: allowed, articleType }: Options,
): Promise<void> {
	const { label } = draft;
	const allow = allowForTags(allowed);
	const refused = refusedUnlessAllowed(allow, draftConflict(label));
	const messages = { ...draftMessages(label), ...refused };
	const calls = {
		read: draftCall('GET', draft, '/tags', 'read the tags of the draft of'),
		write: {
			...draftCall('PUT', draft, '/tags', 'change the tags of the draft of', messages),
			query: onlyEntered({ allow: allow.value }),
		},
	};
	await setArticleType(run, calls, articleType, `The draft of ${label} is created`);
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * POST /drafts/{id}/contents, as plain text: an XML body would refuse what HTML allows (`&nbsp;`,
 * `<br>`). A site can also report a conflict as a status inside a 200.
 */
async function saveContents(
	run: OperationContext,
	draft: Reference,
	contents: string,
	{ title, allow }: { title: string; allow: Allow },
): Promise<void> {
	const doing = `save the text of ${there(draft.label)}`;
	const edit = await run.site.read(
		{
			...draftCall('POST', draft, '/contents', '', {
				...draftMessages(draft.label),
				...refusedUnlessAllowed(allow, draftConflict(draft.label)),
			}),
			query: onlyEntered({ edittime: 'now', title, allow: allow.value }),
			body: contents,
			contentType: TEXT,
			doing,
		},
		'edit',
	);
	const status = attribute(edit, 'status') ?? refuseWithout('edit/@status', doing);
	if (status !== 'success') refuse(draftConflict(draft.label));
}

/** PUT /drafts/{id}/title. What a site responds is not documented. */
async function saveTitle(run: OperationContext, draft: Reference, title: string): Promise<void> {
	await run.site.call({
		...draftCall('PUT', draft, '/title', ''),
		body: title,
		contentType: TEXT,
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
