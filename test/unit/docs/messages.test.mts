import { describe, expect, it } from 'vitest';
import { filesOf, textOf, plainText, tokensOf } from '../../support/unit/documents.mts';
import type { Tokens } from 'marked';
import { withoutGeneratedParts } from '../../support/unit/generated-docs.mts';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { STATUS_BY_REASON } from '../../../nodes/CxoneExpert/protocol/rejection.ts';
import ts from 'typescript';

const documents = filesOf('README.md', 'docs/*.md').filter((path) => messagesIn(textOf(path)).length > 0);
/** Stands in a text of the code for what is only known when it runs. */
const FILLED_IN = '…';

const texts = codeTexts();

/** Fields and buttons: what is quoted in capitals is a label. */
const PANEL =
	/\b(?:[Ff]ields?|[Oo]ptions?|expressions?|incoming item|[Ss]witch|Resource|(?:in|[Rr]un) the node|from the list)\b|[Cc]hoose "|\{\{|'[A-Z][\w ]*'/;

/** A model calls tools instead, and nobody knows their names. */
const OPERATIONS = resources.flatMap(({ name: resource, operations }) =>
	operations.flatMap(({ name }) => [`${resource} > ${name}`, ...(name.includes(' ') ? [name] : [])]),
);

const NEXT_STEP = /\b(?:add|check|choose|copy|enter|leave|look|name|pass|read|say|tell|try|use|write)\b/i;

/** What only a list of the editor says. */
const IN_LIST = "Choose a page in the field 'On Page': the list shows its files.";

/** Without reports on webhooks: they are data, and name what an admin sets in the trigger. */
const modelFiles = filesOf('nodes/CxoneExpert/{actions,api,parameters}/**/*.ts')
	.filter((path) => !/webhook\/(?:health|test-delivery)\//.test(path))
	.map(nodesOfFile);
const constants = new Map(modelFiles.flatMap(constantsIn).filter(([name]) => /^[A-Z_]+$/.test(name)));
const adviceForModels = modelFiles.flatMap(adviceIn);

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

describe('advice to a model, which sees no panel of an editor', () => {
	it('a model gets no advice that speaks of the panel', () => {
		expect(adviceForModels.length).toBeGreaterThan(100);
		expect(adviceForModels.filter(({ people, model = people }) => speaksOfPanel(model))).toEqual([]);
	});

	it('a message names an operation of the panel only behind it, in its advice', () => {
		// A label says what is wrong, for a model too.
		const messages = adviceForModels.map(({ message }) => message.replace(/'[^']*'/g, ''));
		expect(messages.filter(speaksOfPanel)).toEqual([]);
	});

	it('what only a model gets says what to do', () => {
		const own = adviceForModels.filter(({ model = '' }) => model !== '');
		expect(own.filter(({ model = '' }) => !NEXT_STEP.test(model))).toEqual([]);
	});

	it('a model gets what people get where that does not speak of the panel', () => {
		const own = adviceForModels.filter(({ model }) => model !== undefined);
		expect(own.filter(({ people }) => !speaksOfPanel(people))).toEqual([]);
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
	return nodesOfFile(path).flatMap((node) => textOfNode(node) ?? []);
}

function nodesOfFile(path: string): ts.Node[] {
	return nodesIn(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest));
}

/** A node and all that is in it. */
function nodesIn(node: ts.Node): ts.Node[] {
	const found = [node];
	ts.forEachChild(node, (each) => void found.push(...nodesIn(each)));
	return found;
}

/** The text of a literal; `undefined` for everything else. */
function textOfNode(node: ts.Node): string | undefined {
	if (ts.isStringLiteralLike(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	const rest = node.templateSpans.map(({ literal }) => FILLED_IN + literal.text);
	return node.head.text + rest.join('');
}

function speaksOfPanel(advice: string): boolean {
	return PANEL.test(advice) || OPERATIONS.some((name) => advice.includes(name));
}

interface GivenAdvice {
	message: string;
	people: string;
	/** Undefined if it is the same. */
	model: string | undefined;
}

/** What messages advise, what is said of an empty value, and what is said beside the output. */
function adviceIn(nodes: ts.Node[]): GivenAdvice[] {
	const known = new Map([...constants, ...constantsIn(nodes)]);
	return nodes.flatMap((node) => {
		const parts = ts.isCallExpression(node) ? saidIn(node) : adviceOf(node);
		const [people = '', model, message = ''] = parts.map((part) => part && wordsOf(part, known));
		return people === '' || people === IN_LIST ? [] : [{ message, people, model }];
	});
}

function constantsIn(nodes: ts.Node[]): Array<[string, ts.Node]> {
	return nodes.flatMap((node): Array<[string, ts.Node]> => {
		const isNamed = ts.isVariableDeclaration(node) && ts.isIdentifier(node.name);
		return isNamed && node.initializer ? [[(node.name as ts.Identifier).text, node.initializer]] : [];
	});
}

/** In the order of people, model, message. */
type Given = Array<ts.Node | undefined>;

function saidIn({ expression, arguments: given }: ts.CallExpression): Given {
	const called = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
	const says = ts.isIdentifier(called) && ['adviceIfEmpty', 'note'].includes(called.text);
	return says ? [given[0], given[1]] : [];
}

/** Leaves out fields, whose description only people read. */
function adviceOf(node: ts.Node): Given {
	if (!ts.isObjectLiteralExpression(node)) return [];
	const parts = new Map(
		node.properties.map((part) => {
			const name = (part.name as ts.Identifier | undefined)?.text;
			return [name, ts.isPropertyAssignment(part) ? part.initializer : part];
		}),
	);
	const changesField = node.properties.some((part) => {
		return ts.isSpreadAssignment(part) && ts.isPropertyAccessExpression(part.expression);
	});
	const isField = changesField || ['displayName', 'name', 'default', 'required'].some((name) => parts.has(name));
	return isField ? [] : [parts.get('description'), parts.get('toModel'), parts.get('message')];
}

/** All that it can say: each text in it, and in the constants that it names. */
function wordsOf(node: ts.Node, known: Map<string, ts.Node>): string {
	const words = nodesIn(node).flatMap((each) => {
		const value = ts.isIdentifier(each) ? known.get(each.text) : undefined;
		if (value === undefined) return textOfNode(each) ?? [];
		return wordsOf(value, new Map([...known].filter((one) => one[1] !== value)));
	});
	return words.filter((text) => /\w/.test(text)).join(' ');
}
