import { createHash } from 'node:crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

import { loadedWorkflow } from './loaded-workflow';
import { reportOnce } from './report-once';

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
