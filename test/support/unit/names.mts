import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { CxoneExpert } from '../../../nodes/CxoneExpert/CxoneExpert.node.ts';
import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { plainText, tokensOf } from './documents.mts';

/*
 * Documents write the name of a button, a field or a choice in italics, and nothing else. So each of
 * them can be looked up.
 */

/** Every name that a text writes in italics. */
export function namesIn(markdown: string): string[] {
	const italics = tokensOf(markdown).filter(({ type }) => type === 'em');
	return [...new Set(italics.map(plainText))];
}

/** What our nodes and the credential show, pairs such as "Page: Get" included. */
export function namesOfNodes(): Set<string> {
	const credential = new CxoneExpertApi();
	const nodes = [new CxoneExpertTrigger(), new CxoneExpert()].map(({ description }) => description);
	const properties = [credential, ...nodes].flatMap((owner) => owner.properties);
	return new Set([
		...[credential, ...nodes].map(({ displayName }) => displayName),
		...properties.flatMap(namesOfField),
		...resources.flatMap(({ name, operations }) =>
			operations.map((operation) => `${name}: ${operation.name}`),
		),
	]);
}

type Entry = NonNullable<INodeProperties['options']>[number];

function namesOfField(field: INodeProperties): string[] {
	const label = labelOf(field);
	const { multipleValueButtonText: button } = field.typeOptions ?? {};
	return [
		...[field.displayName, label],
		...(button === undefined ? [] : [button]),
		...(field.modes ?? []).map((mode) => mode.displayName),
		...(field.options ?? []).flatMap((entry) => namesOfEntry(entry, label)),
	];
}

function namesOfEntry(entry: Entry, field: string): string[] {
	if ('type' in entry) return namesOfField(entry);
	if ('values' in entry) return [entry.displayName, ...entry.values.flatMap(namesOfField)];
	return [entry.name, `${field}: ${entry.name}`];
}

/** Whether an entry of a list of options is a choice, not a field of its own. */
export function isChoice(entry: Entry): entry is INodePropertyOptions {
	return 'value' in entry && !('type' in entry);
}

/** The name of a field without its unit: "Check Every (Minutes)" is "Check Every". */
export function labelOf({ displayName }: Pick<INodeProperties, 'displayName'>): string {
	return displayName.replace(/ \([^)]*\)$/, '');
}

/** What n8n itself shows. */
export const NAMES_OF_N8N = [
	'Allowed HTTP Request Domains',
	'Authentication',
	'Body Content Type',
	'Create new credential',
	'Credential',
	'Credential Type',
	'Custom API Call',
	'Edit Output',
	'Error Workflow',
	'Exact match',
	'Execute Once',
	'Execute Sub-workflow',
	'Execute step',
	'Execute workflow',
	'Executions',
	'Fixed',
	'Highlighted data',
	'HTTP Request',
	'Ignore SSL Issues',
	'Import from File',
	'Listen for test event',
	'Mode: Run once for each item',
	'None',
	'On Error: Continue',
	'Options',
	'Predefined Credential Type',
	'Queued',
	'Raw',
	'Retry execution',
	'Run once for each item',
	'Settings > Community nodes',
	'Settings > Community nodes > Install',
	'Status: Error',
	'Wait For Sub-Workflow Completion',
	'When Executed by Another Workflow',
	'XML',
];

/** What the Expert site shows. */
export const NAMES_OF_EXPERT = ['Site Tools > Dashboard > Integrations > API Token Management'];

/** What n8n's own nodes for other services and the notes of the ready-made workflows show. */
export const NAMES_OF_OTHERS = [
	'Additional Fields',
	'From Email',
	'Summary',
	'Text',
	'To Email',
	'What to fill in',
];
