import type { IDataObject } from 'n8n-workflow';

import { canonicalEventName } from '../../../api/event-types';
import { differences, isUpToDate } from '../../../api/webhook-sync';
import { isSameUrl, urlWithoutSecrets } from '../../../api/webhook-url';
import type { Webhook } from '../../../api/webhooks';
import { shownName } from '../../../event/choices';
import { readFigures } from '../../../metrics/delivery-figures';
import { isUnpublished, triggerAt } from '../../../metrics/trigger-node';
import type { ProcessKind } from '../../../n8n/this-process';
import { deliveryAuthorization } from '../../../protocol/token';
import type { ExpertSite } from '../../../api/expert-site';
import { readWebhookIfExists } from '../calls';
import { webhookItem } from '../items';
import { beginsWith } from '../own-address';
import { deliveryReport } from './deliveries';
import { findingsOf } from './findings';

interface Check {
	site: ExpertSite;
	/** Webhooks of the site. */
	all: Webhook[];
	/** Path forms of events. An empty list is not compared. */
	expected: string[];
	/** Our webhooks' URLs begin with it. */
	address: string;
	/** The process that has these figures. */
	process: ProcessKind | undefined;
}

/** @returns empty if the webhook was removed since it was listed */
export async function reportOn(id: string, check: Check): Promise<IDataObject[]> {
	const { site, address, process } = check;
	const found = await readWebhookIfExists(site, id);
	if (found === undefined) return [];
	const health = healthOf(found, check);
	const { active, events, consecutiveFailures, disabledReason } = webhookItem(found);
	const authorization = deliveryAuthorization(site.credential, found.url);
	return [
		{
			id,
			url: urlWithoutSecrets(found.url),
			// Another n8n's webhook can have this ID, in a copied workflow.
			...(beginsWith(found.url, address) ? triggerAt(found.url) : {}),
			healthy: health.healthy,
			active,
			consecutiveFailures,
			disabledReason,
			events,
			eventNames: found.events.map((event) => shownName(canonicalEventName(event))),
			missingEvents: health.missing,
			findings: findingsOf(found, health, authorization),
			deliveries: deliveryReport(readFigures(found.url), process),
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

/** Fewer failures in a row may be a busy moment. */
const MIN_FAILURES = 3;

/** A webhook is healthy if it is enabled, complete, alone at its address, delivers, and its trigger could check it. */
export function healthOf(webhook: Webhook, { all, expected }: Pick<Check, 'all' | 'expected'>): Health {
	const { id, url, events } = webhook;
	const left = differences(webhook, { ...webhook, events: [...events, ...expected] });
	const twins = all.filter((other) => other.id !== id && isSameUrl(other.url, url));
	const isWhole = isUpToDate(left) && events.length > 0 && twins.length === 0;
	const healthy = isWhole && !isInVain(webhook);
	return { healthy, missing: left.add, twins };
}

/** Whether nothing gets through, or the trigger could not check it. */
function isInVain({ url, consecutiveFailures }: Webhook): boolean {
	if (isUnpublished(url) || consecutiveFailures >= MIN_FAILURES) return true;
	// The site may count one failure for all attempts at a delivery. Forged deliveries do not count.
	const { checkFailure, rejectionStreak } = readFigures(url);
	return checkFailure !== undefined || (consecutiveFailures > 0 && rejectionStreak !== undefined);
}
