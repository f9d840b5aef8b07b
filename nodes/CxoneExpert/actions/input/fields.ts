import type { INodeProperties, NodePropertyTypes } from 'n8n-workflow';

import type { Field, Fields, ValuesOf } from '../core/field';
import { refuseInput } from '../core/input-problem';
import { type Choice, choice } from './choice';
import { asList, asText, EMPTY_EXPRESSION } from './text';

/** The kinds of fields: each says what n8n shows, and what an operation reads from it. */

type Property<T extends NodePropertyTypes> = INodeProperties & { type: T };

/** A text without white space around it; numbers count as text. */
export function textField(property: Property<'string' | 'options'>): Field<string> {
	return { property, read: asText };
}

/** A text that the operation cannot do without. */
export function requiredTextField(property: Property<'string'>): Field<string> {
	const label = property.displayName;
	const empty = {
		message: `"${label}" is empty`,
		description: `Enter a value in the field "${label}". ${EMPTY_EXPRESSION}`,
	};
	return { property, read: (entered) => asText(entered) || refuseInput(empty) };
}

/** Texts separated by commas, or a list from an expression. */
export function listField(property: Property<'string' | 'multiOptions'>): Field<string[]> {
	return { property, read: asList };
}

/** On only when it is `true`. */
export function flagField(property: Property<'boolean'>): Field<boolean> {
	return { property, read: (entered) => entered === true };
}

/** On, off, or `undefined` when neither was chosen. */
export function optionalFlagField(property: Property<'boolean'>): Field<boolean | undefined> {
	return { property, read: (entered) => (typeof entered === 'boolean' ? entered : undefined) };
}

type ChoiceProperty<V extends string> = Property<'options'> & { options: Array<Choice<V>> };

/** One of several values; the first of them when nothing was chosen. For operations that only read. */
export function choiceField<V extends string>(property: ChoiceProperty<V>): Field<V> {
	const { displayName, options } = property;
	const read = (entered: unknown) => choice(displayName, entered, options, options[0]!.value);
	return { property, read };
}

/**
 * One of several values. In an operation that changes something an expression that gives nothing is
 * refused: its default would overwrite unasked.
 */
export function requiredChoiceField<V extends string>(property: ChoiceProperty<V>): Field<V> {
	const { displayName, options } = property;
	return { property, read: (entered) => choice(displayName, entered, options) };
}

/** As n8n has it, for an operation that looks into it itself. */
export function rawField(property: INodeProperties): Field<unknown> {
	return { property, read: (entered) => entered };
}

/** A text that n8n shows between the fields. */
export function notice(property: Property<'notice'>): Field<undefined> {
	return { property, read: () => undefined };
}

/** "Options": what few workflows need. */
export function optionsField<O extends Fields>(options: O): Field<ValuesOf<O>> {
	return collectionField(
		{ displayName: 'Options', name: 'options', placeholder: 'Add option' },
		options,
	);
}

/** Fields that the workflow author adds one by one. All are read, once; one not added has its default. */
export function collectionField<O extends Fields>(
	{ displayName, name, placeholder }: Required<Labels>,
	fields: O,
): Field<ValuesOf<O>> {
	const options = Object.values(fields).map(({ property }) => property);
	return {
		property: { displayName, name, type: 'collection', placeholder, default: {}, options },
		read(entered, context) {
			const added = typeof entered === 'object' && entered !== null ? entered : {};
			const values = Object.entries(fields).map(([key, { property, read }]) => {
				const { name: option, default: unless } = property;
				return [key, read({ [option]: unless, ...added }[option], context)];
			});
			return Object.fromEntries(values) as ValuesOf<O>;
		},
	};
}

type Labels = Pick<INodeProperties, 'displayName' | 'name' | 'placeholder'>;
