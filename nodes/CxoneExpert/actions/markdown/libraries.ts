/* The only file that knows the libraries of the conversion: `npm run build` bundles them into it. */

export type { Element, ElementContent, Root, Text } from 'hast';
export { type Handle, defaultHandlers, toMdast } from 'hast-util-to-mdast';
export { Parser } from 'htmlparser2';
export type {
	Delete,
	Image,
	InlineCode,
	Link,
	List,
	ListItem,
	PhrasingContent,
	Root as MdastRoot,
	RootContent,
} from 'mdast';
export { fromMarkdown } from 'mdast-util-from-markdown';
export { gfmFromMarkdown } from 'mdast-util-gfm';
export { gfmTableToMarkdown } from 'mdast-util-gfm-table';
export { toHast } from 'mdast-util-to-hast';
export { gfm } from 'micromark-extension-gfm';
export { defaultHandlers as defaultWriters, type Handle as Writer, toMarkdown } from 'mdast-util-to-markdown';
