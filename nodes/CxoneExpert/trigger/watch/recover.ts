import type { ExpertCredential } from '../../api/credential';
import { beforeDeadline } from '../../api/deadline';
import { counted } from '../../api/expert-error';
import { oldestFirst } from '../../api/pages';
import { nameOf, wordOf } from '../../event/change';
import { hashOf } from '../../event/event-name';
import { figuresOf } from '../../metrics/delivery-figures';
import { nodeKey } from '../../memory';
import { emitOnce } from '../../n8n/emit-once';
import { ResumableSearch } from '../changes/resumable-search';
import { recoveredItem, type SiteChange } from '../changes/site-change';
import { knownChangesOf } from '../ledger/known-changes';
import type { ServedAddress } from '../state/address';
import { changesAt, forgetOld } from '../state/progress';
import { wasWanted } from '../state/wanted-changes';
import { readCredential } from '../read-credential';
import { isBusy, serialized } from '../semaphore';
import type { Checked } from './check';
import { Audit } from './audit';
import { reportSearch, searchRequest } from './site-search';
import type { Watch } from './watch';

/** How long one execution holds up the next. */
const MAX_SAVE_WAIT_MS = 5_000;
/** Deliveries of a burst share an execution up to the same number. */
const MAX_CHANGES_AT_ONCE = 100;

/**
 * Starts the workflow for each page that was created, edited or deleted while Expert could not deliver, or, as the
 * audit finds, of which it has sent no event. One recovery runs until it is done, and checks go on beside it.
 */
export class Recovery {
	private readonly watch: Watch;
	private readonly search = new ResumableSearch();
	/** Changes that were found and that n8n has not begun. */
	private left: SiteChange[] = [];
	private readonly audit: Audit;
	/** Executions that were started since the last line in the log. */
	private started = 0;

	constructor(watch: Watch) {
		this.watch = watch;
		this.audit = new Audit(watch, async (changes, served, until) => {
			this.left = changes;
			await this.startEach(served, until);
			return this.left.length === 0;
		});
	}

	private get changes() {
		return changesAt(this.watch.n8n);
	}

	private get known() {
		return knownChangesOf(this.watch.n8n);
	}

	async after({ finding, wasDelivering, siteTime: now, site }: Checked, served: ServedAddress) {
		const { changes, search, audit } = this;
		const { n8n, parameters } = this.watch;
		if (!parameters.recoverMissedChanges || now === undefined) return;
		const before = changes.progress?.site;
		if (finding === 'disabled by a person') changes.disabledByPerson(now, site);
		else changes.checked(now, wasDelivering, site);
		const isMissing = changes.progress?.missingAt !== undefined;
		if (!isMissing || changes.progress?.site !== before) this.end();
		const key = `recovery of ${nodeKey(n8n)}`;
		// A recovery takes as long as its executions do, and checks go on meanwhile.
		if (isBusy(key)) return;
		const { dueAt = Infinity, upTo } = changes.lateSearch ?? {};
		if ((isMissing || performance.now() >= dueAt) && !search.isPaused)
			await serialized(key, async () => await this.recover(served, now, isMissing ? Infinity : upTo));
		const isCalm = !isMissing && finding === 'fine';
		if (isCalm && audit.isDue) await serialized(key, async () => await audit.run(served, now));
		// Nobody else evicts where nothing is delivered.
		forgetOld(n8n, parameters);
	}

	/** @param upTo later changes are left to the audit */
	private async recover(served: ServedAddress, now: number, upTo = Infinity): Promise<void> {
		const { watch } = this;
		const aheadMs = now - performance.now();
		const credential = await readCredential(watch.n8n);
		if (!watch.isCurrent(served)) return;
		if (credential === undefined) return watch.alerts.report('changes', { finding: 'no credential' });
		if (!this.isAllFound) await this.find(served, credential, now);
		const { finished } = this.search;
		if (finished === undefined || !watch.isCurrent(served)) return;
		this.left = this.left.filter(({ at }) => at <= upTo);
		await this.startEach(served, finished.until);
		if (this.left.length > 0 || !this.isAllFound) return;
		this.changes.recovered(aheadMs);
		this.end();
	}

