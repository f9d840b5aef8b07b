import type { IPollFunctions } from 'n8n-workflow';

import { refusal } from '../api/expert-error';

/*
 * Relies on: a workflow with `engineType: 'v2'` in its settings runs on n8n's engine 2.0. That reads
 * `binary` of an item before it has saved anything, makes no execution row, and takes no `emit` that
 * waits for its execution: 200 would be presumed falsely, and nothing could be recovered.
 *
 * Seen in n8n 2.41.1; 2.8.4 has one engine. When it changes: the trigger is published on an engine
 * that loses events.
 *
 * Look first at: `engine-v2-dispatcher.service`, `handlesWorkflow`: which setting does it read?
 */

/** @throws ExpertError on an engine that does not say when it has saved an execution */
export function assertEngine(context: Pick<IPollFunctions, 'getWorkflowSettings'>): void {
	if (context.getWorkflowSettings().engineType !== 'v2') return;
	throw refusal({
		message: "The workflow runs on n8n's Engine 2.0, on which events would be lost",
		description:
			'Remove engineType from the settings of the workflow, and publish again: this engine does not say when it has saved an execution.',
	});
}
