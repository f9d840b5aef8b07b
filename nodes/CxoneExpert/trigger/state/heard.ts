import type { ChangeKind } from '../../event/change';
import { perNode } from '../../memory';

/** What this process has seen of a node's events. The audit (watch/audit.ts) judges by it. It is in memory only. */
class Heard {
	/** Executions run in this process: n8n is not in queue mode, and all deliveries arrive here. */
	runsHere = false;
	/** When a delivery last came to this process, even one that is filtered out; ms of the monotonic clock. */
	lastAt?: number;
	private readonly reported = new Set<ChangeKind>();
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
		this.reported.add(kind);
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
		return this.reported.has(kind) && !this.matched.has(kind);
	}
}

export const heardBy = perNode(() => new Heard());
