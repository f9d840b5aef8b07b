import type { IDataObject } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { expiryWarning, tokenExpiry } from '../../shared/token-expiry';
import type { Webhook } from '../../api/webhooks';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { isSameUrl } from '../../shared/webhook-url';
import type { OperationContext } from '../core/operation-context';
import { type Health, healthOf } from './health';
import { repair, type Repaired } from './repair';
import { readWebhook } from './site-calls';
import { beginsWith } from './this-n8n';
import { webhookItem } from './webhook-item';

export interface Wanted {
	/** Path forms; empty: not compared. */
	expected: string[];
	/** What the URLs of our own webhooks begin with: no other one is repaired. */
	address: string;
}

/**
 * The state of one webhook, after a repair where one is wanted. `findings` is what was found before,
 * and what stands in the way of a repair.
 *
 * @param all the webhooks of the site
 * @returns nothing when the webhook has gone since it was listed
 */
export async function report(
	run: OperationContext,
	id: string,
	all: Webhook[],
	{ expected, address }: Wanted,
): Promise<IDataObject[]> {
	const found = await readWebhook(run.site, id);
	if (found === undefined) return [];
	const authorization = deliveryAuthorization(run.site.credential, found.url);
	const same = all.filter(({ url }) => isSameUrl(url, found.url));
	const twins = same.filter((other) => other.id !== id);
	const compare = (webhook: Webhook) =>
		healthOf(webhook, twins, { events: expected, authorization });
	const before = compare(found);
	const isOurs = beginsWith(found.url, address);
	const wantsRepair = run.flag('repair') && !before.healthy;
	const repaired =
		wantsRepair && isOurs && isKept(found, same)
			? await repair(run.site, found, expected)
			: { webhook: found, changes: [], refusals: [] };
	const notOurs = wantsRepair && !isOurs ? [notRepaired(address)] : [];
	const findings = [...before.findings, ...repaired.refusals, ...notOurs];
	return [reportItem(repaired, before, compare(repaired.webhook), findings)];
}

/** Of several with one address only one is repaired: two that are on deliver everything twice. */
function isKept({ id }: Webhook, same: Webhook[]): boolean {
	const kept = same.find(({ active }) => active) ?? same[0];
	return kept === undefined || kept.id === id;
}

function reportItem(
	{ webhook, changes }: Repaired,
	before: Health,
	{ healthy, missingEvents }: Health,
	findings: string[],
): IDataObject {
	const { id, url, active, events, consecutiveFailures, disabledReason } = webhookItem(webhook);
	return {
		...{ id, url, healthy, wasHealthy: before.healthy, active, consecutiveFailures },
		...{ disabledReason, events, missingEvents, findings, changes },
	};
}

/**
 * What is said when there is no webhook to look at.
 *
 * @param address where all of ours were looked for; `undefined` when it was one that was named
 */
export function nothingThere(expected: string[], address?: string): IDataObject {
	const findings = [address === undefined ? ONE_GONE : noneBelow(address)];
	return {
		...{ healthy: false, wasHealthy: false, active: false, events: [] },
		...{ missingEvents: expected, findings, changes: [] },
	};
}

/** Adds when the long-term token runs out, and what to do if that is soon: `healthy` stays as it is. */
export function withTokenExpiry(item: IDataObject, credential: ExpertCredential): IDataObject {
	const finding = expiryWarning(credential, Date.now());
	const findings = [...(item.findings as string[]), ...(finding === undefined ? [] : [finding])];
	return { ...item, findings, tokenExpiresAt: tokenExpiry(credential)?.toISOString() };
}

const ONE_GONE =
	'The webhook is not at the site: its workflow was unpublished, or the webhook was removed. Unpublish the workflow and publish it again.';

function noneBelow(address: string): string {
	return `The site has no webhook whose URL begins with ${address}. The workflow is not published, or the webhook was removed at the site: unpublish the workflow and publish it again. If n8n is reached at another address, set WEBHOOK_URL for all its processes or enter the address under Options > Webhook URL.`;
}

function notRepaired(address: string): string {
	return `It was not repaired, because its URL does not begin with ${address}. If it belongs to this n8n, enter its address under Options > Webhook URL.`;
}
