import type { INodeProperties } from 'n8n-workflow';

import { withoutSlashes } from '../../api/path-segment';
import type { UserMessage } from '../../api/expert-error';
import { asText, EMPTY_EXPRESSION, type Field, refuseInput, textField } from '../field';
import { LONG_PATH, MAX_PATH_CHARS } from '../page-field';

/** Fields that several operations of a page have. */

export const titleField = textField({
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. Set up your phone',
	description: 'The title that readers see',
});

/**
 * The path that a page is to have, without the slashes around it; empty when none is entered. Refuses that
 * of the home page, which is always taken.
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
		if (/^https?:\/\//i.test(text)) return refuseInput(noPath(property.displayName));
		if (text.length > MAX_PATH_CHARS) return refuseInput(LONG_PATH);
		const path = withoutSlashes(text);
		return text !== '' && path === '' ? refuseInput(HOME_IS_TAKEN) : path;
	};
	return { property, read };
}

const noPath = (label: string): UserMessage => ({
	message: `"${label}" contains an address`,
	description:
		'Enter only the path, the part after the name of the site, such as Guides/Setup for https://help.example.com/Guides/Setup.',
});

const HOME_IS_TAKEN: UserMessage = {
	message: 'The path "/" is that of the home page',
	description: `No other page can have it. Enter a path such as Guides/Setup. ${EMPTY_EXPRESSION}`,
};

export const NO_NEW_PATH: UserMessage = {
	message: '"New Path" is empty',
	description: `Enter the full path for the page. ${EMPTY_EXPRESSION}`,
};

/** What 409 means: the path is taken, or the page must not go there. */
export function pathTaken(path: string): UserMessage {
	return {
		message: `The path "${path}" is taken, or this page cannot have it`,
		description:
			'Choose another path, or move or delete the page that is there first. A page cannot be moved below itself.',
	};
}
