import type {
	INodeParameterResourceLocator,
	INodeProperties,
	INodePropertyMode,
	INodePropertyModeValidation,
} from 'n8n-workflow';

import { asText, type Field, type InputContext, refuse } from './field';

/** What a resource locator holds, and the way in which it was chosen: `id`, `list`, … */
export interface Locator {
	mode: unknown;
	value: unknown;
}

/** Anything else than a locator, such as what an expression gave in its place, counts as an ID. */
export function locatorOf(value: unknown): Locator {
	return isLocator(value) ? value : { mode: 'id', value };
}

function isLocator(value: unknown): value is Locator {
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
}

/**
 * The text by which a field names a thing. An expression can give the thing itself, or a whole item that
 * has it under `name`: then its ID is meant.
 */
export function locatorValue(field: unknown, name: string): { mode: string; text: string } {
	const { mode, value } = locatorOf(field);
	return { mode: asText(mode), text: asText(idOf(value, name)) };
}

function idOf(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const { id, [name]: inner } = value as Record<string, unknown>;
	return typeof inner === 'object' && inner !== null ? (inner as { id?: unknown }).id : id;
}

/** Nothing chosen yet: n8n marks the field in red until something is. */
export const NOT_CHOSEN = {
	__rl: true,
	mode: 'list',
	value: '',
} as const satisfies INodeParameterResourceLocator;

export function isWebAddress(text: string): boolean {
	return /^https?:\/\//i.test(text);
}

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

type Labels = Omit<INodeProperties, 'type' | 'default'> & Partial<Pick<INodeProperties, 'default'>>;

/**
 * A resource locator: a thing is chosen from a list, named by its ID, or named in one of the other
 * modes.
 *
 * @param searchListMethod one of `methods.listSearch` of the node
 * @param byId how an ID looks: a number, unless something else is said
 */
export function locatorProperty(
	searchListMethod: string,
	{ modes = [], ...labels }: Labels,
	byId: Partial<INodePropertyMode> = {},
): INodeProperties {
	return {
		type: 'resourceLocator',
		required: true,
		default: NOT_CHOSEN,
		...labels,
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
 * What a locator of a thing that is in the incoming item begins with: behind the trigger it is there
 * already. n8n greys the list out as long as the field has an expression.
 *
 * @param key what the item calls the thing, as in `{{ $json.page.id }}`
 */
export function fromItem(key: string, description = howToName(key), expression = idInItem(key)) {
	return {
		default: { __rl: true, mode: 'id', value: `=${expression}` },
		description: `${description} To choose from the list, switch to Fixed first.`,
	} as const;
}

const idInItem = (key: string) => `{{ $json.${key}.id }}`;

/** How a thing is named in a field that begins empty. */
export const howToName = (thing: string) =>
	`The ${thing}. Drag the ${thing} ID from a trigger item into this field, or choose another way to name the ${thing}.`;

/**
 * The field of a locator that begins with {@link fromItem}.
 *
 * @param read what is meant by a text that is not empty
 */
export function thingField<T>(
	property: INodeProperties,
	key: string,
	read: (text: string, mode: string, context: InputContext) => T,
): Field<T> {
	const thing = property.displayName.toLowerCase();
	return {
		property,
		read(entered, context) {
			const { mode, text } = locatorValue(entered, key);
			if (text !== '') return read(text, mode, context);
			return refuse({
				message: `No ${thing} is named`,
				description: `Enter the ID of the ${thing}. If the field contains an expression such as ${idInItem(key)}, the incoming item does not have one: not every event names a ${thing}.`,
			});
		},
	};
}

/** A thing as the API takes it in a path, and as messages name it. */
export interface Reference {
	/** One path segment, encoded: `42`, `:<guid>`, a word, or `=` and a name, encoded twice. */
	key: string;
	/** E.g. `page 42` or `page "Guides/Setup"`. */
	label: string;
}

/** The thing with this number or guid: docs/vendor-facts.md#identifiers. */
export function byNumberOrGuid(text: string, thing: string): Reference | undefined {
	if (/^\d+$/.test(text)) return { key: text, label: `${thing} ${text}` };
	const guid = /^:?([0-9a-f]{32})$/i.exec(text)?.[1];
	return guid === undefined ? undefined : { key: `:${guid}`, label: `${thing} ${guid}` };
}

/**
 * An address of the site in the credential; `undefined` when the text is none, refused when it belongs to
 * another site.
 */
export function ownAddress(
	text: string,
	origin: string | undefined,
	thing: string,
): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || origin === undefined || url.host === new URL(origin).host) return url;
	return refuse({
		message: `This address belongs to another site: ${url.host}`,
		description: `Enter the address of a ${thing} of the site in the credential, ${origin}.`,
	});
}
