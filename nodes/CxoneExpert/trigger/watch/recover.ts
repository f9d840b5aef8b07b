import { LARGE_RESPONSES } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import type { ApiFailure } from '../../api/failure';
import { siteOrigin } from '../../api/site-url';
import { accessKey } from '../../api/token-check';
import { ADMINS_ONLY } from '../../shared/failure-messages';
import { nodeKey } from '../../shared/per-node';
import type { ExpertEvent } from '../event/parse';
import { filterEvents, isSubscribed } from '../event/wanted';
import { readCredential } from '../read-credential';
import { ledgerOf } from '../ledger/ledger';
import type { ServedAddress } from '../publish/address';
import { FilterUsers } from '../publish/users';
import { type ChangeKind, keyOf, RECOVERABLE } from './change-key';
import type { Steps } from './changed-pages';
import { type Checked, couldNotAsk, NO_CREDENTIAL, refusal } from './check';
import {
	afterCheck,
	afterDisabledByPerson,
	isAllTold,
	published,
	windowStart,
	withoutGap,
} from './gap';
import { dropLook, joinLook, type Look, sharing } from './look';
import { changesAt, forgetOld } from './node-changes';
import type { SiteChange } from './recovered-event';
import { type FoundChanges, oldestFirst, type ReadPages, siteChanges } from './site-changes';
import { startEach } from './start-recovered';
import { clientOf, isCurrent, type Watch } from './watch';

/** For how long the site is left alone at most, whatever it asks for. */
const MAX_PAUSE_MS = 3_600_000;

/** A search for changes at the site, which goes on over as many checks as it takes. */
interface Search {
	served: ServedAddress;
	/** Tells the token apart: what was read with another one proves nothing. */
	access: string;
	/** Site time, unix ms. */
	since: number;
	look: Look;
	read: ReadPages;
	steps: Steps<FoundChanges>;
}

/** A search that is through. */
interface Found extends Pick<Search, 'access' | 'read'> {
	/** When the site was asked; ms of the monotonic clock. */
	askedAt: number;
	/** Up to where all was found; site time, unix ms. */
	until: number;
	/** Whether it had no more to tell than is kept. */
	isWhole: boolean;
}

/**
 * Starts the workflow for each page that was created, edited or deleted while Expert could not deliver. One
 * recovery at a time, until it is done; checks go on beside it.
 */
export class Recovery {
	private readonly watch: Watch;
	private interrupted: Search | undefined;
	/** The site wants to be left alone until then; ms of the monotonic clock. */
	private noSearchUntil = 0;
	/** The search before, as long as something may be missing: what it has read is not read again. */
	private through: Found | undefined;
	/** Changes that it has found and n8n has not begun. */
	private left: SiteChange[] = [];

	constructor(watch: Watch) {
		this.watch = watch;
	}

	async after(checked: Checked, served: ServedAddress): Promise<void> {
		const { n8n, parameters } = this.watch;
		const { siteTime: now } = checked;
		if (!parameters.recoverMissedChanges || now === undefined) return;
		const changes = changesAt(n8n);
		noteCheck(changes, checked, now);
		if (changes.progress?.missingAt === undefined) return this.forget();
		if (changes.isRecovering || performance.now() < this.noSearchUntil) return;
		changes.isRecovering = true;
		try {
			await this.recover(served, now);
		} finally {
			changes.isRecovering = false;
			// Where nothing is delivered, nobody else does.
			forgetOld(ledgerOf(n8n), n8n, parameters);
		}
	}

	private async recover(served: ServedAddress, now: number): Promise<void> {
		const { watch } = this;
		const credential = await readCredential(watch.n8n);
		if (!isCurrent(watch, served)) return;
		if (credential === undefined) return watch.telling.tell('changes', refusal(NO_CREDENTIAL));
		if (!this.isAllFound()) await this.find(served, credential, now);
		const { through } = this;
		if (through === undefined || !isCurrent(watch, served)) return;
		this.left = await startEach(watch, served, this.left, through.until);
		if (this.left.length > 0 || !this.isAllFound()) return;
		const changes = changesAt(watch.n8n);
		changes.progress = withoutGap(changes.progress!);
		this.forget();
	}

	/** Whether nothing has been missed since the last search, or shortly before. */
	private isAllFound(): boolean {
		const { progress } = changesAt(this.watch.n8n);
		return this.through?.isWhole === true && isAllTold(progress!, this.through.askedAt);
	}

	private forget(): void {
		this.through = undefined;
		this.left = [];
	}

