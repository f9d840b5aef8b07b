import type { IDataObject, IPollFunctions } from 'n8n-workflow';

import { type ApiClient, type ExpertClient, LARGE_RESPONSES } from '../../api/client';
import { accessKey } from '../../api/credential';
import { siteTime } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { connect } from '../../api/http';
import { withExpiry } from '../../api/token-check';
import { nodeKey, perNode } from '../../memory';
import { pollBudgetMs, type PollReason } from '../../n8n/poll';
import { Search } from '../changes/search';
import { polledItem, type SiteChange } from '../changes/site-change';
import { branchesOf, wantedBy } from '../node/wanted-changes';
import { readParameters } from '../parameters';
import { serialized } from '../semaphore';
import { Cursor, readCursor, storeCursor, type StoredCursor } from './cursor';
import {
	checkReach,
	checkSettings,
	lookUpUsers,
	NEEDS_ADMIN,
	type Settings,
	settingsOf,
} from './settings';

/** Items of one poll; the rest come with the next. */
const MAX_ITEMS = 500;

/** Polls the site for one node. What it remembers spares calls and may be lost. */
class Poller {
	private search = new Search();
	/** Changes that were found; those handed over are known to the cursor. */
	private found: SiteChange[] = [];
	/** End of the last search. */
	private until = 0;
	/** What the search is for, and with which token. */
	private searchedFor = '';
	private hasBegun = false;
	/** Before, what n8n has stored may lack its execution. */
	private hasPolled = false;
	private isPolling = false;
	/** n8n stores it under the node's name, and loses it when that changes. */
	private last: StoredCursor | undefined;
	/** The site's clock, unix ms, at a time of the monotonic clock. */
	private clock: { time: number; at: number } | undefined;
	private client!: ExpertClient;
	/** Of the poll that runs; ms of the monotonic clock. */
	private startedAt = 0;
	private endsAt = 0;

	/** The client of the poll that runs: a search that was interrupted goes on with it. */
	private readonly api: ApiClient = {
		call: async (call) => {
			const response = await this.client.call(call);
			const time = siteTime(response.headers.date);
			if (time !== undefined) this.clock = { time, at: performance.now() };
			return response;
		},
	};

	/** Whether n8n has started, which publishes some workflows as an update. */
	isStart(context: IPollFunctions, reason: PollReason): boolean {
		const isFirst = !this.hasBegun;
		this.hasBegun = true;
		const isAsUpdate = isFirst && reason === 'update' && readCursor(context) !== undefined;
		return reason === 'start' || isAsUpdate;
	}

	async poll(context: IPollFunctions, reason: PollReason): Promise<IDataObject[]> {
		// A slow site: the poll before goes on.
		if (reason === 'schedule' && this.isPolling) return [];
		return await serialized(`poll of ${nodeKey(context)}`, async () => {
			this.isPolling = true;
			try {
				return await this.pollNow(context, reason);
			} finally {
				this.isPolling = false;
			}
		});
	}

	private async pollNow(context: IPollFunctions, reason: PollReason): Promise<IDataObject[]> {
		const settings = await settingsOf(context, readParameters(context));
		const { credential, parameters, site } = settings;
		const options = { budgetMs: pollBudgetMs(context), limits: LARGE_RESPONSES };
		this.startedAt = performance.now();
		this.endsAt = this.startedAt + options.budgetMs;
		this.client = connect(context, credential, options);
		this.beginAnew(settings);
		const before = reason === 'publish' ? undefined : (readCursor(context) ?? this.last);
		const isOfSite = before?.site === site;
		const isSame = isOfSite && before.for === settings.for;
		if (!isSame || this.clock === undefined) await this.check(settings);
		await lookUpUsers(context, this.api, settings);
		const cursor = new Cursor(this.startOf(before, settings), this.hasPolled);
		// Nothing before the publication.
		const changes = isOfSite ? await this.nextChanges(context, cursor, settings) : [];
		this.hasPolled = true;
		this.last = cursor.toStore();
		storeCursor(context, this.last);
		return changes.map((change) => polledItem(site, change, parameters));
	}

