import { asExpertError, errorOf, type ExpertError } from '../../api/expert-error';
import { markdownIn, readContents } from '../contents';
import { type Field, flagField, optionsField, type ValuesOf } from '../core/field';
import { cutTexts, limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { limitFields, maxResults, outputs } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { CONCURRENT, readTree, type TreePage } from './read-tree';

const maxWithContents: Field<number> = {
	property: {
		displayName: 'Max Pages with Contents',
		name: 'maxPagesWithContents',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 100,
		description:
			'How many pages get their contents, the first ones. Each is one call that counts against the license.',
	},
	read: (entered) => (Number(entered) >= 1 ? Math.floor(Number(entered)) : 100),
};

const options = {
	includeContents: flagField({
		displayName: 'Include Contents',
		name: 'includeContents',
		description: 'Whether to add the text of each page as "markdown"',
	}),
	limitOfCharacters,
	maxWithContents,
	onlyPublished: flagField({
		displayName: 'Only Published',
		name: 'onlyPublished',
		description: 'Whether to leave out pages that were never published',
	}),
};

/** GET /pages/{id}/subpages of each page that has some. */
export const getPageTree = defineOperation({
	value: 'getTree',
	name: 'Get Tree',
	action: 'Get tree of pages below page',
	description:
		'Get all pages below a page at any depth, parents first, with their texts if you like',
	fields: { page, ...limitFields, options: optionsField(options) },
	async run(run, { page, options, ...limits }) {
		const pages = await readTree(run, page, maxResults(limits), options.onlyPublished);
		if (options.includeContents) await addContents(run, pages, options);
		return outputs(pages);
	},
});

async function addContents(
	run: OperationContext,
	pages: TreePage[],
	{ maxWithContents: max, limitOfCharacters }: ValuesOf<typeof options>,
): Promise<void> {
	const first = pages.slice(0, max);
	const refusals: string[] = [];
	for (let start = 0; start < first.length; start += CONCURRENT) {
		const some = first.slice(start, start + CONCURRENT);
		const refused = await Promise.all(some.map(async (each) => await addMarkdown(run, each)));
		refusals.push(...refused.flat());
	}
	cutTexts(run, limitOfCharacters, ['markdown'], outputs(first));
	if (pages.length > max) run.note(onlyFirst(max, pages.length));
	if (refusals.length > 0) run.note(withoutContents(refusals));
}

const onlyFirst = (max: number, all: number) =>
	`Only the first ${max} of ${all} pages have their contents. For more, raise 'Max Pages with Contents': each page is one call that counts against the license.`;

const withoutContents = ([first, ...others]: string[]) =>
	`${others.length + 1} of the pages came without contents. The first: ${first}. Read them with Get Contents in another 'Format'.`;

/**
 * None for a page that was deleted meanwhile, that is too much for Markdown, or that was never published and whose text
 * the site refuses.
 *
 * @returns why it is too much
 */
async function addMarkdown(run: OperationContext, page: TreePage): Promise<string[]> {
	const { id = '', url = '' } = page;
	const call = pageCall(
		'GET',
		{ key: id, label: `page ${id}` },
		'/contents',
		'read the contents of',
	);
	const query = { mode: 'view', format: 'html' };
	const isRefused = ({ isNotFound, isHidden }: ExpertError) =>
		isNotFound || (isHidden && page.draftState === 'unpublished');
	const found = await readContents(run, { ...call, query }).catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		if (isRefused(error)) return undefined;
		throw error;
	});
	if (found === undefined) return [];
	const setMarkdown = (markdown: string) => void (page.markdown = markdown);
	const refusal = await errorOf(markdownIn(found, url, false).then(setMarkdown));
	return refusal === undefined ? [] : [`${page.path ?? id} (${refusal.message})`];
}
