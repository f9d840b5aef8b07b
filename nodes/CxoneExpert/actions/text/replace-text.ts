import type { ApiCall } from '../../api/client';
import { revisionOf } from '../../api/elements';
import type { XmlElement } from '../../api/xml';
import { allowField } from '../overrides';
import { isWhole, readContents } from '../contents';
import { adviceIfEmpty, type Field, optionsField, refuse, requiredChoiceField } from '../../parameters/field';
import { defineOperation, type Operation, type OperationContext } from '../core/operation';
import { outputs } from '../core/results';
import { targetPage } from '../page-field';
import type { PageReference } from '../page-reference';
import {
	editTimeOf,
	readSettled,
	refuseActive,
	refuseCut,
	refuseRendered,
	renderedMark,
	saveContents,
	saveFaults,
	type Written,
} from '../write';

type ExactField = Record<'displayName' | 'name' | 'placeholder' | 'description', string> & { required: boolean };

/** Reads a text as it is: spaces at its ends count. */
function exactField(declared: ExactField): Field<string> {
	const { displayName, required } = declared;
	return {
		property: { ...declared, type: 'string', default: '', typeOptions: { rows: 2 } },
		read(entered) {
			const text = typeof entered === 'number' ? String(entered) : entered;
			if (typeof text === 'string' && (!required || text !== '')) return text;
			return refuse({
				message: `'${displayName}' is empty`,
				...adviceIfEmpty('Enter a text.'),
			});
		},
	};
}

const find = exactField({
	displayName: 'Find',
	name: 'find',
	required: true,
	placeholder: 'e.g. two seconds',
	description:
		'The text to replace, exactly as it is in the HTML that "Get Contents" gives with "Edit" as Mode. Upper and lower case count. With < or > in it, it is also found in tags, and with {{ in scripts.',
});

const replaceWith = exactField({
	displayName: 'Replace With',
	name: 'replaceWith',
	required: false,
	placeholder: 'e.g. three seconds',
	description: 'The HTML to put there. When empty, the text is removed.',
});

const expect = requiredChoiceField({
	displayName: 'Expected Matches',
	name: 'expect',
	options: [
		{
			name: 'Exactly One Occurrence',
			value: 'one',
			description: 'Change nothing if the text is there more than once',
		},
		{ name: 'All', value: 'all', description: 'Replace each of them' },
	],
	description: 'How often the text may be there. If it is not there at all, nothing is changed.',
});

/** A text to edit, as it is now. */
interface Editable {
	/** Names the text in messages. */
	label: string;
	/** The page or draft; it says when it was edited. */
	element: XmlElement;
	/** GET and POST …/contents. */
	read: ApiCall;
	save: ApiCall;
}

interface Declaration {
	action: string;
	description: string;
	written: Written;
	/** Reads the page or draft before its text, so that an edit between the two is not overwritten. */
	toEdit: (run: OperationContext, page: PageReference) => Promise<Editable>;
	toItem: (saved: XmlElement) => object;
}

/** Reads in edit mode, replaces, saves unless somebody has edited it meanwhile. */
export function replacingText({ written, toEdit, toItem, ...labels }: Declaration): Operation {
	const allow = allowField(`${written}s/contents`);
	const { merged, refused } = saveFaults(written);
	const changed = {
		message: `${merged.message}, so nothing was saved`,
		description: 'Run it again: it takes the text that is there now.',
	};
	return defineOperation({
		value: 'replaceText',
		name: 'Replace Text',
		...labels,
		fields: { page: targetPage, find, replaceWith, expect, options: optionsField({ allow }) },
		async run(run, { page, options: { allow }, ...wanted }) {
			refuseCut(wanted.replaceWith, 'Replace With', written);
			refuseRendered(wanted.replaceWith, 'Replace With', written);
			const toRead = async () => await toEdit(run, page);
			const editable = await readSettled(run, toRead, ({ element }) => element);
			const { label, element, read, save } = editable ?? refuse(changed);
			const edittime = editTimeOf(element, written, read.doing);
			const { replaced } = await import('./replaced.js');
			const before = await editedHtml(run, read);
			const { html, count } = replaced(before, wanted, label);
			await refuseActive(run, html, 'Replace With', async () => [before]);
			const condition = { edittime, abort: 'modified' } as const;
			const saving = { written, allow, refused, edited: changed, condition, revision: revisionOf(element) };
			const { saved } = await saveContents(run, save, html, saving);
			return outputs([{ ...toItem(saved), replaced: count }]);
		},
	});
}

/** Refuses what must not be saved again. */
async function editedHtml(run: OperationContext, call: ApiCall): Promise<string> {
	const query = { mode: 'edit', format: 'html', ...call.query };
	const found = await readContents(run, { ...call, query });
	const isEditable = isWhole(found) && renderedMark(found.contents) === undefined;
	return isEditable ? found.contents : refuse(NOT_EDITABLE);
}

const NOT_EDITABLE = {
	message: 'Expert did not give the text as its editor has it, so nothing was changed',
	description:
		'It would lose its markup, characters, or its templates, reused contents and lists of pages. Change it in Expert.',
};
