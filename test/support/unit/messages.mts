import type { Tokens } from 'marked';
import { plainText, tokensOf } from './documents.mts';
import { withoutGeneratedParts } from './generated-docs.mts';

/** What a document quotes as shown or logged by the nodes: block quotes, and columns named "message". */
export function messagesIn(markdown: string): string[] {
	return tokensOf(withoutGeneratedParts(markdown)).flatMap((token) => {
		if (token.type === 'blockquote') return [onOneLine(plainText(token))];
		return token.type === 'table' ? columnOf(token as Tokens.Table) : [];
	});
}

function columnOf({ header, rows }: Tokens.Table): string[] {
	const column = header.findIndex(({ text }) => text === 'message');
	return rows.flatMap((row) => {
		const cell = row[column];
		return cell === undefined ? [] : [cell.tokens.map(plainText).join('')];
	});
}

function onOneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
