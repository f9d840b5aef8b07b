import { type NodeContext, nodeKey } from '../../shared/node-key';
import { type NodeChanges, processState } from '../process-state';
import { presentMoment } from '../clock';
import { windowStart } from './gap';
import { KnownChanges } from './known';

/** What is known of the changes at this node, in this process. */
export function changesAt(context: NodeContext): NodeChanges {
	const key = nodeKey(context);
	const known = processState.changes.get(key);
	const changes = known ?? { known: new KnownChanges(), isRecovering: false };
	// Also for what is there: it counts as used.
	processState.changes.set(key, changes);
	return changes;
}

/** Drops what is known and that nobody needs to know any more. */
export function evictKnown({ known, progress }: NodeChanges): void {
	if (progress === undefined) return;
	known.evict({ windowStart: windowStart(progress), now: presentMoment().steady });
}
