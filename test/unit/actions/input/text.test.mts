import { expect, it } from 'vitest';

import { asList, asText } from '../../../../nodes/CxoneExpert/actions/input/text.ts';

it.each([
	[' a\n', 'a'],
	['a  b', 'a  b'],
	[42, '42'],
	[0, '0'],
	[-1.5, '-1.5'],
	['', ''],
])('asText of %j is "%s"', (value, text) => {
	expect(asText(value)).toBe(text);
});

it.each([undefined, null, true, false, NaN, Infinity, 1n, {}, { a: 1 }, [], ['a'], new Date(0)])(
	'asText is empty for what is no text: %s',
	(value) => {
		expect(asText(value)).toBe('');
	},
);

it.each<[unknown, string[]]>([
	['a, b ,,a', ['a', 'b']],
	['a', ['a']],
	[7, ['7']],
	[' , ', []],
	// An entry of a list may hold a comma.
	[
		['a, b', ' c ', 'c', 7],
		['a, b', 'c', '7'],
	],
	[[{}, null, '', true, 'a'], ['a']],
	[[], []],
	[undefined, []],
	[{ a: 1 }, []],
])('asList of %j is %j', (value, list) => {
	expect(asList(value)).toEqual(list);
});
