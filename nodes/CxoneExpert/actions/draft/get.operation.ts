import { attribute } from '../../api/xml';
import { draftItem } from '../items';
import { defineOperation } from '../operation';
import { page } from '../page-field';
import { contentsOptions, readContents } from '../page/contents';
import { draftMessages } from './draft';
import { outputs, simplify } from '../results';

/** GET /drafts/{id}; for a page without a draft a site responds 404, or with a draft that is inactive. */
export const getDraft = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get draft',
	description: 'Get title, URL, state and revision of the draft of a page',
	fields: { page, simplify, options: contentsOptions('draft') },
	async run(run, { page: { key, label }, simplify, options }) {
		const doing = `read the draft of ${label}`;
		const path = `/drafts/${key}`;
		const messages = draftMessages(label);
		const draft = await run.site.read({ method: 'GET', path, doing, messages }, 'draft');
		const item = simplify ? draftItem(draft) : draft;
		if (!options.includeContents || attribute(draft, 'state') === 'inactive')
			return outputs([item]);
		const contents = await readContents(run, {
			path: `/drafts/${key}/contents`,
			doing: `read the text of the draft of ${label}`,
			messages,
		});
		return outputs([{ ...item, contents }]);
	},
});
