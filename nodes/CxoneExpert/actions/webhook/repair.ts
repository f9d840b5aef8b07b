import { failureText, type StatusMessages } from '../../shared/failure-messages';
import type { Result } from '../../api/result';
import { addEvent, type Webhook } from '../../api/webhooks';
import { missingEvents } from '../../shared/events';
import { updateKeepingEvents } from '../../shared/update-webhook';
import type { ExpertSite } from '../core/site';
import { NO_SUCH_EVENT } from './add-event.operation';
import { isOffByExpert } from './health';
import { fail, readAgain } from './site-calls';
import { isRefusedUpdate, NOT_SWITCHED_ON } from './switch';

/** What a repair led to. */
export interface Repaired {
	/** As the site reports it afterwards. */
	webhook: Webhook;
	/** Plain sentences: what is different now. */
	changes: string[];
	/** Plain sentences: what Expert refused, and what to do. */
	refusals: string[];
}

/**
 * Switches on again what Expert has switched off, and adds the events that are missing. What a person
 * has switched off stays off, and no event is lost.
 *
 * Throws when the site cannot be reached, or when events are lost over it; what else it refuses is told.
 */
export async function repair(
	site: ExpertSite,
	webhook: Webhook,
	expectedEvents: string[],
): Promise<Repaired> {
	const { id } = webhook;
	const isOff = isOffByExpert(webhook);
	const missing = missingEvents(webhook.events, expectedEvents);
	if (!isOff && missing.length === 0) return { webhook, changes: [], refusals: [] };
	const refusals: string[] = [];
	const note = (result: Result<unknown>, messages: StatusMessages) => {
		refusals.push(...refusalOf(site, result, messages));
	};
	if (isOff) {
		const wanted = { ...webhook, active: true };
		const updated = await updateKeepingEvents(site.api, id, wanted);
		// Lost events are more than a finding.
		if (!updated.ok && !isRefusedUpdate(updated.failure)) fail(site, updated.failure);
		note(updated, NOT_SWITCHED_ON);
	}
	for (const event of missing) note(await addEvent(site.api, id, event), NO_SUCH_EVENT);
	const after = await readAgain(site, id);
	return { webhook: after, changes: changesOf(webhook, after, missing), refusals };
}

function changesOf(before: Webhook, after: Webhook, missing: string[]): string[] {
	const left = missingEvents(after.events, missing);
	const added = missing.filter((event) => !left.includes(event));
	return [
		...(!before.active && after.active ? ['Switched on again.'] : []),
		...(added.length > 0 ? [`Added the events: ${added.join(', ')}.`] : []),
	];
}

function refusalOf(site: ExpertSite, result: Result<unknown>, special: StatusMessages): string[] {
	if (result.ok) return [];
	const { failure } = result;
	if (failure.kind !== 'http-status') fail(site, failure, special);
	return [failureText(failure, { messages: special })];
}
