import type { IWebhookFunctions } from 'n8n-workflow';

import { injectIntoCopy, NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { wasRemoved } from '../../n8n/loaded-workflow';
import { MAX_CLOCK_SKEW_SECONDS } from '../../protocol/signature';
import { knownChangesOf } from '../ledger/known-changes';
import { Ledger, ledgerOf } from '../ledger/ledger';
import { readStoredRecord, type StoredRecord } from '../ledger/rows';
import { isTest } from '../parameters';
import { addressOf, knowsServing } from './address';
import { changesAt, type NodeChanges, type Progress, withoutGap } from './progress';

type CopyContext = Parameters<typeof injectIntoCopy>[0];

/*
 * What outlives the process, in workflow static data. Only `create` and `webhook()` write it. `trigger()` and
 * executions have copies as old as their start, and n8n would put all of such a copy over what others have
 * written since: there it is only injected, for the case that somebody else has the copy saved.
 */

/**
 * What a trigger node keeps in the static data of its workflow, by name. The names never change: stored
 * data has them.
 */
export const STORED = {
	/** The record of what has come: ledger/rows.ts. */
	deliveries: 'cxoneExpert',
	/** What the watch knows: {@link StoredWatch}. */
	watch: 'cxoneExpertWatch',
	/** Who the users in the filters are: publish/users.ts. */
	userIds: 'cxoneExpertUsers',
} as const;

/** Drops all that a node has stored. */
export function dropAllOf(nodeId: string, staticData: NodeStaticData): void {
	for (const name of Object.values(STORED)) staticData.drop(name, nodeId);
}

/** What the watch knows, as it is stored. */
export interface StoredWatch {
	/** Under which address the webhook was registered last. */
	registeredUrl?: string;
	/** Without its gap: at a start of n8n there always is one. */
	progress?: Omit<Progress, 'missingAt'>;
	/** See {@link NodeChanges}. */
	firstTextsOf?: string;
	/** The trigger was unpublished or disabled, and nobody has published it since. */
	isStopped?: true;
}

/** The ledger of a node with what was stored before this process started, or by another one. */
export function openLedger(n8n: IWebhookFunctions, now: number): Ledger {
	if (isTest(n8n)) return new Ledger();
	readRecord(n8n, now);
	return ledgerOf(n8n);
}

/** Takes over what is stored of what has come. A process that watches a node does so before the first delivery to it. */
export function readRecord(context: StaticDataContext, now: number): void {
	const record = storedRecord(new NodeStaticData(context), now);
	if (ledgerOf(context).wrote(record)) return;
	ledgerOf(context).merge(record);
	knownChangesOf(context).merge(record);
}

function storedRecord(staticData: NodeStaticData, now: number, nodeId?: string): StoredRecord {
	const latest = Math.floor(now / 1000) + MAX_CLOCK_SKEW_SECONDS;
	return readStoredRecord(staticData.read(STORED.deliveries, nodeId), latest);
}

function recordToStore(context: StaticDataContext): StoredRecord {
	return { ...ledgerOf(context).stored(), ...knownChangesOf(context).stored() };
}

/** What is stored, whatever is found there. */
export function readStoredWatch(context: StaticDataContext): StoredWatch {
	const stored = new NodeStaticData(context).read(STORED.watch);
	const found = (stored ?? {}) as Record<keyof StoredWatch, unknown>;
	const { registeredUrl, progress, firstTextsOf, isStopped } = found;
	return {
		...(typeof registeredUrl === 'string' ? { registeredUrl } : {}),
		...(isProgress(progress) ? { progress: withoutGap(progress) } : {}),
		...(typeof firstTextsOf === 'string' ? { firstTextsOf } : {}),
		...(isStopped === true ? { isStopped } : {}),
	};
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
	const { registeredUrl = stored.registeredUrl, served, stoppedAt } = addressOf(context);
	const isStopped = served === undefined && (stoppedAt !== undefined || stored.isStopped);
	return {
		...(registeredUrl === undefined ? {} : { registeredUrl }),
		...(progress === undefined ? {} : { progress: withoutGap(progress) }),
		...(firstTextsOf === undefined ? {} : { firstTextsOf }),
		...(isStopped ? { isStopped } : {}),
	};
}

/** Stores what this process knows of the watch. Nothing is written that is there already: n8n saves the whole column. */
export function storeWatch(context: StaticDataContext): void {
	const before = readStoredWatch(context);
	const stored = watchToStore(context, before);
	if (JSON.stringify(stored) === JSON.stringify(before)) return;
	new NodeStaticData(context).write(STORED.watch, stored);
}

/**
 * Stores all that this process knows; n8n has still to save it. Another request, or a node that writes static data, may
 * have put back an older record meanwhile: this heals it.
 */
export function storeKnowledge(n8n: IWebhookFunctions): void {
	if (isTest(n8n)) return;
	const staticData = new NodeStaticData(n8n);
	dropExpired(n8n, staticData, Date.now());
	staticData.write(STORED.deliveries, recordToStore(n8n));
	storeWatch(n8n);
}

/**
 * Drops what removed triggers have left: n8n would load and save it with each delivery for ever. Not of another trigger
 * that has been quiet for long: where its webhook is registered, and how far its watch has got, is as true as ever.
 */
function dropExpired(context: StaticDataContext, staticData: NodeStaticData, now: number): void {
	for (const nodeId of staticData.otherNodes(STORED.deliveries)) {
		if (storedRecord(staticData, now, nodeId).keptUntil >= now / 1000) continue;
		if (wasRemoved(context, nodeId)) dropAllOf(nodeId, staticData);
	}
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
	const isWatched = knowsServing(context);
	const isEmpty = () => ledgerOf(context).isEmpty && knownChangesOf(context).isEmpty;
	if (isWatched || !isEmpty()) {
		const toStore = () => (isEmpty() ? undefined : recordToStore(context));
		injectIntoCopy(context, STORED.deliveries, toStore);
	}
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
