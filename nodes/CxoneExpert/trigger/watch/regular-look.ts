import { ExpertError, type UserMessage } from '../../api/expert-error';
import type { Change } from '../../event/change';
import { figuresOf } from '../../figures/delivery-figures';
import { Search } from '../changes/search';
import type { SiteChange } from '../changes/site-change';
import { type FoundChanges, LISTED_AFTER_MS } from '../changes/site-changes';
import { knownChangesOf } from '../ledger/known-changes';
import { ledgerOf } from '../ledger/ledger';
import type { ServedAddress } from '../node/address';
import { changesAt, knowledgeOf, type ToldChange } from '../node/progress';
import { readCredential } from '../read-credential';
import type { FindingKind } from './alerts';
import type { Watch } from './check';
import { type Compared, hasOtherEvent, Look, LOOK_KINDS, noEvents, noMatch } from './look';
import { searchRequest } from './search-request';

/**
 * Starts the workflow for changes.
 *
 * @param until they are all up to then
 *
 * @returns whether all have begun
 */
type Start = (changes: SiteChange[], served: ServedAddress, until: number) => Promise<boolean>;

/** Asks the site about changes without an event while nothing has failed: look.ts. */
export class RegularLook {
	private readonly watch: Watch;
	private readonly start: Start;
	private readonly look = new Look();
	private search = new Search();
	/** What the search is for: after another publication it begins anew. */
	private served: ServedAddress | undefined;

	constructor(watch: Watch, start: Start) {
		this.watch = watch;
		this.start = start;
	}

	get isDue(): boolean {
		return this.look.isDue && !this.search.isPaused;
	}

	/** If it fails, the next check looks again. @param now site time, unix ms */
	async run(served: ServedAddress, now: number): Promise<void> {
		const { watch, look, changes, site } = this;
		const aheadOfClock = now - performance.now();
		const found = await this.find(served, now);
		if (found === undefined || !watch.isCurrent(served)) return;
		const { until, read } = this.search.finished!;
		const settled = until - look.maxLateMs;
		const missing = found.changes.filter((change) => change.at <= settled && this.lacks(change));
		const hasComeBy = (time: number) => (told: ToldChange) => told.arrivedAt + aheadOfClock <= time;
		const compared = look.compare(
			site,
			changes.told.filter(hasComeBy(until - LISTED_AFTER_MS)),
			missing,
		);
		const missed = await this.startMissed(compared.missed, served, until);
		// What is read already would not be found again.
		if (missed === undefined) return void (this.search = new Search());
		// What the site may not list yet is compared once more.
		const isOver = hasComeBy(settled);
		changes.looked(
			settled,
			changes.told.filter((told) => !isOver(told) && !look.isShown(site, told.change)),
		);
		for (const [id, at] of read) if (at < changes.lookSince) read.delete(id);
		look.end(missed.length > 0);
		this.report({ ...compared, missed }, served);
	}

	private get changes() {
		return changesAt(this.watch.n8n);
	}

	/** Origin of the site whose changes these are. */
	private get site(): string {
		return this.changes.progress?.site ?? '';
	}

	private async find(served: ServedAddress, now: number): Promise<FoundChanges | undefined> {
		const { watch, changes, look, site } = this;
		const known = knownChangesOf(watch.n8n);
		const credential = await readCredential(watch.n8n);
		if (credential === undefined || !watch.isCurrent(served)) return undefined;
		if (this.served !== served) this.search = new Search();
		this.served = served;
		const { kinds, ...request } = searchRequest(watch, served, credential);
		const hasCome = (change: Change) => {
			look.show(site, change);
			return known.hasNear(site, change);
		};
		const found = await this.search.run({
			...request,
			kinds: new Set(LOOK_KINDS.filter((kind) => kinds.has(kind))),
			hasCome,
			since: Math.max(changes.lookSince, known.forgottenUpTo * 1000),
			now,
		});
		return found instanceof ExpertError ? undefined : found;
	}

	/** Whether the site shows a change whose event has not come. */
	private lacks(change: SiteChange): boolean {
		return !hasOtherEvent(change) && knowledgeOf(this.watch.n8n, change) === 'missing';
	}

	/**
	 * Where neither a delivery nor an execution has come to this process, all of them may go to others (queue mode). Then
	 * one execution shows where they go; n8n's store leaves it out if the change has come elsewhere.
	 *
	 * @returns those that are known to be missed; `undefined` if not all have begun
	 */
	private async startMissed(
		missing: SiteChange[],
		served: ServedAddress,
		until: number,
	): Promise<SiteChange[] | undefined> {
		const { changes, watch, start } = this;
		const { isShared } = ledgerOf(watch.n8n);
		const seesAll = () => changes.runsHere || (changes.hasBeenTold && !isShared);
		const first = seesAll() ? missing : missing.slice(0, 1);
		for (const part of [first, missing.slice(first.length)]) {
			if (part.length > 0 && !(await start(part, served, until))) return undefined;
			if (!seesAll()) return [];
		}
		return missing;
	}

	private report({ missed, unmatched }: Compared<SiteChange>, { url }: ServedAddress): void {
		const { look, watch } = this;
		const say = (finding: FindingKind, message: UserMessage) => {
			watch.alerts.report('look', { finding, message });
			figuresOf(url).lookFinding = `${message.message}. ${message.description}`;
		};
		if (missed.length > 0) say('no event', noEvents(missed, watch.parameters.checkEveryMs));
		if (Object.keys(unmatched).length > 0) say('no match', noMatch(unmatched));
		if (look.isOften || look.hasDoubts) return;
		watch.alerts.report('look', { finding: 'fine' });
		figuresOf(url).lookFinding = undefined;
	}
}
