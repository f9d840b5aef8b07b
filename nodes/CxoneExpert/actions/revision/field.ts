import type { StatusMessage } from '../../api/expert-error';
import { adviceIfEmpty, asText, type Field, mapField, refuse } from '../../parameters/field';
import { notFound } from '../../api/expert-site';

interface Labels {
	displayName: string;
	name: string;
	description: string;
}

/** Reads 0 as empty: then the operation chooses the revision. */
export function revisionField(labels: Labels): Field<string> {
	return {
		property: {
			...labels,
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			placeholder: 'e.g. 3',
		},
		read(entered = 0) {
			const number = asText(entered);
			if (number === '0') return '';
			if (/^[1-9]\d{0,8}$/.test(number)) return number;
			return refuse({
				message: `"${number.slice(0, 100)}" is not the number of a revision`,
				description: 'Enter a number, such as 3. "Get Revisions" shows which ones a page has.',
				toModel: PASS_A_NUMBER,
			});
		},
	};
}

/** The revision for a change, which must be named. */
export function requiredRevisionField(labels: Labels): Field<string> {
	const { property, read } = revisionField(labels);
	const optional = { property: { ...property, required: true }, read };
	return mapField(optional, (number) => number || refuse(NO_REVISION));
}

const PASS_A_NUMBER = 'Pass the number of a revision that the page has, such as 3.';

const NO_REVISION = {
	message: "'Revision' is 0 or empty, but revisions begin at 1",
	...adviceIfEmpty('Enter a number that "Get Revisions" shows, such as 3.', PASS_A_NUMBER),
};

/** Explains 404, which sites also give for a missing page. @param label of the page */
export function noRevision(label: string, number: string): StatusMessage {
	return notFound(`revision ${number} of ${label}`, {
		description:
			'Choose one of those that "Get Revisions" shows. The page itself may have been deleted, too, or the user of the token may not see it.',
		toModel: `${PASS_A_NUMBER} The page itself may have been deleted, too, or the user of the token may not see it.`,
	});
}
