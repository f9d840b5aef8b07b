import { htmlOf } from './elements';
import { defaultHandlers, type Element, type Handle, type RootContent } from './libraries';

/** A table that Markdown cannot show stays HTML, as a node of its own: `html` could become part of a paragraph. */
export interface HtmlTable {
	type: 'htmlTable';
	value: string;
}

declare module 'mdast' {
	interface DeleteData {
		tagName?: string;
	}

	interface RootContentMap {
		htmlTable: HtmlTable;
	}
}

export const tableHandler: Handle = (state, node) => {
	if (!isGrid(node)) return { type: 'htmlTable', value: htmlOf(node) };
	const caption = node.children.find(
		(child) => child.type === 'element' && child.tagName === 'caption',
	);
	const title = caption?.type === 'element' ? state.toFlow(state.all(caption)) : [];
	return [...title, defaultHandlers.table!(state, node)] as RootContent[];
};

const SEVERAL_LINES = new Set(['blockquote', 'dl', 'hr', 'ol', 'pre', 'table', 'ul']);

/** Whether Markdown can show it: no cell has several lines or spans others, and rows are about as long as others. */
function isGrid(table: Element): boolean {
	const elements = elementsIn(table);
	const cells = elements.filter(isCell);
	const rows = elements.filter(({ tagName }) => tagName === 'tr');
	const columns = rows.reduce(
		(most, { children }) =>
			Math.max(most, children.filter((each) => each.type === 'element').length),
		0,
	);
	// Otherwise most of it would be filled up with empty cells, which are millions in a hostile table.
	return rows.length * columns <= 2 * cells.length && cells.every(isOneLine);
}

function isCell({ tagName }: Element): boolean {
	return tagName === 'td' || tagName === 'th';
}

function isOneLine(cell: Element): boolean {
	const { colSpan, rowSpan } = cell.properties;
	const names = elementsIn(cell).map(({ tagName }) => tagName);
	const paragraphs = names.filter((name) => name === 'p' || name === 'div');
	const isLine = paragraphs.length < 2 && !names.some((name) => SEVERAL_LINES.has(name));
	return isLine && colSpan === undefined && rowSpan === undefined;
}

function elementsIn({ children }: Element): Element[] {
	return children.flatMap((child) =>
		child.type === 'element' ? [child, ...elementsIn(child)] : [],
	);
}
