import { isSameUrl } from '../api/webhook-url';
import { cacheInMemory, type NodeContext } from '../memory';

/** A webhook's node and workflow, as people find them in the editor. */
export type TriggerNode = Record<
	'workflow' | 'node',
	{ id?: string | undefined; name?: string | undefined }
>;

/**
 * By n8n's webhook ID. n8n shows a node only its own workflow, so each trigger introduces itself
 * when this process begins to serve or run it: in queue mode a worker knows those it has run.
 */
const triggers = cacheInMemory<TriggerNode>();

/** Records who this trigger is, under its current names. */
export function introduceTrigger(context: NodeContext): void {
	const { webhookId, id, name } = context.getNode();
	if (webhookId === undefined) return;
	const workflow = context.getWorkflow();
	triggers.set(webhookId, {
		workflow: { id: workflow.id, name: workflow.name },
		node: { id, name },
	});
}

/** Addresses that n8n no longer serves, because this process unpublished their workflow. */
const unpublishedUrls = cacheInMemory<true>();

export function notePublished(url: string): void {
	unpublishedUrls.delete(url);
}

export function noteUnpublished(url: string): void {
	unpublishedUrls.set(url, true);
}

/** Whether this process knows that the workflow is unpublished, so that deliveries get 404. */
export function isUnpublished(url: string): boolean {
	return unpublishedUrls.keys().some((known) => isSameUrl(known, url));
}

/** Only for webhooks of this n8n: a copy of the workflow elsewhere has the same ID. */
export function triggerAt(url: string): TriggerNode | undefined {
	const ids = URL.canParse(url) ? new URL(url).pathname.split('/') : [];
	return ids.map((id) => triggers.get(id)).find((trigger) => trigger !== undefined);
}
