import { compact, revisionOf } from '../../api/elements';
import { textOf } from '../../api/xml';
import { contentsFormat, contentsOutput, draftMode, keepHidden, readContents, siteFormat } from '../contents';
import { optionsField } from '../../parameters/field';
import { limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation } from '../core/operation';
import { page } from '../page-field';
import { draftCall, readDraft } from './draft';
import { draftNames } from './items';
import { readSettled } from '../write';

/** GET /drafts/{id}/contents, and first GET /drafts/{id}: when it was edited, and whether there is one. */
export const getDraftContents = defineOperation({
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get contents of draft to edit',
	description: 'Get the text of a draft, to change it and save it again',
	fields: {
		page,
		format: contentsFormat,
		options: optionsField({ keepHidden, limitOfCharacters, mode: draftMode }),
	},
	async run(run, { page, format, options }) {
		const toRead = async () => await readDraft(run, page);
		const isToEdit = options.mode === 'edit';
		const settled = isToEdit ? await readSettled(run, toRead, (read) => read) : undefined;
		const draft = settled ?? (await toRead());
		const call = draftCall('GET', page, '/contents', 'read the text of the draft of');
		const query = { format: siteFormat(format), mode: options.mode };
		const found = await readContents(run, { ...call, query });
		const names = compact(draftNames(draft));
		const more = compact({
			revision: revisionOf(found.element),
			editedAt: textOf(draft, 'date.edited'),
		});
		return await contentsOutput(run, found, names, more, { ...options, format });
	},
});
