import type { IWebhookFunctions } from 'n8n-workflow';

import { compact } from '../../api/elements';
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
 * Workflow static data, which outlives the process. Only `create`, `delete` and `webhook()` write it. The copies that
 * `trigger()` and executions have are as old as their start, and n8n would save them over what others have written
 * since. We only inject knowledge into those copies, in case somebody else has them saved.
 */

/** Names in the workflow's static data. They never change, because stored data has them. */
export const STORED = {
	/** The record of deliveries and changes: ledger/rows.ts. */
	deliveries: 'cxoneExpert',
	/** What the watch knows: {@link StoredWatch}. */
	watch: 'cxoneExpertWatch',
	/** IDs of the users in the filters: state/filter-users.ts. */
	userIds: 'cxoneExpertUsers',
} as const;

function dropAllOf(nodeId: string, staticData: NodeStaticData): void {
	for (const name of Object.values(STORED)) staticData.drop(name, nodeId);
}

export interface StoredWatch {
	/** URL of the last registration. */
	registeredUrl?: string;
	/** Digest of its `Authorization`. */
	registeredToken?: string;
	/** The gap is not stored, because each start of n8n opens one. */
	progress?: Omit<Progress, 'missingAt'>;
	/** See {@link NodeChanges}. */
	firstTextsOf?: string;
	/** The trigger was unpublished or disabled, and nobody has published it since. */
	isStopped?: true;
}

/** Returns the ledger with what an earlier or another process has stored. */
export function loadLedger(n8n: IWebhookFunctions, now: number): Ledger {
	if (isTest(n8n)) return new Ledger();
	readRecord(n8n, now);
	return ledgerOf(n8n);
}

/** Merges the stored record. A process that watches reads it before the node's first delivery. */
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

/** Reads what is stored, and ignores what it does not understand. */
export function readStoredWatch(context: StaticDataContext): StoredWatch {
	const stored = new NodeStaticData(context).read(STORED.watch);
	const found = (stored ?? {}) as Record<keyof StoredWatch, unknown>;
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	return compact({
		registeredUrl: text(found.registeredUrl),
		registeredToken: text(found.registeredToken),
		progress: isProgress(found.progress) ? withoutGap(found.progress) : undefined,
		firstTextsOf: text(found.firstTextsOf),
		isStopped: found.isStopped === true || undefined,
	});
}

/** Merges stored data into memory. If the sites differ, the later publication counts. */
export function takeOverStoredChanges(context: StaticDataContext): NodeChanges {
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

/** Stored data, overwritten by what this process knows. */
function watchToStore(context: StaticDataContext, stored: StoredWatch): StoredWatch {
	const { progress = stored.progress, firstTextsOf = stored.firstTextsOf } = changesAt(context);
	const { registeredUrl = stored.registeredUrl, served, stoppedAt } = addressOf(context);
	const { registeredToken = stored.registeredToken } = addressOf(context);
	const isStopped = served === undefined && (stoppedAt !== undefined || stored.isStopped);
	return {
		...(registeredUrl === undefined ? {} : { registeredUrl, ...compact({ registeredToken }) }),
		...(progress === undefined ? {} : { progress: withoutGap(progress) }),
		...(firstTextsOf === undefined ? {} : { firstTextsOf }),
		...(isStopped ? { isStopped } : {}),
	};
}

/** Leaves unchanged data alone: n8n would save the whole column. */
export function storeWatch(context: StaticDataContext): void {
	new NodeStaticData(context).update(STORED.watch, watchToStore(context, readStoredWatch(context)));
}

/** Writes static data, which n8n saves. Repairs it if others have put back an older record. */
export function storeKnowledge(n8n: IWebhookFunctions): void {
	if (isTest(n8n)) return;
	const staticData = new NodeStaticData(n8n);
	dropExpired(n8n, staticData, Date.now());
	staticData.write(STORED.deliveries, recordToStore(n8n));
	storeWatch(n8n);
}

/** Drops data of removed triggers, which n8n would load and save forever. Data of quiet ones stays true. */
function dropExpired(context: StaticDataContext, staticData: NodeStaticData, now: number): void {
	const names = Object.values(STORED);
	const nodeIds = new Set(names.flatMap((name) => staticData.otherNodes(name)));
	for (const nodeId of nodeIds) {
		if (storedRecord(staticData, now, nodeId).keptUntil >= now / 1000) continue;
		if (wasRemoved(context, nodeId)) dropAllOf(nodeId, staticData);
	}
}

/**
 * Injects knowledge into a copy of static data that n8n may save without us: an execution's, or the one that the
 * workflow's triggers share. A worker knows nothing, and must not even look: n8n would treat an empty copy as changed.
 *
 * @param stored the watch as stored in the copy; read from the copy if absent
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

/** Another process, or this one before a restart, may have got further. */
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
	return Number.isFinite(publishedAt) && Number.isFinite(cursor) && typeof (site as unknown) === 'string';
}
