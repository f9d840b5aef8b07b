import { pagePath } from '../../api/elements';
import { ADMINS_ONLY, type StatusMessages } from '../../api/expert-error';
import { readArchivedPage } from '../../api/pages';
import { attribute, type XmlElement } from '../../api/xml';
import { onlyEntered, refuse } from '../../parameters/field';
import { entryOf, pagedSearch } from '../../parameters/list-search';
import { fromItem, locatorProperty, thingField } from '../../parameters/locator';
import type { OperationContext } from '../core/operation';
import { titleAndPath } from '../../parameters/page-search';

const property = locatorProperty('searchArchivedPages', {
	displayName: 'Archived Page',
	name: 'archivedPage',
	...fromItem(
		'page',
		'The deleted page. Drag the page ID from an item of a "Page Deleted" event into this field, or choose the page from the list.',
	),
});

/** Takes numbers only: deleted pages have no address or path. */
export const archivedPage = thingField(property, 'page', (text) => {
	if (/^\d+$/.test(text)) return text;
	return refuse({
		message: `"${text.slice(0, 100)}" is not the ID of an archived page`,
		description:
			'An ID is a number, such as 42. A deleted page cannot be named by its path or address: choose it from the list.',
		toModel: 'Pass its id, a number such as 42: a deleted page cannot be named by its path or address.',
	});
});

export function archiveMessages(id: string): StatusMessages {
	return {
		403: ADMINS_ONLY,
		404: {
			message: `Page ${id} is not in the archive`,
			description:
				'It may have been restored or permanently removed already, or it was never deleted. Check the ID; Page > Get finds a page that was not deleted.',
			toModel: 'It may have been restored or permanently removed already, or it was never deleted. Check the id.',
			isWhole: true,
		},
	};
}

/** Searches titles. */
export const searchArchivedPages = pagedSearch((title) => ({
	path: '/archive/pages',
	query: onlyEntered({ title }),
	doing: 'list the pages in the archive',
	messages: { 403: ADMINS_ONLY },
	root: 'pages.archive',
	element: 'page.archive',
	entry: (page) => entryOf(attribute(page, 'id'), titleAndPath(page, pagePath(page))),
}));

export async function readFromArchive({ site }: OperationContext, id: string): Promise<XmlElement> {
	return await readArchivedPage(site, id, archiveMessages(id));
}
