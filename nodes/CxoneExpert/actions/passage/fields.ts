import { asText, type Field, flagField, listField, mapField, refuse, requiredTextField } from '../../parameters/field';
import { limitOfCharacters } from '../core/limit-of-characters';
import { locatorOf } from '../../parameters/locator';
import { below } from '../page-field';
import { tagFilter } from '../tag/field';
import { pageReference, type PageReference } from '../page-reference';

/** Longest question that the site takes. */
const MAX_QUESTION_CHARS = 2000;

export const question = mapField(
	requiredTextField({
		displayName: 'Question',
		name: 'question',
		placeholder: 'e.g. How do I reset the phone?',
		description: 'The whole question, as a person would ask it: better than single words. At most 2,000 characters.',
	}),
	(text) => {
		if (text.length <= MAX_QUESTION_CHARS) return text;
		return refuse({
			message: "'Question' is longer than 2,000 characters",
			description: 'Enter one short question, without the text around it.',
		});
	},
);

/** One page, or several by an expression. */
export const belowPages: Field<PageReference[]> = {
	property: {
		...below.property,
		description:
			'The page below which to look. An empty path means the home page, and so the whole site. An expression can give a list of pages.',
	},
	read(entered, context) {
		const { mode, value } = locatorOf(entered);
		const several = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
		return several.map((each) => pageReference({ mode, value: each }, context));
	},
};

/** Value of the parameter; empty for the site's own. */
const minScore: Field<string> = {
	property: {
		displayName: 'Min Score',
		name: 'minScore',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: 0,
		placeholder: 'e.g. 0.8',
		description: 'How well a passage must fit, up to 1. With 0 the site decides, which takes 0.7 by default.',
	},
	read(entered) {
		const number = Number(asText(entered));
		if (number >= 0 && number <= 1) return number === 0 ? '' : String(number);
		return refuse({
			message: "'Min Score' is not a number from 0 to 1",
			description: 'Enter a number such as 0.8, or remove the option.',
			toModel: 'Pass a number such as 0.8.',
		});
	},
};

export const passageOptions = {
	countAsSearch: flagField({
		displayName: 'Count as a Search',
		name: 'countAsSearch',
		description: "Whether to count the question in the site's own statistics, as one of a reader",
	}),
	fileExtensions: listField({
		displayName: 'File Extensions',
		name: 'fileExtensions',
		placeholder: 'e.g. pdf, docx',
		description: 'Types of attached files to look in, separated by commas. No need to add Include Attachments then.',
	}),
	includeAttachments: flagField({
		displayName: 'Include Attachments',
		name: 'includeAttachments',
		description: 'Whether to look in files that are attached to pages, too',
	}),
	limitOfCharacters,
	minScore,
	onePerPage: flagField({
		displayName: 'One per Page',
		name: 'onePerPage',
		description: 'Whether to return the best passage of each page only',
	}),
	tags: tagFilter(
		'Tags of which pages must have one, separated by commas. Where they must have all, write AND between them: billing AND phones.',
		'e.g. billing, phones',
	),
};
