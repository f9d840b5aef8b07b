import { REFUSED, type StatusMessage, type StatusMessages, type UserMessage } from '../api/expert-error';
import { choicesField, type Field, mapField } from '../parameters/field';

/** Obstacles that the parameter `allow` of writing calls lifts. Source: docs/vendor-facts.md#writing-pages. */
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

/** Values that each call accepts: sites refuse any other. Source: docs/vendor-facts.md#writing-pages. */
const ACCEPTED = {
	'archive/restore': ['deleteredirects', 'idferrors'],
	'drafts/contents': ['idferrors'],
	'drafts/create': ['deleteredirects'],
	'drafts/publish': ['missingtemplatereference', 'idferrors'],
	'pages/contents': ['deleteredirects', 'idferrors'],
	'pages/copy': ['deleteredirects', 'idferrors'],
	'pages/files': ['deleteredirects'],
	'pages/move': ['deleteredirects', 'idferrors'],
	'pages/revert': ['missingtemplatereference'],
	'pages/tags': ['idferrors'],
} as const satisfies Record<string, Allowance[]>;

type AllowingCall = keyof typeof ACCEPTED;

export interface Allow {
	/** Value of the parameter; empty if nothing is allowed. */
	value: string;
	replacesRedirects: boolean;
	/** What else can be allowed. */
	left: Allowance[];
}

/** @param calls of the operation: each takes its own part, see {@link allowFor} */
export function allowField(...calls: AllowingCall[]): Field<Allow> {
	const offered = [...new Set(calls.flatMap((call): Allowance[] => [...ACCEPTED[call]]))];
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

function allowOf(entered: string[], offered: readonly Allowance[]): Allow {
	return {
		value: entered.join(','),
		replacesRedirects: entered.includes('deleteredirects'),
		left: offered.filter((value) => !entered.includes(value)),
	};
}

/** Returns the part of what is allowed that one of several calls accepts. */
export function allowFor(call: AllowingCall, { value }: Allow): Allow {
	const offered: readonly string[] = ACCEPTED[call];
	const entered = value.split(',').filter((each) => offered.includes(each));
	return allowOf(entered, ACCEPTED[call]);
}

/** Puts what could be allowed behind all other advice: the site may have another reason. */
function withAdvice<T extends UserMessage>(message: T, { left }: Allow): T {
	if (left.length === 0) return message;
	const obstacles = left.map((value) => ALLOWANCES[value].obstacle).join(' or ');
	const names = left.map((value) => `"${ALLOWANCES[value].name}"`).join(' or ');
	const { description, toModel = description } = message;
	return {
		...message,
		description: `${description} If ${obstacles} is in the way, choose ${names} in the option 'Allow'.`,
		toModel: `${toModel} If ${obstacles} is in the way, a person has to allow it.`,
	};
}

/** Explains refusals that "Allow" can lift. */
export function refusedUnlessAllowed(allow: Allow, conflict: StatusMessage): StatusMessages {
	return { 400: withAdvice(REFUSED, allow), 409: withAdvice(conflict, allow) };
}
