import { archivedPageItem } from '../../api/page-fields';
import { readContents } from '../contents';
import { flagField, optionsField } from '../../parameters/field';
import { cutTexts, limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { archivedPage, archiveMessages, readFromArchive } from './archived-page';

const options = optionsField({
	includeContents: flagField({
		displayName: 'Include Contents',
		name: 'includeContents',
		description: 'Whether to add the text of the page (HTML) to the item as "contents"',
	}),
	limitOfCharacters,
});

/** GET /archive/pages/{id}/info, and …/contents. */
export const getArchivedPage = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get archived page',
	description: 'Get title, former path and time of deletion of a deleted page (for admins)',
	fields: { archivedPage, simplify, options },
	async run(run, { archivedPage: id, simplify, options }) {
		const page = await readFromArchive(run, id);
		const item = simplify ? archivedPageItem(page) : page;
		if (!options.includeContents) return outputs([item]);
		const { contents } = await readContents(run, {
			method: 'GET',
			path: `/archive/pages/${id}/contents`,
			doing: `read the text of page ${id} in the archive`,
			messages: archiveMessages(id),
		});
		const items = outputs([{ ...item, contents }]);
		return cutTexts(run, options.limitOfCharacters, ['contents'], items);
	},
});
