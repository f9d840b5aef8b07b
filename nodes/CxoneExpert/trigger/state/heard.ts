import type { ChangeKind } from '../../event/change';
import { perNode } from '../../memory';
import { LISTED_AFTER_MS } from '../changes/late';

/** What this process has seen of a node's events. The audit (watch/audit.ts) judges by it. It is in memory only. */
class Heard {
	/** Executions run in this process: n8n is not in queue mode, and all deliveries arrive here. */
	runsHere = false;
	/** When a delivery last came to this process, even one that is filtered out; ms of the monotonic clock. */
	lastAt?: number;
	/** When an event of this kind first came; ms of the monotonic clock. */
	private readonly reported = new Map<ChangeKind, number>();
	private readonly matched = new Set<ChangeKind>();

	/** The workflow is published, or n8n has started. */
	begin(): void {
		this.reported.clear();
		this.matched.clear();
	}

	/** A delivery has come to this process. */
	hear(): void {
		this.lastAt = performance.now();
	}

	/** An event has reported a change of this kind. */
	report(kind: ChangeKind): void {
		if (!this.reported.has(kind)) this.reported.set(kind, performance.now());
	}

	/** An event was of a change that the site shows. */
	match(kind: ChangeKind): void {
		this.matched.add(kind);
	}

	hasMatched(kind: ChangeKind): boolean {
		return this.matched.has(kind);
	}

	/** No event matched a change that the site shows: this site's events may have another clock, or other IDs. */
	isDoubtful(kind: ChangeKind): boolean {
		const { reported, matched } = this;
		// The site need not list the change of a recent one yet.
		const isOld = performance.now() - (reported.get(kind) ?? Infinity) >= LISTED_AFTER_MS;
		return isOld && !matched.has(kind);
	}
}

export const heardBy = perNode(() => new Heard());
