import { compact, revisionOf } from '../../api/elements';
import { attribute, textOf } from '../../api/xml';
import { contentsFormat, draftMode, readContents } from '../contents';
import { optionsField } from '../core/field';
import { defineOperation } from '../core/operation';
import { outputs } from '../core/results';
import { page } from '../page-field';
import { draftCall, readDraft } from './draft';
import { draftNames } from './items';

/** GET /drafts/{id}/contents, and first GET /drafts/{id}: when it was edited, and whether there is one. */
export const getDraftContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of draft',
	description: 'Get the text of a draft, to change it and save it again',
	fields: { page, format: contentsFormat, options: optionsField({ mode: draftMode }) },
	async run(run, { page, format, options: { mode } }) {
		const draft = await readDraft(run, page);
		const call = draftCall('GET', page, '/contents', 'read the text of the draft of');
		const found = await readContents(run, { ...call, query: { format, mode } });
		const text = compact({
			title: attribute(found.element, 'title'),
			revision: revisionOf(found.element),
			type: found.type,
			contents: found.contents,
			editedAt: textOf(draft, 'date.edited'),
		});
		return outputs([{ page: compact(draftNames(draft)), ...text, format, mode }]);
	},
});
