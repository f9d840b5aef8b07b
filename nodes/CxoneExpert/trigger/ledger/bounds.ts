/* How much one trigger node remembers. In a file of its own, which simulated worlds replace by one with less. */

/** Deliveries. Beyond this, the oldest are evicted. */
export const MAX_DELIVERIES = 10_000;

/** Changes of pages that have come. Beyond this, the oldest are evicted. */
export const MAX_KNOWN_CHANGES = 100_000;

/** Those of them that are stored: n8n loads and saves them with each delivery. */
export const MAX_STORED_CHANGES = 10_000;

/** Eviction rewrites every row, so it waits for this many too many, or for an hour. */
export const MAX_EXCESS_ROWS = 100;
