import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { markdownTable } from 'markdown-table';
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import type { Operation, Resource } from '../../../nodes/CxoneExpert/actions/operation.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/event/types.ts';
import {
	BAD_SITE,
	ExpertError,
	INSECURE_SITE,
	refusal,
} from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { WEBHOOKS_NOT_ALLOWED } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import {
	rejectionMessage,
	type RejectionReason,
	STATUS_BY_REASON,
} from '../../../nodes/CxoneExpert/shared/rejection.ts';
import { triggerProperties } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { RECOVERABLE } from '../../../nodes/CxoneExpert/trigger/watch/change.ts';
import { shortJsonText } from '../json-text.mts';
import apiCalls from './api-calls.json' with { type: 'json' };
import { filesOf, textOf } from './documents.mts';

/*
 * Parts of documents that the code knows best. Each stands between two comments with its name, and
 * `npm run docs` writes it: a field that is renamed is renamed in the documents, too.
 */

const PARTS: Record<string, () => string> = {
	credential: () => fieldTable(new CxoneExpertApi().properties),
	parameters: () => fieldTable(triggerProperties),
	filters: () => fieldTable(optionsOf('filters')),
	options: () => fieldTable(optionsOf('additionalOptions')),
	events: eventTable,
	item: () => jsonBlock(samples().page_create),
	samples: sampleSections,
	refusals: refusalTable,
	failures: failureTable,
	reliances: relianceTable,
	operations: operationList,
	...Object.fromEntries(
		resources.map((resource) => [
			`operations: ${resource.value}`,
			() => [operationTable(resource), fieldsOfOperations(resource)].join('\n\n'),
		]),
	),
};

/** A document with what is written by hand alone. */
export function withoutGeneratedParts(markdown: string): string {
	return markdown.replace(MARKED, '');
}

const MARKED = /(<!-- generated: ([^\n]+?) -->\n)(.*?\n)??(<!-- end -->)/gs;

/** The names of the generated parts of a document. */
export function partsIn(markdown: string): string[] {
	return [...markdown.matchAll(MARKED)].map(([, , name = '']) => name);
}

/** All parts that there are: each belongs into a document. */
export function allParts(): string[] {
	return Object.keys(PARTS);
}

/** A document with its generated parts as the code has them now. */
export function withGeneratedParts(markdown: string): string {
	return markdown.replace(
		MARKED,
		(_, begin: string, name: string, _before: string, end: string) => {
			const part = PARTS[name];
			if (part === undefined) throw new Error(`Nothing is generated under the name "${name}"`);
			return `${begin}\n${part()}\n\n${end}`;
		},
	);
}

function table(head: string[], rows: string[][]): string {
	const cells = [head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))];
	return markdownTable(cells, { alignDelimiters: false, padding: true });
}

/** Words of the nodes: what looks like HTML is meant literally. */
function words(text: string): string {
	return text.replaceAll('<', '\\<');
}

/** Collections have tables of their own, and notices explain themselves. */
const NO_FIELDS: Array<INodeProperties['type']> = ['collection', 'hidden', 'notice'];

function fieldTable(fields: INodeProperties[]): string {
	return table(
		['field', 'default', 'what it is'],
		fields
			.filter(({ type }) => !NO_FIELDS.includes(type))
			.map((field) => [words(field.displayName), defaultOf(field), meaningOf(field)]),
	);
}

type Entry = NonNullable<INodeProperties['options']>[number];

function meaningOf({ description = '', options = [], type }: INodeProperties): string {
	const choices = type === 'options' ? options.filter(isChoice) : [];
	return [
		words(description),
		...choices.map(
			({ name, description: meaning }) =>
				`**${name}**${meaning === undefined ? '' : `: ${words(meaning)}`}`,
		),
	]
		.filter((text) => text !== '')
		.join('<br>');
}

/** Whether an entry of a list of options is a choice, not a field of its own. */
function isChoice(entry: Entry): entry is INodePropertyOptions {
	return 'value' in entry && !('type' in entry);
}

/** The name of a field without its unit: "Check Every (Minutes)" is "Check Every". */
function labelOf({ displayName }: INodeProperties): string {
	return displayName.replace(/ \([^)]*\)$/, '');
}

/** As a reader of the editor sees it. */
function defaultOf({ default: value, options = [] }: INodeProperties): string {
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	if (typeof value === 'number') return value.toLocaleString('en');
	const choice = options.filter(isChoice).find((option) => option.value === value);
	if (choice !== undefined) return words(choice.name);
	return typeof value === 'string' && value !== '' ? `\`${value}\`` : '';
}

function optionsOf(collection: string): INodeProperties[] {
	const field = triggerProperties.find(({ name }) => name === collection);
	if (field === undefined) throw new Error(`The trigger has no ${collection}`);
	return field.options as INodeProperties[];
}

/** The samples that `npm run docs` writes as the trigger gives them. */
export function samples(): Record<string, IDataObject> {
	return JSON.parse(textOf('examples/sample-items.json')) as Record<string, IDataObject>;
}

/** An event names these, or nobody asks for it. */
const IN_EVERY_ITEM = [
	...['deliveryId', 'eventId', 'eventType', 'occurredAt', 'receivedAt'],
	...['siteId', 'language'],
];

function eventTable(): string {
	const recovered = Object.values<string>(RECOVERABLE);
	return table(
		['event', 'name in items', 'what has happened', 'is about', 'recovered'],
		EVENT_TYPES.map(({ name, value, description }) => [
			name,
			`[\`${value}\`](#${value})`,
			words(description),
			Object.keys(samples()[value] ?? {})
				.filter((field) => !IN_EVERY_ITEM.includes(field) && !isCaller(value, field))
				.map((field) => `\`${field}\``)
				.join(', '),
			recovered.includes(value) ? 'yes' : '',
		]),
	);
}

