import { isSameUrl } from '../api/webhook-url';
import { cacheInMemory, type NodeContext } from '../memory';

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

/** Addresses that n8n does not serve any more, because this process has unpublished their workflow. */
const unpublishedUrls = cacheInMemory<true>();

export function notePublished(url: string): void {
	unpublishedUrls.delete(url);
}

export function noteUnpublished(url: string): void {
	unpublishedUrls.set(url, true);
}

/**
 * Whether this process knows that the workflow of a webhook is not published: what the site delivers gets 404.
 *
 * @param url as the site spells it
 */
export function isUnpublished(url: string): boolean {
	return unpublishedUrls.keys().some((known) => isSameUrl(known, url));
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
