import type { IDataObject } from 'n8n-workflow';

import { errorOf } from '../../../api/expert-error';
import { addEvent, updateWebhook, type Webhook } from '../../../api/webhooks';
import type { ProcessKind } from '../../../n8n/this-process';
import { deliveryAuthorization } from '../../../shared/delivery-token';
import { readFigures } from '../../../shared/delivery-figures';
import { isDisabledByExpert } from '../../../shared/disabled-webhook';
import { missingEvents } from '../../../shared/events';
import { withEvents } from '../../../shared/update-webhook';
import { isSameUrl, urlWithoutSecrets } from '../../../shared/webhook-url';
import { webhookItem } from '../../items';
import type { ExpertSite } from '../../site';
import { NOT_ENABLED, readExistingWebhook, readWebhookIfExists } from '../calls';
import { beginsWith } from '../this-n8n';
import { deliveryFindings, deliveryReport } from './deliveries';
import { type Health, healthOf } from './findings';

/** What the webhooks are compared with. */
interface Check {
	site: ExpertSite;
	/** At the site. */
	all: Webhook[];
	/** Path forms of events; empty: not compared. */
	expected: string[];
	/** What the URLs of our own webhooks begin with: no other webhook is repaired. */
	address: string;
	repairs: boolean;
	/** Whose figures these are. */
	process: ProcessKind | undefined;
}

/**
 * The state of one webhook, after a repair where one is wanted. `findings` is what was found before,
 * and what prevented a repair.
 *
 * @returns empty when the webhook was removed since it was listed
 */
export async function reportOn(id: string, check: Check): Promise<IDataObject[]> {
	const found = await readWebhookIfExists(check.site, id);
	if (found === undefined) return [];
	const before = judged(found, check);
	const { webhook, changes, refusals } = await repaired(found, before, check);
	const { healthy, missingEvents: missing } = judged(webhook, check);
	const { active, events, consecutiveFailures, disabledReason } = webhookItem(webhook);
	const figures = readFigures(found.url);
	return [
		{
			...{ id, url: urlWithoutSecrets(webhook.url), healthy, wasHealthy: before.healthy },
			...{ active, consecutiveFailures, disabledReason, events, missingEvents: missing },
			findings: [...before.findings, ...deliveryFindings(found, figures), ...refusals],
			changes,
			deliveries: deliveryReport(figures, check.process),
		},
	];
}

function judged(webhook: Webhook, { site, all, expected }: Check): Health {
	const twins = withUrl(webhook, all).filter(({ id }) => id !== webhook.id);
	const authorization = deliveryAuthorization(site.credential, webhook.url);
	return healthOf(webhook, twins, { events: expected, authorization });
}

function withUrl(webhook: Webhook, all: Webhook[]): Webhook[] {
	return all.filter(({ url }) => isSameUrl(url, webhook.url));
}

/** What a repair led to. */
interface Repaired {
	/** As the site reports it afterwards. */
	webhook: Webhook;
	/** Plain sentences: what is different now. */
	changes: string[];
	/** Plain sentences: what was not done, and what to do. */
	refusals: string[];
}

/** The webhook after a repair, where one is wanted and the webhook is ours. */
async function repaired(webhook: Webhook, { healthy }: Health, check: Check): Promise<Repaired> {
	const { site, all, expected, address } = check;
	const asItIs = { webhook, changes: [], refusals: [] };
	if (!check.repairs || healthy) return asItIs;
	if (!beginsWith(webhook.url, address)) return { ...asItIs, refusals: [notOurs(address)] };
	return isFirstChoice(webhook, all) ? await repair(site, webhook, expected) : asItIs;
}

function notOurs(address: string): string {
	return `It was not repaired, because its URL does not begin with ${address}. If it belongs to this n8n, enter its address under Options > Webhook URL.`;
}

/** Of several with one address only one is repaired: two that are on deliver everything twice. */
function isFirstChoice(webhook: Webhook, all: Webhook[]): boolean {
	const same = withUrl(webhook, all);
	const first = same.find(({ active }) => active) ?? same[0];
	return first === undefined || first.id === webhook.id;
}

/**
 * Enables a webhook that Expert has disabled, and adds the events that are missing. A webhook that a
 * person has disabled stays disabled, and no event is lost.
 *
 * Throws when the site cannot be reached, or when events were lost; other refusals are reported.
 */
async function repair(site: ExpertSite, webhook: Webhook, expected: string[]): Promise<Repaired> {
	const { id } = webhook;
	const isOff = isDisabledByExpert(webhook);
	const missing = missingEvents(webhook.events, expected);
	if (!isOff && missing.length === 0) return { webhook, changes: [], refusals: [] };
	const refusals: string[] = [];
	if (isOff) {
		const enabled = { ...webhook, active: true };
		refusals.push(...(await refusalsIn(updateWebhook(site, id, enabled, NOT_ENABLED))));
		// Lost events are more than a finding.
		await withEvents(site, id, webhook.events);
	}
	for (const event of missing) refusals.push(...(await refusalsIn(addEvent(site, id, event))));
	const after = await readExistingWebhook(site, id);
	return { webhook: after, changes: changesOf(webhook, after, missing), refusals };
}

/** What the site refuses is a finding. */
async function refusalsIn(work: Promise<unknown>): Promise<string[]> {
	const error = await errorOf(work);
	if (error === undefined) return [];
	if (error.kind !== 'http-status') throw error;
	return [error.text];
}

function changesOf(before: Webhook, after: Webhook, missing: string[]): string[] {
	const left = missingEvents(after.events, missing);
	const added = missing.filter((event) => !left.includes(event));
	return [
		...(!before.active && after.active ? ['Enabled again.'] : []),
		...(added.length > 0 ? [`Added the events: ${added.join(', ')}.`] : []),
	];
}
