import type { IDataObject, IPollFunctions } from 'n8n-workflow';

import type { SiteChange } from '../changes/site-change';
import { MAX_KNOWN_CHANGES } from '../ledger/bounds';
import { KnownChanges } from '../ledger/known-changes';
import { OVERLAP_MS } from '../state/progress';

/** Key in the node's static data. Stored data has it, so it never changes. */
const NAME = 'cxoneExpertPoll';

/** Times are the site's own, in unix ms. */
export interface StoredCursor {
	/** ID of the node: n8n gives the data to any node of the same name. */
	node: string;
	/** Origin of the site. */
	site: string;
	/** Hash of the kinds of change that are wanted. */
	for: string;
	/** Older changes are not wanted: the workflow was not published then. */
	publishedAt: number;
	/** Changes until then have been handed to n8n. */
	cursor: number;
	/** The same without what the last poll handed over: n8n may have stored the cursor and lost the execution. */
	savedUntil: number;
	/** Rows of what was handed over since an hour before the cursor. */
	changes: string;
}

/** How far a polling node has got. n8n stores it together with the execution that a poll starts. */
export class Cursor {
	private readonly stored: StoredCursor;
	private readonly known = new KnownChanges(MAX_KNOWN_CHANGES);

	/** @param isTrusted whether what was handed over last counts */
	constructor(stored: StoredCursor, isTrusted: boolean) {
		const { cursor, savedUntil } = stored;
		this.stored = { ...stored, cursor: isTrusted ? cursor : Math.min(cursor, savedUntil) };
		if (isTrusted) this.known.merge({ writer: '', ...stored });
	}

	/** Full seconds, like the site's dates. */
	get since(): number {
		const { cursor, publishedAt } = this.stored;
		const since = Math.max(cursor - OVERLAP_MS, publishedAt);
		return Math.floor(since / 1000) * 1000;
	}

	isNew(change: SiteChange): boolean {
		return change.at >= this.since && this.known.take(this.stored.site, change) === 'missing';
	}

	/** @param from where the cursor was when the search for them began */
	handOver(changes: SiteChange[], from: number): void {
		for (const change of changes) this.known.recover(this.stored.site, change).hasCome();
		if (changes.length > 0) this.stored.savedUntil = from;
	}

	/** n8n cannot have lost anything. @param now site time: the cursor can be of a fast clock */
	foundNothing(now: number): void {
		this.stored.savedUntil = Math.min(this.stored.cursor, now);
	}

	/** The cursor never goes back. */
	reached(time: number): void {
		this.stored.cursor = Math.max(this.stored.cursor, time);
	}

	/** @returns what n8n will save */
	store(context: IPollFunctions): StoredCursor {
		this.known.forget(this.since / 1000);
		const stored = { ...this.stored, ...this.known.stored() };
		context.getWorkflowStaticData('node')[NAME] = stored as unknown as IDataObject;
		return stored;
	}
}

/** Reads whatever is found there: people can write to it, and it may be of another node. */
export function readCursor(context: IPollFunctions): StoredCursor | undefined {
	const { id } = context.getNode();
	const found = (context.getWorkflowStaticData('node')[NAME] ?? {}) as Partial<StoredCursor>;
	const { publishedAt, cursor, savedUntil } = found;
	const areTexts = [found.site, found.for, found.changes].every((each) => typeof each === 'string');
	const areTimes = [publishedAt, cursor, savedUntil].every(Number.isFinite);
	return found.node === id && areTexts && areTimes ? (found as StoredCursor) : undefined;
}
