import { LARGE_RESPONSES } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { type Failed, failed, type Result, success } from '../../api/result';
import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/time';
import { accessKey } from '../../api/token-check';
import { figuresOf } from '../../shared/delivery-figures';
import { ADMINS_ONLY } from '../../shared/failure-messages';
import type { Period } from '../../shared/page-changes';
import { filterEvents, isSubscribed } from '../event/wanted';
import { readCredential } from '../read-credential';
import { idsForDelivery } from '../users/delivery';
import { isAnyWanted, NO_IDS, wantedUsers } from '../users/user-ids';
import { type ChangeKind, RECOVERABLE } from './change-key';
import { NO_CREDENTIAL, refusal, couldNotAsk } from './check';
import {
	afterCheck,
	afterRecovery,
	afterDisabledByPerson,
	isHeldBack,
	missingPeriod,
	published,
	windowStart,
	withoutHold,
} from './gap';
import type { ServedAddress } from '../subscription/address';
import { changeAt } from '../ledger/arrival';
import { KEPT_SECONDS } from '../ledger/ledger';
import { ledgerOf } from '../ledger/node-ledger';
import { changesAt, neededSince } from './node-changes';
import type { SiteChange } from './recovered-event';
import type { CheckReport, CouldNotAsk } from './report';
import { type FoundChanges, siteChanges } from './site-changes';
import { startRecovered } from './start-recovered';
import { clientOf, isCurrent, type SiteSearch, type Watch } from './watch';

/** Changes for which one check starts an execution. The rest comes with the next ones. */
const MAX_PER_CHECK = 500;
/** For how long the site is left alone at most, whatever it asks for. */
const MAX_PAUSE_MS = 3_600_000;

/** What a recovery has led to. */
export interface Recovery {
	/** Changes for which an execution was started. */
	started: number;
	/** End of the period that was looked at, where that is not the one that was asked for. */
	until?: number;
	/** Time of the first change that is left for the next check; absent when none is. */
	leftFrom?: number;
	/** n8n could not save an execution. */
	notSaved?: boolean;
	/** Why not all could be recovered; nothing is lost, the next check goes on. */
	failure?: CouldNotAsk;
	/** Why deletions cannot be recovered, now and later. */
	archiveRefusal?: CouldNotAsk;
}

/**
 * After a check: starts the workflow for each page that was created, edited or deleted while Expert could
 * not deliver. One recovery at a time; checks go on meanwhile.
 *
 * @returns `undefined` when nothing can be missing, or a recovery is at work already
 */
export async function recover(
	watch: Watch,
	served: ServedAddress,
	report: CheckReport,
): Promise<Recovery | undefined> {
	if (!watch.parameters.recoverMissedChanges) return undefined;
	const changes = changesAt(watch.n8n);
	const ledger = ledgerOf(watch.n8n);
	const now = noteCheck(watch, report);
	if (now === undefined || isDisabledByPerson(report)) return undefined;
	if (changes.progress === undefined || changes.isRecovering || isToWait(watch)) return undefined;
	const knowsDeliveries = takesDeliveries(served);
	const progress = knowsDeliveries ? changes.progress : withoutHold(changes.progress);
	const period = missingPeriod(progress, now, ledger.changesForgottenUpTo * 1000);
	if (period === undefined) return undefined;
	if (period.since > windowStart(progress)) logEvicted(watch, period.since);
	changes.isRecovering = true;
	try {
		const recovery = await recoverPeriod(watch, served, period);
		// A publication meanwhile has started over: maybe for another site, or without recovery.
		if (recovery.failure === undefined && isCurrent(watch, served)) {
			const { until = period.until } = recovery;
			const keepsHold = !knowsDeliveries && isHeldBack(changes.progress, until);
			changes.progress = afterRecovery(changes.progress, { ...recovery, until, keepsHold });
			if (isThrough(recovery)) delete watch.search;
		}
		return recovery;
	} finally {
		changes.isRecovering = false;
		// Where nothing is delivered, nobody else does.
		ledger.forget(Date.now() / 1000, neededSince(changes), KEPT_SECONDS);
	}
}

/** The site wants to be left alone. */
function isToWait({ noSearchUntil = 0 }: Watch): boolean {
	return performance.now() < noSearchUntil;
}

/** Whether to look anew. Where nothing was to be started, what is left is under way. */
function isThrough({ leftFrom, started, notSaved = false }: Recovery): boolean {
	return leftFrom === undefined || (started === 0 && !notSaved);
}

/** Whether this process has taken deliveries: in queue mode others may, and it knows nothing of them. */
function takesDeliveries({ url }: ServedAddress): boolean {
	return figuresOf(url).lastDelivery !== undefined;
}

/** More has come since all was well than is remembered. */
function logEvicted({ n8n }: Watch, since: number): void {
	n8n.logger.warn(
		`CXone Expert: "${n8n.getNode().name}" cannot tell which changes before ${new Date(since).toISOString()} have come, and does not look for missing ones there: they could run twice.`,
	);
}

/**
 * Notes what a check says about deliveries.
 *
 * @returns the time at the site; `undefined` where the check says nothing: on a copy of n8n, and when the
 *   site could not be asked
 */
function noteCheck(watch: Watch, report: CheckReport): number | undefined {
	const { outcome, registered } = report;
	if (registered !== 'here') return undefined;
	if (outcome.kind === 'could not ask' || outcome.kind === 'stopped') return undefined;
	const changes = changesAt(watch.n8n);
	const at = siteTime(report.siteTime) ?? Date.now();
	const progress = changes.progress ?? published(at, report.site);
	const wasDelivering = outcome.kind === 'up to date' && report.consecutiveFailures === 0;
	const mayHoldBack = report.isJobRunning;
	changes.progress = isDisabledByPerson(report)
		? afterDisabledByPerson(progress, at)
		: afterCheck(progress, { at, wasDelivering, mayHoldBack });
	return at;
}

