import { HOUR_MS } from '../durations';

/** Enough for a day at a glance. */
const HOURS = 24;

const COUNTED = ['accepted', 'refused', 'late', 'recovered'] as const;

export type CountedByHour = (typeof COUNTED)[number];

export type Hour = Record<CountedByHour, number> & {
	/** Unix ms of its beginning. */
	at: number;
};

/** Counts of the last 24 hours of the clock. Counting allocates nothing. */
export class Hours {
	private readonly counts = new Uint32Array(HOURS * COUNTED.length);
	/** Hours since 1970: the last one that has a row. */
	private newest = -Infinity;

	/** @param now unix ms */
	count(what: CountedByHour, by: number, now: number): void {
		const hour = Math.floor(now / HOUR_MS);
		this.clearUntil(hour);
		this.counts[cell(hour, what)]! += by;
	}

	/**
	 * Oldest first, up to the hour of now. It begins with the hour of `since`: what was before, nobody has counted.
	 *
	 * @param since unix ms @param now unix ms
	 */
	list(since: number, now: number): Hour[] {
		const last = Math.floor(now / HOUR_MS);
		this.clearUntil(last);
		// Where the clock was set back, the rows of hours ahead are not those of yesterday.
		const first = Math.min(last, Math.max(this.newest - HOURS + 1, Math.floor(since / HOUR_MS)));
		return Array.from({ length: last - first + 1 }, (_, index) => this.read(first + index));
	}

	/** Clears the rows of hours without a count. A clock that was set back by a day or more begins anew. */
	private clearUntil(hour: number): void {
		const isSetBack = hour <= this.newest - HOURS;
		if (isSetBack || hour >= this.newest + HOURS) this.counts.fill(0);
		else
			for (let next = this.newest + 1; next <= hour; next++) this.counts.fill(0, row(next), row(next) + COUNTED.length);
		this.newest = isSetBack ? hour : Math.max(hour, this.newest);
	}

	private read(hour: number): Hour {
		const counts = COUNTED.map((what) => [what, this.counts[cell(hour, what)]!] as const);
		return { at: hour * HOUR_MS, ...(Object.fromEntries(counts) as Record<CountedByHour, number>) };
	}
}

function row(hour: number): number {
	return (hour % HOURS) * COUNTED.length;
}

function cell(hour: number, what: CountedByHour): number {
	return row(hour) + COUNTED.indexOf(what);
}
