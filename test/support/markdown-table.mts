import type { AlignType, Table } from 'mdast';
import { gfmTableToMarkdown, type Options } from 'mdast-util-gfm-table';
import { toMarkdown } from 'mdast-util-to-markdown';

/** A table whose cells are Markdown already; its first row is the head. */
export function markdownTable(rows: string[][], align: AlignType[] = [], options: Options = {}): string {
	const table: Table = {
		type: 'table',
		align,
		children: rows.map((cells) => ({
			type: 'tableRow',
			// HTML is what the library writes as it is.
			children: cells.map((value) => ({ type: 'tableCell', children: [{ type: 'html', value }] })),
		})),
	};
	return toMarkdown(table, { extensions: [gfmTableToMarkdown(options)] }).trimEnd();
}
