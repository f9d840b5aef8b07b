import type { IHookFunctions } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { isSameUrl } from '../../api/webhook-url';
import { type NodeContext, perNode } from '../../memory';
import { introduceTrigger, notePublished, noteUnpublished } from '../../metrics/trigger-node';

/*
 * Only publishing learns the webhook URL from n8n, so it keeps the URL for the watch. Without one, the watch must not
 * change anything at the site.
 */

/** The webhook address of one trigger node, as far as this process knows. */
interface WebhookAddress {
	/** Set while the workflow is published. Each publish makes a new object: work with an older one must stop. */
	served?: ServedAddress;
	/** When n8n stopped serving it; ms of the monotonic clock. */
	stoppedAt?: number;
	/** Set while the editor listens for a test event. */
	testUrl?: string;
	/** Where the webhook was last registered, by this process or an earlier one. */
	registeredUrl?: string;
	/** Digest of the `Authorization` that the site sends since then: `authorizationDigest` in protocol/token.ts. */
	registeredToken?: string;
}

export interface ServedAddress {
	readonly url: string;
}

export const addressOf = perNode((): WebhookAddress => ({}), {
	isPinned: ({ served }) => served !== undefined,
});

/** This process has served the address or stopped serving it, so it knows more than static data. */
export function knowsServing(context: NodeContext): boolean {
	const { served, stoppedAt } = addressOf(context);
	return served !== undefined || stoppedAt !== undefined;
}

export function startServing(context: NodeContext, url: string): void {
	addressOf(context).served = { url };
	notePublished(url);
	introduceTrigger(context);
}

/** Time to remove the webhook of the previous version. */
const MAX_REPUBLISH_MS = MINUTE_MS;

/**
 * Forgets this address, because n8n no longer serves it or publishes it again. A test has an address of its own.
 *
 * @returns whether a publish now replaces a version published just before, or follows an unpublish, as most messages
 *   advise. n8n does not say so itself.
 */
export function stopServing(context: NodeContext, url: string): boolean {
	const address = addressOf(context);
	if (address.served?.url === url) {
		delete address.served;
		noteUnpublished(url);
		address.stoppedAt = performance.now();
	}
	return performance.now() - (address.stoppedAt ?? -Infinity) < MAX_REPUBLISH_MS;
}

export type LastRegistration = 'here' | 'elsewhere' | 'unknown';

/**
 * Whether the webhook was last registered at this address. A copy of n8n has another one. It is unknown if n8n's
 * command line published the workflow, which registers nothing, or if stored data was lost. That can be a copy, too.
 */
export function lastRegistration(context: NodeContext, url: string): LastRegistration {
	const { registeredUrl } = addressOf(context);
	if (registeredUrl === undefined) return 'unknown';
	return isSameUrl(registeredUrl, url) ? 'here' : 'elsewhere';
}

/** n8n has started, or another main process has taken over; nobody has published. */
export function isStart(context: Pick<IHookFunctions, 'getActivationMode'>): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
