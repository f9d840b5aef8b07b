import type { IDataObject, IPollFunctions } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { type ExpertClient, LARGE_RESPONSES } from '../../api/client';
import { accessKey } from '../../api/credential';
import { ExpertError } from '../../api/expert-error';
import { connect } from '../../api/http';
import { oldestFirst } from '../../api/pages';
import { withExpiry } from '../../api/token-check';
import { hashOf } from '../../event/event-name';
import { nodeKey, perNode } from '../../memory';
import { followPublication, pollBudgetMs, type PollReason, pollReason, publishedUntil } from '../../n8n/poll';
import { ResumableSearch } from '../changes/resumable-search';
import { polledItem, type SiteChange } from '../changes/site-change';
import { logLeftOut, logMissed, missedBySearch } from '../changes/period-search';
import { FilterUsers } from '../state/filter-users';
import { wantedBy } from '../state/wanted-changes';
import { readParameters } from '../parameters';
import { isBusy, serialized } from '../semaphore';
import { Cursor, readCursor, type StoredCursor } from './cursor';
import { checkSettings, NEEDS_ADMIN, newSite, type Settings, settingsOf } from './settings';

/** The rest come with the next poll. */
const MAX_POLLED_ITEMS = 500;
/** No publication of another version takes n8n as long: it gives up after 84 s. */
const MAX_UPDATE_MS = 3 * MINUTE_MS;

/** Polls of one node. What is remembered from one to the next spares calls and may be lost. */
class Poller {
	/** The last poll's cursor. n8n stores it under the node's name, and loses it when that changes. */
	cursor: StoredCursor | undefined;
	/** Knows the time of the site. */
	lastClient: ExpertClient | undefined;
	finds = findsFor('');
	private context: IPollFunctions | undefined;
	/** Reason of the publication that is under way or has failed. n8n may repeat it much later. */
	private publication: PollReason | undefined;

	reasonOf(context: IPollFunctions): PollReason {
		const reason = pollReason(context);
		const { context: before } = this;
		this.context = context;
		if (reason === 'schedule') return reason;
		return (this.publication = reason === 'update' ? this.reasonOfUpdate(context, before) : reason);
	}

	private reasonOfUpdate(context: IPollFunctions, before?: IPollFunctions): PollReason {
		if (this.publication !== undefined) return this.publication;
		// A trigger that was disabled is published as an update, too.
		const isLong = performance.now() - publishedUntil(before ?? context) > MAX_UPDATE_MS;
		if (isLong) return 'publish';
		// n8n publishes some workflows as an update when it starts.
		return before === undefined && readCursor(context) !== undefined ? 'start' : 'update';
	}

	hasPublished(context: IPollFunctions): void {
		this.publication = undefined;
		followPublication(context);
	}

	/** @throws ExpertError if the site could not be asked; the next poll goes on from there */
	async poll(context: IPollFunctions, reason: PollReason): Promise<IDataObject[]> {
		const key = `poll of ${nodeKey(context)}`;
		const run = async (isSearching: boolean) => {
			const settings = await settingsOf(context, readParameters(context));
			return await new Poll(this, context, settings, reason).run(isSearching);
		};
		if (!isBusy(key)) return await serialized(key, async () => await run(true));
		// The poll before goes on at a slow site. Publishing must not wait for it.
		return reason === 'schedule' ? [] : await run(false);
	}
}

export const pollerOf = perNode(() => new Poller());

type Finds = ReturnType<typeof findsFor>;

/**
 * Makes a place for what a search finds. The cursor knows which changes have been handed over.
 *
 * @param searchedFor names token and settings
 */
function findsFor(searchedFor: string) {
	return { searchedFor, search: new ResumableSearch(), changes: [] as SiteChange[], from: 0, until: 0 };
}

class Poll {
	private readonly poller: Poller;
	private readonly context: IPollFunctions;
	private readonly settings: Settings;
	private readonly client: ExpertClient;
	private readonly reason: PollReason;

	constructor(poller: Poller, context: IPollFunctions, settings: Settings, reason: PollReason) {
		const options = { budgetMs: pollBudgetMs(context, reason), limits: LARGE_RESPONSES };
		this.poller = poller;
		this.context = context;
		this.settings = settings;
		this.reason = reason;
		this.client = connect(context, settings.credential, options);
	}

