import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credential, NewWorkflow, Workflow } from '../n8n/client.mts';
import { projectRoot } from '../n8n/runtime.mts';
import { present } from '../present.mts';
import type { Scene } from './scene.mts';

const folder = join(projectRoot, 'examples', 'workflows');

/** Which kind of credential n8n's own nodes ask for. */
const wanted: Record<string, string> = {
	'n8n-nodes-cxone-expert.cxoneExpertTrigger': 'cxoneExpertApi',
	'n8n-nodes-cxone-expert.cxoneExpert': 'cxoneExpertApi',
	'n8n-nodes-cxone-expert.cxoneExpertTool': 'cxoneExpertApi',
	'n8n-nodes-base.slack': 'slackApi',
	'n8n-nodes-base.postgres': 'postgres',
	'n8n-nodes-cxone-expert.cxoneExpertPollingTrigger': 'cxoneExpertApi',
	'n8n-nodes-base.microsoftTeams': 'microsoftTeamsOAuth2Api',
	'n8n-nodes-base.jiraTrigger': 'jiraSoftwareCloudApi',
	'n8n-nodes-base.jira': 'jiraSoftwareCloudApi',
	'n8n-nodes-base.emailSend': 'smtp',
	'n8n-nodes-base.webhook': 'httpBasicAuth',
	'@n8n/n8n-nodes-langchain.mcpTrigger': 'httpBearerAuth',
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': 'openAiApi',
	'@n8n/n8n-nodes-langchain.vectorStorePGVector': 'postgres',
	'@n8n/n8n-nodes-langchain.embeddingsOpenAi': 'openAiApi',
	'@n8n/n8n-nodes-langchain.embeddingsOllama': 'ollamaApi',
};

/** Parameters that a user fills in, by the name of the node. */
export type FilledIn = Record<string, Record<string, unknown>>;

export type PinData = NonNullable<NewWorkflow['pinData']>;

export function templateNames(): string[] {
	return readdirSync(folder)
		.filter((file) => file.endsWith('.json'))
		.map((file) => file.replace(/\.json$/, ''));
}

export function templateFile(name: string): string {
	return join(folder, `${name}.json`);
}

export function templateText(name: string): string {
	return readFileSync(templateFile(name), 'utf8');
}

export function template(name: string): NewWorkflow {
	return JSON.parse(templateText(name)) as NewWorkflow;
}

/** Code of a template's Code node. */
export function codeOf(name: string, step: string): string {
	const found = template(name).nodes.find((node) => node.name === step);
	const { jsCode } = present(found, 'step').parameters as { jsCode: string };
	return jsCode;
}

/**
 * "Import from File", then what a user does in the editor: choose a credential in each node that
 * needs one, and fill in what the notes ask for. Everything else stays as in the file. Users
 * without an Expert site have no credential for it either.
 *
 * @param pin changes what is pinned, by the name of the node
 */
export async function importTemplate(
	{ client }: Scene,
	name: string,
	credentials: Credential[],
	filledIn: FilledIn = {},
	pin: (pinData: PinData) => PinData = (pinData) => pinData,
): Promise<Workflow> {
	const file = template(name);
	const nodes = file.nodes.map((node) => ({
		...node,
		// The editor gives an imported trigger an address of its own.
		...(HAS_ADDRESS.test(node.type) ? { webhookId: randomUUID() as string } : {}),
		...chosenCredential(node.type, credentials),
		parameters: filled(node.parameters, node.name, filledIn),
	}));
	const strangers = Object.keys(filledIn).filter((name) => !nodes.some((node) => node.name === name));
	if (strangers.length > 0) throw new Error(`${name} has no node "${strangers.join('", "')}"`);
	return await client.createWorkflow({ ...file, nodes, pinData: pin(file.pinData ?? {}) });
}

function filled(parameters: Record<string, unknown>, node: string, filledIn: FilledIn) {
	const own = filledIn[node] ?? {};
	const unknown = Object.keys(own).filter((name) => !(name in parameters));
	if (unknown.length > 0) throw new Error(`"${node}" has no ${unknown.join(', ')} to fill in`);
	return { ...parameters, ...own };
}

function chosenCredential(nodeType: string, credentials: Credential[]) {
	const type = wanted[nodeType];
	if (type === undefined) return {};
	const chosen = credentials.find((credential) => credential.type === type);
	// Who has none leaves it open; a database is pinned, as a rule.
	if (chosen === undefined && ['cxoneExpertApi', 'postgres'].includes(type)) return {};
	if (chosen === undefined) throw new Error(`No credential of the kind ${type}`);
	return { credentials: { [type]: { id: chosen.id, name: chosen.name } } };
}

/** What a list field returns for a chosen entry. */
export function chosen(value: string) {
	return { __rl: true, mode: 'list', value };
}

const HAS_ADDRESS = /\.(cxoneExpert|mcp|chat)Trigger$/;

export function isTrigger({ type }: { type: string }): boolean {
	return type.endsWith('.cxoneExpertTrigger');
}

export function isOurs({ type }: { type: string }): boolean {
	return type.startsWith('n8n-nodes-cxone-expert.');
}
