import { compact, revisionOf } from '../../api/elements';
import { attribute, textOf } from '../../api/xml';
import {
	contentsFormat,
	draftMode,
	keepHidden,
	markdownIn,
	readContents,
	siteFormat,
} from '../contents';
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
	fields: {
		page,
		format: contentsFormat,
		options: optionsField({ keepHidden, mode: draftMode }),
	},
	async run(run, { page, format, options: { keepHidden, mode } }) {
		const draft = await readDraft(run, page);
		const call = draftCall('GET', page, '/contents', 'read the text of the draft of');
		const query = { format: siteFormat(format), mode };
		const found = await readContents(run, { ...call, query });
		const names = compact(draftNames(draft));
		const more = compact({
			revision: revisionOf(found.element),
			editedAt: textOf(draft, 'date.edited'),
		});
		if (format === 'markdown') {
			const markdown = await markdownIn(
				found,
				draftNames(draft).url ?? run.origin ?? '',
				keepHidden,
			);
			return outputs([{ page: names, markdown, ...more, mode }]);
		}
		const { element, type, contents } = found;
		const text = compact({ title: attribute(element, 'title'), type, contents });
		return outputs([{ page: names, ...text, ...more, format, mode }]);
	},
});
