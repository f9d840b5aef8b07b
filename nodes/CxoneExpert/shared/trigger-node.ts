import { cacheInMemory, type NodeContext } from './per-node';

/** The node that a webhook belongs to, and its workflow, as somebody finds them in the editor. */
export type TriggerNode = Record<
	'workflow' | 'node',
	{ id?: string | undefined; name?: string | undefined }
>;

/**
 * By n8n's ID of the webhook. n8n shows a node its own workflow only, so each trigger says who it is when
 * this process begins to serve it, or runs it: in queue mode a worker knows those it has run.
 */
const triggers = cacheInMemory<TriggerNode>();

/** Notes who this trigger is; its names are those of now. */
export function introduceTrigger(context: NodeContext): void {
	const { webhookId, id, name } = context.getNode();
	if (webhookId === undefined) return;
	const workflow = context.getWorkflow();
	triggers.set(webhookId, {
		workflow: { id: workflow.id, name: workflow.name },
		node: { id, name },
	});
}

/**
 * The trigger that a webhook of this n8n belongs to; `undefined` when this process has not met it.
 *
 * @param url of a webhook of this n8n: a copy of a workflow elsewhere has the same ID
 */
export function triggerAt(url: string): TriggerNode | undefined {
	const ids = URL.canParse(url) ? new URL(url).pathname.split('/') : [];
	return ids.map((id) => triggers.get(id)).find((trigger) => trigger !== undefined);
}
