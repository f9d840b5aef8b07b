import { createHash } from 'node:crypto';
import type { IWebhookFunctions, Workflow } from 'n8n-workflow';

import { reportOnce } from './report-once';

/*
 * Relies on: what n8n gives to `webhook()` holds the loaded workflow as `workflow`: its nodes, their
 * connections and its settings, as they were published when the request came. n8n's own names for a
 * version (`versionId`, `activeVersionId`) are not there, and what it offers to nodes (`getChildNodes`)
 * leaves out connections, credentials and settings.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: nobody can tell whether two deliveries belong to the
 * same version of the workflow, so each has an execution of its own, and the log says so once.
 */

/**
 * Names the version of the workflow that a request belongs to: the same text for the same nodes,
 * connections and settings.
 *
 * @returns `undefined` when n8n does not show it
 */
export function workflowVersion(context: IWebhookFunctions): string | undefined {
	const { nodes, connectionsBySourceNode, settings } = workflowOf(context);
	if (nodes === undefined || connectionsBySourceNode === undefined) {
		reportOnce(context, 'workflow version');
		return undefined;
	}
	const text = JSON.stringify([nodes, connectionsBySourceNode, settings]);
	return createHash('sha256').update(text).digest('base64url');
}

function workflowOf(context: IWebhookFunctions): Partial<Workflow> {
	return (context as { workflow?: Partial<Workflow> }).workflow ?? {};
}
