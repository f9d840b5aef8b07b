import { type INodeProperties, jsonParse, tryToParseBoolean, tryToParseDateTime } from 'n8n-workflow';

import { type Advice, type ExpertError, refusal, type UserMessage } from '../api/expert-error';
import { shortened } from '../api/node-error';

export interface InputContext {
	/** E.g. `https://help.example.com`; `undefined` if the Site URL is no web address. */
	readonly origin: string | undefined;
	/** Of the workflow. */
	readonly timezone: string;
	/** A model has filled in the fields. */
	readonly isTool?: boolean;
	/** Nobody waits for a message, so a value that does not fit counts as its default. */
	readonly isLenient?: boolean;
}

/** A field as n8n shows it, and how its value is read. */
export interface Field<T> {
	readonly property: INodeProperties;
	/**
	 * @param entered as n8n has it: an expression can give anything; `null` for a field that is not shown
	 * @throws ExpertError for what does not fit
	 */
	read(entered: unknown, context: InputContext): T;
	/** In a collection: the value of a field that is not added; else its default is read. */
	readonly unlessAdded?: T;
	/** In a collection: has n8n store also what does not fit the field. */
	readonly keeper?: INodeProperties;
}

/** In the order in which n8n shows them. */
export type Fields = Record<string, Field<unknown>>;

export type ValuesOf<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** The value of a field, or its default where the context is lenient. */
export function valueOf<T>(field: Field<T>, entered: unknown, context: InputContext): T {
	if (context.isLenient !== true) return field.read(entered, context);
	try {
		return field.read(entered, context);
	} catch {
		return field.read(field.property.default, context);
	}
}

/**
 * Stops the operation because of what was entered, or because of the site.
 *
 * @param failedCall after a part was done
 */
export function refuse({ message, description, toModel }: UserMessage, failedCall?: ExpertError): never {
	const forModel = toModel === undefined ? {} : { toModel: shortened(toModel) };
	const says = { message: shortened(message), description: shortened(description), ...forModel };
	throw refusal(says).with({ failedCall });
}

/** For a field that looks filled in to its workflow author. */
export const EMPTY_EXPRESSION = 'If the field contains an expression, the incoming item may not have that value.';

/** Advice for an empty value. */
export function adviceIfEmpty(enter: string, toModel = enter): Advice {
	return { description: `${enter} ${EMPTY_EXPRESSION}`, toModel };
}

/** Trims text or a number; empty for anything else, NaN included. */
export function asText(value: unknown): string {
	return typeof value === 'string' || Number.isFinite(value) ? String(value).trim() : '';
}

/** Entries of a list or of comma-separated text, each once. */
export function asList(value: unknown): string[] {
	const entries = Array.isArray(value) ? value.map(asText) : entriesIn(asText(value));
	return [...new Set(entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))];
}

/** A model may write a list as JSON. */
function entriesIn(text: string): string[] {
	const list = /^\[.*\]$/s.test(text) ? jsonParse<unknown>(text, { fallbackValue: '' }) : '';
	const entries = Array.isArray(list) ? list.map(asText) : [''];
	return entries.includes('') ? text.split(',') : entries;
}

