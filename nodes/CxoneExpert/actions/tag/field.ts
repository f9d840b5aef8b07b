import { asList, asText, EMPTY_EXPRESSION, type Field, refuse, xmlText } from '../core/field';
import { tagsWithout } from './tags';

/** A list from an expression keeps commas inside its entries, and may be empty; a text may not. */
export const tagsField: Field<string[]> = {
	property: {
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. billing, new in 2026',
		description:
			'Tags separated by commas, or an expression that gives a list of tags. A tag has one spelling on the whole site: another one, such as an accent, can rename it on all pages.',
	},
	read(entered) {
		const entries: unknown[] = Array.isArray(entered) ? entered : [entered];
		const names = asList(entered).map((name) => xmlText(name, 'Tags').replace(/\s+/g, ' '));
		if (!entries.every((entry) => typeof entry === 'string' || typeof entry === 'number')) {
			return refuse({
				message: "'Tags' contains something other than text",
				description:
					'Enter tags separated by commas, or an expression that gives one text or a list of texts, such as {{ $json.tagsAdded }}.',
			});
		}
		if (names.length > 0 || entries.length === 0) return tagsWithout(names, []);
		return refuse({
			message: "'Tags' is empty",
			description: `Enter one or more tags, separated by commas. ${EMPTY_EXPRESSION}`,
		});
	},
};

/** To add, as an option: nothing is no tag. */
export const moreTags: Field<string[]> = {
	property: {
		...tagsField.property,
		required: false,
		description: `${tagsField.property.description} The tags that are there stay.`,
	},
	read(entered, context) {
		const isBlank = asText(entered ?? '') === '' && typeof (entered ?? '') === 'string';
		return isBlank ? [] : tagsField.read(entered, context);
	},
};
