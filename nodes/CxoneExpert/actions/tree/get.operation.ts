import { flagField, mapField, numberField, optionsField, type ValuesOf } from '../../parameters/field';
import { cutTexts, limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { limitFields, maxResults, outputs } from '../core/results';
import { page } from '../page-field';
import { readTexts, type Unread } from '../page-text';
import { readTree, type TreePage } from './read-tree';

const maxWithContents = mapField(
	numberField({
		displayName: 'Max Pages with Contents',
		name: 'maxPagesWithContents',
		typeOptions: { minValue: 1 },
		default: 100,
		description: 'How many pages get their contents, the first ones. Each is one call that counts against the license.',
	}),
	Math.floor,
);

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
	description: 'Get all pages below a page at any depth, parents first, with their texts if you like',
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
	const unread = await readTexts(run, first, 'markdown', (page, text) => void (page.markdown = text));
	const reason = unread.find((each) => !isHarmless(each));
	if (reason !== undefined && unread.length === first.length) throw reason.error;
	cutTexts(run, limitOfCharacters, ['markdown'], outputs(first));
	const all = pages.length;
	if (all > max) run.note(onlyFirst(max, all, RAISE_MAX), onlyFirst(max, all, READ_A_PAGE));
	const [one] = unread;
	if (one === undefined) return;
	const { length } = unread;
	run.note(withoutContents(one, length, TRY_GET_CONTENTS), withoutContents(one, length, READ_A_PAGE));
}

const READ_A_PAGE = 'If you have a tool that reads a page, use it.';
const RAISE_MAX = "For more, raise 'Max Pages with Contents': each page is one call that counts against the license.";
const TRY_GET_CONTENTS = "Try Get Contents, in another 'Format' if the text is too much for Markdown.";

const onlyFirst = (max: number, all: number, more: string) =>
	`Only the first ${max} of ${all} pages have their contents. ${more}`;

const withoutContents = ({ page, error }: Unread<TreePage>, count: number, more: string) =>
	`${count} of the pages came without contents. The first: ${page.path ?? page.id} (${error.message}). ${more}`;

/** Whether the page was deleted meanwhile, is hidden because it was never published, or is too much for Markdown. */
function isHarmless({ page, error }: Unread<TreePage>): boolean {
	const isDraft = error.isHidden && page.draftState === 'unpublished';
	return isDraft || error.isNotFound || error.kind === 'refused';
}
