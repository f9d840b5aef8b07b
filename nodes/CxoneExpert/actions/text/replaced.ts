import { refuse } from '../../parameters/field';
import { eachText } from './each-text';

interface Replacement {
	find: string;
	replaceWith: string;
	expect: 'one' | 'all';
}

/** Refuses a text that is not there, and one that is there too often. */
export function replaced(html: string, { find, replaceWith, expect }: Replacement, label: string) {
	if (find === replaceWith) return refuse(SAME);
	const found = (MARKUP.test(find) ? [[0, html.length] as const] : textRanges(html)).flatMap(([start, end]) =>
		occurrences(html.slice(start, end), find).map((at) => start + at),
	);
	if (found.length === 0) return refuse(notThere(html.includes(find), label));
	if (found.length > 1 && expect === 'one') {
		return refuse({
			message: `The text to find is in ${label} ${found.length} times, so nothing was changed`,
			description:
				'Add words before or after it until it is there only once, or choose "All" in the field \'Expected Matches\'.',
			toModel: 'Add words before or after it until it is there only once.',
		});
	}
	const parts: string[] = [];
	let end = 0;
	for (const at of found) {
		if (at < end) continue;
		parts.push(html.slice(end, at));
		end = at + find.length;
	}
	return { html: [...parts, html.slice(end)].join(replaceWith), count: parts.length };
}

const SAME = {
	message: "'Replace With' is the same as 'Find', so nothing was changed",
	description: 'Enter the text as it is now in one of them, and as it shall be in the other.',
};

function notThere(isInMarkup: boolean, label: string) {
	if (isInMarkup) {
		return {
			message: `The text to find is in ${label} only within tags, comments, scripts or characters such as &amp;, so nothing was changed`,
			description:
				"To change an address or another part of a tag, 'Find' must have its < or >. To change a script, it must have its {{.",
			toModel:
				'To change an address or another part of a tag, pass the text to find with its < or >. To change a script, pass it with its double braces.',
		};
	}
	return {
		message: `The text to find is not in ${label} (0 occurrences), so nothing was changed`,
		description:
			'Read the text with "Get Contents" and "Edit" as Mode, and copy what to find from there: upper and lower case, spaces and markup count, and & is written &amp;.',
		toModel:
			'Copy what to find from the HTML of the text: upper and lower case, spaces and markup count, and & is written &amp;. If you have a tool that reads the text for editing, use it.',
	};
}

/** A text that has markup is looked for everywhere, others only where readers read them. */
const MARKUP = /[<>]|\{\{/;

/** Returns where each begins. Overlapping ones count, because nobody knows which of them is meant. */
function occurrences(text: string, find: string): number[] {
	const found: number[] = [];
	for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + 1)) found.push(at);
	if (found.length === 0 || MARKUP.test(find)) return found;
	const inside = new Set<number>();
	for (const { 0: reference, index } of text.matchAll(/&(?:#\d+|#x[\da-f]+|[a-z][a-z\d]*);/gi)) {
		for (let at = index + 1; at < index + reference.length; at++) inside.add(at);
	}
	return found.filter((at) => !inside.has(at) && !inside.has(at + find.length));
}

/** Returns start and end of each piece of text outside of tags, comments and scripts, and outside of double braces. */
function textRanges(html: string): Array<readonly [number, number]> {
	const ranges: Array<readonly [number, number]> = [];
	const visit = (text: string, start: number, script: number | undefined) => {
		if (script !== undefined) return;
		let from = start;
		for (const [index, part] of text.split('{{').entries()) {
			const scriptEnd = index === 0 ? 0 : `${part}}}`.indexOf('}}') + 2;
			const end = from + part.length;
			if (from + scriptEnd < end) ranges.push([from + scriptEnd, end]);
			from = end + 2;
		}
	};
	// References stay as they are written.
	eachText(html, visit, false);
	return ranges;
}
