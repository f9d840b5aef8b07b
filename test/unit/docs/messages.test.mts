import { describe, expect, it } from 'vitest';
import { filesOf, textOf, plainText, tokensOf } from '../../support/unit/documents.mts';
import type { Tokens } from 'marked';
import { withoutGeneratedParts } from '../../support/unit/generated-docs.mts';
import { STATUS_BY_REASON } from '../../../nodes/CxoneExpert/protocol/rejection.ts';
import ts from 'typescript';

const documents = filesOf('README.md', 'docs/*.md').filter((path) => messagesIn(textOf(path)).length > 0);
/** Stands in a text of the code for what is only known when it runs. */
const FILLED_IN = '…';

const texts = codeTexts();

describe('messages in documents', () => {
	it.each(documents)('every message that %s quotes is in the code', (document) => {
		const unknown = messagesIn(textOf(document)).filter((message) => !texts.some((text) => text.includes(message)));
		expect(unknown, 'messages that nothing shows: was one changed?').toEqual([]);
	});

	it('the page on troubleshooting names each reason for which a delivery is refused, with its status', () => {
		const rows = textOf('docs/troubleshooting.md').match(/^\| `.*$/gm) ?? [];
		const named = Object.entries(STATUS_BY_REASON).filter(([reason, status]) =>
			rows.some((row) => new RegExp(`\`${reason}\`[^|<]*\\b${status}\\b`).test(row)),
		);
		expect(Object.fromEntries(named)).toEqual(STATUS_BY_REASON);
	});

	it('the page on troubleshooting quotes more than a dozen messages', () => {
		expect(messagesIn(textOf('docs/troubleshooting.md')).length).toBeGreaterThan(12);
	});
});

/** What a document quotes as shown or logged by the nodes: block quotes, and columns named "message". */
function messagesIn(markdown: string): string[] {
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

/** Every text that the nodes and the credential can show, whole sentences put together of parts too. */
function codeTexts(): string[] {
	return filesOf('{nodes,credentials}/**/*.ts').flatMap(textsOfFile);
}

function textsOfFile(path: string): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		const text = textOfNode(node);
		if (text !== undefined) found.push(text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest));
	return found;
}

/** The text of a literal; `undefined` for everything else. */
function textOfNode(node: ts.Node): string | undefined {
	if (ts.isStringLiteralLike(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	const rest = node.templateSpans.map(({ literal }) => FILLED_IN + literal.text);
	return node.head.text + rest.join('');
}
