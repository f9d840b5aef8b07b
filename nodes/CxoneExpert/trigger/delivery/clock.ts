/** One moment by two clocks, in unix ms. */
export interface Moment {
	/** What the machine says now. It can be set, also by an hour or a year. */
	wall: number;
	/** What it said when this process began, and the time since then: it never jumps. */
	steady: number;
}

const START: Readonly<Moment> = { wall: Date.now(), steady: performance.now() };

/** The present moment. Where the clocks differ, nobody can tell which one is right. */
export function presentMoment(): Moment {
	return { wall: Date.now(), steady: START.wall + performance.now() - START.steady };
}
