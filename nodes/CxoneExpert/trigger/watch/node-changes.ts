import { perNode } from '../../shared/per-node';
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

/** From when on a recovery may ask for changes; site time, unix seconds. */
export function neededSince({ progress }: NodeChanges): number {
	return progress === undefined ? Infinity : windowStart(progress) / 1000;
}
