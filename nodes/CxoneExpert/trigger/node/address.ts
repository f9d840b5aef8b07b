import type { IHookFunctions } from 'n8n-workflow';

import { isSameUrl } from '../../api/webhook-url';
import { type NodeContext, perNode } from '../../memory';
import { introduceTrigger, notePublished, noteUnpublished } from '../../figures/trigger-node';

/*
 * n8n tells the address of a webhook to those who publish it, and to nobody else: so publishing keeps
 * it for the watch. While it is not there, nothing may be done at the site but by publishing itself.
 */

/** The address of the webhook of one trigger node, as this process knows it. */
export interface WebhookAddress {
	/**
	 * What n8n serves while the workflow is published. A new object each time it is published: work that
	 * holds an older one has to stop.
	 */
	served?: ServedAddress;
	/** When n8n has stopped serving it; ms of the monotonic clock. */
	stoppedAt?: number;
	/** What n8n serves while the editor listens for a test event, as publishing the test has told it. */
	testUrl?: string;
	/** Under which address the webhook was registered last, here or by a process before. */
	registeredUrl?: string;
}

export interface ServedAddress {
	readonly url: string;
}

/** What is known of the address of this node's webhook. Only publishing tells that of a published workflow. */
export const addressOf = perNode((): WebhookAddress => ({}), {
	isPinned: ({ served }) => served !== undefined,
});

/** This process has served the address, or stopped serving it: it knows more of that than what is stored. */
export function knowsServing(context: NodeContext): boolean {
	const { served, stoppedAt } = addressOf(context);
	return served !== undefined || stoppedAt !== undefined;
}

/** n8n serves this address from now on. */
export function startServing(context: NodeContext, url: string): void {
	addressOf(context).served = { url };
	notePublished(url);
	introduceTrigger(context);
}

/** Time for removing the webhook of the version before. */
const MAX_REPUBLISH_MS = 60_000;

/**
 * n8n serves this address no more, or it is being published again. Another one stays: a test has its own.
 *
 * @returns whether a publication now takes the place of one that was there until now: of another version, or
 * because somebody has unpublished and published the workflow, as most messages advise. n8n does not say which
 * of its publications are that.
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

/** n8n has started, or another main process has taken over: nobody has published anything. */
export function isStart(context: Pick<IHookFunctions, 'getActivationMode'>): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
