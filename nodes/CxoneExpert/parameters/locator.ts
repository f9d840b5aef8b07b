import type {
	INodeParameterResourceLocator,
	INodeProperties,
	INodePropertyMode,
	INodePropertyModeValidation,
} from 'n8n-workflow';

import { asText, type Declared, type Field, type InputContext, refuse } from './field';

/** `mode` is how it was chosen: `id`, `list`, … */
interface Locator {
	mode: unknown;
	value: unknown;
}

/** Anything but a locator, such as the result of an expression, counts as an ID. */
export function locatorOf(value: unknown): Locator {
	return isLocator(value) ? value : { mode: 'id', value };
}

function isLocator(value: unknown): value is Locator {
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
}

/** An expression can give the thing itself, or an item that has it under `name`: then its ID is meant. */
export function locatorValue(field: unknown, name: string): { mode: string; text: string } {
	const { mode, value } = locatorOf(field);
	return { mode: asText(mode), text: asText(idIn(value, name)) };
}

function idIn(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const { id, [name]: inner } = value as Record<string, unknown>;
	return typeof inner === 'object' && inner !== null ? (inner as { id?: unknown }).id : id;
}

/** n8n marks the field in red until something is chosen. */
export const NOT_CHOSEN = {
	__rl: true,
	mode: 'list',
	value: '',
} as const satisfies INodeParameterResourceLocator;

export function isWebAddress(text: string): boolean {
	return /^https?:\/\//i.test(text);
}

/**
 * Checked by n8n in the editor, except for expressions.
 *
 * @param regex for the whole text; n8n adds `^` and `$`. To allow any ending, use `[^]*`: `.*` would backtrack
 */
export function wellFormed(regex: RegExp, errorMessage: string): INodePropertyModeValidation[] {
	return [{ type: 'regex', properties: { regex: `\\s*(?:${regex.source})\\s*`, errorMessage } }];
}

/** Whether it belongs to the site or to n8n is checked at run time. */
export const WEB_ADDRESS = wellFormed(
	/[Hh][Tt][Tt][Pp][Ss]?:\/\/\S[^]*/,
	'A URL begins with https://, as the browser shows it',
);

type Labels = Omit<INodeProperties, 'type' | 'default'> & Partial<Pick<INodeProperties, 'default'>>;

/** Ways to name a page. */
export const byPathOrUrl = {
	modes: [
		{ displayName: 'By Path', name: 'path', type: 'string', placeholder: 'e.g. Guides/Setup' },
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://help.example.com/Guides/Setup',
			validation: WEB_ADDRESS,
		},
	],
} satisfies Partial<INodeProperties>;

/**
 * @param searchListMethod one of `methods.listSearch` of the node
 * @param byId form of an ID, a number by default; `null` for what is not named by its ID
 */
export function locatorProperty(
	searchListMethod: string,
	{ modes = [], ...labels }: Labels,
	byId: Partial<INodePropertyMode> | null = {},
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
			...(byId === null
				? []
				: [
						{
							displayName: 'By ID',
							name: 'id',
							type: 'string' as const,
							placeholder: 'e.g. 42',
							validation: wellFormed(/\d+/, 'An ID is a number, such as 42'),
							...byId,
						},
					]),
			...modes,
		],
	};
}

/**
 * Default for a thing that the incoming item names. n8n greys out the list while the field has an expression.
 *
 * @param key as in `{{ $json.page.id }}`
 */
export function fromItem(key: string, description = howToName(key), expression = idInItem(key)) {
	return {
		default: { __rl: true, mode: 'id', value: `=${expression}` },
		description: `${description} To choose from the list, switch to Fixed first.`,
	} as const;
}

const idInItem = (key: string) => `{{ $json.${key}.id }}`;

/** For a field that begins empty. */
export const howToName = (thing: string) =>
	`The ${thing}. Drag the ${thing} ID from a trigger item into this field, or choose another way to name the ${thing}.`;

/** @param read interprets text that is not empty */
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
				toModel: `Pass the id of the ${thing}.`,
			});
		},
	};
}

export interface Reference {
	/** Path segment, encoded: `42`, `:<guid>`, a word, or `=` and a name, encoded twice. */
	key: string;
	/** For messages, e.g. `page 42` or `page "Guides/Setup"`. */
	label: string;
}

/** Source: docs/vendor-facts.md#identifiers. */
export function byNumberOrGuid(text: string, thing: string): Reference | undefined {
	if (/^\d+$/.test(text)) return { key: text, label: `${thing} ${text}` };
	const guid = /^:?([0-9a-f]{32})$/i.exec(text)?.[1];
	return guid === undefined ? undefined : { key: `:${guid}`, label: `${thing} ${guid}` };
}

/** `undefined` if the text is no address; refuses that of another site. */
export function ownAddress(text: string, origin: string | undefined, thing: string): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || origin === undefined || url.host === new URL(origin).host) return url;
	return refuse({
		message: `This address belongs to another site: ${url.host}`,
		description: `Enter the address of a ${thing} of the site in the credential, ${origin}.`,
	});
}

/**
 * Locators that people add one by one, read as texts. Takes plain texts in their place, too: from an expression, or
 * from a workflow that was saved before this field had locators.
 *
 * @param each locator of one thing
 * @param read of a list or text
 */
export function locatorsField(
	declared: Declared,
	each: INodeProperties,
	read: (entered: unknown) => string[],
	valueOf = ({ value }: Locator) => value,
): Field<string[]> {
	const { displayName, name } = declared;
	const chosenIn = (row: unknown) => chosenAs(locatorOf(inside(row, each.name)), valueOf);
	return {
		property: {
			...declared,
			type: 'fixedCollection',
			default: {},
			placeholder: `Add ${each.displayName}`,
			typeOptions: { multipleValues: true },
			options: [{ displayName, name: ROWS, values: [each] }],
		},
		// Without a second property of this name that takes anything, n8n drops what are no rows.
		keeper: { displayName, name, type: 'hidden', default: {} },
		unlessAdded: [],
		read(entered) {
			const rows = inside(entered, ROWS);
			return read(typeof rows === 'object' ? [rows].flat().flatMap(chosenIn) : rows);
		},
	};
}

/** Never changes, because workflows store it. */
const ROWS = 'rows';

/** What an object has under this name, or else the thing itself. */
function inside(thing: unknown, name: string): unknown {
	return typeof thing === 'object' && thing !== null && name in thing
		? (thing as Record<string, unknown>)[name]
		: thing;
}

/** Nothing has been chosen from a list yet where its value is empty. */
function chosenAs(locator: Locator, valueOf: (locator: Locator) => unknown): unknown[] {
	return locator.mode === 'list' && locator.value === '' ? [] : [valueOf(locator)].flat();
}
