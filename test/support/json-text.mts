/** Columns that a line of a formatted file may have, a tab counted as two. */
const MAX_COLUMNS = 100;

/** JSON as this repository formats it: lists of plain values stand on one line where that fits. */
export function jsonText(value: unknown): string {
	const lists = /^(\t*)(.*)\[\n((?:\t*[^\[\]{}\n]*\n)+?)\t*\](,?)$/gm;
	const text = JSON.stringify(value, null, '\t').replace(
		lists,
		(whole: string, indent: string, before: string, entries: string, after: string) => {
			const line = `${before}[${entries.trim().replace(/\n\t*/g, ' ')}]${after}`;
			return 2 * indent.length + line.length > MAX_COLUMNS ? whole : `${indent}${line}`;
		},
	);
	return `${text}\n`;
}

/** For documents: two spaces; objects of plain values on one line. */
export function shortJsonText(value: unknown): string {
	return JSON.stringify(value, null, 2).replace(
		/([[{])\n([^[\]{}]*?)\n *(?=[\]}])/g,
		(_whole: string, bracket: string, entries: string) => {
			const line = entries.trim().replace(/\n */g, ' ');
			return bracket === '{' ? `{ ${line} ` : `[${line}`;
		},
	);
}
