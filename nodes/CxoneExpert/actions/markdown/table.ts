import { hasBlock, htmlOf, isBlank } from './elements';
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
	const caption = node.children.find((child) => child.type === 'element' && child.tagName === 'caption');
	const title = caption?.type === 'element' ? state.toFlow(state.all(caption)) : [];
	return [...title, defaultHandlers.table!(state, node)] as RootContent[];
};

/** Whether Markdown can show it: no cell has several lines or spans others, and rows are about as long as others. */
function isGrid(table: Element): boolean {
	const elements = elementsIn(table);
	const cells = elements.filter(isCell);
	const rows = elements.filter(({ tagName }) => tagName === 'tr');
	const columns = rows.reduce(
		(most, { children }) => Math.max(most, children.filter((each) => each.type === 'element').length),
		0,
	);
	// Short rows are filled up with empty cells, which are millions in a hostile table.
	return rows.length * columns <= 2 * cells.length && isTidy(table) && cells.every(isOneLine);
}

const ROWS = new Set(['thead', 'tbody', 'tfoot', 'tr']);

/** Whether all texts are in cells: others would become part of one. */
function isTidy({ children }: Element): boolean {
	return children.every((each) => {
		if (each.type !== 'element') return isBlank(each);
		return isCell(each) || each.tagName === 'caption' || (ROWS.has(each.tagName) && isTidy(each));
	});
}

function isCell({ tagName }: Element): boolean {
	return tagName === 'td' || tagName === 'th';
}

function isOneLine(cell: Element): boolean {
	const { colSpan, rowSpan } = cell.properties;
	return isLine(cell) && colSpan === undefined && rowSpan === undefined;
}

/** Whether it has no blocks, but for a paragraph around all of it: beside one, texts would run together. */
function isLine(element: Element): boolean {
	const [first, ...others] = element.children.filter((each) => !isBlank(each));
	const isAround = others.length === 0 && first?.type === 'element' && ['div', 'p'].includes(first.tagName);
	return isAround ? isLine(first) : !hasBlock(element);
}

function elementsIn({ children }: Element): Element[] {
	return children.flatMap((child) => (child.type === 'element' ? [child, ...elementsIn(child)] : []));
}
