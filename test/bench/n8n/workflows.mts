import { randomUUID } from 'node:crypto';
import type { Credential, NewWorkflow } from '../../support/n8n/client.mts';

/** What the benchmark compares, each as a workflow author draws it. */
export const subjectNames = [
	'Webhook node',
	'by hand',
	'saved',
	'saved, no page details',
	'several when busy',
	'several when busy, no page details',
	'immediately',
] as const;
export type SubjectName = (typeof subjectNames)[number];

/** A workflow that is not published yet, and the path of its webhook below `/webhook/`. */
export interface Drawn {
	workflow: NewWorkflow;
	path: string;
}

export interface Credentials {
	/** Of this package. */
	site: Credential;
	/** Of n8n's own Crypto node. */
	crypto: Credential;
}

export function draw(name: SubjectName, { site, crypto }: Credentials): Drawn {
	switch (name) {
		case 'Webhook node':
			return webhookNode();
		case 'by hand':
			return byHand(crypto);
		case 'saved':
			return trigger(site);
		case 'saved, no page details':
			return trigger(site, {}, { pageDetails: false });
		case 'several when busy':
			return trigger(site, SEVERAL);
		case 'several when busy, no page details':
			return trigger(site, SEVERAL, { pageDetails: false });
		case 'immediately':
			return trigger(site, { acknowledge: 'immediately' });
	}
}

/** n8n's own Webhook node: takes whatever comes, without a check. */
function webhookNode(): Drawn {
	const path = randomUUID();
	return { path, workflow: chain('Webhook node', [webhook(path, {}), next()]) };
}

/**
 * What people draw without this package: the raw body is checked against the signature, read, and
 * looked up among those that were seen. The XML node reads text, so the file becomes text first.
 * The webhook responds at once, as the node does unless told otherwise.
 */
function byHand({ id, name }: Credential): Drawn {
	const path = randomUUID();
	const nodes = [
		webhook(path, { options: { rawBody: true } }),
		node('Extract from File', 'extractFromFile', 1.1, {
			operation: 'text',
			destinationKey: 'xml',
			options: { keepSource: 'json' },
		}),
		{
			...node('Crypto', 'crypto', 2, {
				action: 'hmac',
				type: 'SHA256',
				value: '={{ $json.headers["x-nexus-timestamp"] }}.{{ $json.xml }}',
				dataPropertyName: 'signature',
				encoding: 'hex',
			}),
			credentials: { crypto: { id, name } },
		},
		node('If', 'if', 2.2, { conditions: signatureIsRight, options: {} }),
		node('XML', 'xml', 1, { dataPropertyName: 'xml', options: {} }),
		node('Remove Duplicates', 'removeDuplicates', 2, {
			operation: 'removeItemsSeenInPreviousExecutions',
			dedupeValue: '={{ $json.event.id }}',
			options: {},
		}),
		next(),
	];
	return { path, workflow: chain('by hand', nodes) };
}

const signatureIsRight = {
	options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
	conditions: [
		{
			id: randomUUID(),
			leftValue: '={{ $json.headers["x-nexus-signature-256"] }}',
			rightValue: '=sha256={{ $json.signature }}',
			operator: { type: 'string', operation: 'equals' },
		},
	],
	combinator: 'and',
};

/** Deliveries that arrive while n8n saves an execution start the next one together. */
export const SEVERAL = { deliveriesPerExecution: 'severalWhenBusy' };

/** The trigger of this package as it comes, but for these options and other parameters. */
export function trigger({ id, name }: Credential, additionalOptions = {}, others = {}): Drawn {
	const webhookId = randomUUID();
	const type = 'n8n-nodes-cxone-expert.cxoneExpertTrigger';
	const parameters = { events: ['page_create'], additionalOptions, ...others };
	const start = {
		...node('CXone Expert Trigger', type, 1, parameters),
		webhookId,
		credentials: { cxoneExpertApi: { id, name } },
	};
	return { path: `${webhookId}/webhook`, workflow: chain('CXone Expert Trigger', [start, next()]) };
}

function webhook(path: string, more: object) {
	const parameters = { httpMethod: 'POST', path, ...more };
	return { ...node('Webhook', 'webhook', 2.1, parameters), webhookId: path };
}

/** Where each workflow ends; what reaches it has passed. */
export const LAST = 'Next';

function next() {
	return node(LAST, 'noOp', 1, {});
}

function node(name: string, type: string, typeVersion: number, parameters: object) {
	return {
		id: randomUUID(),
		name,
		type: type.includes('.') ? type : `n8n-nodes-base.${type}`,
		typeVersion,
		position: [0, 0],
		parameters,
	};
}

function chain(name: string, nodes: NewWorkflow['nodes']): NewWorkflow {
	const links = nodes.slice(1).map(({ name: follower }, index) => {
		const link = { node: follower, type: 'main', index: 0 };
		return [nodes[index]!.name, { main: [[link]] }] as const;
	});
	return { name, nodes, connections: Object.fromEntries(links), settings: {} };
}
