import { type NodeChanges, type NodeContext, nodeKey, processState } from '../process-state';
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
