import type { INodeProperties } from 'n8n-workflow';

import type { UserMessage } from '../api/expert-error';
import { adviceIfEmpty, asText, type Field, mapField, refuse, textField } from '../parameters/field';
import {
	byPathOrUrl,
	fromItem,
	howToName,
	isWebAddress,
	locatorProperty,
	NOT_CHOSEN,
	wellFormed,
} from '../parameters/locator';
import { enteredPath, pageReference, type PageReference, UNNAMED_HOME } from './page-reference';

/**
 * Items of the trigger have a page; those of *Get* and most other operations are one. Not for changes, where
 * the ID of something else, such as a user, would do harm: see {@link targetPageField}.
 */
const ID_OF_PAGE = '{{ $json.page?.id ?? $json.id }}';

const property = locatorProperty(
	'searchPages',
	{
		displayName: 'Page',
		name: 'page',
		...fromItem('page', howToName('page'), ID_OF_PAGE),
		...byPathOrUrl,
	},
	{
		validation: wellFormed(
			/\d+|[Hh][Oo][Mm][Ee]|:?[0-9A-Fa-f]{32}/,
			'An ID is a number, such as 42, or "home". For a path or an address, choose "By Path" or "By URL".',
		),
	},
);

/** The page to read. */
export const page: Field<PageReference> = {
	property,
	read: pageReference,
};

export function pageField(changes: Partial<INodeProperties>): Field<PageReference> {
	return { ...page, property: { ...property, ...changes } };
}

/** The page to change. The home page has to be named: an expression gives an empty path for a row without one. */
export function targetPageField(changes: Partial<INodeProperties>): Field<PageReference> {
	return mapField(pageField({ ...fromItem('page'), ...changes }), namedPage);
}

export const targetPage = targetPageField({});

function namedPage(reference: PageReference): PageReference {
	if (reference !== UNNAMED_HOME) return reference;
	return refuse({
		message: 'The path is empty',
		...adviceIfEmpty(
			'Enter the path of the page, such as Guides/Setup. For the home page, choose "By Path" and enter "home".',
			'Name the page by its id, path or address. The home page is "home".',
		),
	});
}

/** The field begins empty, so that trying an untouched node behind a trigger removes nothing. */
export const pageToRemove = targetPageField({
	default: NOT_CHOSEN,
	description:
		'The page. Choose it from the list, drag the page ID from a trigger item into this field, or choose another way to name the page.',
});

/** The field begins with the home page, and so the whole site. */
export const below = pageField({
	displayName: 'Below Page',
	name: 'below',
	default: { __rl: true, mode: 'path', value: '' },
	required: false,
	description: 'The page below which to look. An empty path means the home page, and so the whole site.',
});

/** For a model, of a list that the site does not give in full. */
export const SOME_MISSING = 'Some pages may be missing here. Say so, or look below a page further down.';

export const titleField = textField({
	displayName: 'Title',
	name: 'title',
	placeholder: 'e.g. Set up your phone',
	description: 'The title that readers see',
});

/**
 * Drops slashes around the path, which is empty if none is entered. Refuses the path of the home page: it is taken.
 */
export function newPathField(changes: Partial<INodeProperties>): Field<string> {
	const property: INodeProperties = {
		displayName: 'New Path',
		name: 'to',
		type: 'string',
		default: '',
		placeholder: 'e.g. Guides/Setup',
		...changes,
	};
	const read = (entered: unknown) => {
		const text = asText(entered);
		if (isWebAddress(text)) {
			return refuse({
				message: `'${property.displayName}' contains an address`,
				description:
					'Enter only the path, the part after the name of the site, such as Guides/Setup for https://help.example.com/Guides/Setup.',
			});
		}
		const path = enteredPath(text);
		if (text === '' || path !== '') return path;
		return refuse({
			message: 'The path "/" is that of the home page',
			...adviceIfEmpty('No other page can have it. Enter a path such as Guides/Setup.'),
		});
	};
	return { property, read };
}

export const NO_NEW_PATH: UserMessage = {
	message: "'New Path' is empty",
	...adviceIfEmpty('Enter the full path for the page.'),
};

/** Explains 409: the path is taken, or, as the site then says, no page or this one can have it. */
export function pathTaken(path: string): UserMessage {
	return {
		message: `The path "${path}" is taken, or this page cannot have it`,
		description: 'Choose another path, or move or delete the page that is there first.',
	};
}
