import { readArchivedPage } from '../../api/pages';
import type { XmlElement } from '../../api/xml';
import { contentsOptions, readContents } from '../content/contents';
import { defineOperation, outputs } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { simplify } from '../input/shared-fields';
import { archivedPage, archiveMessages } from './fields';
import { archivedPageItem } from './items';

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
	return site.unwrap(await readArchivedPage(site.api, id), { messages: archiveMessages(id) });
}
