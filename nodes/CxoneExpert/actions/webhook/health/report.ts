import type { IDataObject } from 'n8n-workflow';

import { differences, isUpToDate } from '../../../api/webhook-sync';
import { isSameUrl, urlWithoutSecrets } from '../../../api/webhook-url';
import type { Webhook } from '../../../api/webhooks';
import { readFigures } from '../../../figures/delivery-figures';
import { isUnpublished, triggerAt } from '../../../figures/trigger-node';
import type { ProcessKind } from '../../../n8n/this-process';
import { deliveryAuthorization } from '../../../protocol/token';
import type { ExpertSite } from '../../core/site';
import { readWebhookIfExists } from '../calls';
import { webhookItem } from '../items';
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
	/** What the URLs of our own webhooks begin with. */
	address: string;
	/** Whose figures these are. */
	process: ProcessKind | undefined;
}

/**
 * The state of one webhook.
 *
 * @returns empty when the webhook was removed since it was listed
 */
export async function reportOn(id: string, check: Check): Promise<IDataObject[]> {
	const { site, address, process } = check;
	const found = await readWebhookIfExists(site, id);
	if (found === undefined) return [];
	const health = judge(found, check);
	const { active, events, consecutiveFailures, disabledReason } = webhookItem(found);
	const authorization = deliveryAuthorization(site.credential, found.url);
	const figures = readFigures(found.url);
	return [
		{
			...{ id, url: urlWithoutSecrets(found.url) },
			// A webhook of another n8n can have the same ID: that of a copied workflow.
			...(beginsWith(found.url, address) ? triggerAt(found.url) : {}),
			healthy: health.healthy,
			...{ active, consecutiveFailures, disabledReason, events, missingEvents: health.missing },
			findings: [...findingsOf(found, health, authorization), ...deliveryFindings(found, figures)],
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
