import { refuse } from '../core/field';

interface Wanted {
	find: string;
	replaceWith: string;
	expect: 'one' | 'all';
}

/** Refuses a text that is not there, and one that is there too often. */
export function replaced(html: string, { find, replaceWith, expect }: Wanted, label: string) {
	const parts = html.split(find);
	const count = parts.length - 1;
	if (count === 0) {
		return refuse({
			message: `The text to find is not in ${label} (0 occurrences), so nothing was changed`,
			description:
				'Read the text with "Get Contents" and "Edit" as Mode, and copy what to find from there: upper and lower case, spaces and markup count, and & is written &amp;.',
		});
	}
	if (count > 1 && expect === 'one') {
		return refuse({
			message: `The text to find is in ${label} ${count} times, so nothing was changed`,
			description:
				'Add words before or after it until it is there only once, or choose "All" in the field \'Expect\'.',
		});
	}
	return { html: parts.join(replaceWith), count };
}
