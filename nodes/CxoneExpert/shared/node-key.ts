import type { IExecuteFunctions } from 'n8n-workflow';

/** Trigger nodes whose data one process keeps at the same time. */
export const MAX_NODES = 1000;

export type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** The key of one node of one workflow. */
export function nodeKey(context: NodeContext, ...details: unknown[]): string {
	return JSON.stringify([context.getWorkflow().id, context.getNode().id, ...details]);
}

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
export function credentialKey(context: NodeContext, ...details: string[]): string {
	return nodeKey(context, context.getNode().credentials?.cxoneExpertApi?.id, ...details);
}
