import type { INodeProperties } from 'n8n-workflow';
import ts from 'typescript';
import { expect, it } from 'vitest';

import { type Field, timeOf, xmlText } from '../../../nodes/CxoneExpert/actions/field.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { file } from '../../../nodes/CxoneExpert/actions/file/file.ts';
import { draftItem, pageOf, resultItem } from '../../../nodes/CxoneExpert/actions/items.ts';
import { webhookName } from '../../../nodes/CxoneExpert/actions/list-search.ts';
import { newPathField, page } from '../../../nodes/CxoneExpert/actions/page-field.ts';
import { isSamePath, pageReference } from '../../../nodes/CxoneExpert/actions/page-reference.ts';
import { paragraphsOf } from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { propertyNameField } from '../../../nodes/CxoneExpert/actions/page/property.ts';
import { webhook } from '../../../nodes/CxoneExpert/actions/webhook/fields.ts';
import { isPublicHost } from '../../../nodes/CxoneExpert/actions/webhook/test-delivery/faults.ts';
import { draftState } from '../../../nodes/CxoneExpert/api/elements.ts';
import { withoutSlashes } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { redact } from '../../../nodes/CxoneExpert/api/redact.ts';
import { siteMessage } from '../../../nodes/CxoneExpert/api/client.ts';
import { isLoopback, siteOrigin } from '../../../nodes/CxoneExpert/api/site-url.ts';
import { readXml } from '../../../nodes/CxoneExpert/api/xml.ts';
import { shortenedDeliveryId } from '../../../nodes/CxoneExpert/event/delivery-headers.ts';
import { eventKey } from '../../../nodes/CxoneExpert/event/types.ts';
import { readSignatures, readTimestamp } from '../../../nodes/CxoneExpert/shared/signature.ts';
import { normalizedUrl } from '../../../nodes/CxoneExpert/api/webhook-url.ts';
import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { isWantedPath } from '../../../nodes/CxoneExpert/event/wanted.ts';
import { startCpuTime } from '../../support/unit/cpu-time.mts';
import { filesOf, textOf } from '../../support/unit/documents.mts';

/*
 * n8n runs everything in one thread: an expression that takes the square of the time for a long text holds
 * up every workflow. All of them are tried here, with texts made of what they look for, and the functions
 * that apply them to text from outside with the worst that is known for each.
 */

const SITE = 'https://help.example.com';

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
		(each) => mayBeSlow(run, each(20_000)) && growth(run, each, 30_000) >= MAX_GROWTH,
	);
	return slow?.(1).slice(0, 20);
}

