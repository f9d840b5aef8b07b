/** Expert gives up on a response after this. Source: docs/vendor-facts.md#responses-and-retries. */
export const EXPERT_TIMEOUT_MS = 1000;

/**
 * Time from n8n's call to our response, whatever happens. Expert gives up after a second in all, and nothing reveals
 * how much of it n8n has used (docs/decisions/0004-200-means-saved.md).
 */
export const RESPONSE_DEADLINE_MS = 900;
