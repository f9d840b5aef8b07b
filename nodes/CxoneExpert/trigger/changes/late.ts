/* A site may be late. The vendor gives no times (docs/vendor-facts.md#readings), so all that we assume is here. */

import { MINUTE_MS } from '../../durations';

/** A page's first text can be saved this long after the page, by the same step. */
export const FIRST_TEXT_MS = 2_000;

/** The events of recent changes may still be on their way. */
export const GRACE_MS = 5_000;

/** Lists and replicas of the site may not show recent changes yet, so they are asked once more. */
export const LISTED_AFTER_MS = MINUTE_MS;

/** Events can be this late, and so can the site's lists. */
export const MAX_LATE_MS = 10 * MINUTE_MS;
