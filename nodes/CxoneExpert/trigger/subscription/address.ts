import { isSameUrl } from '../../shared/webhook-url';
import { type NodeContext, nodeKey } from '../../shared/node-key';
import { processState, type WebhookAddress } from '../process-state';

/*
 * n8n tells the address of a webhook to those who publish it, and to nobody else: so publishing keeps
 * it for the watch. While it is not there, nothing may be done at the site but by publishing itself.
 */

/** What is known of the address of this node's webhook. */
export function addressOf(context: NodeContext): WebhookAddress {
	const key = nodeKey(context);
	const address = processState.addresses.get(key) ?? {};
	processState.addresses.set(key, address);
	return address;
}

/** n8n serves this address from now on. */
export function startServing(context: NodeContext, url: string): void {
	addressOf(context).served = { url };
}

/** n8n serves this address no more, or it is being published again. Another one stays: a test has its own. */
export function stopServing(context: NodeContext, url: string): void {
	const address = addressOf(context);
	if (address.served === undefined || !isSameUrl(address.served.url, url)) return;
	delete address.served;
	address.servedUntil = performance.now();
}

/** Time for removing the webhook of the version before. */
const MAX_REPUBLISH_MS = 60_000;

/**
 * When n8n served this address last, if a publication takes the place of one that was there until now: of
 * another version, or because somebody has unpublished and published the workflow, as most messages
 * advise. n8n does not say which of its publications are that. Ms of the monotonic clock.
 */
export function servedUntilNow(context: NodeContext): number | undefined {
	const { servedUntil = -Infinity } = addressOf(context);
	return performance.now() - servedUntil < MAX_REPUBLISH_MS ? servedUntil : undefined;
}

/** Where the webhook was registered last: under the address that n8n serves now, or under another one. */
export type LastRegistration = 'here' | 'elsewhere' | 'unknown';

/**
 * Where the webhook was registered last. A copy of n8n has another address. Unknown are a workflow that
 * n8n's command line has published, which registers nothing, and one whose stored data was lost: that
 * one can be a copy, too.
 */
export function lastRegistration(context: NodeContext, url: string): LastRegistration {
	const { registeredUrl } = addressOf(context);
	if (registeredUrl === undefined) return 'unknown';
	return isSameUrl(registeredUrl, url) ? 'here' : 'elsewhere';
}
