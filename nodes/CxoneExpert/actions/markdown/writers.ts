import { defaultWriters, type Delete, type Image, type Link, type Writer } from './libraries';
import type { HtmlTable } from './table';

/* Writes Markdown where the library does it in another way. */

const link: Writer = (node: Link, _parent, state, info) => {
	const exit = state.enter('label');
	const text = state.containerPhrasing(node, { ...info, before: '[', after: ']' });
	exit();
	return `[${text}](${node.url})`;
};

const image: Writer = ({ url, alt }: Image, _parent, state, info) => {
	const exit = state.enter('label');
	const text = state.safe(alt, { ...info, before: '[', after: ']' });
	exit();
	return `![${text}](${url})`;
};

const taggedPhrase: Writer = (node: Delete, _parent, state, info) => {
	const text = state.containerPhrasing(node, { ...info, before: '>', after: '<' });
	return `<${node.data!.tagName}>${text}</${node.data!.tagName}>`;
};

const lineBreak: Writer = (node, parent, state, info) =>
	state.stack.includes('tableCell') ? '<br>' : defaultWriters.break(node, parent, state, info);

const htmlTable: Writer = ({ value }: HtmlTable) => value;

export const writers: Record<string, Writer> = {
	break: lineBreak,
	delete: startingWith('<', taggedPhrase),
	htmlTable,
	// Addresses are safe as they are (address.ts): the library escapes `&`, which not every reader takes back.
	image: startingWith('!', image),
	link: startingWith('[', link),
};

/** The library asks for the first character, to escape what stands before it. */
function startingWith(character: string, writer: Writer): Writer {
	return Object.assign(writer, { peek: () => character });
}
