import { compact, draftState, idOf } from '../../api/elements';
import { missedByFind } from '../../api/find-depth';
import { tagKey, tagNames } from '../../api/page-fields';
import { readPage } from '../../api/pages';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { isWantedLanguage } from '../../event/filters';
import { choiceField, listField, numberField, optionsField, refuse, type ValuesOf } from '../../parameters/field';
import { cutTexts } from '../core/limit-of-characters';
import { defineOperation, type OperationContext } from '../core/operation';
import { limitUpTo, outputs } from '../core/results';
import { noPage } from '../find-page';
import { below } from '../page-field';
import type { PageReference } from '../page-reference';
import { pagesWithin } from '../page/pages-within';
import { type ListedPage, readTexts, type Unread } from '../page-text';

import { tagFilter } from '../tag/field';
import { compareIndex, removesTooMany, type Versioned } from './changes';
import { indexField } from './index-field';
import { indexPage, type IndexPage } from './items';

const format = choiceField({
	displayName: 'Contents',
	name: 'format',
	options: [
		{ name: 'HTML', value: 'html' },
		{ name: 'Markdown', value: 'markdown', description: 'Best for AI' },
		{ name: 'None', value: 'none', description: 'Makes no call for each page' },
		{ name: 'Plain Text', value: 'text' },
	],
	default: 'markdown',
	description: 'In which form to add the text of each page that is new or has changed, as "contents"',
});

const options = {
	languages: listField({
		displayName: 'Languages',
		name: 'languages',
		placeholder: 'e.g. en, de-DE',
		description: 'Languages of the pages that belong into the index, separated by commas. "en" includes "en-US".',
	}),
	maxRemovals: numberField({
		displayName: 'Max Removals',
		name: 'maxRemovals',
		typeOptions: { minValue: 0, maxValue: 100 },
		default: 20,
		description:
			'Percent of the index. If more would be removed, the node stops and removes nothing, because the token has probably lost its rights.',
	}),
	tags: tagFilter('Tags that a page must all have, separated by commas.', 'e.g. article:topic-guide'),
};

/** GET /pages/{id}/find of all pages below one, in parts; and GET /pages/{id}/contents of each new or changed one. */
export const compareWithIndex = defineOperation({
	value: 'compareWithIndex',
	name: 'Compare with Index',
	action: 'Compare pages with index',
	description: 'Get what to add to, renew in and remove from a vector store or other index of pages',
	fields: { below, index: indexField, format, limit: limitUpTo(1000, 200), options: optionsField(options) },
	async run(run, { below, index, format, limit, options }) {
		// One comparison is of all incoming items.
		if (run.item > 0) return [];
		const pages = await pagesForIndex(run, below, options);
		const { remove, update, add } = compareIndex(index, pages);
		refuseTooMany(remove.length, index, options.maxRemovals);
		const changes: ChangeItem[] = [
			...remove.map((id) => ({ change: 'remove' as const, id })),
			...update.map((page) => ({ change: 'update' as const, ...page })),
			...add.map((page) => ({ change: 'add' as const, ...page })),
		];
		const items = await withContents(run, changes.slice(0, limit), format);
		const last = items.at(-1);
		if (last !== undefined && changes.length > limit) last.hasMore = true;
		return cutTexts(run, undefined, ['contents'], outputs(items.map((item) => ({ ...item }))));
	},
});

interface ChangeItem extends Partial<IndexPage> {
	change: 'add' | 'update' | 'remove';
	contents?: string;
	hasMore?: true;
}

/** Lists all pages that belong into the index, or stops: what is missing in the list is removed from the index. */
async function pagesForIndex(
	run: OperationContext,
	reference: PageReference,
	wanted: ValuesOf<typeof options>,
): Promise<IndexPage[]> {
	const { site } = run;
	const missed = await missedByFind(site, site.origin ?? '');
	if (missed !== undefined) refuse({ message: NOT_ALL, description: missed });
	const messages = { 404: noPage(reference) };
	// The list has what is below the page, without the page itself.
	const top = await readPage(site, reference.key, reference.label, {}, { messages });
	const { pages, isComplete } = await pagesWithin(site, reference, { since: 0, until: Infinity }, wanted.tags);
	if (!isComplete) refuse(TOO_MANY);
	// A token that has expired since finds less.
	await site.askAgainWhoWeAre();
	const isTop = (page: XmlElement) => idOf(page) === idOf(top);
	const all = hasTags(top, wanted.tags) ? [top, ...pages.filter((page) => !isTop(page))] : pages;
	return all.filter((page) => belongs(page, wanted.languages)).map((page) => indexPage(page, site.siteNow));
}

const NOT_ALL = 'The site did not list all pages, so nothing was compared';

const TOO_MANY = {
	message: NOT_ALL,
	description:
		"It has more pages than it gives. Choose a page further down as 'Below Page', and compare the parts of the site one after the other, each with an index of its own.",
	toModel: 'It has more pages than it gives. Choose a page further down, and compare what is below it.',
};

function hasTags(page: XmlElement, wanted: string[]): boolean {
	const keys = (tagNames(child(page, 'tags')) ?? []).map(tagKey);
	return wanted.every((tag) => keys.includes(tagKey(tag)));
}

function belongs(page: XmlElement, languages: string[]): boolean {
	const isPage = draftState(page) !== 'unpublished' && attribute(page, 'redirect') !== 'true';
	return isPage && isWantedLanguage(textOf(page, 'language') ?? '', languages);
}

function refuseTooMany(removed: number, index: Versioned[], maxPercent: number): void {
	const { size } = new Set(index.map(({ id }) => id));
	if (!removesTooMany(removed, size, maxPercent)) return;
	refuse({
		message: `The token sees far fewer pages than the index holds: ${removed} of ${size} would be removed, so nothing was`,
		description: `More than ${maxPercent} percent of an index are rarely gone at once. Check the user of the token and its rights, 'Below Page' and the options. If these pages are really gone, raise the option 'Max Removals' for one run.`,
		toModel: `More than ${maxPercent} percent of an index are rarely gone at once. Tell the person who has set up this tool.`,
	});
}

/** Adds the text to new and changed pages, and leaves out one that has none: the index keeps what it has of it. */
async function withContents(run: OperationContext, items: ChangeItem[], format: string): Promise<ChangeItem[]> {
	if (format === 'none') return items;
	const pages = items.map(({ page }) => page).filter((page) => page !== undefined);
	const texts = new Map<object | undefined, string>();
	const unread = await readTexts(run, pages, format, (page, text) => void texts.set(page, text));
	const read = items
		.filter(({ page }) => page === undefined || texts.has(page))
		.map((item) => compact({ ...item, contents: texts.get(item.page) }) as ChangeItem);
	// A page that was deleted meanwhile is removed by the next comparison.
	const [first] = unread.filter(({ error }) => !error.isNotFound);
	if (first !== undefined && read.length === 0) throw first.error;
	if (first !== undefined) run.note(withoutText(unread.length, first));
	return read;
}

const withoutText = (count: number, { page, error }: Unread<ListedPage>) =>
	`${count} of the pages are left out, because their text could not be read; the next comparison tries again. The first: page ${page.id} (${error.message}).`;
