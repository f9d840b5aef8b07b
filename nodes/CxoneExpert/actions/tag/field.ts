import type { INodeProperties } from 'n8n-workflow';

import { adviceIfEmpty, asList, type Field, refuse, xmlText } from '../../parameters/field';
import { locatorOf, locatorProperty } from '../../parameters/locator';
import { tagsWithout } from './tags';

/** n8n's list gives one tag; several are typed. */
function tagsProperty(description: string, placeholder: string): INodeProperties {
	return locatorProperty(
		'searchTags',
		{ displayName: 'Tags', name: 'tags', required: false, description },
		{ displayName: 'By Name', name: 'name', placeholder, validation: [] },
	);
}

/** Keeps a tag whole that was chosen from the list: it can have a comma in its name. */
function enteredTags(entered: unknown): unknown {
	const { mode, value } = locatorOf(entered);
	return mode === 'list' && typeof value === 'string' && value !== '' ? [value] : value;
}

/** Spells a tag as the site does: a decomposed accent could rename it on all pages. */
export function oneSpelling(name: string): string {
	return name.replace(/\s+/g, ' ').normalize('NFC');
}

/** An option of operations that look for pages; without a tag, it filters nothing. */
export function tagFilter(description: string, placeholder: string): Field<string[]> {
	return {
		property: tagsProperty(`${description} The list offers one tag; for several, choose "By Name".`, placeholder),
		read: (entered) => asList(enteredTags(entered)),
	};
}

/** A list from an expression keeps commas inside its entries, and may be empty; a text may not. */
export const tagsField: Field<string[]> = {
	property: {
		...tagsProperty(
			'One tag from the list; for several or new ones, choose "By Name" and separate them by commas, or let an expression give a list. A tag has one spelling on the whole site: another one, such as an accent, can rename it on all pages.',
			'e.g. billing, new in 2026',
		),
		required: true,
	},
	read(located) {
		const entered = enteredTags(located);
		const entries: unknown[] = Array.isArray(entered) ? entered : [entered];
		const names = asList(entered).map((name) => oneSpelling(xmlText(name, 'Tags')));
		if (!entries.every((entry) => typeof entry === 'string' || typeof entry === 'number')) {
			return refuse({
				message: "'Tags' contains something other than text",
				description:
					'Enter tags separated by commas, or an expression that gives one text or a list of texts, such as {{ $json.tagsAdded }}.',
				toModel: 'Pass tags separated by commas.',
			});
		}
		if (names.length > 0 || entries.length === 0) return tagsWithout(names, []);
		return refuse({
			message: "'Tags' is empty",
			...adviceIfEmpty('Enter one or more tags, separated by commas.'),
		});
	},
};

/** Tags to add, as an option that may be empty. */
export const moreTags: Field<string[]> = {
	property: {
		...tagsField.property,
		required: false,
		description: `${tagsField.property.description} The tags that are there stay.`,
	},
	read(entered, context) {
		const tags = enteredTags(entered) ?? '';
		return tags === '' ? [] : tagsField.read(entered, context);
	},
};
