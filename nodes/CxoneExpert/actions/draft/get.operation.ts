import { attribute } from '../../api/xml';
import { contentsOptions, readContents } from '../core/contents';
import { page, simplify } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { draftMessages } from './draft-call';
import { draftItem } from './draft-item';

/** GET /drafts/{id}; for a page without a draft a site answers 404, or a draft that is inactive. */
export const getDraft: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a draft',
	description: 'Get title, URL, state and revision of the draft of a page',
	fields: [page, simplify, contentsOptions('draft')],
	async run(run) {
		const { key, label } = run.page();
		const doing = `read the draft of ${label}`;
		const path = `/drafts/${key}`;
		const messages = draftMessages(label);
		const draft = await run.site.read({ method: 'GET', path, doing, messages }, 'draft');
		const item = run.flag('simplify') ? draftItem(draft) : draft;
		const wanted = run.options.includeContents === true;
		if (!wanted || attribute(draft, 'state') === 'inactive') return outputs([item]);
		const contents = await readContents(run, {
			path: `/drafts/${key}/contents`,
			doing: `read the text of the draft of ${label}`,
			messages,
		});
		return outputs([{ ...item, contents }]);
	},
};