	/** Whether nothing has been missed since the last search began, or shortly before. */
	private get isAllFound(): boolean {
		const { finished } = this.search;
		return finished?.isWhole === true && this.changes.isAllReported(finished.askedAt);
	}

	private end(): void {
		this.search.reset();
		this.left = [];
	}

	/** Searches until done, or until a call fails. */
	private async find(served: ServedAddress, credential: ExpertCredential, now: number) {
		const { watch } = this;
		const since = this.changes.lookedForSince;
		const found = await this.search.run({ ...searchRequest(watch, served, credential), since, now });
		if (found === undefined || !watch.isCurrent(served)) return;
		if (!reportSearch(watch, credential, found)) return;
		const wanted = found.changes.filter(wasWanted(watch.n8n, credential));
		const all = new Map([...this.left, ...wanted].map((change) => [wordOf(change), change]));
		this.left = oldestFirst([...all.values()]);
	}

	/**
	 * Starts one execution after the other, oldest first: a burst would make n8n miss deliveries, and Expert disable the
	 * webhook again. The next check gets what n8n has not begun, or could not save.
	 *
	 * @param until what is left are all up to then
	 */
	private async startEach(served: ServedAddress, until: number): Promise<void> {
		const { changes, watch, left: found } = this;
		const size = watch.parameters.deliveriesPerExecution === 'one' ? 1 : MAX_CHANGES_AT_ONCE;
		const left: SiteChange[] = [];
		for (let from = 0; from < found.length; from += size) {
			const part = found.slice(from, from + size);
			const isSaved = await this.startAtOnce(part, served);
			// The workflow was published again, maybe for another site or without recovery.
			if (!watch.isCurrent(served) || !isSaved) {
				left.push(...found.slice(from));
				break;
			}
			left.push(...part.filter((change) => this.isLeft(change)));
			changes.reached(left[0]?.at ?? part.at(-1)!.at);
			forgetOld(watch.n8n, watch.parameters);
		}
		if (left.length === 0) changes.reached(until);
		this.left = left;
		if (this.started > 0) logStarted(watch, this.started);
		this.started = 0;
	}

	private get site(): string {
		return this.changes.progress?.site ?? '';
	}

	/** n8n has not said yet that its execution has begun, or it is being delivered. */
	private isLeft(change: SiteChange): boolean {
		const { changes, known, site } = this;
		// Nothing is missing where Page Created is all that the site sends for a new page.
		if (change.isFirstText && changes.firstTextsOf !== site) return false;
		return known.take(site, change) !== 'known';
	}

	/**
	 * Starts the workflow for those that are missing, and waits until it has run, or for some seconds. They count as
	 * recovered once the execution has begun or ended; until then they are looked for again.
	 *
	 * @returns `false` if n8n could not save the execution
	 */
	private async startAtOnce(found: SiteChange[], served: ServedAddress): Promise<boolean> {
		const { known, site, watch } = this;
		const missing = found.filter((change) => this.isLeft(change) && known.take(site, change) === 'missing');
		if (missing.length === 0) return true;
		const coming = missing.map((change) => known.recover(site, change));
		const items = missing.map((change) => recoveredItem(site, change, watch.parameters));
		const key = `cxoneExpert:${nodeKey(watch.n8n)}:${hashOf(missing.map((change) => nameOf(site, change)))}`;
		const ended = emitOnce(watch.n8n, items, key).then((isSaved) => {
			for (const each of coming)
				if (isSaved) each.hasCome();
				else each.hasFailed();
			return isSaved;
		});
		const isSaved = await beforeDeadline(performance.now() + MAX_SAVE_WAIT_MS, ended);
		if (isSaved === false) return false;
		this.started += missing.length;
		figuresOf(served.url).count('recovered', missing.length);
		return true;
	}
}

function logStarted({ n8n }: Watch, started: number): void {
	const changes = counted(started, 'change', 'changes');
	n8n.logger.info(
		`CXone Expert: "${n8n.getNode().name}" has started the workflow for ${changes} of which it knew no delivery.`,
	);
}
