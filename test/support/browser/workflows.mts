import { randomUUID } from 'node:crypto';
import type { Credential, NewWorkflow } from '../n8n/client.mts';
import { slackChannel } from '../e2e/outside/service.mts';

type Node = NewWorkflow['nodes'][number];

/** Steps in a row, each with its place on the canvas. */
export function inARow(...nodes: Node[]): Pick<NewWorkflow, 'nodes' | 'connections'> {
	const next = (node: Node | undefined) => (node ? { main: [[{ node: node.name, type: 'main', index: 0 }]] } : {});
	return {
		nodes: nodes.map((node, index) => ({ ...node, position: [index * 240, 0] })),
		connections: Object.fromEntries(nodes.map(({ name }, at) => [name, next(nodes[at + 1])])),
	};
}

export function triggerNode(name: string, credential: Credential, parameters: object): Node {
	return {
		...node(name, TRIGGER_TYPE, 1, parameters),
		webhookId: randomUUID() as string,
		...chosen(credential),
	};
}

export function actionNode(name: string, credential: Credential, parameters: object): Node {
	return { ...node(name, ACTION_TYPE, 1, parameters), ...chosen(credential) };
}

/** A message to the channel of the tests. */
export function slackNode(name: string, credential: Credential, text: string): Node {
	const parameters = {
		...{ resource: 'message', operation: 'post', select: 'channel', messageType: 'text', text },
		channelId: { __rl: true, mode: 'id', value: slackChannel },
		// n8n's line below the message would be longer than that.
		otherOptions: { includeLinkToWorkflow: false },
	};
	return { ...node(name, 'n8n-nodes-base.slack', 2.3, parameters), ...chosen(credential) };
}

export function manualStart(name = 'Start'): Node {
	return node(name, 'n8n-nodes-base.manualTrigger', 1, {});
}

function node(name: string, type: string, typeVersion: number, parameters: object): Node {
	return { id: randomUUID() as string, name, type, typeVersion, parameters };
}

function chosen({ id, name, type }: Credential) {
	return { credentials: { [type]: { id, name } } };
}

/* Names of the nodes in the editor and of their fields in workflows, in one place. */

const PACKAGE = 'n8n-nodes-cxone-expert';
const TRIGGER_TYPE = `${PACKAGE}.cxoneExpertTrigger`;
const ACTION_TYPE = `${PACKAGE}.cxoneExpert`;

/** In the nodes panel: the trigger and the action node are one entry there. */
export const IN_NODES_PANEL = 'CXone Expert';
export const POLLING_IN_NODES_PANEL = 'CXone Expert Polling';
export const TRIGGER_NAME = 'CXone Expert Trigger';

/** The field "Trigger On". */
export const EVENTS = 'events';
export const PAGE_CREATED = 'Page Created (or New Draft)';
export const PAGE_PUBLISHED = 'Page Published (First Time)';
/** In the nodes panel. */
export const ON_PAGE_CREATED = 'On page created (or new draft)';
export const ON_PAGE_PUBLISHED = 'On page published (first time)';
/** Those that people want most, in this order. */
export const FIRST_ACTIONS = [
	ON_PAGE_PUBLISHED,
	'On page updated: content (edited or published)',
	ON_PAGE_CREATED,
	'On page deleted',
	'On page moved or renamed',
];
export const LAST_ACTIONS = ['On all events', 'On unlisted events'];

/** The field "Page" of the action node, and in the filters of a trigger. */
export const PAGE = 'page';
