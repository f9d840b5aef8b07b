import ts from 'typescript';
import { filesOf, textOf } from './documents.mts';

/** Stands in a text of the code for what is only known when it runs. */
const FILLED_IN = '…';

/** Every text that the nodes and the credential can show, whole sentences put together of parts too. */
export function codeTexts(): string[] {
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
