import type { IWebhookFunctions } from 'n8n-workflow';

import { wasRemoved } from '../../n8n/loaded-workflow';
import { injectIntoCopy, NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { perNode } from '../../shared/per-node';
import { dropAllOf, STORED } from '../stored-parts';
import { MAX_CLOCK_SKEW_SECONDS } from '../../shared/signature';
import { Ledger } from './ledger';
import { readStoredLedger } from './rows';

/** What this process knows of the deliveries to a node. One that is being worked with is not evicted. */
export const ledgerOf = perNode(() => new Ledger(), { isPinned: ({ isBusy }) => isBusy });

/**
 * The ledger of a node with what was stored before this process started, or by another one.
 *
 * A test ("Listen for test event") remembers nothing: trying the same event twice is what tests are for.
 */
export function openLedger(n8n: IWebhookFunctions, now: number): Ledger {
	return n8n.getMode() === 'manual' ? new Ledger() : readLedger(n8n, now);
}

/**
 * Replaces the record in static data by what this process knows. n8n has still to save it. Another request, or a node
 * that writes static data, may have put back an older one meanwhile: this heals it.
 *
 * @param now unix ms
 */
export function storeLedger(context: StaticDataContext, now: number): void {
	const staticData = new NodeStaticData(context);
	dropExpired(context, staticData, now);
	staticData.write(STORED.deliveries, ledgerOf(context).stored());
}

/** Puts the record into a copy of static data that n8n may save without us. */
export function injectLedger(context: Parameters<typeof injectIntoCopy>[0]): void {
	const ledger = ledgerOf(context);
	injectIntoCopy(context, STORED.deliveries, () => (ledger.isEmpty ? undefined : ledger.stored()));
}

/** Takes over what is stored, for a process that watches a node before the first delivery to it. */
export function readLedger(context: StaticDataContext, now: number): Ledger {
	const ledger = ledgerOf(context);
	ledger.merge(readRecord(new NodeStaticData(context), now));
	return ledger;
}

/**
 * Drops what removed triggers have left: n8n would load and save it with each delivery for ever. Not of another trigger
 * that has been quiet for long: where its webhook is registered, and how far its watch has got, is as true as ever.
 */
function dropExpired(context: StaticDataContext, staticData: NodeStaticData, now: number): void {
	for (const nodeId of staticData.otherNodes(STORED.deliveries)) {
		if (readRecord(staticData, now, nodeId).keptUntil >= now / 1000) continue;
		if (wasRemoved(context, nodeId)) dropAllOf(nodeId, staticData);
	}
}

function readRecord(staticData: NodeStaticData, now: number, nodeId?: string) {
	const latest = Math.floor(now / 1000) + MAX_CLOCK_SKEW_SECONDS;
	return readStoredLedger(staticData.read(STORED.deliveries, nodeId), latest);
}
