import type { IExecuteFunctions, IWorkflowDataProxyAdditionalKeys } from 'n8n-workflow';

import { reportOnce } from './report-once';

/*
 * Relies on: `$execution.customData`, which n8n documents for expressions and the Code node, is also in
 * what `getWorkflowDataProxy` gives a node; n8n saves it with the execution, failed ones too. It takes
 * 10 names for an execution, those of other nodes among them, and drops the rest without a word; a name
 * has letters, digits and `_`, 50 at most. Values above 255 characters are an error in the log.
 *
 * Seen in n8n 2.8.4 and 2.41.1 (which has it as `context.customData`, too). When it changes: the
 * execution runs as before and cannot be found by its delivery, and the log says so once.
 */

/** Longest value that n8n takes without complaint. */
export const MAX_HIGHLIGHT_CHARS = 255;

/** Sets n8n's "Highlighted data" of the execution. */
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
