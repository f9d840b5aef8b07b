/** Durations that are kept: enough for a p95 of some meaning, and 2 kB. */
const MAX_DURATIONS = 1000;
/** The longest that is told apart, in ms. */
const MAX_MS = 65_535;

/**
 * The latest durations, in whole ms. The last thousand rather than a histogram since the start: people
 * look when something is wrong now, and a week of quiet must not hide it. Adding one allocates nothing.
 */
export class RecentDurations {
	private readonly ring = new Uint16Array(MAX_DURATIONS);
	private added = 0;

	add(ms: number): void {
		this.ring[this.added % MAX_DURATIONS] = Math.min(MAX_MS, Math.round(ms));
		this.added++;
	}

	/** How many are kept. */
	get size(): number {
		return Math.min(this.added, MAX_DURATIONS);
	}

	/**
	 * The duration that this share of them does not exceed (nearest rank); `undefined` without any.
	 *
	 * @param share above 0, 1 at most: 0.95 for p95
	 */
	percentile(share: number): number | undefined {
		const sorted = this.ring.slice(0, this.size).sort();
		return sorted[Math.ceil(share * sorted.length) - 1];
	}
}
