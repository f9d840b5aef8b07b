import { isBlank, isSpace } from './elements';
import { type HtmlOptions, treeOf } from './html-tree';
import {
	defaultHandlers,
	type Delete,
	type Element,
	gfmTableToMarkdown,
	type Handle,
	type InlineCode,
	type List,
	type ListItem,
	toMarkdown,
	toMdast,
} from './libraries';
import { tableHandler } from './table';
import { writers } from './writers';

/**
 * Converts a page for people and AI: without buttons, scripts and lists of pages, with absolute addresses.
 *
 * @throws ExpertError for more than can be converted without holding up n8n
 */
export function markdownOf(html: string, options: HtmlOptions): string {
	const tree = toMdast(treeOf(html, options), { handlers });
	const text = toMarkdown(tree as Parameters<typeof toMarkdown>[0], {
		bullet: '-',
		rule: '-',
		handlers: writers,
		// Aligned columns would repeat the width of the widest cell in each row.
		extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
	});
	return text.trimEnd();
}

const handlers: Record<string, Handle> = {
	code: inlineCode,
	del: taggedPhrase,
	dl: list,
	li: listItem,
	ol: numberedLists,
	sub: taggedPhrase,
	sup: taggedPhrase,
	table: tableHandler,
	ul: list,
};

/** Markdown has no form of its own for these, or not every reader understands it: see `writers`. */
function taggedPhrase(...[state, node]: Parameters<Handle>): Delete {
	return { ...defaultHandlers.del(state, node), data: { tagName: node.tagName } };
}

/** Puts code on one line: more of them would end the row of a table, or the paragraph. */
function inlineCode(...[state, node]: Parameters<Handle>): InlineCode {
	const code = defaultHandlers.code(state, node);
	return { ...code, value: code.value.replace(/\n[\n ]*/g, ' ') };
}

/** Begins a list where an item has another number: Markdown counts on from the first one. */
function numberedLists(...[state, node]: Parameters<Handle>): List[] {
	const lists: Element[] = [{ ...node, children: [] }];
	let next = Number(node.properties.start ?? 1);
	for (const child of node.children) {
		if (child.type === 'element' && child.tagName === 'li') {
			const start = Number(child.properties.value ?? next);
			if (start !== next) lists.push({ ...node, properties: { start }, children: [] });
			next = start + 1;
		}
		lists.at(-1)!.children.push(child);
	}
	const filled = lists.filter(({ children }) => !children.every(isBlank));
	return filled.flatMap((each) => list(state, each));
}

/** Makes paragraphs of text that stands beside the items, because only there does the library escape it. */
function list(state: Parameters<Handle>[0], node: Element): List[] {
	const listed = node.tagName === 'dl' ? node : withinItems(node);
	const made = defaultHandlers[node.tagName as 'dl' | 'ol' | 'ul'](state, listed);
	if (made === undefined) return [];
	const children = made.children.map((item) => ({
		...item,
		children: state.toFlow(item.children),
	}));
	return [{ ...made, children } as List];
}

/** Moves what stands between two items into the first, such as an image, or a list that an editor has indented. */
function withinItems(node: Element): Element {
	const children: Element['children'] = [];
	let item: Element | undefined;
	for (const child of node.children) {
		if (child.type === 'element' && child.tagName === 'li') {
			item = { ...child, children: [...child.children] };
			children.push(item);
		} else if (item === undefined) children.push(child);
		else if (!isSpace(child)) item.children.push({ type: 'text', value: ' ' }, child);
	}
	return { ...node, children };
}

/** Keeps empty lines only where there are paragraphs: the library adds some around each list in a list. */
function listItem(...[state, node]: Parameters<Handle>): ListItem {
	const item = defaultHandlers.li(state, node);
	const isSpread = node.children.some((child) => child.type === 'element' && child.tagName === 'p');
	return { ...item, spread: isSpread };
}
