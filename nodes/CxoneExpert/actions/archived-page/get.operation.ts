import { readArchivedPage } from '../../api/pages';
import type { XmlElement } from '../../api/xml';
import { ADMINS_ONLY, type StatusMessages } from '../../api/expert-error';
import { type Field, refuseInput } from '../field';
import { fromItem, HOW_TO_LIST, locatorProperty, locatorValue, nothingNamed } from '../locator';
import { defineOperation, type OperationContext } from '../operation';
import { contentsOptions, readContents } from '../page/contents';
import { archivedPageItem } from '../../shared/page-fields';
import { outputs, simplify } from '../results';

const property = locatorProperty('searchArchivedPages', {
	displayName: 'Archived Page',
	name: 'archivedPage',
	default: fromItem('{{ $json.page.id }}'),
	description: `The deleted page. Drag the page ID from an item of a "Page Deleted" event into this field, or choose the page from the list. ${HOW_TO_LIST}`,
});

/** The number of the page: a deleted page cannot be found by an address or a path. */
export const archivedPage: Field<string> = { property, read: archivedPageId };

function archivedPageId(entered: unknown): string {
	const { text } = locatorValue(entered, 'page');
	if (/^\d+$/.test(text)) return text;
	if (text === '') return refuseInput(nothingNamed('archived page', '{{ $json.page.id }}'));
	return refuseInput({
		message: `"${text.slice(0, 100)}" is not the ID of an archived page`,
		description:
			'An ID is a number, such as 42. A deleted page cannot be named by its path or address: choose it from the list.',
	});
}

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
	async run(run, fields) {
		const id = run.read(fields.archivedPage);
		const page = await readFromArchive(run, id);
		const item = run.read(fields.simplify) ? archivedPageItem(page) : page;
		if (!run.read(fields.options).includeContents) return outputs([item]);
		const contents = await readContents(run, {
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
