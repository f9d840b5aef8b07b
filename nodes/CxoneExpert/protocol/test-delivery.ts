import { canonicalEventName } from '../api/event-types';
import type { Message } from '../event/parse';

/*
 * Shared by "Send Test Delivery" of the action node and the trigger. A test delivery is treated as
 * genuine until its event type is read. No site sends that type, and no choice of events, not even
 * "All Events", lets it start a workflow.
 */

/** Event type of a test delivery, as in event documents. */
export const TEST_EVENT_TYPE = 'n8n:testdelivery';

/**
 * Response header that proves that a trigger with the same credential serves the address. Before
 * sending anything secret, the action node asks for it with a test delivery without token and
 * signature, whose delivery ID is the challenge.
 */
export const PROOF_HEADER = 'x-cxone-expert-proof';

/** Response header in which the trigger says what it verified, for authentic senders only. */
export const VERIFIED_HEADER = 'x-cxone-expert-verified';

/** Only the token can be verified while the site has no signing secret. */
export type VerifiedParts = 'token' | 'token, signature';

/** Whether all events are of the type that only "Send Test Delivery" sends. */
export function isTestDelivery(message: Message): boolean {
	return 'events' in message && message.events.every(({ type }) => type === TEST_TYPE);
}

const TEST_TYPE = canonicalEventName(TEST_EVENT_TYPE);
