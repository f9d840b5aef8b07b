import { markdownTable } from '../markdown-table.mts';
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import type { Operation } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { EVENT_TYPES } from '../../../nodes/CxoneExpert/api/event-types.ts';
import { shortJsonText } from '../json-text.mts';
import { deedRows } from './deed-tables.mts';
import { textOf } from './documents.mts';

/*
 * Parts of documents generated from code. Each stands between two comments with its name, and `npm
 * run docs` writes it, so that a renamed field is renamed in the documents, too.
 */

const PARTS: Record<string, () => string> = {
	'an operation': () => codeBlock('nodes/CxoneExpert/actions/file/get.operation.ts'),
	events: eventList,
	item: () => jsonBlock(samples().page_create),
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

/** The name of a field without its unit: "Limit (Seconds)" is "Limit". */
function labelOf({ displayName }: INodeProperties): string {
	return displayName.replace(/ \([^)]*\)$/, '');
}

/** The samples that `npm run docs` writes as the trigger gives them. */
export function samples(): Record<string, IDataObject> {
	return JSON.parse(textOf('examples/sample-items.json')) as Record<string, IDataObject>;
}

function eventList(): string {
	return EVENT_TYPES.map(({ name, value }) => `- ${name}: \`${value}\``).join('\n');
}

function jsonBlock(value: unknown): string {
	return `\`\`\`json\n${shortJsonText(value)}\n\`\`\``;
}

/** Without what the file imports. */
function codeBlock(path: string): string {
	return `\`\`\`ts\n${textOf(path)
		.replace(/^import .*\n/gm, '')
		.trim()}\n\`\`\``;
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

/** Names only: the editor explains them. */
function operationEntry({ name, fields }: Operation): string {
	const options = fields
		.filter(({ type }) => type === 'collection')
		.flatMap((collection) => collection.options as INodeProperties[])
		.map(labelOf);
	return options.length === 0 ? `- **${name}**` : `- **${name}**: ${options.join(', ')}`;
}
