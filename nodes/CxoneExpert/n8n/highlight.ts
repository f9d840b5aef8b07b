import type { IExecuteFunctions, IWorkflowDataProxyAdditionalKeys } from 'n8n-workflow';

import { reportOnce } from './report-once';

/*
 * Relies on: `$execution.customData`, documented for expressions and the Code node, is also in what
 * `getWorkflowDataProxy` gives a node; n8n saves it with the execution, even a failed one. n8n
 * accepts 10 names per execution, across all nodes, and silently drops the rest; names have up to
 * 50 letters, digits and `_`. Values above 255 characters are an error in the log.
 *
 * Seen in n8n 2.8.4 and 2.41.1 (also as `context.customData`). When it changes: the execution runs,
 * but cannot be found by its delivery, and the log says so once.
 *
 * Look first at: n8n-core, `get-additional-keys`: is `customData` given to nodes, too?
 */

/** Longest value that n8n accepts without an error. */
export const MAX_HIGHLIGHT_CHARS = 255;

export function highlight(context: IExecuteFunctions, data: Record<string, string>): void {
	try {
		const { $execution } = context.getWorkflowDataProxy(0) as IWorkflowDataProxyAdditionalKeys;
		const { customData } = $execution!;
		for (const [name, value] of Object.entries(data)) customData!.set(name, value);
	} catch {
		// The execution matters more.
		reportOnce(context, 'highlighted data');
	}
}
