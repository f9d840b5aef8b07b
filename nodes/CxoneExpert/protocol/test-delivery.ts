import { canonicalEventName } from '../api/event-types';
import type { Message } from '../event/parse';

/*
 * What "Send Test Delivery" of the action node and the trigger agree on. A test delivery goes the whole
 * way of a genuine one until its event type is read. The type is not one of Expert's, so no site sends
 * it and no choice of events, not even "All Events", lets it start a workflow.
 */

/** The event type of a test delivery, as event documents spell it. */
export const TEST_EVENT_TYPE = 'n8n:testdelivery';

/**
 * The response header with the proof that a trigger with the same credential serves the address. The
 * action node asks for it before it sends anything secret: by a test delivery without token and
 * signature, whose delivery ID is the challenge.
 */
export const PROOF_HEADER = 'x-cxone-expert-proof';

/** The response header by which the trigger says what it has verified. Nobody else gets it. */
export const VERIFIED_HEADER = 'x-cxone-expert-verified';

/** What it says. The token alone is verified while the site has no signing secret. */
export type VerifiedParts = 'token' | 'token, signature';

/** Whether "Send Test Delivery" has made it: all of its events are of the type that no site sends. */
export function isTestDelivery(message: Message): boolean {
	return 'events' in message && message.events.every(({ type }) => type === TEST_TYPE);
}

const TEST_TYPE = canonicalEventName(TEST_EVENT_TYPE);
