import { describe, expect, it } from 'vitest';

import { InputProblem } from '../../../../nodes/CxoneExpert/actions/core/input-problem.ts';
import { xmlText } from '../../../../nodes/CxoneExpert/actions/input/xml-text.ts';
import { readXml, textOf, writeXml } from '../../../../nodes/CxoneExpert/api/xml.ts';

describe('xmlText', () => {
	it.each([
		['nothing', ''],
		['markup', '<a b="c">&amp;</a>'],
		['tab and line breaks', 'a\tb\nc\rd'],
		['the first and the last character of each range', ' \ud7ff\ue000\ufffd\u{10000}\u{10ffff}'],
		['an emoji', '👍🏽'],
	])('xmlText gives the text with %s as it is', (_case, text) => {
		expect(xmlText(text, 'Title')).toBe(text);
	});

	it.each([
		['\u0000', '0000'],
		['\u0008', '0008'],
		['\u000b', '000B'],
		['\u000c', '000C'],
		['\u001f', '001F'],
		['\ud800', 'D800'],
		['\udfff', 'DFFF'],
		['\ufffe', 'FFFE'],
		['\uffff', 'FFFF'],
	])('xmlText refuses %j and names it: U+%s', (character, code) => {
		const refused = () => xmlText(`before ${character} after`, 'Title');
		expect(refused).toThrow(InputProblem);
		expect(refused).toThrow(
			expect.objectContaining({
				message: `"Title" contains a character that cannot be sent to Expert: U+${code}`,
				description: expect.stringMatching(/^It is an invisible control character\. Remove it/),
			}),
		);
	});

	it('xmlText refuses half of a pair, and names the first of several characters', () => {
		expect(() => xmlText('👍'.slice(0, 1), 'Title')).toThrow('U+D83D');
		expect(() => xmlText('a\u0001b\u0002', 'Title')).toThrow('U+0001');
	});

	it('a text that xmlText gives can be sent and read again', () => {
		const text = xmlText('<&"\' é 日本 👍', 'Title');
		const read = readXml(writeXml('title', { '#text': text }));
		expect(read.ok && textOf(read.value.root)).toBe(text);
	});
});
