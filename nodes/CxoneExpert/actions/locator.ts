import type {
	INodeParameterResourceLocator,
	INodeProperties,
	INodePropertyMode,
	INodePropertyModeValidation,
} from 'n8n-workflow';

import type { UserMessage } from '../api/expert-error';
import { asText, refuseInput } from './field';

/**
 * The way in which a resource locator names something (`id`, `list`, …), and what it holds. Anything
 * else, such as what an expression gave in its place, counts as an ID.
 */
export function locatorOf(value: unknown): { mode: unknown; value: unknown } {
	return isLocator(value) ? value : { mode: 'id', value };
}

function isLocator(value: unknown): value is { mode: unknown; value: unknown } {
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
}

/** What a field names: a text, and the way in which it was chosen (`id`, `list`, …). */
interface LocatorValue {
	mode: string;
	text: string;
}

/**
 * The thing that a field names. An expression can give the thing itself, or a whole item that has it
 * under `name`: then its ID is meant.
 */
export function locatorValue(field: unknown, name: string): LocatorValue {
	const { mode, value } = locatorOf(field);
	return { mode: asText(mode), text: asText(idOf(value, name)) };
}

function idOf(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const { id, [name]: inner } = value as Record<string, unknown>;
	return typeof inner === 'object' && inner !== null ? (inner as { id?: unknown }).id : id;
}

/** The message for a field that names a thing and is empty; `thing` is e.g. `file`. */
export function nothingNamed(thing: string, expression: string): UserMessage {
	return {
		message: `No ${thing} is named`,
		description: `Enter the ID of the ${thing}. If the field contains an expression such as ${expression}, the incoming item does not have one: not every event names a ${thing}.`,
	};
}

/** Nothing chosen yet: n8n marks the field in red until something is. */
export const NOT_CHOSEN = {
	__rl: true,
	mode: 'list',
	value: '',
} as const satisfies INodeParameterResourceLocator;

/** Behind the trigger the thing is there already; an expression for one of its fields. */
export function fromItem(expression: string): INodeParameterResourceLocator {
	return { __rl: true, mode: 'id', value: `=${expression}` };
}

/** Said in the description of a locator that begins with an expression: n8n greys its list out then. */
export const HOW_TO_LIST = 'To choose from the list, switch to Fixed first.';

/**
 * What n8n says at once when a text that was entered does not fit; expressions are not looked at.
 *
 * @param regex must match the whole text; n8n adds `^` and `$`. One that ends in anything ends in `[^]*`:
 *   whatever `.*` leaves is tried again and again
 */
export function wellFormed(regex: RegExp, errorMessage: string): INodePropertyModeValidation[] {
	return [{ type: 'regex', properties: { regex: `\\s*(?:${regex.source})\\s*`, errorMessage } }];
}

/** An address of the site, or of n8n: which of them it may be is known when the node runs. */
export const WEB_ADDRESS = wellFormed(
	/[Hh][Tt][Tt][Pp][Ss]?:\/\/\S[^]*/,
	'A URL begins with https://, as the browser shows it',
);

/**
 * A resource locator: a thing is chosen from a list, named by its ID, or named in one of the other
 * modes.
 *
 * @param searchListMethod one of `methods.listSearch` of the node
 * @param byId how an ID looks: a number, unless something else is said
 */
export function locatorProperty(
	searchListMethod: string,
	{ modes = [], ...property }: Omit<INodeProperties, 'type'>,
	byId: Partial<INodePropertyMode> = {},
): INodeProperties {
	return {
		type: 'resourceLocator',
		required: true,
		...property,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 42',
				validation: wellFormed(/\d+/, 'An ID is a number, such as 42'),
				...byId,
			},
			...modes,
		],
	};
}

/**
 * Refuses an address that belongs to another site.
 *
 * @param origin of the site in the credential
 * @param whatToEnter in its place, given that origin
 */
export function refuseOtherSite(
	{ host }: URL,
	origin: string | undefined,
	whatToEnter: (origin: string) => string,
): void {
	if (origin === undefined || host === new URL(origin).host) return;
	refuseInput({
		message: `This address belongs to another site: ${host}`,
		description: whatToEnter(origin),
	});
}
