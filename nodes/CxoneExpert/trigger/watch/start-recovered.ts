import type { IDataObject } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { eventItem } from '../event/item';
import { permanentKey, siteMark } from './change-key';
import { emitOnce } from '../../n8n/emit-once';
import { changeAt } from '../ledger/arrival';
import { ledgerOf } from '../ledger/node-ledger';
import { changesAt } from './node-changes';
import type { SiteChange } from './recovered-event';
import type { Watch } from './watch';

/** How long one execution holds up the next. */
const MAX_WAIT_MS = 5_000;
/**
 * How long n8n may take to begin it, under a concurrency limit or in queue mode. After that it counts as
 * lost: an older n8n never says that it could not save one.
 */
const PENDING_MS = 3_600_000;

/** `unknown`: n8n has it, and has not begun it. */
export type Start = 'stored' | 'unknown' | 'not saved';

/**
 * Starts the workflow for one change, and waits until it has run, or for some seconds. The change counts
 * as recovered once its execution has begun or ended; until then it is looked for again.
 */
export async function startRecovered(
	{ n8n, parameters }: Watch,
	change: SiteChange,
): Promise<Start> {
	const { progress } = changesAt(n8n);
	const ledger = ledgerOf(n8n);
	const { name } = change;
	const recovered = changeAt(progress?.site ?? '', name);
	const recovery = ledger.recover(recovered, PENDING_MS);
	let isRefused = false;
	const node = `${n8n.getWorkflow().id}:${n8n.getNode().id}`;
	const key = `cxoneExpert:${node}:${permanentKey(siteMark(progress?.site ?? ''), name)}`;
	const ended = emitOnce(n8n, itemOf(change, parameters), key).then((isSaved) => {
		// The trigger's step has noted that it was recovered, unless it ran in a worker: there n8n's store knows
		// whether it has passed on, and decides on a delivery.
		if (isSaved) ledger.note(recovered, 'settled', Date.now() / 1000);
		else ledger.endRecovery(recovery);
		isRefused = !isSaved;
	});
	await beforeDeadline(performance.now() + MAX_WAIT_MS, ended);
	if (ledger.take(recovered) === 'known') return 'stored';
	return isRefused ? 'not saved' : 'unknown';
}

/** As the event would have given it. What only a delivery has is absent. */
function itemOf({ event }: SiteChange, parameters: Watch['parameters']): IDataObject {
	const eventId = String(event.xml['@id']);
	const meta = {
		deliveryId: eventId,
		receivedAt: new Date(),
		headers: {},
		redelivered: false,
		siteOrigin: undefined,
	};
	const shown = { ...parameters, includeHeaders: false, includeRawXml: false };
	return { ...eventItem(event, '', meta, shown), recovered: true };
}
