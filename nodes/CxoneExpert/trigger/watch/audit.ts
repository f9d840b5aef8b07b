import { HOUR_MS } from '../../durations';
import type { UserMessage } from '../../api/expert-error';
import { oldestFirst } from '../../api/pages';
import { type ChangeKind, wordOf } from '../../event/change';
import { figuresOf } from '../../metrics/delivery-figures';
import { ResumableSearch } from '../changes/resumable-search';
import type { ShownChange, SiteChange } from '../changes/site-change';
import { LISTED_AFTER_MS, MAX_LATE_MS } from '../changes/late';
import type { FoundChanges } from '../changes/period-search';
import { type Knowledge, knownChangesOf } from '../ledger/known-changes';
import { ledgerOf } from '../ledger/ledger';
import type { ServedAddress } from '../state/address';
import { heardBy } from '../state/heard';
import { changesAt } from '../state/progress';
import { readCredential } from '../read-credential';
import type { FindingKind } from './alerts';
import { AUDITED_KINDS, noEvents, noMatch } from './audit-findings';
import { reportSearch, searchRequest } from './site-search';
import type { Watch } from './watch';

/** A check can come slightly early by the monotonic clock. */
const CHECK_TOLERANCE_MS = 1000;
/** Each check audits for so long after a missed change. */
const OFTEN_FOR_MS = 24 * HOUR_MS;

/**
 * Starts the workflow for changes.
 *
 * @param until they are all up to then
 * @returns whether all have begun
 */
type Start = (changes: SiteChange[], served: ServedAddress, until: number) => Promise<boolean>;

/** The first change that was started of a kind of which no event has ever matched. */
interface Trial {
	change: SiteChange;
	/** Ms of the monotonic clock. */
	at: number;
}

/**
 * The hourly comparison: asks the site, while nothing has failed, for changes of which Expert has sent no event. What
 * it starts in error passes nothing on, because n8n's store decides, unless events have another clock or other IDs. So
 * it starts nothing of a kind of which events have come that match no change of the site. Its state is kept in memory
 * only, because a start of n8n searches anyway.
 */
export class Audit {
	private readonly watch: Watch;
	private readonly start: Start;
	private search = new ResumableSearch();
	private readonly trials = new Map<ChangeKind, Trial>();
	private hasTried = false;
	/** Missed changes that wait for a match, or until an hour after the trial: their events may only be held back. */
	private waiting: SiteChange[] = [];
	/** Ms of the monotonic clock. */
	private auditedAt = performance.now();
	private missedAt = -Infinity;

	constructor(watch: Watch, start: Start) {
		this.watch = watch;
		this.start = start;
	}

	get isDue(): boolean {
		if (this.search.isPaused) return false;
		return this.isOften || performance.now() - this.auditedAt >= HOUR_MS - CHECK_TOLERANCE_MS;
	}

	/** If it fails, the next check goes on with it. @param now site time, unix ms */
	async run(served: ServedAddress, now: number): Promise<void> {
		// A trial has run in another process, so deliveries go there, too.
		if (this.hasTried && !this.hearsAll) return this.end(now);
		const upTo = this.heardUpTo(now);
		const found = await this.find(served, now);
		if (found === undefined) return;
		const judged = found.changes.filter((change) => change.at <= upTo && this.isJudged(change));
		const all = [...new Map([...this.waiting, ...judged].map((change) => [wordOf(change), change])).values()];
		const missing = oldestFirst(all.filter((change) => this.knowledgeOf(change) === 'missing'));
		const hasBegun = await this.act(missing, served, found.until);
		// n8n may not have said yet that an execution of the last audit has begun.
		if (!hasBegun || judged.some((change) => this.knowledgeOf(change) === 'coming')) return this.auditAgain();
		this.hasTried = this.trials.size > 0;
		// What the site lists late is judged again.
		if (upTo < found.until) this.auditAgain();
		this.end(Math.min(found.until, now - MAX_LATE_MS, upTo));
	}

	/** The next check audits again from scratch, because what has been read would not be found again. */
	private auditAgain(): void {
		this.search = new ResumableSearch();
	}

	private end(until: number): void {
		this.auditedAt = performance.now();
		this.changes.compared(until);
	}

	private get changes() {
		return changesAt(this.watch.n8n);
	}

	private get heard() {
		return heardBy(this.watch.n8n);
	}

	/** Origin of the site whose changes these are. */
	private get site(): string {
		return this.changes.progress?.site ?? '';
	}

	/** Changes were missed within the last day. */
	private get isOften(): boolean {
		return performance.now() - this.missedAt < OFTEN_FOR_MS;
	}

