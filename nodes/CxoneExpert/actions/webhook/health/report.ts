import type { IDataObject } from 'n8n-workflow';

import { errorOf, type ExpertError } from '../../../api/expert-error';
import {
	addEvent,
	assertEventsShown,
	isDisabledByExpert,
	updateWebhook,
	type Webhook,
} from '../../../api/webhooks';
import type { ProcessKind } from '../../../n8n/this-process';
import { deliveryAuthorization } from '../../../protocol/token';
import { readFigures } from '../../../figures/delivery-figures';
import { isUnpublished, triggerAt } from '../../../figures/trigger-node';
import { missingEvents } from '../../../api/event-types';
import { differences, isUpToDate, withEvents } from '../../../api/webhook-sync';
import { isSameUrl, urlWithoutSecrets } from '../../../api/webhook-url';
import { webhookItem } from '../../items';
import type { ExpertSite } from '../../site';
import { NOT_ENABLED, readExistingWebhook, readWebhookIfExists } from '../calls';
import { beginsWith } from '../this-n8n';
import { deliveryFindings, deliveryReport } from './deliveries';
import { findingsOf } from './findings';

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
	const { site, address, process, repairs } = check;
	const found = await readWebhookIfExists(site, id);
	if (found === undefined) return [];
	const before = judge(found, check);
	const { webhook, changes, refusals }: Repaired =
		repairs && !before.healthy ? await repair(found, before, check) : notRepaired(found);
	const { healthy, missing } = judge(webhook, check);
	const { active, events, consecutiveFailures, disabledReason } = webhookItem(webhook);
	const authorization = deliveryAuthorization(site.credential, found.url);
	const figures = readFigures(found.url);
	return [
		{
			...{ id, url: urlWithoutSecrets(webhook.url) },
			// A webhook of another n8n can have the same ID: that of a copied workflow.
			...(beginsWith(found.url, address) ? triggerAt(found.url) : {}),
			...{ healthy, wasHealthy: before.healthy },
			...{ active, consecutiveFailures, disabledReason, events, missingEvents: missing },
			findings: [
				...findingsOf(found, before, authorization),
				...deliveryFindings(found, figures),
				...refusals,
			],
			changes,
			deliveries: deliveryReport(figures, process),
		},
	];
}

interface Health {
	healthy: boolean;
	/** Path forms. */
	missing: string[];
	/** Other webhooks with its address. */
	twins: Webhook[];
}

/** Deliveries in a row after which a webhook is not healthy: a single one may only have met a busy moment. */
const MIN_FAILURES = 3;

/** It should be as it is, but enabled, with the expected events beside its own, and alone, and deliver something. */
export function judge(
	webhook: Webhook,
	{ all, expected }: Pick<Check, 'all' | 'expected'>,
): Health {
	const { id, url, events } = webhook;
	const left = differences(webhook, { ...webhook, events: [...events, ...expected] });
	const twins = all.filter((other) => other.id !== id && isSameUrl(other.url, url));
	const isWhole = isUpToDate(left) && events.length > 0 && twins.length === 0;
	const healthy = isWhole && !isInVain(webhook);
	return { healthy, missing: left.add, twins };
}

/** Nothing of what the site sends gets through, although the webhook is enabled. */
function isInVain({ url, consecutiveFailures }: Webhook): boolean {
	if (isUnpublished(url) || consecutiveFailures >= MIN_FAILURES) return true;
	// The site may count one for all its attempts. What strangers send does not make it count.
	return consecutiveFailures > 0 && readFigures(url).refusalStreak !== undefined;
}

interface Repaired {
	/** As the site reports it afterwards. */
	webhook: Webhook;
	/** Plain sentences: what is different now. */
	changes: string[];
	/** Plain sentences: what was not done, and what to do. */
	refusals: string[];
}

function notRepaired(webhook: Webhook, ...refusals: string[]): Repaired {
	return { webhook, changes: [], refusals };
}

/**
 * Enables a webhook that Expert has disabled, and adds the events that are missing. A webhook that a
 * person has disabled stays disabled, and no event is lost.
 *
 * Throws when the site cannot be reached, or when events were lost; other refusals are reported.
 */
async function repair(
	webhook: Webhook,
	{ missing }: Health,
	{ site, all, address }: Check,
): Promise<Repaired> {
	if (!beginsWith(webhook.url, address)) return notRepaired(webhook, notOurs(address));
	const isOff = isDisabledByExpert(webhook);
	const isToDo = (isOff || missing.length > 0) && isFirstChoice(webhook, all);
	if (!isToDo) return notRepaired(webhook);
	assertEventsShown(webhook);
	const refusals = isOff ? await enable(webhook, site) : [];
	for (const event of missing)
		refusals.push(...refusalOf(await errorOf(addEvent(site, webhook.id, event))));
	const after = await readExistingWebhook(site, webhook.id);
	const left = missingEvents(after.events, missing);
	const added = missing.filter((event) => !left.includes(event));
	const changes = [
		...(!webhook.active && after.active ? ['Enabled again.'] : []),
		...(added.length > 0 ? [`Added the events: ${added.join(', ')}.`] : []),
	];
	return { webhook: after, changes, refusals };
}

function notOurs(address: string): string {
	return `It was not repaired, because its URL does not begin with ${address}. If it belongs to this n8n, enter its address under Options > Webhook URL.`;
}

/** Of several with one address only one is repaired: two that are on deliver everything twice. */
function isFirstChoice({ id, url }: Webhook, all: Webhook[]): boolean {
	const same = all.filter((other) => isSameUrl(other.url, url));
	const first = same.find(({ active }) => active) ?? same[0];
	return first === undefined || first.id === id;
}

/** Sees to the events also when the response was lost: the update may have cleared them. */
async function enable(webhook: Webhook, site: ExpertSite): Promise<string[]> {
	const { id, events } = webhook;
	const error = await errorOf(updateWebhook(site, id, { ...webhook, active: true }, NOT_ENABLED));
	// Lost events are more than a finding.
	if (error?.mayHaveBeenDone !== false) await withEvents(site, id, events);
	return refusalOf(error);
}

/** What the site refuses is a finding. */
function refusalOf(error: ExpertError | undefined): string[] {
	if (error === undefined) return [];
	if (error.kind !== 'http-status') throw error;
	return [error.text];
}
