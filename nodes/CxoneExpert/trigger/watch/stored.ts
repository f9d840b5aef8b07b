import { injectIntoCopy, NodeStaticData, type StaticDataContext } from '../../n8n/static-data';
import { nodeKey } from '../../shared/per-node';
import { openedStores } from '../opened-stores';
import type { NodeChanges } from './node-changes';
import { STORED } from '../stored-parts';
import { addressOf } from '../subscription/address';
import { type Progress, withoutGap } from './gap';
import { readStoredChanges, type StoredChanges } from './change-row';
import { changesAt } from './node-changes';

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
	changes?: StoredChanges;
}

/** What is stored, whatever is found there. */
export function readStoredWatch(context: StaticDataContext): StoredWatch {
	const stored = new NodeStaticData(context).read(STORED.watch);
	const { registeredUrl, progress, changes } = (stored ?? {}) as Record<string, unknown>;
	return {
		...(typeof registeredUrl === 'string' ? { registeredUrl } : {}),
		...(isProgress(progress) ? { progress: withoutGap(progress) } : {}),
		...(typeof changes === 'object' ? { changes: readStoredChanges(changes) } : {}),
	};
}

/** Under which address the webhook was registered last, as stored. Nothing else of it is parsed. */
export function readStoredAddress(context: StaticDataContext): string | undefined {
	const stored = new NodeStaticData(context).read(STORED.watch) as StoredWatch | undefined;
	const registeredUrl: unknown = stored?.registeredUrl;
	return typeof registeredUrl === 'string' ? registeredUrl : undefined;
}

/**
 * Takes over what was stored and is not known in this process. The known changes of a node, for short.
 *
 * When the workflow was published for another site, what is known of one says nothing of the other: a copy
 * of a site has the same page numbers. Then what was published last counts.
 */
export function withStoredChanges(context: StaticDataContext): NodeChanges {
	const { progress, changes } = readStoredWatch(context);
	const own = changesAt(context);
	const before = own.progress;
	if (before?.site !== undefined && progress?.site !== undefined && before.site !== progress.site) {
		if (progress.publishedAt <= before.publishedAt) return own;
		own.known.clear();
		own.progress = progress;
	}
	if (changes !== undefined) own.known.merge(changes);
	if (progress !== undefined) own.progress = furtherOf(own.progress, progress);
	return own;
}

/** The workflow is published from now on, maybe for another site than before. */
export function followSite(context: StaticDataContext, site: string | undefined): NodeChanges {
	const changes = withStoredChanges(context);
	if (changes.progress !== undefined && changes.progress.site !== site) changes.known.clear();
	return changes;
}

/** What this process knows, over what is stored. */
function watchToStore(context: StaticDataContext, stored: StoredWatch): StoredWatch {
	const { progress = stored.progress, known } = changesAt(context);
	const { registeredUrl = stored.registeredUrl } = addressOf(context);
	const changes = known.stored();
	return {
		...(registeredUrl === undefined ? {} : { registeredUrl }),
		...(progress === undefined ? {} : { progress: withoutGap(progress) }),
		...(changes.known === '' && !changes.sendsFirstTexts ? {} : { changes }),
	};
}

/** Stores what this process knows. Nothing is written that is there already: n8n saves the whole column. */
export function storeWatch(context: StaticDataContext): void {
	const before = readStoredWatch(context);
	const stored = watchToStore(context, before);
	if (!isSame(stored, before)) new NodeStaticData(context).write(STORED.watch, stored);
}

/** Compares the changes as they are: there can be ten thousand, and this is done for each delivery. */
function isSame({ changes, ...rest }: StoredWatch, { changes: other, ...otherRest }: StoredWatch) {
	const hasSameChanges =
		changes?.writer === other?.writer &&
		changes?.known === other?.known &&
		changes?.sendsFirstTexts === other?.sendsFirstTexts;
	return hasSameChanges && JSON.stringify(rest) === JSON.stringify(otherRest);
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
	if (addressOf(context).served !== undefined) {
		const before = stored ?? readStoredWatch(context);
		injectIntoCopy(context, STORED.watch, () => watchToStore(context, before));
	}
	const opened = openedStores.get(nodeKey(context));
	if (opened === undefined) return;
	injectIntoCopy(context, STORED.deliveries, () => opened.store.record(opened.limits));
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
