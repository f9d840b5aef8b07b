import { readArchivedPage } from '../../api/pages';
import type { XmlElement } from '../../api/xml';
import { ADMINS_ONLY, type StatusMessages } from '../../api/expert-error';
import { archivedPageItem } from '../../api/page-fields';
import { refuse } from '../core/field';
import { fromItem, locatorProperty, thingField } from '../core/locator';
import { defineOperation, type OperationContext } from '../core/operation';
import { contentsOptions, readContents } from '../contents';
import { outputs, simplify } from '../core/results';

const property = locatorProperty('searchArchivedPages', {
	displayName: 'Archived Page',
	name: 'archivedPage',
	...fromItem(
		'page',
		'The deleted page. Drag the page ID from an item of a "Page Deleted" event into this field, or choose the page from the list.',
	),
});

/** The number of the page: a deleted page cannot be found by an address or a path. */
export const archivedPage = thingField(property, 'page', (text) => {
	if (/^\d+$/.test(text)) return text;
	return refuse({
		message: `"${text.slice(0, 100)}" is not the ID of an archived page`,
		description:
			'An ID is a number, such as 42. A deleted page cannot be named by its path or address: choose it from the list.',
	});
});

/** What a refusal means for a call about one page in the archive. */
export function archiveMessages(id: string): StatusMessages {
	return {
		403: ADMINS_ONLY,
		404: {
			message: `Page ${id} is not in the archive`,
			description:
				'It may have been restored or permanently removed already, or it was never deleted. Check the ID; Page > Get finds a page that was not deleted.',
			isWhole: true,
		},
	};
}

/** GET /archive/pages/{id}/info: what is left of a page after its deletion. */
export const getArchivedPage = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get archived page',
	description: 'Get title, former path and time of deletion of a deleted page (for admins)',
	fields: { archivedPage, simplify, options: contentsOptions('page') },
	async run(run, { archivedPage: id, simplify, options }) {
		const page = await readFromArchive(run, id);
		const item = simplify ? archivedPageItem(page) : page;
		if (!options.includeContents) return outputs([item]);
		const contents = await readContents(run, {
			method: 'GET',
			path: `/archive/pages/${id}/contents`,
			doing: `read the text of page ${id} in the archive`,
			messages: archiveMessages(id),
		});
		return outputs([{ ...item, contents }]);
	},
});

/** What the archive has of a page; throws where it has nothing. */
export async function readFromArchive({ site }: OperationContext, id: string): Promise<XmlElement> {
	return await readArchivedPage(site, id, archiveMessages(id));
}