	private async check(settings: Settings): Promise<void> {
		await checkSettings(this.api, settings);
		await checkReach(this.api, settings);
	}

	/** For other settings. */
	private beginAnew({ credential, for: wanted }: Settings): void {
		const searchedFor = `${accessKey(credential)} ${wanted}`;
		if (searchedFor === this.searchedFor) return;
		Object.assign(this, { searchedFor, search: new Search(), found: [] });
	}

	/** Takes back times of a fast site clock. Another version may want what the one before did not. */
	private startOf(before: StoredCursor | undefined, { site, for: wanted }: Settings): StoredCursor {
		const { now } = this;
		const none = { changes: '', changesForgottenUpTo: 0 };
		if (before?.site !== site) return { site, for: wanted, publishedAt: now, cursor: now, ...none };
		const cursor = Math.min(before.cursor, now);
		const publishedAt = before.for === wanted ? Math.min(before.publishedAt, now) : cursor;
		return { ...before, for: wanted, publishedAt, cursor };
	}

	private get now(): number {
		const { clock } = this;
		return clock === undefined ? Date.now() : clock.time + performance.now() - clock.at;
	}

	/** The time is over, and the site has responded meanwhile. */
	private get goesOnLater(): boolean {
		return performance.now() >= this.endsAt && (this.clock?.at ?? 0) >= this.startedAt;
	}

	/** Those found before that n8n does not have yet, else those that the site tells of now. */
	private async nextChanges(
		context: IPollFunctions,
		cursor: Cursor,
		settings: Settings,
	): Promise<SiteChange[]> {
		let changes = this.firstNew(cursor);
		if (changes.length === 0) {
			this.found = [];
			await this.find(context, cursor.since, settings);
			changes = this.firstNew(cursor);
		}
		cursor.handOver(changes.slice(0, MAX_ITEMS));
		if (changes.length <= MAX_ITEMS) cursor.reached(this.until);
		return changes.slice(0, MAX_ITEMS);
	}

	/** One more than a poll takes, if there are so many. */
	private firstNew(cursor: Cursor): SiteChange[] {
		const changes: SiteChange[] = [];
		for (const change of this.found) {
			if (changes.length > MAX_ITEMS) break;
			if (cursor.isNew(change)) changes.push(change);
		}
		return changes;
	}

	/** @throws ExpertError if the site could not be asked; the next poll goes on from there */
	private async find(
		context: IPollFunctions,
		since: number,
		{ credential, parameters, site, kinds }: Settings,
	): Promise<void> {
		if (this.search.isPaused) return;
		const found = await this.search.run({
			...{ api: this.api, site, since, now: this.now },
			...{ access: accessKey(credential), node: nodeKey(context) },
			...{ kinds, branches: branchesOf(parameters) },
			wants: wantedBy(context, parameters, credential),
		});
		if (found === undefined) return;
		if (found instanceof ExpertError) {
			if (this.goesOnLater) return;
			throw withExpiry(found, credential);
		}
		const { changes, until, archiveRefusal, leftOut } = found;
		// A page's first text is part of its creation.
		this.found = changes.filter(({ isFirstText }) => !isFirstText);
		if (archiveRefusal !== undefined) throw archiveRefusal.with({ says: NEEDS_ADMIN });
		this.until = until;
		for (const id of leftOut) logLeftOut(context, id);
	}
}

export const pollerOf = perNode(() => new Poller());

function logLeftOut(context: IPollFunctions, id: string): void {
	context.logger.warn(
		`CXone Expert: "${context.getNode().name}" leaves out page ${id}: the site could not give its revisions three times in a row. Look at the page's history in Expert for what was missed, and tell NiCE if it does not open.`,
	);
}
