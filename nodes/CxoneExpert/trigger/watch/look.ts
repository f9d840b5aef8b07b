import type { UserMessage } from '../../api/expert-error';
import type { Change, ChangeKind } from '../../event/change';
import { figuresOf } from '../../figures/delivery-figures';
import { Search } from '../changes/search';
import type { SiteChange } from '../changes/site-change';
import { type FoundChanges, LISTED_AFTER_MS, MAX_LATE_MS } from '../changes/site-changes';
import { type Knowledge, knownChangesOf } from '../ledger/known-changes';
import type { ServedAddress } from '../node/address';
import { changesAt, hearsAll } from '../node/progress';
import { readCredential } from '../read-credential';
import type { FindingKind } from './alerts';
import type { Watch } from './check';
import { COMPARED_KINDS, Comparison, noEvents, noMatch } from './comparison';
import { reportSearch, searchRequest } from './site-search';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** By the monotonic clock a check can come slightly early. */
const CHECK_TOLERANCE_MS = 1000;
/** After a missed change, the look comes with each check for so long. */
const OFTEN_FOR_MS = 24 * HOUR_MS;
/** As {@link MAX_LATE_MS}, once Expert is known to send no event. */
const MAX_LATE_OFTEN_MS = MINUTE_MS;

/**
 * Starts the workflow for changes.
 *
 * @param until they are all up to then
 * @returns whether all have begun
 */
type Start = (changes: SiteChange[], served: ServedAddress, until: number) => Promise<boolean>;

/**
 * The regular look: asks the site, while nothing has failed, for changes of which Expert has sent no event. Each change
 * is judged once, by the first look that finds it old enough; what that does not start never starts. In memory only: a
 * start of n8n searches anyway.
 */
export class RegularLook {
	private readonly watch: Watch;
	private readonly start: Start;
	private search = new Search();
	private comparison = new Comparison('', []);
	/** What the search is for: after another publication it begins anew. */
	private served: ServedAddress | undefined;
	/** Kinds whose events and changes do not match. */
	private readonly doubtful = new Set<ChangeKind>();
	/**
	 * Once, all events of edits had their change: clock and IDs are the same. Until then a doubt lasts, because where they
	 * are not, an event that comes hours late looks like a missed change. A deletion also matches where the clocks are up
	 * to a minute apart.
	 */
	private editsHaveMatched = false;
	/** An execution has shown that other processes run them. */
	private isElsewhere = false;
	/** Ms of the monotonic clock. */
	private lookedAt = performance.now();
	private missedAt = -Infinity;

	constructor(watch: Watch, start: Start) {
		this.watch = watch;
		this.start = start;
	}

	get isDue(): boolean {
		if (this.search.isPaused) return false;
		return this.isOften || performance.now() - this.lookedAt >= HOUR_MS - CHECK_TOLERANCE_MS;
	}

	/** If it fails, the next check goes on with it. @param now site time, unix ms */
	async run(served: ServedAddress, now: number): Promise<void> {
		const aheadMs = now - performance.now();
		if (this.isElsewhere && !this.seesAll) return this.end(now, aheadMs);
		const found = await this.find(served, now);
		if (found === undefined) return;
		const judged = found.changes.filter((change) => this.isJudged(change));
		const missing = judged.filter((change) => this.knowledgeOf(change) === 'missing');
		if (missing.some((change) => this.isBeingTold(change))) return this.lookAgain();
		const unmatched = this.compare(missing);
		const missed = missing.filter((change) => !this.inDoubt(change));
		const hasBegun = await this.act(missed, { unmatched, missing }, served, found.until);
		// Or n8n has not said yet that an execution of the last look has begun.
		if (!hasBegun || judged.some((change) => this.knowledgeOf(change) === 'coming')) return this.lookAgain();
		this.end(found.until, aheadMs);
	}

	/** With the next check, and from scratch: what has been read would not be found again. */
	private lookAgain(): void {
		this.search = new Search();
	}

	private end(until: number, aheadMs: number): void {
		this.lookedAt = performance.now();
		this.changes.compared(until, aheadMs);
	}

	private get changes() {
		return changesAt(this.watch.n8n);
	}

	/** Origin of the site whose changes these are. */
	private get site(): string {
		return this.changes.progress?.site ?? '';
	}

	/** Changes were missed within the last day. */
	private get isOften(): boolean {
		return performance.now() - this.missedAt < OFTEN_FOR_MS;
	}

	private get seesAll(): boolean {
		return hearsAll(this.watch.n8n);
	}

