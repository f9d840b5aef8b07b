import { createHash } from 'node:crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

import { loadedWorkflow } from './loaded-workflow';
import { reportOnce } from './report-once';

/*
 * Relies on: `JSON.stringify` of what n8n has loaded (loaded-workflow.ts) is the same text for each request
 * of a version, and another one when a node, a connection or a setting was published again. n8n adds
 * nothing to them that differs from request to request.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: a text that differs more often gives deliveries executions
 * of their own. One that leaves something out lets deliveries of two versions share an execution. The node
 * notices neither; the contract test does.
 */

/**
 * Names the version of the workflow that a request belongs to: the same text for the same nodes,
 * connections and settings.
 *
 * @returns `undefined` when n8n does not show it
 */
export function workflowVersion(context: IWebhookFunctions): string | undefined {
	const { nodes, connectionsBySourceNode, settings } = loadedWorkflow(context);
	if (nodes === undefined || connectionsBySourceNode === undefined) {
		reportOnce(context, 'workflow version');
		return undefined;
	}
	const text = JSON.stringify([nodes, connectionsBySourceNode, settings]);
	return createHash('sha256').update(text).digest('base64url');
}
