import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { optionsField, pageField, simplify } from '../input/fields';
import { titleOption } from './fields';
import { IF_EXISTS } from './save-condition';

export const FORMATS: INodePropertyOptions[] = [
	{ name: 'HTML', value: 'html', description: 'The contents are HTML' },
	{
		name: 'Plain Text',
		value: 'text',
		description: 'Each line becomes a paragraph, and readers see every character as it is',
	},
];

/** What a builder enters to save the contents of a page. */
export const saveFields: INodeProperties[] = [
	pageField({
		description: 'The page. One that does not exist is created when it is named by its path.',
	}),
	{
		displayName: 'Contents',
		name: 'contents',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '',
		required: true,
		placeholder: 'e.g. <p>Press the button for two seconds.</p>',
		description: 'The text of the page',
	},
	{
		displayName: 'Format',
		name: 'format',
		type: 'options',
		options: FORMATS,
		default: 'html',
		description: 'Form of the contents',
	},
	simplify,
	optionsField([
		{
			displayName: 'Append',
			name: 'append',
			type: 'boolean',
			default: false,
			description: 'Whether to add the contents at the end of the page instead of replacing it',
		},
		{
			displayName: 'Comment',
			name: 'comment',
			type: 'string',
			default: '',
			placeholder: 'e.g. Prices of 2026',
			description: 'What the history of the page says about this change',
		},
		{
			displayName: 'Edit Time',
			name: 'editTime',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-01-30T16:59:45Z',
			description:
				'When the page was last edited as far as you know, such as editedAt of Page > Get. If it was edited since then, nothing is saved.',
		},
		{
			displayName: 'If the Page Exists',
			name: 'ifExists',
			type: 'options',
			options: IF_EXISTS,
			default: 'overwrite',
			description: 'What to do with a page that is there already',
		},
		titleOption,
	]),
];
