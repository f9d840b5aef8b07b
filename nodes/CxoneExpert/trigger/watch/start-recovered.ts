import type { IDataObject } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { emitOnce } from '../../n8n/emit-once';
import { counted } from '../../shared/counted';
import { figuresOf } from '../../shared/delivery-figures';
import { eventItem } from '../event/item';
import { changeAt } from '../ledger/arrival';
import { ledgerOf } from '../ledger/ledger';
import type { ServedAddress } from '../publish/address';
import { permanentKey, siteMark } from './change-key';
import { reached } from './gap';
import { changesAt, forgetOld } from './node-changes';
import type { SiteChange } from './recovered-event';
import { isCurrent, type Watch } from './watch';

/**
 * One after the other: a burst would make n8n miss deliveries, and Expert disable the webhook again. What n8n
 * has not begun, or could not save, is left for the next check.
 *
 * @param found oldest first
 * @param until these are all up to then
 * @returns what is left; of no use once the workflow is published again
 */
export async function startEach(
	watch: Watch,
	served: ServedAddress,
	found: SiteChange[],
	until: number,
): Promise<SiteChange[]> {
	const { n8n, parameters } = watch;
	const changes = changesAt(n8n);
	const left: SiteChange[] = [];
	let started = 0;
	const note = (time: number) =>
		(changes.progress = reached(changes.progress!, left[0]?.name.at ?? time));
	for (const [index, change] of found.entries()) {
		const outcome = await startOnce(watch, change);
		if (outcome === 'begun' || outcome === 'waiting') {
			started++;
			figuresOf(served.url).count('recovered');
		}
		// Published again meanwhile: maybe for another site, or without recovery.
		const isOver = !isCurrent(watch, served) || outcome === 'not saved';
		if (isOver) left.push(...found.slice(index));
		if (isOver) break;
		if (outcome !== 'known' && outcome !== 'begun') left.push(change);
		note(change.name.at);
		forgetOld(ledgerOf(n8n), n8n, parameters);
	}
	if (left.length === 0) note(until);
	if (started > 0) logStarted(watch, started);
	return left;
}

function logStarted({ n8n }: Watch, started: number): void {
	const changes = counted(started, 'change', 'changes');
	n8n.logger.info(
		`CXone Expert: "${n8n.getNode().name}" has started the workflow for ${changes} of which it knew no delivery.`,
	);
}

/** How long one execution holds up the next. */
const MAX_WAIT_MS = 5_000;
/**
 * How long n8n may take to begin it, under a concurrency limit or in queue mode. After that it counts as
 * lost: an older n8n never says that it could not save one.
 */
const PENDING_MS = 3_600_000;

/**
 * - `known`: nothing was to be started
 * - `pending`: it is being delivered, or an execution of before has not begun
 * - `begun`, `waiting`: an execution was started, which has begun, or n8n has not said so yet
 */
type Outcome = 'known' | 'pending' | 'begun' | 'waiting' | 'not saved';

async function startOnce(watch: Watch, change: SiteChange): Promise<Outcome> {
	const ledger = ledgerOf(watch.n8n);
	const { progress, firstTextsOf } = changesAt(watch.n8n);
	const site = progress?.site ?? '';
	// Deliveries that come meanwhile can make it so.
	if (change.name.at < ledger.changesForgottenUpTo * 1000) return 'known';
	const knowledge = ledger.take(changeAt(site, change.name));
	// Where Page Created is all that the site sends for a new page, nothing is missing.
	const isMissing = knowledge === 'missing' && !(change.isFirstText && firstTextsOf !== site);
	if (!isMissing) return knowledge === 'pending' ? 'pending' : 'known';
	return await start(watch, change);
}

/**
 * Starts the workflow for one change, and waits until it has run, or for some seconds. The change counts
 * as recovered once its execution has begun or ended; until then it is looked for again.
 */
async function start({ n8n, parameters }: Watch, change: SiteChange): Promise<Outcome> {
	const ledger = ledgerOf(n8n);
	const { progress } = changesAt(n8n);
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
	if (ledger.take(recovered) === 'known') return 'begun';
	return isRefused ? 'not saved' : 'waiting';
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
