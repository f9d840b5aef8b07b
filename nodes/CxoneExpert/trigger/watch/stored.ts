import type { IWebhookFunctions } from 'n8n-workflow';

import { injectIntoCopy, NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { injectLedger, ledgerOf, storeLedger } from '../ledger/node-ledger';
import { perNode } from '../../shared/per-node';
import { STORED } from '../stored-parts';
import { addressOf } from '../publish/address';
import { changesAt, type NodeChanges, type Progress, withoutGap } from './progress';

type CopyContext = Parameters<typeof injectIntoCopy>[0];

/**
 * What outlives the process, in workflow static data. Only `create` and `webhook()` write it. `trigger()` and
 * executions have copies as old as their start, and n8n would put all of such a copy over what others have
 * written since: there it is only injected, for the case that somebody else has the copy saved.
 */
export interface StoredWatch {
	/** Under which address the webhook was registered last. */
	registeredUrl?: string;
	/** Without its gap: at a start of n8n there always is one. */
	progress?: Omit<Progress, 'missingAt'>;
	/** See {@link NodeChanges}. */
	firstTextsOf?: string;
}

/** What is stored, whatever is found there. */
export function readStoredWatch(context: StaticDataContext): StoredWatch {
	const stored = new NodeStaticData(context).read(STORED.watch);
	const { registeredUrl, progress, firstTextsOf } = (stored ?? {}) as Record<string, unknown>;
	return {
		...(typeof registeredUrl === 'string' ? { registeredUrl } : {}),
		...(isProgress(progress) ? { progress: withoutGap(progress) } : {}),
		...(typeof firstTextsOf === 'string' ? { firstTextsOf } : {}),
	};
}

/** Under which address the webhook was registered last, as stored. Nothing else of it is parsed. */
export function readStoredAddress(context: StaticDataContext): string | undefined {
	const stored = new NodeStaticData(context).read(STORED.watch) as StoredWatch | undefined;
	const registeredUrl: unknown = stored?.registeredUrl;
	return typeof registeredUrl === 'string' ? registeredUrl : undefined;
}

/**
 * Takes over what was stored and is not known in this process. Where the workflow was published for another site, what
 * was published last counts.
 */
export function withStoredChanges(context: StaticDataContext): NodeChanges {
	const { progress, firstTextsOf } = readStoredWatch(context);
	const own = changesAt(context);
	if (firstTextsOf !== undefined) own.firstTextsOf ??= firstTextsOf;
	if (progress === undefined) return own;
	const { site, publishedAt } = own.progress ?? progress;
	const isOfOther = site !== undefined && progress.site !== undefined && progress.site !== site;
	if (!isOfOther) own.progress = furtherOf(own.progress, progress);
	else if (progress.publishedAt > publishedAt) own.progress = progress;
	return own;
}

/** What this process knows, over what is stored. */
function watchToStore(context: StaticDataContext, stored: StoredWatch): StoredWatch {
	const { progress = stored.progress, firstTextsOf = stored.firstTextsOf } = changesAt(context);
	const { registeredUrl = stored.registeredUrl } = addressOf(context);
	return {
		...(registeredUrl === undefined ? {} : { registeredUrl }),
		...(progress === undefined ? {} : { progress: withoutGap(progress) }),
		...(firstTextsOf === undefined ? {} : { firstTextsOf }),
	};
}

/** Stores what this process knows of the watch. Nothing is written that is there already: n8n saves the whole column. */
export function storeWatch(context: StaticDataContext): void {
	const before = readStoredWatch(context);
	const stored = watchToStore(context, before);
	if (JSON.stringify(stored) === JSON.stringify(before)) return;
	new NodeStaticData(context).write(STORED.watch, stored);
}

/** Stores all that this process knows. A test ("Listen for test event") remembers nothing. */
export function storeKnowledge(n8n: IWebhookFunctions): void {
	if (n8n.getMode() === 'manual') return;
	storeLedger(n8n, Date.now());
	storeWatch(n8n);
}

/** What is filtered out has all of it stored once so often: n8n then saves the whole column. */
const STORE_EVERY_MS = 3_600_000;
const storedAt = perNode(() => ({ at: -Infinity }));

/**
 * Stores all that this process knows, if that is an hour ago. Without it, a workflow for a small part of a busy site
 * would look through all since its own last event at each start of n8n.
 */
export function storeNowAndThen(n8n: IWebhookFunctions): void {
	const stored = storedAt(n8n);
	if (performance.now() - stored.at < STORE_EVERY_MS) return;
	stored.at = performance.now();
	storeKnowledge(n8n);
}

/**
 * Puts what this process knows into a copy of static data that n8n may save without us: that of an execution,
 * in which a node writes, or the one that all triggers of the workflow share, which n8n saves whenever
 * another trigger has written to it. A worker knows nothing, and does not even look: n8n would take an empty
 * copy for changed.
 *
 * @param stored what was stored when the copy was made; read from it if absent
 */
export function injectKnowledge(context: CopyContext, stored?: StoredWatch): void {
	const isWatched = addressOf(context).served !== undefined;
	if (isWatched || !ledgerOf(context).isEmpty) injectLedger(context);
	if (!isWatched) return;
	const before = stored ?? readStoredWatch(context);
	injectIntoCopy(context, STORED.watch, () => watchToStore(context, before));
}

/** Another process, or this one before, may have got further. */
function furtherOf(own: Progress | undefined, stored: Progress): Progress {
	if (own === undefined) return stored;
	return {
		...own,
		publishedAt: Math.max(own.publishedAt, stored.publishedAt),
		cursor: Math.max(own.cursor, stored.cursor),
	};
}

function isProgress(value: unknown): value is Progress {
	const { publishedAt, cursor, site = '' } = (value ?? {}) as Partial<Progress>;
	return (
		Number.isFinite(publishedAt) && Number.isFinite(cursor) && typeof (site as unknown) === 'string'
	);
}
