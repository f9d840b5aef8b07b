import type { INodeProperties } from 'n8n-workflow';

import type { Field } from '../core/field';
import { refuseInput } from '../core/input-problem';
import type { OperationContext } from '../core/operation-context';
import { flagField } from './fields';
import {
	fromItem,
	HOW_TO_LIST,
	locatorProperty,
	NOT_CHOSEN,
	WEB_ADDRESS,
	wellFormed,
} from './locator';
import { type PageReference, pageReference, targetPageReference } from './page-reference';

/** Fields that operations of several resources have. */

/** Also the default that n8n shows. */
const DEFAULT_LIMIT = 50;

const returnAll = flagField({
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
});

const limit: Field<number> = {
	property: {
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	},
	read(entered) {
		const number = Number(entered);
		return number >= 1 ? Math.floor(number) : DEFAULT_LIMIT;
	},
};

/** How many results an operation gives. */
export const limitFields = { returnAll, limit };

/** The maximum number of results. */
export function maxResults(run: OperationContext, fields: typeof limitFields): number {
	return run.read(fields.returnAll) ? Infinity : run.read(fields.limit);
}

export const simplify = flagField({
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

/** A page by list, number, path or address: see `page-reference.ts`. */
export function pageField(
	changes: Partial<INodeProperties> = {},
	toReference = pageReference,
): Field<PageReference> {
	const property = locatorProperty(
		'searchPages',
		{
			displayName: 'Page',
			name: 'page',
			default: fromItem('{{ $json.page.id }}'),
			description: `The page. Drag the page ID from a trigger item into this field, or choose another way to name the page. ${HOW_TO_LIST}`,
			modes: [
				{ displayName: 'By Path', name: 'path', type: 'string', placeholder: 'e.g. Guides/Setup' },
				{
					displayName: 'By URL',
					name: 'url',
					type: 'string',
					placeholder: 'e.g. https://help.example.com/Guides/Setup',
					validation: WEB_ADDRESS,
				},
			],
		},
		{
			validation: wellFormed(
				/\d+|[Hh][Oo][Mm][Ee]|:?[0-9A-Fa-f]{32}/,
				'An ID is a number, such as 42, or "home". For a path or an address, choose "By Path" or "By URL".',
			),
		},
	);
	return {
		property: { ...property, ...changes },
		read(entered, { origin }) {
			const reference = toReference(entered, origin);
			return reference.ok ? reference.value : refuseInput(reference.failure);
		},
	};
}

/** A page that is only read. */
export const page = pageField();

/** A page at which an operation changes something: it has to be named. */
export function targetPageField(changes: Partial<INodeProperties> = {}): Field<PageReference> {
	return pageField(changes, targetPageReference);
}

/** In the editor the same field as {@link page}. */
export const targetPage: Field<PageReference> = { ...targetPageField(), property: page.property };

/**
 * A page of which something is removed. It begins empty, so that an untouched node behind a trigger
 * removes nothing when it is tried.
 */
export const pageToRemove = targetPageField({
	default: NOT_CHOSEN,
	description:
		'The page. Choose it from the list, drag the page ID from a trigger item into this field, or choose another way to name the page.',
});

/** The page below which something is looked for; the home page, and so the whole site, at first. */
export const below = pageField({
	displayName: 'Below Page',
	name: 'below',
	default: { __rl: true, mode: 'path', value: '' },
	required: false,
	description:
		'The page below which to look. An empty path means the home page, and so the whole site.',
});
