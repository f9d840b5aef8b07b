import type { Workflow } from 'n8n-workflow';

/*
 * Relies on: what n8n gives to `webhook()` holds the loaded workflow as `workflow`: its nodes, their
 * connections and its settings, as they were published when the request came. n8n's own names for a
 * version (`versionId`, `activeVersionId`) are not there, and what it offers to nodes (`getChildNodes`)
 * leaves out connections, credentials and settings.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nobody can tell whether two deliveries belong to the
 * same version of the workflow, so each has an execution of its own, and the log says so once. What
 * triggers have stored that were removed from the workflow stays in its static data.
 */

/** The workflow as n8n has loaded it for a request; empty when n8n does not show it. */
export function loadedWorkflow(context: object): Partial<Workflow> {
	return (context as { workflow?: Partial<Workflow> }).workflow ?? {};
}

/** Whether a node was removed from the workflow; `false` when n8n does not show it. */
export function wasRemoved(context: object, nodeId: string): boolean {
	const { nodes } = loadedWorkflow(context);
	return nodes !== undefined && Object.values(nodes).every(({ id }) => id !== nodeId);
}