/** What happens meanwhile is not wanted. */
function isDisabledByPerson({ outcome }: CheckReport): boolean {
	return outcome.kind === 'left alone' && outcome.why === 'disabled by a person';
}

async function recoverPeriod(
	watch: Watch,
	served: ServedAddress,
	period: Period,
): Promise<Recovery> {
	const credential = await readCredential(watch.n8n);
	if (credential === undefined) return { started: 0, failure: refusal(NO_CREDENTIAL) };
	const found = await changesOfSite(watch, served, credential, period);
	if (!isCurrent(watch, served)) return { started: 0, leftFrom: period.since };
	if (!found.ok) return { started: 0, failure: found.failure };
	const { changes, until, archiveRefusal } = found.value;
	const recovery = { ...(await startEach(watch, served, changes)), until };
	return archiveRefusal === undefined
		? recovery
		: {
				...recovery,
				archiveRefusal: couldNotAsk(archiveRefusal, credential, { 403: ADMINS_ONLY }),
			};
}

/** The changes that the workflow author wants, oldest first. */
async function changesOfSite(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential,
	period: Period,
): Promise<Result<FoundChanges, CouldNotAsk>> {
	if (kindsOf(watch).size === 0) return success({ changes: [], until: period.until, leftOut: [] });
	const kept = watch.search;
	// Not kept unless all goes well: steps that have thrown do not go on.
	delete watch.search;
	const search = fits(kept, served, credential, period)
		? kept
		: await newSearch(watch, served, credential, period);
	if (search.found === undefined) {
		const step = await search.steps.next();
		if (step.done !== true) return failed(couldNotGoOn(watch, search, credential, step.value));
		search.found = step.value;
		for (const id of step.value.leftOut) logLeftOut(watch, id);
	}
	const { changes } = search.found;
	search.found.changes = changes.filter(({ name }) => name.at >= period.since);
	watch.search = search;
	return success(search.found);
}

function logLeftOut({ n8n }: Watch, id: string): void {
	n8n.logger.warn(
		`CXone Expert: "${n8n.getNode().name}" leaves out page ${id}: the site could not give its revisions at three checks in a row. Look at the page's history in Expert for what was missed, and tell NiCE if it does not open.`,
	);
}

/** Whether a search goes on for this period. What came after its own is looked for next. */
function fits(
	search: SiteSearch | undefined,
	served: ServedAddress,
	credential: ExpertCredential,
	{ since }: Period,
): search is SiteSearch {
	if (search?.served !== served || search.access !== accessKey(credential)) return false;
	return search.period.since <= since;
}

async function newSearch(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential,
	period: Period,
): Promise<SiteSearch> {
	const { n8n, parameters } = watch;
	const api = clientOf(watch, served, credential, Infinity, LARGE_RESPONSES);
	const site = siteOrigin(credential.siteUrl) ?? '';
	const wanted = wantedUsers(parameters);
	const ids = isAnyWanted(wanted) ? await idsForDelivery(n8n, credential, wanted) : NO_IDS;
	const isWanted = ({ event }: SiteChange) =>
		filterEvents({ rawXml: '', events: [event] }, parameters, ids) !== undefined;
	const steps = siteChanges({ api, site, period, kinds: kindsOf(watch), isWanted });
	return { served, access: accessKey(credential), period, steps };
}

/** What was read is kept for the next check, unless the token is not accepted: then it proves nothing. */
function couldNotGoOn(
	watch: Watch,
	search: SiteSearch,
	credential: ExpertCredential,
	{ failure }: Failed,
): CouldNotAsk {
	const { kind, retryAfterMs } = failure;
	if (kind !== 'anonymous') watch.search = search;
	if (retryAfterMs !== undefined)
		watch.noSearchUntil = performance.now() + Math.min(retryAfterMs, MAX_PAUSE_MS);
	return couldNotAsk(failure, credential);
}

function kindsOf({ parameters }: Watch): ReadonlySet<ChangeKind> {
	const kinds = Object.keys(RECOVERABLE) as ChangeKind[];
	return new Set(
		kinds.filter((kind) => isSubscribed({ type: RECOVERABLE[kind], xml: {} }, parameters)),
	);
}

/** One at a time: a burst would make n8n miss deliveries, and Expert disable the webhook again. */
async function startEach(
	watch: Watch,
	served: ServedAddress,
	found: SiteChange[],
): Promise<Recovery> {
	const ledger = ledgerOf(watch.n8n);
	const { progress, firstTextsOf } = changesAt(watch.n8n);
	const site = progress?.site ?? '';
	const recovery: Recovery = { started: 0 };
	for (const change of found) {
		// Deliveries that come meanwhile can make it so.
		if (change.name.at < ledger.changesForgottenUpTo * 1000) continue;
		const knowledge = ledger.take(changeAt(site, change.name));
		if (knowledge === 'known') continue;
		// Where Page Created is all that the site sends for a new page, nothing is missing.
		if (change.isFirstText && firstTextsOf !== site) continue;
		const isOver = !isCurrent(watch, served) || recovery.started >= MAX_PER_CHECK;
		const outcome =
			knowledge === 'pending' || isOver ? 'left' : await startRecovered(watch, change);
		if (outcome === 'stored' || outcome === 'unknown') recovery.started++;
		if (outcome !== 'stored') recovery.leftFrom ??= change.name.at;
		if (outcome === 'not saved') return { ...recovery, notSaved: true };
		if (isOver) return recovery;
	}
	return recovery;
}
