import { pagePath } from '../api/elements';
import { refuseWithout, type UserMessage } from '../api/expert-error';
import { withoutSlashes } from '../api/path-segment';
import { adviceIfEmpty, type Field, refuse, requiredChoiceField } from '../parameters/field';
import { howToName, NOT_CHOSEN } from '../parameters/locator';
import type { OperationContext } from './core/operation';
import { infoCall, pageToWrite, readInfo } from './find-page';
import type { Allow } from './overrides';
import { targetPageField } from './page-field';
import { pageReference, type PageReference } from './page-reference';

/* Names the page to save without its path: below a page from a list, by its title. */

const saveTo = requiredChoiceField({
	displayName: 'Save To',
	name: 'saveTo',
	options: [
		{ name: 'New Page Below a Parent', value: 'newPage', description: 'Its path is made from its title' },
		{ name: 'Page', value: 'page', description: 'Created if no page is at the path' },
	],
	// Workflows that were saved before there was a choice name the page.
	default: 'page',
	description: 'How to name the page',
});

const parent = targetPageField({
	displayName: 'Parent',
	name: 'parent',
	default: NOT_CHOSEN,
	displayOptions: { show: { saveTo: ['newPage'] } },
	description: howToName('page above the new one'),
});

/** @param page as it is named with "Page" */
export function pageToSaveFields(page: Field<PageReference>) {
	const property = { ...page.property, displayOptions: { show: { saveTo: ['page'] } } };
	return { saveTo, page: { ...page, property }, parent };
}

interface Entered {
	saveTo: 'newPage' | 'page';
	title: string;
	allow: Allow;
}

/**
 * A new page is never one that is there already.
 *
 * @param named read only as far as the fields are shown
 */
export async function pageToSave(
	run: OperationContext,
	named: Record<'page' | 'parent', PageReference>,
	{ saveTo, title, allow }: Entered,
): Promise<PageReference> {
	if (saveTo === 'page') return named.page;
	const segment = segmentOf(title) || refuse(NO_TITLE);
	const { parent } = named;
	const above = pagePath(await readInfo(run, parent)) ?? refuseWithout('page/path', infoCall(parent).doing);
	// Begins with a slash, so that a title such as "2026" does not count as an ID.
	const value = above === '' ? `/${segment}` : `/${above}/${segment}`;
	const page = pageReference({ mode: 'path', value }, run);
	const { isMissing } = await pageToWrite(run, page, {}, allow);
	return isMissing ? page : refuse(titleTaken(page));
}

/** As the site makes it: docs/vendor-facts.md#identifiers. */
function segmentOf(title: string): string {
	return withoutSlashes(title.trim()).replaceAll(/\s+/g, '_').replaceAll('/', '//');
}

const NO_TITLE: UserMessage = {
	message: "'Title' is empty",
	...adviceIfEmpty(
		"Enter one in the field 'Title': the new page gets its path from it.",
		'Pass a title: the new page gets its path from it.',
	),
};

const titleTaken = ({ label }: PageReference): UserMessage => ({
	message: `There is ${label} already, so nothing was saved`,
	description: 'Choose another title, or choose "Page" under \'Save To\' to change that page.',
	toModel: 'Pass another title.',
});
