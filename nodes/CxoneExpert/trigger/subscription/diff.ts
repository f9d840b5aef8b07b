import type { Webhook } from '../../api/webhooks';
import { canonicalEventName, missingEvents } from '../../shared/events';
import type { DesiredWebhook } from './desired';

/** What has to be changed at the site to make a webhook what it should be. */
export interface Differences {
	/** Authorization header or active state (the URL is what makes a webhook ours). */
	settings: boolean;
	/** Events to add, in path form. */
	add: string[];
	/** Events to remove, in path form: the API's path knows no other spelling for sure. */
	remove: string[];
}

/** Compares event names in any spelling: the site returns them in another case. */
export function differences(found: Webhook, desired: DesiredWebhook): Differences {
	return {
		settings: !found.active || found.authorization !== desired.authorization,
		add: missingEvents(found.events, desired.events),
		remove: missingEvents(desired.events, found.events).map(canonicalEventName),
	};
}

export function isUpToDate({ settings, add, remove }: Differences): boolean {
	return !settings && add.length === 0 && remove.length === 0;
}
