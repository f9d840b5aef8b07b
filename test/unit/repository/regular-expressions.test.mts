import ts from 'typescript';
import { expect, it } from 'vitest';

import { withoutSlashes } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { redact } from '../../../nodes/CxoneExpert/api/redact.ts';
import { siteMessage } from '../../../nodes/CxoneExpert/api/site-message.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';
import { readSignatures } from '../../../nodes/CxoneExpert/shared/signature.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/trigger/event/parse.ts';
import { startCpuTime } from '../../support/unit/cpu-time.mts';
import { filesOf, textOf } from '../../support/unit/documents.mts';

/*
 * n8n runs everything in one thread: an expression that takes the square of the time for a long text holds
 * up every workflow. All of them are tried here, with texts made of what they look for, and the functions
 * that apply them to text from outside with the worst that is known for each.
 */

/** Into how many short texts a long one is divided: what takes the square takes as many times longer. */
const PARTS = 40;

const MAX_GROWTH = 10;

/** Of the processor, for this thread alone. */
function cpuMs(run: () => unknown): number {
	const cpuTime = startCpuTime();
	run();
	return cpuTime();
}

type TextOf = (chars: number) => string;

/** How much longer a text takes in one piece than in short ones. */
function growth(run: (text: string) => unknown, textOf: TextOf, chars: number): number {
	const [short, long] = [textOf(chars / PARTS), textOf(chars)];
	const inParts = () => {
		for (let part = 0; part < PARTS; part++) run(short);
	};
	inParts();
	return cpuMs(() => run(long)) / cpuMs(inParts);
}

interface Expression {
	where: string;
	source: string;
	flags: string;
}

function expressionsIn(path: string): Expression[] {
	const file = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest);
	const found: Expression[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isRegularExpressionLiteral(node)) {
			const end = node.text.lastIndexOf('/');
			const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
			found.push({ where: `${path}: ${node.text}`, source, flags });
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	return found;
}

const expressions = filesOf('{nodes,credentials}/**/*.ts').flatMap(expressionsIn);

/** Texts made of what an expression looks for, that it nearly finds. */
function hostileTexts(source: string): TextOf[] {
	const plain = source.replace(/\\[a-z]|\[\^?|[\](){}|?*+^$]|\\/gi, ' ');
	const words = [...new Set(plain.match(/[\w%=:/.<!-]{2,}/g) ?? [])];
	const repeated = [...new Set(`${source.replaceAll('\\', '')} a1\n`), ...words];
	return ['', '!', ...words].flatMap((start) =>
		repeated.flatMap((part) => ['', '\n! !'].map((end) => pumped(start, part, end))),
	);
}

function pumped(start: string, part: string, end = ''): TextOf {
	return (chars) => start + part.repeat(Math.ceil(chars / part.length)) + end;
}

/** The beginning of a text for which it takes more than its share, if there is one. */
function slowText({ source, flags }: Pick<RegExp, 'source' | 'flags'>): string | undefined {
	const pattern = new RegExp(source, [...new Set(`${flags}g`)].join(''));
	const run = (text: string) => text.replace(pattern, '');
	const slow = hostileTexts(source).find(
		(each) => mayBeSlow(run, each(20_000)) && growth(run, each, 50_000) >= MAX_GROWTH,
	);
	return slow?.(1).slice(0, 20);
}

/** Most texts take no time at all, and need no closer look. */
function mayBeSlow(run: (text: string) => unknown, text: string): boolean {
	const start = performance.now();
	run(text);
	return performance.now() - start > 2;
}

it('the nodes have regular expressions to be tried', () => {
	expect(expressions.length).toBeGreaterThan(50);
});

it.each(expressions.map((each) => [each.where, each] as const))(
	'%s takes no more than its share of time',
	(_where, expression) => {
		expect(slowText(expression)).toBeUndefined();
	},
);

it.each([/^\/+|\/+$/g, /[?#].*$/])(
	'%s is found to take more than its share of time',
	(expression) => {
		expect(slowText(expression)).toBeDefined();
	},
);

/** Functions that apply several to text from anybody, each with the worst text for it. */
const FUNCTIONS: Array<[name: string, run: (text: string) => unknown, hostile: TextOf]> = [
	['withoutSlashes', withoutSlashes, pumped('a', '/', 'a')],
	['redact', (text) => redact(text, []), pumped('', 'eyJ-Bearer ')],
	['siteMessage', (text) => siteMessage(text, []), pumped('x', ' ', 'x')],
	['readXml', readXml, pumped('<a>', '<!DOCTYP', '</a>')],
	['readXml of text', readXml, pumped('<a>', '&amp; ]]', '</a>')],
	['readXml of attributes', readXml, pumped('<a b="', ' = ', '"/>')],
	['readXml of elements', readXml, pumped('<a>', '<b c="d"/>', '</a>')],
	['readSignatures', readSignatures, pumped('', ', ', 'x')],
	[
		'parseDelivery by its header',
		(text) => parseDelivery(Buffer.of(), text),
		pumped('', 'charset = ', '!'),
	],
	[
		'parseDelivery by its text',
		(text) => parseDelivery(Buffer.from(text), ''),
		pumped('<?xml ', 'encoding '),
	],
];

it.each(FUNCTIONS)(
	'%s takes no more than its share of time for a hostile text',
	(_name, run, hostile) => {
		expect(growth(run, hostile, 100_000)).toBeLessThan(MAX_GROWTH);
	},
);
