import { perNode } from '../../shared/per-node';
import { type Progress, windowStart } from './gap';
import { KnownChanges } from './known';

/** What a process knows of the changes at one trigger node. */
export interface NodeChanges {
	/** Absent until the node was published, or its stored progress was read. */
	progress?: Progress;
	readonly known: KnownChanges;
	/** A recovery takes as long as its executions do, and checks go on meanwhile. */
	isRecovering: boolean;
}

/** What nothing asks for is evicted after this; static data holds what is needed of it. */
const CHANGES_TTL_MS = 24 * 3_600_000;

/** What is known of the changes at this node, in this process. */
export const changesAt = perNode(
	(): NodeChanges => ({ known: new KnownChanges(), isRecovering: false }),
	{ ttlMs: CHANGES_TTL_MS },
);

/** Drops what is known and that nobody needs to know any more. */
export function evictKnown({ known, progress }: NodeChanges): void {
	if (progress === undefined) return;
	known.evict({ windowStart: windowStart(progress), now: Date.now() });
}