	private async find(served: ServedAddress, now: number): Promise<FoundChanges | undefined> {
		const { watch, changes, site } = this;
		const known = knownChangesOf(watch.n8n);
		const credential = await readCredential(watch.n8n);
		if (credential === undefined || !watch.isCurrent(served)) return undefined;
		if (this.served !== served) this.search = new Search();
		this.served = served;
		if (!this.search.isInterrupted) this.comparison = this.newComparison();
		const { kinds, ...request } = searchRequest(watch, served, credential);
		const found = await this.search.run({
			...request,
			kinds: new Set(COMPARED_KINDS.filter((kind) => kinds.has(kind))),
			hasCome: (change) => {
				const hasCome = known.hasNear(site, change);
				this.comparison.show(change, hasCome);
				return hasCome;
			},
			since: changes.comparedSince,
			now,
			maxLateMs: this.isOften ? MAX_LATE_OFTEN_MS : MAX_LATE_MS,
		});
		if (found === undefined || !watch.isCurrent(served)) return undefined;
		return reportSearch(watch, credential, found) ? found : undefined;
	}

	/** What comes from now on may be of changes that the search does not see. */
	private newComparison(): Comparison {
		const upTo = performance.now() - LISTED_AFTER_MS;
		const told = this.changes.told
			.filter(({ change, arrivedAt }) => arrivedAt <= upTo && COMPARED_KINDS.includes(change.kind))
			.map(({ change }) => change);
		return new Comparison(this.site, told, this.comparison);
	}

	/** Its event may have just come, with another time: a publication can bear the time of its draft. */
	private isBeingTold({ kind, page }: SiteChange): boolean {
		const since = performance.now() - LISTED_AFTER_MS;
		const isOfIt = (change: Change) => change.kind === kind && change.page === page;
		return this.changes.told.some(({ change, arrivedAt }) => arrivedAt > since && isOfIt(change));
	}

	/** Whether an event of its type must have come, and no look has judged it. */
	private isJudged({ at, isFirstText, isRenamed }: SiteChange): boolean {
		// Expert may have sent an event of another type: of a new or copied page, or of a new title.
		const hasOtherEvent = isFirstText === true || isRenamed === true;
		return at > this.changes.comparedFrom && !hasOtherEvent;
	}

	private knowledgeOf(change: SiteChange): Knowledge {
		return knownChangesOf(this.watch.n8n).take(this.site, change);
	}

	/** Before edits have matched, a doubt of one kind is one of all. */
	private inDoubt({ kind }: Change): boolean {
		return this.doubtful.has(kind) || (!this.editsHaveMatched && this.doubtful.size > 0);
	}

	/** @returns events without a change */
	private compare(missing: Change[]): Change[] {
		const { unmatched } = this.comparison;
		for (const kind of COMPARED_KINDS) {
			const isOfKind = (change: Change) => change.kind === kind;
			if (unmatched.some(isOfKind)) {
				if (missing.some(isOfKind)) this.doubtful.add(kind);
				continue;
			}
			const hasMatched = this.comparison.hasMatched(kind);
			if (hasMatched && kind === 'edited') this.editsHaveMatched = true;
			if (hasMatched || this.editsHaveMatched) this.doubtful.delete(kind);
		}
		return unmatched;
	}

	/**
	 * In queue mode, deliveries may go to other processes. If none has come here, one execution shows where they run; if
	 * its change has come elsewhere, n8n's store leaves it out.
	 *
	 * @returns whether all has begun that is to
	 */
	private async act(
		missed: SiteChange[],
		compared: { unmatched: Change[]; missing: Change[] },
		served: ServedAddress,
		until: number,
	): Promise<boolean> {
		const isUnknown = !this.seesAll && missed.length > 0;
		if (isUnknown && !(await this.start(missed.slice(0, 1), served, until))) return false;
		this.isElsewhere = isUnknown && !this.seesAll;
		if (!this.seesAll) return true;
		if (missed.length > 0) this.missedAt = performance.now();
		this.report(missed, compared, served);
		return missed.length === 0 || (await this.start(missed, served, until));
	}

	private report(
		missed: Change[],
		{ unmatched, missing }: { unmatched: Change[]; missing: Change[] },
		{ url }: ServedAddress,
	): void {
		const { watch, doubtful } = this;
		const { lookFindings } = figuresOf(url);
		const say = (finding: FindingKind, message: UserMessage) => {
			watch.alerts.report('look', { finding, message });
			lookFindings.set(finding, `${message.message}. ${message.description}`);
		};
		const inDoubt = (change: Change) => this.inDoubt(change);
		if (missed.length > 0) say('no event', noEvents(missed, watch.parameters.checkEveryMs));
		if (missing.some(inDoubt)) say('no match', noMatch(unmatched.filter(inDoubt), missing.filter(inDoubt)));
		if (!this.isOften) lookFindings.delete('no event');
		if (doubtful.size === 0) lookFindings.delete('no match');
		if (lookFindings.size === 0) watch.alerts.report('look', { finding: 'fine' });
	}
}