/** Most texts take no time at all, and need no closer look. */
function mayBeSlow(run: (text: string) => unknown, text: string): boolean {
	return cpuMs(() => run(text)) > 10;
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

const context = { origin: SITE, timezone: 'UTC' };
const at = (mode: string, value: string) => ({ __rl: true, mode, value });
const element = (text: string) => ({ 'uri.ui': text, state: text, '@href': text });

/** What n8n asks of a text in a locator: in the editor, and before it runs a workflow. */
function checked({ property }: { property: INodeProperties }, mode: string) {
	const [first] = property.modes!.find(({ name }) => name === mode)!.validation ?? [];
	if (first === undefined || !('properties' in first)) throw new Error(`No pattern: ${mode}`);
	const { regex } = first.properties as { regex?: string };
	return (value: string) => new RegExp(`^${String(regex)}$`).test(value);
}

const FILE_URL = `${SITE}/@api/deki/files/1`;

/** What is said of the text does not matter here. */
const refused = (run: (text: string) => unknown) => (text: string) => {
	try {
		run(text);
	} catch (error) {
		if (!(error instanceof ExpertError)) throw error;
	}
};
const read = (field: Pick<Field<unknown>, 'read'>, mode?: string) =>
	refused((text) => field.read(mode === undefined ? text : at(mode, text), context));
const named = (mode: string) => refused((text) => pageReference(at(mode, text), SITE));

/** Functions that apply an expression to text from outside, each with the worst text for it. */
const FUNCTIONS: Array<[name: string, run: (text: string) => unknown, hostile: TextOf]> = [
	['withoutSlashes', withoutSlashes, pumped('a', '/', 'a')],
	['isSamePath', (text) => isSamePath(text, text), pumped('a', '/', 'a')],
	['isSamePath, encoded', (text) => isSamePath(text, text), pumped('', '%4', 'a')],
	['pageReference by path', named('path'), pumped('a', '/', 'a')],
	['pageReference by ID', named('id'), pumped('', '1', 'x')],
	['pageReference by URL', named('url'), pumped(`${SITE}/a`, '/', 'a')],
	['newPathField', read(newPathField({})), pumped('a', '/', 'a')],
	['page, checked by n8n', checked(page, 'url'), pumped(SITE, ' ', '\nx')],
	['page ID, checked by n8n', checked(page, 'id'), pumped('1', ' ', 'x')],
	['webhook, checked by n8n', checked(webhook, 'url'), pumped(SITE, ' ', '\nx')],
	['file, checked by n8n', checked(file, 'url'), pumped(FILE_URL, '1', '\nx')],
	['file by URL', read(file, 'url'), pumped(FILE_URL, '1')],
	['timeOf', (text) => timeOf(text, 'UTC'), pumped('Mon, ', '+000', '!')],
	['timeOf in brackets', (text) => timeOf(text, 'UTC'), pumped('Mon, +0000 ', '( ', '!')],
	['timeOf of a day', (text) => timeOf(text, 'UTC'), pumped('2026-01', '-01', '!')],
	['xmlText', refused((text) => xmlText(text, 'Tags')), pumped('', 'a', '\u0000')],
	['propertyNameField', read(propertyNameField), pumped('', 'a', '*')],
	['paragraphsOf', paragraphsOf, pumped('', '\r\r\n{')],
	['draftItem', (text) => draftItem(element(text)), pumped('', '?mt-draft=tru')],
	['draftState', (text) => draftState(element(text)), pumped('', '&mt-draft=true', 'x')],
	['resultItem', (text) => resultItem({ rank: text }), pumped('', '1', '.')],
	['pageOf', (text) => pageOf({ key: 'home', label: '' }, element(text)), pumped('/pages/', '1')],
	['webhook by URL', read(webhook, 'url'), pumped('', 'http:', '//')],
	['normalizedUrl', normalizedUrl, pumped(`${SITE}/a`, '/', 'a')],
	[
		'webhookName',
		(url) => webhookName({ id: '1', url, active: true }),
		pumped('', '/webhook', 'x'),
	],
	['isPublicHost', isPublicHost, pumped('[fd', ':')],
	['isLoopback', isLoopback, pumped('http://', 'localhost.', 'x')],
	['siteOrigin', siteOrigin, pumped('', 'a+')],
	['redact', (text) => redact(text, []), pumped('', 'eyJ-Bearer ')],
	['siteMessage', (text) => siteMessage(text, []), pumped('x', ' ', 'x')],
	['readXml', readXml, pumped('<a>', '<!DOCTYP', '</a>')],
	['readXml of text', readXml, pumped('<a>', '&amp; ]]', '</a>')],
	['readXml of attributes', readXml, pumped('<a b="', ' = ', '"/>')],
	['readXml of elements', readXml, pumped('<a>', '<b c="d"/>', '</a>')],
	['shortenedDeliveryId', shortenedDeliveryId, pumped('', '<')],
	['eventKey', eventKey, pumped('', ' . ')],
	['readSignatures', readSignatures, pumped('', ', ', 'x')],
	['readTimestamp', readTimestamp, pumped('', '1', 'x')],
	[
		'parseDelivery: header',
		(type) => parseDelivery(Buffer.of(), type),
		pumped('', 'charset = ', '!'),
	],
	[
		'parseDelivery: text',
		(text) => parseDelivery(Buffer.from(text), ''),
		pumped('<?xml ', 'encoding '),
	],
	['isWantedPath', (text) => isWantedPath(text, [text]), pumped(`${SITE}/`, '?', '\nx')],
];

it.each(FUNCTIONS)(
	'%s takes no more than its share of time for a hostile text',
	(_name, run, hostile) => {
		expect(growth(run, hostile, 100_000)).toBeLessThan(MAX_GROWTH);
	},
);