	async run(isSearching: boolean): Promise<IDataObject[]> {
		const { client, context, poller, settings, reason } = this;
		const { credential, parameters, site } = settings;
		const stored = reason === 'publish' ? undefined : (readCursor(context) ?? poller.cursor);
		const before = stored?.site === site ? stored : undefined;
		// Another main process may have stored the cursor before this one took over.
		if (reason === 'start') Object.assign(poller, { cursor: undefined, finds: findsFor('') });
		const hasPolled = poller.cursor !== undefined;
		const { areKnown } = new FilterUsers(context, credential, parameters);
		const isChecked = reason === 'schedule' && hasPolled && before !== undefined && areKnown;
		if (!isChecked) {
			await checkSettings(context, client, settings);
			logMissed(context, await missedBySearch(client, site, settings.kinds));
		}
		if (before !== stored) context.logger.warn(newSite(context.getNode().name, stored?.site));
		const cursor = new Cursor(this.startOf(before), hasPolled);
		// Changes before the publication are not wanted.
		const changes = before === undefined || !isSearching ? [] : await this.nextChanges(cursor, before.cursor);
		if (client.siteTime !== undefined) poller.lastClient = client;
		if (isSearching && changes.length === 0) cursor.foundNothing(this.now);
		poller.cursor = cursor.store(context);
		return changes.map((change) => polledItem(site, change, parameters));
	}

	/**
	 * Takes back times of a fast site clock. Another version may want what the one before did not;
	 * the cursor that n8n has stored can be weeks old, as it stores none when a poll finds nothing.
	 */
	private startOf(before: StoredCursor | undefined): StoredCursor {
		const { context, now, poller } = this;
		const { site, for: wanted } = this.settings;
		const cursor = Math.min(before?.cursor ?? now, now);
		const from = before?.for === wanted ? before.publishedAt : Math.max(cursor, poller.cursor?.savedUntil ?? 0);
		const publishedAt = Math.min(from, now);
		const node = context.getNode().id;
		const unknown = { node, changes: '', savedUntil: cursor };
		return { ...unknown, ...before, site, for: wanted, publishedAt, cursor };
	}

	/** Time of the site, unix ms. */
	private get now(): number {
		const { client, poller } = this;
		return (client.siteTime === undefined ? (poller.lastClient ?? client) : client).siteNow;
	}

	/**
	 * Returns those found before that n8n does not have yet, else those that the site tells of now.
	 *
	 * @param from where the stored cursor was: what a start repeats, the next one repeats no more
	 */
	private async nextChanges(cursor: Cursor, from: number): Promise<SiteChange[]> {
		const { finds } = this;
		let changes = firstNew(finds, cursor);
		const wasRefused = changes.length > 0 && finds.until === 0;
		if (changes.length === 0 || wasRefused) {
			Object.assign(finds, { changes, from, until: 0 });
			await this.find(finds, cursor.since, wasRefused);
			changes = firstNew(finds, cursor);
		}
		const handed = changes.slice(0, MAX_POLLED_ITEMS);
		cursor.handOver(handed, finds.from);
		// Each search begins where this one did as long as the archive refuses the deletions.
		if (finds.until > 0) cursor.reached(handed.at(-1)?.at ?? 0);
		if (changes.length <= MAX_POLLED_ITEMS) cursor.reached(finds.until);
		return handed;
	}

	private get finds(): Finds {
		const { poller, settings } = this;
		const { credential, kinds, parameters } = settings;
		const searchedFor = hashOf([accessKey(credential), [...kinds], parameters.filters]);
		if (poller.finds.searchedFor !== searchedFor) poller.finds = findsFor(searchedFor);
		return poller.finds;
	}

	/** @param wasRefused the archive has failed the poll before, which need not hold up pages once more */
	private async find(finds: Finds, since: number, wasRefused: boolean): Promise<void> {
		const { client: api, context, now } = this;
		const { credential, parameters, kinds } = this.settings;
		if (finds.search.isPaused) return;
		const found = await finds.search.run({
			api,
			since,
			now,
			kinds,
			access: accessKey(credential),
			wants: wantedBy(context, parameters, credential),
		});
		if (found === undefined) return;
		if (found instanceof ExpertError) {
			// The time is over (a timer may fire early), and the site has responded meanwhile: the next poll goes on.
			if (performance.now() >= api.end - 5 && api.siteTime !== undefined) return;
			throw withExpiry(found, credential);
		}
		// A page's first text is part of its creation.
		finds.changes = oldestFirst([...finds.changes, ...found.changes.filter(({ isFirstText }) => !isFirstText)]);
		if (found.archiveRefusal === undefined) finds.until = found.until;
		else if (!wasRefused) throw found.archiveRefusal.with({ says: NEEDS_ADMIN });
		logLeftOut(context, found);
	}
}

/** Returns one more than a poll takes, if there are so many. */
function firstNew({ changes }: Finds, cursor: Cursor): SiteChange[] {
	const found: SiteChange[] = [];
	for (const change of changes) {
		if (found.length > MAX_POLLED_ITEMS) break;
		if (cursor.isNew(change)) found.push(change);
	}
	return found;
}
