import { tryToParseDateTime } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	asList,
	choiceField,
	type Field,
	flagField,
	optionsField,
	requiredChoiceField,
	timeOf,
	xmlText,
} from '../../../nodes/CxoneExpert/parameters/field.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';

const context = { origin: 'https://help.example.com', timezone: 'UTC' };
const read = (field: Field<unknown>, entered: unknown) => field.read(entered, context);

const flag = { displayName: 'Force', name: 'force' };
const choices = {
	displayName: 'Mode',
	name: 'mode',
	options: [
		{ name: 'View', value: 'view' as const },
		{ name: 'Edit', value: 'edit', description: 'As the editor has it' },
		{ name: 'Seven', value: '7' },
	],
};

it.each(['', ' \n', null, undefined])('flagField gives its default for %j', (entered) => {
	const fields = [flagField(flag), flagField({ ...flag, default: true })];
	expect(fields.map((field) => read(field, entered))).toEqual([false, true]);
});

it('flagField reads true and false as texts, too, and refuses any other by its label', () => {
	expect([' TRUE\n', 1, 'False'].map((entered) => read(flagField(flag), entered))).toEqual([...[true, true, false]]);
	for (const entered of ['yes', 2, {}, [[]]])
		expect(() => read(flagField(flag), entered)).toThrow("'Force' is neither true nor false");
});

it.each([undefined, null, 'x', {}])('optionsField reads %j as no options', (entered) => {
	expect(read(optionsField({ isForced: flagField(flag) }), entered)).toEqual({ isForced: false });
});

const chosen = (entered: unknown) => read(requiredChoiceField(choices), entered);

describe('a field with choices', () => {
	it.each([
		['edit', 'edit'],
		[' edit\n', 'edit'],
		[7, '7'],
	])('a choice of %j is "%s"', (entered, value) => {
		expect(chosen(entered)).toBe(value);
		expect(read(choiceField(choices), entered)).toBe(value);
	});

	it.each(['print', 'Edit', 'constructor', ' ', {}, [], ['edit'], true, NaN])(
		'a choice refuses %j, which the site would treat as if nothing had been asked for',
		(entered) => {
			expect(() => chosen(entered)).toThrow(ExpertError);
			expect(() => read(choiceField(choices), entered)).toThrow(ExpertError);
		},
	);

	it('a refused choice says what was entered, in which field, and what can be chosen', () => {
		expect(() => chosen('print')).toThrow(
			expect.objectContaining({
				message: '"print" is not a choice for \'Mode\'',
				description: 'Choose from the list, or let the expression give one of these: "view", "edit", "7".',
			}),
		);
		expect(() => chosen('x'.repeat(101))).toThrow(
			expect.objectContaining({ message: `"${'x'.repeat(100)}" is not a choice for 'Mode'` }),
		);
	});
});

const zoned = (value: unknown, zone = 'Europe/Berlin') => {
	const time = timeOf(value, zone);
	return time === undefined ? undefined : new Date(time).toISOString();
};

describe('timeOf', () => {
	it.each([
		['an ISO text in UTC', '2026-01-30T16:59:45Z', '2026-01-30T16:59:45.000Z'],
		['an offset', '2026-01-30T16:59:45+05:30', '2026-01-30T11:29:45.000Z'],
		['what the field gives: local time', '2026-01-30T16:59:45', '2026-01-30T15:59:45.000Z'],
		['local time in summer', '2026-07-30T16:59:45', '2026-07-30T14:59:45.000Z'],
		['SQL', '2026-01-30 16:59:45', '2026-01-30T15:59:45.000Z'],
		['HTTP', 'Mon, 03 Apr 2017 15:42:27 GMT', '2017-04-03T15:42:27.000Z'],
		['Unix time in seconds', 1769792385, '2026-01-30T16:59:45.000Z'],
		['Unix time in ms, as text', '1769792385652', '2026-01-30T16:59:45.652Z'],
		['a Date', new Date('2026-01-30T16:59:45.652Z'), '2026-01-30T16:59:45.652Z'],
		[
			'a luxon DateTime, in its own zone',
			tryToParseDateTime('2026-01-30T16:59:45', 'Asia/Tokyo'),
			'2026-01-30T07:59:45.000Z',
		],
	])('timeOf parses %s', (_case, value, time) => {
		expect(zoned(value)).toBe(time);
	});

	it.each([
		...['', 'yesterday', 'undefined', '2026', '5', 'page 2026', '2026-13-45', '2026-01-30T25:00'],
		...[undefined, null, true, 42, Number.NaN, {}, [], new Date(Number.NaN)],
		...[Object.create(null), { toISO: () => null }],
	])('timeOf does not guess what %s means', (value) => {
		expect(timeOf(value, 'UTC')).toBeUndefined();
	});
});

it.each<[unknown, string[]]>([
	['a, b ,,a', ['a', 'b']],
	[' , ', []],
	// An entry of a list may hold a comma.
	[
		['a, b', ' c ', 'c', 7],
		['a, b', 'c', '7'],
	],
	[[{}, null, '', true, 'a'], ['a']],
	[undefined, []],
	[{ a: 1 }, []],
])('asList of %j is %j', (value, list) => {
	expect(asList(value)).toEqual(list);
});

describe('xmlText', () => {
	it.each([
		['markup', '<a b="c">&amp;</a>'],
		['tab and line breaks', 'a\tb\nc\rd'],
		['the first and the last character of each range', ' \ud7ff\ue000\ufffd\u{10000}\u{10ffff}'],
	])('xmlText gives the text with %s as it is', (_case, text) => {
		expect(xmlText(text, 'Title')).toBe(text);
	});

	it.each(['0000', '0008', '000B', '000C', '001F', 'D800', 'DFFF', 'FFFE', 'FFFF'])(
		'xmlText refuses the first of several characters and names it: U+%s',
		(code) => {
			const character = String.fromCharCode(Number.parseInt(code, 16));
			const refused = () => xmlText(`before ${character} after \u0001`, 'Title');
			expect(refused).toThrow(ExpertError);
			expect(refused).toThrow(
				expect.objectContaining({
					message: `'Title' contains a character that cannot be sent to Expert: U+${code}`,
					description: expect.stringMatching(/^It is an invisible control character\. Remove it/),
				}),
			);
		},
	);
});
