/**
 * Time from the call by n8n until a delivery gets its response, come what may. Expert gives up after a
 * second in all; how much of it n8n has used by then, nothing tells (docs/decisions/0004-200-means-saved.md).
 */
export const RESPONSE_DEADLINE_MS = 900;
/**
 * Time from which what n8n has written counts as saved, unless n8n has said otherwise by then. Earlier
 * than the deadline: this response is worth something only if it comes in time.
 */
export const PRESUMPTION_MS = 700;