	/** Asks the site, as far as it lets itself be asked. */
	private async find(
		served: ServedAddress,
		credential: ExpertCredential,
		now: number,
	): Promise<void> {
		const { telling } = this.watch;
		const search = await this.searchFor(served, credential, now);
		const step = await search?.steps.next();
		if (search === undefined || step === undefined || !isCurrent(this.watch, served)) return;
		if (step.done !== true) return this.goOnLater(search, credential, step.value.failure);
		const { archiveRefusal, changes, leftOut, until } = step.value;
		for (const id of leftOut) logLeftOut(this.watch, id);
		telling.tell('changes', { finding: 'fine' });
		telling.tell(
			'deletions',
			archiveRefusal === undefined
				? { finding: 'fine' }
				: couldNotAsk(archiveRefusal, credential, { 403: ADMINS_ONLY }),
		);
		const all = [...this.left, ...changes];
		const byKey = new Map(all.map((change) => [keyOf(change.name), change]));
		this.left = oldestFirst([...byKey.values()]);
		const { access, look, read } = search;
		const isWhole = until === look.until;
		this.through = { access, read, askedAt: look.startedAt, until, isWhole };
	}

	/**
	 * One that was interrupted goes on, unless the token is another one, or more is missing than it looks for;
	 * what is newer is looked for next. `undefined` when there is nothing to look for yet.
	 */
	private async searchFor(
		served: ServedAddress,
		credential: ExpertCredential,
		now: number,
	): Promise<Search | undefined> {
		const { watch, interrupted, through } = this;
		// Steps that have thrown do not go on.
		this.interrupted = undefined;
		const { progress } = changesAt(watch.n8n);
		const forgottenUpTo = ledgerOf(watch.n8n).changesForgottenUpTo * 1000;
		const start = windowStart(progress!);
		// Where one search could not keep all, the next one goes on from there.
		const goesOnFrom = through?.isWhole === false ? through.until : start;
		const since = Math.max(start, forgottenUpTo, goesOnFrom);
		const access = accessKey(credential);
		const isSame = interrupted?.served === served && interrupted.access === access;
		if (isSame && interrupted.since <= since) return interrupted;
		const look = joinLook(access, nodeKey(watch.n8n), now);
		if (look.until < since) return undefined;
		if (since > start && since === forgottenUpTo) logEvicted(watch, since);
		const read: ReadPages = new Map(through?.access === access ? through.read : []);
		const steps = siteChanges({
			api: sharing(look, clientOf(watch, served, credential, Infinity, LARGE_RESPONSES)),
			site: siteOrigin(credential.siteUrl) ?? '',
			period: { since, until: look.until },
			kinds: kindsOf(watch),
			wants: wantedBy(watch, credential),
			read,
		});
		return { served, access, since, look, read, steps };
	}

	/** What was read is kept for the next check, unless the token is not accepted: then it proves nothing. */
	private goOnLater(search: Search, credential: ExpertCredential, failure: ApiFailure): void {
		const { kind, retryAfterMs } = failure;
		if (kind === 'anonymous') dropLook(search.access);
		else this.interrupted = search;
		if (retryAfterMs !== undefined)
			this.noSearchUntil = performance.now() + Math.min(retryAfterMs, MAX_PAUSE_MS);
		this.watch.telling.tell('changes', couldNotAsk(failure, credential));
	}
}

function noteCheck(
	changes: ReturnType<typeof changesAt>,
	{ finding, wasDelivering, site }: Checked,
	now: number,
): void {
	const progress = changes.progress ?? published(now, site);
	changes.progress =
		finding === 'disabled by a person'
			? afterDisabledByPerson(progress, now)
			: afterCheck(progress, now, wasDelivering);
}

function logLeftOut({ n8n }: Watch, id: string): void {
	n8n.logger.warn(
		`CXone Expert: "${n8n.getNode().name}" leaves out page ${id}: the site could not give its revisions at three checks in a row. Look at the page's history in Expert for what was missed, and tell NiCE if it does not open.`,
	);
}

/** More has come since all was well than is remembered. */
function logEvicted({ n8n }: Watch, since: number): void {
	n8n.logger.warn(
		`CXone Expert: "${n8n.getNode().name}" cannot tell which changes before ${new Date(since).toISOString()} have come, and does not look for missing ones there: they could run twice.`,
	);
}

/** Whether the workflow author wants an event, as far as it says what it is about. */
function wantedBy(
	{ n8n, parameters }: Watch,
	credential: ExpertCredential,
): (event: ExpertEvent) => boolean {
	const { ids } = new FilterUsers(n8n, credential, parameters);
	return (event) => filterEvents({ rawXml: '', events: [event] }, parameters, ids) !== undefined;
}

function kindsOf({ parameters }: Watch): ReadonlySet<ChangeKind> {
	const kinds = Object.keys(RECOVERABLE) as ChangeKind[];
	return new Set(
		kinds.filter((kind) => isSubscribed({ type: RECOVERABLE[kind], xml: {} }, parameters)),
	);
}
