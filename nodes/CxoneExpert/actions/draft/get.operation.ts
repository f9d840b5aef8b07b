import { attribute } from '../../api/xml';
import { contentsOptions, readContents } from '../contents';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { page } from '../page-field';
import { draftCall } from './draft';
import { draftItem } from './items';

/** GET /drafts/{id}. For a page without a draft, sites respond 404 or with an inactive draft. */
export const getDraft = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get draft',
	description: 'Get title, URL, state and revision of the draft of a page',
	fields: { page, simplify, options: contentsOptions('draft') },
	async run(run, { page, simplify, options }) {
		const draft = await run.site.read(draftCall('GET', page, '', 'read the draft of'), 'draft');
		const item = simplify ? draftItem(draft) : draft;
		if (!options.includeContents || attribute(draft, 'state') === 'inactive')
			return outputs([item]);
		const call = draftCall('GET', page, '/contents', 'read the text of the draft of');
		const { contents } = await readContents(run, call);
		return outputs([{ ...item, contents }]);
	},
});
