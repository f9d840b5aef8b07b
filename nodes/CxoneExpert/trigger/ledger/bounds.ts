/*
 * How much one trigger node remembers. This is a file of its own, so that simulated worlds can replace it by smaller
 * bounds.
 */

/** Deliveries in memory. The oldest surplus ones are evicted. */
export const MAX_DELIVERIES = 10_000;

/** Page changes in memory. The oldest surplus ones are evicted. */
export const MAX_KNOWN_CHANGES = 100_000;

/** Page changes that are stored. n8n loads and saves them with each delivery. */
export const MAX_STORED_CHANGES = 10_000;

/** Surplus before an eviction, which rewrites every row. It also happens once an hour. */
export const MAX_EXCESS_ROWS = 100;
