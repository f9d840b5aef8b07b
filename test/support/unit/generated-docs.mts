import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { markdownTable } from '../markdown-table.mts';
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import type { Operation } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/api/event-types.ts';
import { triggerProperties } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { shortJsonText } from '../json-text.mts';
import { deedRows } from './deed-tables.mts';
import { filesOf, textOf } from './documents.mts';

/*
 * Parts of documents generated from code. Each stands between two comments with its name, and `npm
 * run docs` writes it, so that a renamed field is renamed in the documents, too.
 */

const PARTS: Record<string, () => string> = {
	credential: () => fieldTable(new CxoneExpertApi().properties),
	parameters: () => fieldTable(triggerProperties),
	filters: () => fieldTable(optionsOf('filters')),
	options: () => fieldTable(optionsOf('additionalOptions')),
	events: eventTable,
	item: () => jsonBlock(samples().page_create),
	samples: sampleSections,
	reliances: relianceTable,
	'deeds by trigger': () =>
		table(['what an author does', 'Trigger', 'Polling Trigger'], deedRows('delivered', 'polled')),
	'deeds that are recovered': () =>
		table(['what an author does', 'deliveries failed', 'Expert sent no event'], deedRows('recovered', 'compared')),
	operations: operationList,
	...Object.fromEntries(
		resources.map((resource) => [
			`operations: ${resource.value}`,
			() => resource.operations.map(operationEntry).join('\n'),
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
	return markdown.replace(MARKED, (_, begin: string, name: string, _before: string, end: string) => {
		const part = PARTS[name];
		if (part === undefined) throw new Error(`Nothing is generated under the name "${name}"`);
		return `${begin}\n${part()}\n\n${end}`;
	});
}

function table(head: string[], rows: string[][]): string {
	const cells = [head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))];
	return markdownTable(cells, [], { tablePipeAlign: false });
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

/** Fields without a tooltip, as n8n's linter rejects one that only repeats the name. */
const WITHOUT_DESCRIPTION: Record<string, string> = {
	events: 'The events that start the workflow',
};

function meaningOf({ name, options = [], type, ...field }: INodeProperties): string {
	const { description = WITHOUT_DESCRIPTION[name] ?? '' } = field;
	const choices = type === 'options' ? options.filter(isChoice) : [];
	return [
		words(description),
		...choices.map(
			({ name: choice, description: meaning }) => `**${choice}**${meaning === undefined ? '' : `: ${words(meaning)}`}`,
		),
	]
		.filter((text) => text !== '')
		.join('<br>');
}

/** Whether an entry of a list of options is a choice rather than a field. */
function isChoice(entry: Entry): entry is INodePropertyOptions {
	return 'value' in entry && !('type' in entry);
}

/** The name of a field without its unit: "Limit (Seconds)" is "Limit". */
function labelOf({ displayName }: INodeProperties): string {
	return displayName.replace(/ \([^)]*\)$/, '');
}

/** As the editor shows it. */
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

/** Fields that every event has, or that are rarely needed. */
const IN_EVERY_ITEM = [
	...['deliveryId', 'eventId', 'eventName', 'eventType', 'occurredAt', 'receivedAt'],
	...['requestId', 'siteId', 'language'],
];

function eventTable(): string {
	return table(
		['event', 'name in items', 'is about'],
		EVENT_TYPES.map(({ name, value }) => [
			name,
			`\`${value}\``,
			Object.keys(samples()[value] ?? {})
				.filter((field) => !IN_EVERY_ITEM.includes(field) && !isCaller(value, field))
				.map((field) => `\`${field}\``)
				.join(', '),
		]),
	);
}

/** Differ most from the item of the part "item"; the file of samples has all. */
const SHOWN = ['page_delete', 'attachment_move'];

function sampleSections(): string {
	return SHOWN.map((type) => `### ${type}\n\n${jsonBlock(ownFields(samples()[type]))}`).join('\n\n');
}

/** The user of a user event is whom it is about. */
function isCaller(type: string, field: string): boolean {
	return field === 'user' && !type.startsWith('user_');
}

/** Fields that the item of the part "item" does not show already. */
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

/** Lists what exists. */
function operationList(): string {
	return resources
		.map(({ name, operations }) => {
			const names = operations.map((operation) => operation.name);
			return `- **${name}**: ${names.join(', ')}`;
		})
		.join('\n');
}

/** Names the options only: the editor explains them. */
function operationEntry({ name, description, fields }: Operation): string {
	const options = fields
		.filter(({ type }) => type === 'collection')
		.flatMap((collection) => collection.options as INodeProperties[])
		.map(labelOf);
	const what = words(description.replace(/\.$/, ''));
	const listed = options.length === 0 ? '' : ` *Options*: ${options.join(', ')}.`;
	return `- **${name}**: ${what}.${listed}`;
}

/** From the heads of the files that rely on undocumented behaviour of n8n. */
function relianceTable(): string {
	return table(
		['file', 'relies on', 'when it changes', 'look first at'],
		filesOf('nodes/CxoneExpert/n8n/*.ts').flatMap((path) => {
			const head = /\/\*\n \* Relies on: (.*?)\*\//s.exec(textOf(path))?.[1];
			return head === undefined ? [] : [[`\`${basename(path)}\``, ...relianceOf(head)]];
		}),
	);
}

/** The newest and the oldest version; a reliance that holds in one of them alone keeps its sentence. */
const SEEN_IN_BOTH = /Seen in n8n 2\.8\.4 and 2\.41\.1(?: \([^)]*\))?\. /;

/**
 * First sentence of the reliance with where it was seen, two about a change, and where to look: the
 * rest is for readers of the file.
 */
function relianceOf(head: string): string[] {
	const [text = '', look = ''] = head
		.trim()
		.replace(/\s*\n \*? ?/g, ' ')
		.replace(SEEN_IN_BOTH, '')
		.split(/ +Look first at: /);
	const [before = '', change = ''] = text.split(/When it changes: |(?=Where n8n does not, )/);
	const [reliance = '', seen = ''] = before.split(/(?=Seen in )/);
	return [`${sentences(reliance, 1)} ${seen}`.trim(), sentences(change, 2), look];
}

function sentences(text: string, count: number): string {
	return text
		.split(/(?<=\.)\s/)
		.slice(0, count)
		.join(' ');
}
