import { expect, it } from 'vitest';

import type { Field } from '../../../../nodes/CxoneExpert/actions/core/field.ts';
import {
	choiceField,
	collectionField,
	flagField,
	listField,
	notice,
	optionalFlagField,
	rawField,
	requiredChoiceField,
	requiredTextField,
	textField,
} from '../../../../nodes/CxoneExpert/actions/input/fields.ts';

const context = { origin: 'https://help.example.com', timezone: 'UTC' };
const read = (field: Field<unknown>, entered: unknown) => field.read(entered, context);

const text = { displayName: 'Path', name: 'path', type: 'string', default: '' } as const;
const flag = { displayName: 'Force', name: 'force', type: 'boolean', default: false } as const;
const options = {
	displayName: 'Mode',
	name: 'mode',
	type: 'options' as const,
	options: [
		{ name: 'View', value: 'view' as const },
		{ name: 'Edit', value: 'edit' as const },
	],
	default: 'view',
};

it.each([
	[' a\n', 'a'],
	[42, '42'],
	[{ a: 1 }, ''],
])('textField reads %j as "%s"', (entered, value) => {
	expect(read(textField(text), entered)).toBe(value);
});

it.each(['', ' ', null, undefined, {}])('requiredTextField refuses %j by its label', (entered) => {
	const field = requiredTextField(text);
	expect(() => read(field, entered)).toThrow('"Path" is empty');
	expect(read(field, ' a ')).toBe('a');
});

it.each([
	['a, b ,,a', ['a', 'b']],
	[undefined, []],
])('listField reads %j as %j', (entered, value) => {
	expect(read(listField(text), entered)).toEqual(value);
});

it.each(['true', 1, {}, null, undefined, false])('flagField does not read %j as on', (entered) => {
	expect(read(flagField(flag), entered)).toBe(false);
	expect(read(flagField(flag), true)).toBe(true);
});

it.each([
	[true, true],
	[false, false],
	['true', undefined],
	[undefined, undefined],
])('optionalFlagField reads %j as %j', (entered, value) => {
	expect(read(optionalFlagField(flag), entered)).toBe(value);
});

it('choiceField reads the chosen value, the first one for nothing, and refuses any other', () => {
	expect(read(choiceField(options), ' edit ')).toBe('edit');
	expect(read(choiceField(options), '')).toBe('view');
	expect(() => read(choiceField(options), 'print')).toThrow('is not a choice for "Mode"');
});

it.each(['', undefined, null, ' '])('requiredChoiceField refuses %j by its label', (entered) => {
	expect(() => read(requiredChoiceField(options), entered)).toThrow('"Mode" is empty');
	expect(read(requiredChoiceField(options), 'edit')).toBe('edit');
});

it('collectionField gives an option that is not added its default, and refuses an empty one', () => {
	const labels = { displayName: 'Options', name: 'options', placeholder: 'Add option' };
	const field = collectionField(labels, { mode: requiredChoiceField(options) });
	expect(read(field, {})).toEqual({ mode: 'view' });
	expect(() => read(field, { mode: undefined })).toThrow('"Mode" is empty');
});

it('rawField reads what n8n has, and notice nothing', () => {
	const entered = { a: [1] };
	expect(read(rawField(text), entered)).toBe(entered);
	expect(read(notice({ ...text, type: 'notice' }), entered)).toBeUndefined();
});

it.each([undefined, null, 'x', [], {}])('collectionField reads %j as empty options', (entered) => {
	const labels = { displayName: 'Options', name: 'options', placeholder: 'Add option' };
	const field = collectionField(labels, { isForced: flagField(flag), path: textField(text) });
	expect(read(field, entered)).toEqual({ isForced: false, path: '' });
});

it('collectionField reads each option by the name of its property', () => {
	const labels = { displayName: 'Options', name: 'options', placeholder: 'Add option' };
	const field = collectionField(labels, { isForced: flagField(flag), path: textField(text) });
	expect(read(field, { force: true, path: ' a ' })).toEqual({ isForced: true, path: 'a' });
	expect(field.property).toEqual({
		...{ ...labels, type: 'collection', default: {} },
		options: [flag, text],
	});
});
