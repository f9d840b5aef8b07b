/* The only file that knows the libraries of the conversion: `npm run build` bundles them into it. */

export type { Element, ElementContent, Root, Text } from 'hast';
export { type Handle, defaultHandlers, toMdast } from 'hast-util-to-mdast';
export { Parser } from 'htmlparser2';
export type { Delete, Image, InlineCode, Link, List, ListItem, RootContent } from 'mdast';
export { gfmTableToMarkdown } from 'mdast-util-gfm-table';
export { defaultHandlers as defaultWriters, type Handle as Writer, toMarkdown } from 'mdast-util-to-markdown';