/** Each sample once: events that have the same name the first of them. */
function sampleSections(): string {
	const firsts = new Map<string, string>();
	return EVENT_TYPES.map(({ name, value }) => {
		const own = ownFields(samples()[value]);
		const sample = Object.keys(own).length === 0 ? '' : `\n\n${jsonBlock(own)}`;
		const first = firsts.get(sample) ?? value;
		firsts.set(sample, first);
		const isShown = first === value || sample === '';
		return `### ${value}\n\n${name}${isShown ? `.${sample}` : `: as [\`${first}\`](#${first}).`}`;
	}).join('\n\n');
}

/** The user of a user event is whom it is about. */
function isCaller(type: string, field: string): boolean {
	return field === 'user' && !type.startsWith('user_');
}

/** What the item of the part "item" does not show already. */
function ownFields(sample: IDataObject = {}): IDataObject {
	const shown: IDataObject = samples().page_create ?? {};
	return Object.fromEntries(
		Object.entries(sample).filter(
			([field, value]) => !IN_EVERY_ITEM.includes(field) && !isDeepStrictEqual(value, shown[field]),
		),
	);
}

function jsonBlock(value: unknown): string {
	return `\`\`\`json\n${shortJsonText(value)}\n\`\`\``;
}

/** For who wants to know whether there is one. */
function operationList(): string {
	return resources
		.map(({ name, operations }) => {
			const names = operations.map((operation) => operation.name);
			return `- **${name}**: ${names.join(', ')}`;
		})
		.join('\n');
}

function operationTable({ value, operations }: Resource): string {
	return table(
		['operation', 'what it does', 'Expert API'],
		operations.map((operation) => [
			operation.name,
			words(operation.description),
			callsOf(value, operation.value),
		]),
	);
}

/** As `npm run docs` has recorded them. */
function callsOf(resource: string, operation: string): string {
	const calls = (apiCalls as Record<string, Record<string, string>>)[resource]?.[operation];
	if (calls === undefined) throw new Error(`No API calls are noted for ${resource}.${operation}`);
	return calls.replace(/[^,]+/g, (call) => call.replace(/\S.*/, '`$&`'));
}

/** Fields of several operations stand there once. */
function fieldsOfOperations({ operations }: Resource): string {
	const rows = operations.flatMap((operation) => optionFields(operation));
	if (rows.length === 0) return 'No options.';
	return table(['operation', 'option', 'default', 'what it is'], rows);
}

/** What is set only where it is needed: the other fields explain themselves in the editor. */
function optionFields({ name, fields }: Operation): string[][] {
	return fields
		.filter(({ type }) => type === 'collection')
		.flatMap((collection) => collection.options as INodeProperties[])
		.map((field) => [name, words(labelOf(field)), defaultOf(field), meaningOf(field)]);
}

/** Reasons with the same advice share a row. */
function refusalTable(): string {
	const reasons = Object.keys(STATUS_BY_REASON) as RejectionReason[];
	const byAdvice = Map.groupBy(reasons, (reason) => rejectionMessage({ reason }).advice);
	return table(
		['reason, status: what is wrong', 'what to do'],
		[...byAdvice].map(([advice, group]) => [group.map(refusalOf).join('<br>'), words(advice)]),
	);
}

function refusalOf(reason: RejectionReason): string {
	const { problem } = rejectionMessage({ reason });
	return `\`${reason}\`, ${STATUS_BY_REASON[reason]}: ${words(problem)}`;
}

/** What the heads of the files say that lean on undocumented behaviour of n8n. */
function relianceTable(): string {
	return table(
		['file', 'relies on', 'when it changes'],
		filesOf('nodes/CxoneExpert/n8n/*.ts').flatMap((path) => {
			const head = /\/\*\n \* Relies on: (.*?)\*\//s.exec(textOf(path))?.[1];
			return head === undefined ? [] : [[`\`${basename(path)}\``, ...relianceOf(head)]];
		}),
	);
}

/** The newest and the oldest version; a reliance that holds in one of them alone keeps its sentence. */
const SEEN_IN_BOTH = /Seen in n8n 2\.8\.4 and 2\.41\.1(?: \([^)]*\))?\. /;

/** What it relies on in its first sentence, what happens in two: more is for whoever reads the file. */
function relianceOf(head: string): string[] {
	const text = head
		.trim()
		.replace(/\s*\n \*? ?/g, ' ')
		.replace(SEEN_IN_BOTH, '');
	const [reliance = '', change = ''] = text.split(/(?=Seen in )|When it changes: /);
	return [
		reliance.split(/(?<=\.)\s/)[0] ?? '',
		change
			.split(/(?<=\.)\s/)
			.slice(0, 2)
			.join(' '),
	];
}

/** Statuses that have a message of their own, then everything that is no status. */
const FAILURES = [
	...[401, 403, 404, 409, 414, 429, 503].map(
		(status) => new ExpertError({ kind: 'http-status', status }),
	),
	new ExpertError({ kind: 'http-status', status: 403, messages: { 403: WEBHOOKS_NOT_ALLOWED } }),
	new ExpertError({ kind: 'anonymous' }),
	refusal(BAD_SITE),
	refusal(INSECURE_SITE),
	...(
		[
			...['redirect', 'html', 'unreachable', 'timeout'],
			...['budget-exceeded', 'too-large', 'unexpected'],
		] as const
	).map((kind) => new ExpertError({ kind })),
	new ExpertError({ kind: 'unreachable', networkCode: 'ENOTFOUND' }),
];

function failureTable(): string {
	return table(
		['message', 'what to do'],
		FAILURES.map(({ message, description }) => [words(message), words(description)]),
	);
}