/** Drops empty texts from a query. */
export function onlyEntered<T extends object>(query: T): Record<string, T[keyof T]> {
	return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

function isEmpty(entered: unknown): boolean {
	return entered === undefined || entered === null || entered === '';
}

/** Characters that XML 1.0 (2.2) forbids, even escaped. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Refuses characters that cannot be sent as XML. */
export function xmlText(text: string, label: string): string {
	const character = IMPOSSIBLE.exec(text)?.[0];
	if (character === undefined) return text;
	const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	return refuse({
		message: `'${label}' contains a character that cannot be sent to Expert: U+${code}`,
		description:
			'It is an invisible control character. Remove it, for instance with an expression, and run the node again.',
		toModel: 'It is an invisible control character. Leave it out.',
	});
}

/** Derives a field from another; `toValue` can refuse. */
export function mapField<T, V>(
	{ property, read }: Field<T>,
	toValue: (value: T, context: InputContext) => V,
): Field<V> {
	return { property, read: (entered, context) => toValue(read(entered, context), context) };
}

export type Declared = Omit<INodeProperties, 'type' | 'default'> & Pick<Partial<INodeProperties>, 'type' | 'default'>;

/** Trimmed; numbers count as text. */
export function textField(declared: Declared): Field<string> {
	return { property: { type: 'string', default: '', ...declared }, read: asText };
}

export function requiredTextField(declared: Declared): Field<string> {
	const label = declared.displayName;
	const empty = {
		message: `'${label}' is empty`,
		...adviceIfEmpty(`Enter a value in the field '${label}'.`, 'Pass a value.'),
	};
	const field = textField({ required: true, ...declared });
	return mapField(field, (text) => text || refuse(empty));
}

/** Comma-separated text, or a list from an expression. */
export function listField(declared: Declared): Field<string[]> {
	return { property: { type: 'string', default: '', ...declared }, read: asList };
}

/** Its default for anything but a number from `min`, which is what the editor accepts unless code accepts less. */
export function numberField(
	declared: Declared & { default: number; typeOptions: { minValue: number } },
	min = declared.typeOptions.minValue,
): Field<number> {
	return {
		property: { type: 'number', ...declared },
		read(entered) {
			const number = Number(asText(entered) || NaN);
			return Number.isFinite(number) && number >= min ? number : declared.default;
		},
	};
}

/** The default if nothing was entered. Takes the texts and numbers that n8n takes, too; refuses anything else. */
export function flagField(declared: Declared): Field<boolean> {
	const { default: byDefault = false, displayName } = declared;
	return {
		property: { type: 'boolean', ...declared, default: byDefault },
		read(entered) {
			if (typeof entered === 'boolean') return entered;
			const isBlank = isEmpty(typeof entered === 'string' ? entered.trim() : entered);
			return isBlank ? byDefault === true : asFlag(entered, displayName);
		},
	};
}

function asFlag(entered: unknown, label: string): boolean {
	try {
		// A list without entries would count as 0.
		return tryToParseBoolean(asText(entered));
	} catch {
		return refuse({
			message: `'${label}' is neither true nor false`,
			description: 'Switch it on or off, or let the expression give true or false.',
			toModel: 'Pass true or false.',
		});
	}
}

interface Choice<V extends string> {
	name: string;
	value: V;
	description?: string;
}

type Choices<V extends string> = Omit<Declared, 'options' | 'default'> & { options: Array<Choice<V>>; default?: V };

/** The default if no choice was made: for operations that only read. */
export function choiceField<V extends string>(declared: Choices<V>): Field<V> {
	const { property, read } = requiredChoiceField(declared);
	return {
		property,
		read: (entered, context) => read(isEmpty(entered) ? property.default : entered, context),
	};
}

/**
 * Refuses unknown values, which the site ignores, and empty ones: falling back to the default could overwrite
 * something unasked. The default is the first choice unless declared.
 */
export function requiredChoiceField<V extends string>(declared: Choices<V>): Field<V> {
	const label = declared.displayName;
	const values = declared.options.map(({ value }) => value);
	return {
		property: { type: 'options', default: values[0], ...declared },
		read(entered) {
			const text = asText(entered);
			return values.find((value) => value === text) ?? noChoice(text, label, values);
		},
	};
}

/** Any number of choices. Refuses unknown values. */
export function choicesField<V extends string>(declared: Choices<V>): Field<V[]> {
	const label = declared.displayName;
	const values: string[] = declared.options.map(({ value }) => value);
	return {
		property: { type: 'multiOptions', default: [], ...declared },
		read(entered) {
			const chosen = asList(entered);
			const unknown = chosen.find((each) => !values.includes(each));
			return unknown === undefined ? (chosen as V[]) : noChoice(unknown, label, values);
		},
	};
}

export function noChoice(text: string, label: string, values: string[]): never {
	const problem = text === '' ? `'${label}' is empty` : `"${text.slice(0, 100)}" is not a choice for '${label}'`;
	const offered = values.map((value) => `"${value}"`).join(', ');
	return refuse({
		message: problem,
		description: `Choose from the list, or let the expression give one of these: ${offered}.`,
		toModel: `Pass one of these: ${offered}.`,
	});
}

/** Unread, for an operation that interprets it itself. */
export function rawField(property: INodeProperties): Field<unknown> {
	return { property, read: (entered) => entered };
}

export function optionsField<O extends Fields>(options: O): Field<ValuesOf<O>> {
	return collectionField({ displayName: 'Options', name: 'options', placeholder: 'Add option' }, options);
}

/** Fields that the workflow author adds one by one. */
export function collectionField<O extends Fields>(
	declared: Declared & { placeholder: string },
	fields: O,
): Field<ValuesOf<O>> {
	const options = Object.values(fields).flatMap(({ property, keeper = [] }) => [property].concat(keeper));
	return {
		property: { ...declared, type: 'collection', default: {}, options },
		read(entered, context) {
			const added = typeof entered === 'object' && entered !== null ? { ...entered } : {};
			const values = Object.entries(fields).map(([key, field]) => [key, addedValue(field, added, context)]);
			return Object.fromEntries(values) as ValuesOf<O>;
		},
	};
}

function addedValue(field: Field<unknown>, added: Record<string, unknown>, context: InputContext): unknown {
	const { name, default: byDefault } = field.property;
	if (name in added) return valueOf(field, added[name], context);
	return 'unlessAdded' in field ? field.unlessAdded : field.read(byDefault, context);
}

/** In ms since 1970. */
export function timeField(declared: Declared): Field<number> {
	return {
		property: { type: 'dateTime', default: '', ...declared },
		read: (entered, { timezone }) => enteredTime(declared.displayName, entered, timezone),
	};
}

/** `Infinity` when empty. */
export function optionalTimeField(declared: Declared): Field<number> {
	const { property, read } = timeField(declared);
	const isOpen = (entered: unknown) => entered === undefined || entered === '';
	return {
		property,
		read: (entered, context) => (isOpen(entered) ? Infinity : read(entered, context)),
	};
}

export function enteredTime(label: string, value: unknown, timezone: string): number {
	const time = timeOf(value, timezone);
	if (time !== undefined) return time;
	return refuse({
		message: isEmpty(value) ? `'${label}' is empty` : `'${label}' is not a date and time`,
		description: `Choose a date and time in the field '${label}', or let the expression give one, such as 2026-01-30T17:00:00Z or {{ $now.minus({ hours: 1 }) }}.`,
		toModel: 'Pass a date and time, such as 2026-01-30T17:00:00Z.',
	});
}

/**
 * Reads a luxon DateTime, a Date, text that names a day, or Unix time in seconds or ms, as ms since 1970. Text
 * without an offset is in the time zone of the workflow, as everywhere in n8n.
 *
 * @returns `undefined` for anything else
 */
export function timeOf(value: unknown, zone: string): number | undefined {
	try {
		const text = timeText(value);
		const [, seconds, ms = 0] = /^(\d{10})(\d{3})?$/.exec(text) ?? [];
		if (seconds !== undefined) return Number(seconds) * 1000 + Number(ms);
		if (!LOOKS_LIKE_TIME.test(text)) return undefined;
		return tryToParseDateTime(text, zone).toMillis();
	} catch {
		return undefined;
	}
}

/**
 * ISO, SQL, HTTP, RFC 2822 and JavaScript's own form. n8n's parser alone takes nearly any text with a number in
 * it, in the time zone of the machine.
 */
const LOOKS_LIKE_TIME = /^(\d{4}-\d\d|[A-Z][a-z]{2},? .*(GMT|[+-]\d{4}))/;

function timeText(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(value).trim();
	const { toISO, toISOString } = value as Record<string, unknown>;
	const toText = toISO ?? toISOString;
	return typeof toText === 'function' ? String(toText.call(value)) : '';
}
