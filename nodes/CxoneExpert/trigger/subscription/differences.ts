import type { Webhook } from '../../transport/webhooks';
import { eventKey, eventPathForm } from '../events';
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

/** Compares without regard to how event names are spelled: the site answers in another case. */
export function differences(found: Webhook, desired: DesiredWebhook): Differences {
	const registered = new Set(found.events.map(eventKey));
	const wanted = new Set(desired.events.map(eventKey));
	return {
		settings: !found.active || found.authorization !== desired.authorization,
		add: desired.events.filter((event) => !registered.has(eventKey(event))),
		remove: found.events.filter((event) => !wanted.has(eventKey(event))).map(eventPathForm),
	};
}

export function isInOrder({ settings, add, remove }: Differences): boolean {
	return !settings && add.length === 0 && remove.length === 0;
}

/** Whether two addresses are the same one, however the site wrote it down. */
export function isSameUrl(a: string, b: string): boolean {
	return normalizedUrl(a) === normalizedUrl(b);
}

/** One spelling of an address; what is none stays as it is. */
export function normalizedUrl(url: string): string {
	try {
		return new URL(url.trim()).href;
	} catch {
		return url;
	}
}
