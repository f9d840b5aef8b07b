import { type NodeContext, perNode } from '../../shared/per-node';
import type { Ledger } from '../ledger/ledger';
import type { TriggerParameters } from '../parameters';
import { type Progress, windowStart } from './gap';

/** What a process knows of the changes at one trigger node, beside its ledger. */
export interface NodeChanges {
	/** Absent until the node was published, or its stored progress was read. */
	progress?: Progress;
	/** Origin of a site that was seen to send the text that a page is created with as an edit of its own. */
	firstTextsOf?: string;
	/** A recovery takes as long as its executions do, and checks go on meanwhile. */
	isRecovering: boolean;
}

/** What is known of the changes at this node, in this process. */
export const changesAt = perNode((): NodeChanges => ({ isRecovering: false }));

/**
 * Evicts from the ledger of a node what nobody asks for any more. What a recovery may ask for stays.
 *
 * @param now unix ms
 */
export function forgetOld(
	ledger: Ledger,
	n8n: NodeContext,
	{ maxDeliveryAgeSeconds }: Pick<TriggerParameters, 'maxDeliveryAgeSeconds'>,
	now = Date.now(),
): void {
	const { progress } = changesAt(n8n);
	const neededSince = progress === undefined ? Infinity : windowStart(progress) / 1000;
	ledger.forget(now / 1000, neededSince, maxDeliveryAgeSeconds);
}