	/** All deliveries come to this process. */
	private get hearsAll(): boolean {
		const { runsHere, lastAt } = this.heard;
		return runsHere || (lastAt !== undefined && !ledgerOf(this.watch.n8n).isShared);
	}

	/** In queue mode, each delivery tells whether others went to other processes before it. */
	private heardUpTo(now: number): number {
		const { runsHere, lastAt } = this.heard;
		return runsHere || lastAt === undefined ? Infinity : lastAt - performance.now() + now;
	}

	private async find(served: ServedAddress, now: number): Promise<FoundChanges | undefined> {
		const { watch } = this;
		const credential = await readCredential(watch.n8n);
		if (credential === undefined || !watch.isCurrent(served)) return undefined;
		const { kinds, ...request } = searchRequest(watch, served, credential);
		const found = await this.search.run({
			...request,
			kinds: new Set(AUDITED_KINDS.filter((kind) => kinds.has(kind))),
			hasCome: (change) => this.hasCome(change),
			since: this.changes.comparedSince,
			now,
			maxLateMs: this.isOften ? LISTED_AFTER_MS : MAX_LATE_MS,
		});
		if (found === undefined || !watch.isCurrent(served)) return undefined;
		return reportSearch(watch, credential, found) ? found : undefined;
	}

	private hasCome(change: ShownChange): boolean {
		const { heard, site, watch } = this;
		const known = knownChangesOf(watch.n8n);
		const hasCome = known.hasNear(site, change);
		if (hasCome || known.hasUnnamedNear(site, change)) heard.match(change.kind);
		return hasCome;
	}

	/** Whether an event of its type must have come, and no audit has judged it. */
	private isJudged({ at, isFirstText, isRenamed }: SiteChange): boolean {
		// Expert may have sent an event of another type, such as that of a copied page or a new title.
		const hasOtherEvent = isFirstText === true || isRenamed === true;
		return at > this.changes.comparedFrom && !hasOtherEvent;
	}

	private knowledgeOf(change: SiteChange): Knowledge {
		return knownChangesOf(this.watch.n8n).take(this.site, change);
	}

	/** @returns whether all has begun that is to */
	private async act(missing: SiteChange[], served: ServedAddress, until: number): Promise<boolean> {
		const isDoubtful = ({ kind }: SiteChange) => this.heard.isDoubtful(kind);
		const missed = missing.filter((change) => !isDoubtful(change));
		const due = this.dueOf(missed);
		const isDue = new Set(due);
		this.waiting = missed.filter((change) => !isDue.has(change));
		const hasBegun = due.length === 0 || (await this.start(due, served, until));
		if (!hasBegun) this.dropUnsavedTrials();
		if (!this.hearsAll) return hasBegun;
		if (due.length > 0) this.missedAt = performance.now();
		this.report(due, missing.filter(isDoubtful), served);
		return hasBegun;
	}

	/** Selects one of each kind of which no event has ever matched, because events of the others may be held back. */
	private dueOf(missed: SiteChange[]): SiteChange[] {
		const trusted = new Set(AUDITED_KINDS.filter((kind) => this.isTrusted(kind)));
		return missed.filter((change) => {
			if (trusted.has(change.kind)) return true;
			if (this.trials.has(change.kind)) return false;
			this.trials.set(change.kind, { change, at: performance.now() });
			return true;
		});
	}

	private isTrusted(kind: ChangeKind): boolean {
		const { at = Infinity } = this.trials.get(kind) ?? {};
		return this.hearsAll && (this.heard.hasMatched(kind) || performance.now() - at >= HOUR_MS);
	}

	private dropUnsavedTrials(): void {
		for (const [kind, { change }] of this.trials) if (this.knowledgeOf(change) === 'missing') this.trials.delete(kind);
	}

	private report(missed: SiteChange[], doubtful: SiteChange[], { url }: ServedAddress): void {
		const { watch } = this;
		const { auditFindings } = figuresOf(url);
		const say = (finding: FindingKind, message: UserMessage) => {
			watch.alerts.report('audit', { finding, message });
			auditFindings.set(finding, `${message.message}. ${message.description}`);
		};
		if (missed.length > 0) say('no event', noEvents(missed, watch.parameters.checkEveryMs));
		if (doubtful.length > 0) say('no match', noMatch(doubtful));
		if (!this.isOften) auditFindings.delete('no event');
		if (!AUDITED_KINDS.some((kind) => this.heard.isDoubtful(kind))) auditFindings.delete('no match');
		if (auditFindings.size === 0) watch.alerts.report('audit', { finding: 'fine' });
	}
}
