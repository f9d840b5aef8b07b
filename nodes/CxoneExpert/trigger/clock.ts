/** One moment by two clocks, in unix ms. */
export interface Moment {
	/** What the machine says now. Anybody can set it, also by an hour or a year. */
	wall: number;
	/** What the machine said some time ago, plus the time since then. It never jumps. */
	steady: number;
}

/** The wall clock is believed when the clocks have differed by the same for this long. */
const BELIEVED_AFTER_MS = 3_600_000;
/** Smaller differences are no jump: clocks are slewed, and two readings take time. */
const TOLERANCE_MS = 10_000;

/** From where the steady clock counts, and how far the wall clock is off since when; in ms. */
const anchor = {
	wall: Date.now(),
	monotonic: performance.now(),
	offBy: 0,
	offSince: performance.now(),
};

/**
 * The present moment. Where the clocks differ, nobody can tell at first which one is right: the wall
 * clock may have been set wrong, or it was wrong when this process began, or the machine has slept.
 * What it says for an hour is believed.
 */
export function presentMoment(): Moment {
	const monotonic = performance.now();
	const wall = Date.now();
	const steady = anchor.wall + monotonic - anchor.monotonic;
	if (Math.abs(wall - steady - anchor.offBy) > TOLERANCE_MS) {
		anchor.offBy = wall - steady;
		anchor.offSince = monotonic;
	}
	if (monotonic - anchor.offSince < BELIEVED_AFTER_MS) return { wall, steady };
	Object.assign(anchor, { wall, monotonic, offBy: 0, offSince: monotonic });
	return { wall, steady: wall };
}
