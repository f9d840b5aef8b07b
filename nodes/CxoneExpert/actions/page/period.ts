import type { OperationContext } from '../core/operation-context';
import { apiTime, enteredTime } from '../input/time';

/** A time to look at, in ms since 1970; the end is part of it. */
export interface Period {
	/** A full second: the dates of the site have no fractions. */
	since: number;
	/** `Infinity` when none was entered. */
	until: number;
}

/**
 * How far the clock of n8n may be behind that of the site, whose times a catch-up enters here: a
 * clock in the wrong time zone is hours off.
 */
const MAX_CLOCK_SKEW_MS = 86_400_000;

/** What is entered under "Since" and "Until", or words about what does not fit. */
export function enteredPeriod(run: OperationContext): Period {
	const since = enteredTime(run, 'Since', run.parameter('since'));
	const { until: entered } = run.options;
	const isOpen = entered === undefined || entered === '';
	const until = isOpen ? Infinity : enteredTime(run, 'Until', entered);
	if (since > Date.now() + MAX_CLOCK_SKEW_MS) {
		return run.site.refuse({
			message: `"Since" is in the future: ${apiTime(since)}`,
			description:
				'Enter a time in the past. A time without an offset is in the time zone of the workflow.',
		});
	}
	if (until < since) {
		return run.site.refuse({
			message: `"Until" (${apiTime(until)}) is before "Since" (${apiTime(since)})`,
			description: 'Enter a time after "Since", or take the option "Until" away.',
		});
	}
	return { since: Math.floor(since / 1000) * 1000, until };
}
