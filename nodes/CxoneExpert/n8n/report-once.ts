import type { IExecuteFunctions } from 'n8n-workflow';

import { inMemory } from '../memory';

/** Messages for the log when n8n differs from the versions that the node was tested with. */
const MESSAGES = {
	'highlighted data': 'it takes no highlighted data from a trigger. Executions cannot be found by their delivery.',
	'raw body':
		'it offers no way to read the body of a request. Nothing can be verified, so the node tells Expert to retry each delivery.',
	response: 'it had begun its response before the node could replace it. Expert gets the response that n8n has begun.',
	'record in a copy':
		'the record of deliveries cannot be put into the static data of an execution or trigger. A workflow that writes static data can overwrite the record; n8n then marks more deliveries as redelivered after a restart.',
	'shows writing':
		'it does not show when it writes an execution. A delivery that it has not confirmed in time gets 503 and is sent again; it still runs once.',
	'webhook response':
		'it does not ask for the response of the node before it saves static data. The record of a delivery is saved with the next one.',
};

/** Expected behaviour of n8n whose absence is logged once. */
export type N8nReliance = keyof typeof MESSAGES;

export const reportedReliances = inMemory(new Set<N8nReliance>());

/** Logs once per process that the node has fallen back, and what that means. */
export function reportOnce({ logger }: Pick<IExecuteFunctions, 'logger'>, reliance: N8nReliance): void {
	if (reportedReliances.has(reliance)) return;
	reportedReliances.add(reliance);
	const message = `CXone Expert Trigger: this version of n8n works in another way than expected: ${MESSAGES[reliance]}`;
	// n8n 2.8.4, which is supported, is known not to show it: there is nothing to look into.
	if (reliance === 'shows writing') logger.info(message);
	else logger.warn(`${message} Look for a newer version of the node.`);
}
