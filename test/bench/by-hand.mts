import { randomUUID } from 'node:crypto';
import type { Scene } from '../support/e2e/scene.mts';
import type { NewWorkflow } from '../support/n8n/client.mts';

/** What Expert sends to the workflows that have no trigger of ours. */
export const AUTHORIZATION = 'Bearer of-the-bench-and-of-a-usual-length';

type Nodes = NewWorkflow['nodes'];

/** Publishes a workflow that begins with n8n's Webhook node; returns where it listens. */
async function publish(scene: Scene, name: string, nodes: Nodes) {
	const path = randomUUID();
	const [start, ...others] = nodes as [Nodes[number], ...Nodes];
	Object.assign(start, { webhookId: path });
	start.parameters = { httpMethod: 'POST', path, ...start.parameters };
	const pairs = others.map((to, index) => [nodes[index]!.name, to.name] as const);
	const connections = Object.fromEntries(
		pairs.map(([from, to]) => [from, { main: [[{ node: to, type: 'main', index: 0 }]] }]),
	);
	const { id } = await scene.client.createWorkflow({ name, nodes, connections });
	await scene.client.activate(id);
	return { id, url: `${scene.publicUrl}/webhook/${path}` };
}

function node(name: string, type: string, typeVersion: number, parameters = {}, credentials = {}) {
	const base = { id: randomUUID(), name, type: `n8n-nodes-base.${type}`, typeVersion };
	return { ...base, position: [0, 0], parameters, credentials };
}

const next = () => node('Next', 'noOp', 1);

/** It takes whatever comes. */
export async function publishWebhookNode(scene: Scene) {
	return await publish(scene, 'Webhook node', [node('Webhook', 'webhook', 2.1), next()]);
}

/**
 * What somebody builds who does not have our trigger, with as little as possible: the token, the signature over the
 * exact bytes, each event once, and the page, as XML that nobody has read yet.
 */
export async function publishByHand(scene: Scene) {
	const { client, site } = scene;
	const header = async (name: string, value: string) => ({
		httpHeaderAuth: await client.createCredential(name, 'httpHeaderAuth', { name, value }),
	});
	const hmac = { hmacSecret: site.signingSecret };
	const crypto = { crypto: await client.createCredential('Signature', 'crypto', hmac) };
	const header256 = "$('Webhook').item.json.headers['x-nexus-signature-256']";
	const timestamp = "$('Webhook').item.json.headers['x-nexus-timestamp']";
	return await publish(scene, 'by hand', [
		node(
			...(['Webhook', 'webhook', 2.1] as const),
			{ authentication: 'headerAuth', options: { rawBody: true } },
			await header('Authorization', AUTHORIZATION),
		),
		node('Text', 'extractFromFile', 1.1, {
			...{ operation: 'text', binaryPropertyName: 'data', destinationKey: 'xml' },
		}),
		node(
			...(['HMAC', 'crypto', 2] as const),
			{
				...{ action: 'hmac', type: 'SHA256', encoding: 'hex', dataPropertyName: 'signature' },
				value: `={{ ${timestamp} }}.{{ $json.xml }}`,
			},
			crypto,
		),
		node('Genuine?', 'if', 2.2, {
			conditions: isEqual("={{ 'sha256=' + $json.signature }}", `={{ ${header256} }}`),
		}),
		node('XML', 'xml', 1, { mode: 'xmlToJson', dataPropertyName: 'xml' }),
		node('New?', 'removeDuplicates', 2, {
			operation: 'removeItemsSeenInPreviousExecutions',
			dedupeValue: '={{ $json.event.id }}',
		}),
		node(
			...(['Page', 'httpRequest', 4.2] as const),
			{
				url: `=${site.url}/@api/deki/pages/{{ $json.event.page.id }}?exclude=inbound,outbound,files`,
				...{ authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' },
				options: { response: { response: { responseFormat: 'text' } } },
			},
			await header('Authorization', `Bearer ${site.longTermToken}`),
		),
		next(),
	]);
}

function isEqual(leftValue: string, rightValue: string) {
	const operator = { type: 'string', operation: 'equals' };
	const options = { caseSensitive: true, typeValidation: 'strict', version: 2 };
	return { options, combinator: 'and', conditions: [{ leftValue, rightValue, operator }] };
}
