import {
	REFUSED,
	type StatusMessage,
	type StatusMessages,
	type UserMessage,
} from '../api/expert-error';
import { asList, type Field, mapField, refuse } from './core/field';

/**
 * The parameter `allow`, which many calls that write have: what a site would refuse otherwise. Source:
 * docs/vendor-facts.md#writing-pages.
 */
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

/** What the option "Allow" holds. */
export interface Allow {
	/** For the query of the call; empty when nothing is allowed. */
	value: string;
	replacesRedirects: boolean;
	/** A sentence that names what else can be allowed; empty when nothing can. */
	advice: string;
}

/** @param offered what the call of the operation knows */
export function allowField(...offered: Allowance[]): Field<Allow> {
	const property = {
		displayName: 'Allow',
		name: 'allow',
		type: 'multiOptions' as const,
		default: [],
		options: offered.map((value) => {
			const { name, description } = ALLOWANCES[value];
			return { name, value, description };
		}),
		description: 'What to do although Expert would refuse it otherwise',
	};
	return mapField({ property, read: asList }, (entered) => allowOf(entered, offered));
}

function allowOf(entered: string[], offered: Allowance[]): Allow {
	const unknown = entered.find((each) => !offered.some((value) => value === each));
	if (unknown !== undefined) {
		return refuse({
			message: `"${unknown.slice(0, 100)}" is not a choice for 'Allow'`,
			description: `Choose from the list, or let the expression give some of these: ${offered.join(', ')}.`,
		});
	}
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

/** The same for a call that sets tags, which knows the structure of the site alone. */
export function allowForTags({ value }: Allow): Allow {
	return allowOf(
		value.split(',').filter((each) => each === TAGS_ALLOW),
		[TAGS_ALLOW],
	);
}

const TAGS_ALLOW = 'idferrors';

/** The message, with what could be allowed before all other advice. */
export function withAdvice<T extends UserMessage>(message: T, { advice }: Allow): T {
	return { ...message, description: `${advice} ${message.description}`.trim() };
}

/** What the refusals mean that the option "Allow" can lift. */
export function refusedUnlessAllowed(allow: Allow, conflict: StatusMessage): StatusMessages {
	return { 400: withAdvice(REFUSED, allow), 409: withAdvice(conflict, allow) };
}
