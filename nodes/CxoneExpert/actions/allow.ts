import {
	REFUSED,
	type StatusMessage,
	type StatusMessages,
	type UserMessage,
} from '../api/expert-error';
import { choicesField, type Field, mapField } from './core/field';

/** What the parameter `allow` of writing calls lifts. Source: docs/vendor-facts.md#writing-pages. */
const ALLOWANCES = {
	idferrors: {
		obstacle: 'the structure of the site',
		name: 'Structure Errors',
		description: 'The page may break the structure of the site, as a category below a guide does',
	},
	missingtemplatereference: {
		obstacle: 'a missing template',
		name: 'Missing Templates',
		description: 'The text may use templates that do not exist',
	},
	deleteredirects: {
		obstacle: 'a redirect',
		name: 'Replace Redirects',
		description: 'A redirect that a moved page has left at the path is deleted',
	},
} as const;

type Allowance = keyof typeof ALLOWANCES;

export interface Allow {
	/** For the query; empty if nothing is allowed. */
	value: string;
	replacesRedirects: boolean;
	/** Names what else can be allowed; empty if nothing can. */
	advice: string;
}

/** @param offered what the API call accepts */
export function allowField(...offered: Allowance[]): Field<Allow> {
	const field = choicesField({
		displayName: 'Allow',
		name: 'allow',
		options: offered.map((value) => {
			const { name, description } = ALLOWANCES[value];
			return { name, value, description };
		}),
		description: 'What to do although Expert would refuse it otherwise',
	});
	return mapField(field, (entered) => allowOf(entered, offered));
}

function allowOf(entered: string[], offered: Allowance[]): Allow {
	return {
		value: entered.join(','),
		replacesRedirects: entered.includes('deleteredirects'),
		advice: adviceFor(offered.filter((value) => !entered.includes(value))),
	};
}

function adviceFor(left: Allowance[]): string {
	if (left.length === 0) return '';
	const obstacles = left.map((value) => ALLOWANCES[value].obstacle).join(' or ');
	const names = left.map((value) => `"${ALLOWANCES[value].name}"`).join(' or ');
	return `If ${obstacles} is in the way, choose ${names} in the option 'Allow'.`;
}

/** Calls that set tags accept this one only. */
export function allowForTags({ value }: Allow): Allow {
	return allowOf(
		value.split(',').filter((each) => each === TAGS_ALLOW),
		[TAGS_ALLOW],
	);
}

const TAGS_ALLOW = 'idferrors';

/** Puts what could be allowed before all other advice. */
function withAdvice<T extends UserMessage>(message: T, { advice }: Allow): T {
	return { ...message, description: `${advice} ${message.description}`.trim() };
}

/** Refusals that "Allow" can lift. */
export function refusedUnlessAllowed(allow: Allow, conflict: StatusMessage): StatusMessages {
	return { 400: withAdvice(REFUSED, allow), 409: withAdvice(conflict, allow) };
}
