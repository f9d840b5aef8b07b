import { isSameUrl } from '../api/webhook-url';
import { cacheInMemory, type NodeContext } from '../memory';

/** A webhook's node and workflow, as people find them in the editor. */
export type TriggerNode = Record<'workflow' | 'node', { id?: string | undefined; name?: string | undefined }>;

/**
 * Nodes by n8n's webhook ID. n8n shows a node only its own workflow, so each trigger introduces itself when this
 * process begins to serve or run it. In queue mode a worker knows those it has run.
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

/** Addresses that this process has served, and whether it still does. */
const servedUrls = cacheInMemory<{ isPublished: boolean }>();

export function notePublished(url: string): void {
	servedUrls.set(url, { isPublished: true });
}

export function noteUnpublished(url: string): void {
	servedUrls.set(url, { isPublished: false });
}

function servedAt(url: string): { isPublished: boolean } | undefined {
	const key = servedUrls.keys().find((known) => isSameUrl(known, url));
	return key === undefined ? undefined : servedUrls.get(key);
}

/** Whether this process knows that the workflow is unpublished, so that deliveries get 404. */
export function isUnpublished(url: string): boolean {
	return servedAt(url)?.isPublished === false;
}

/** Names of workflow and node, if this process has served the address. */
export function nameOfServed(url: string): string | undefined {
	if (servedAt(url) === undefined) return undefined;
	const { workflow, node } = triggerAt(url) ?? {};
	return [workflow?.name, node?.name].filter(Boolean).join(' · ');
}

/** Finds the trigger of a webhook of this n8n only: a copy of the workflow elsewhere has the same ID. */
export function triggerAt(url: string): TriggerNode | undefined {
	const ids = URL.canParse(url) ? new URL(url).pathname.split('/') : [];
	return ids.map((id) => triggers.get(id)).find((trigger) => trigger !== undefined);
}
