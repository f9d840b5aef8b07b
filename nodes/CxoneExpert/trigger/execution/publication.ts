import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { ExpertError, type UserMessage } from '../../api/expert-error';
import { type FailureCause, failureOf, operationError } from '../../api/node-error';
import { pageNameOf } from '../../event/change';
import { PAGE_PUBLISHED, PUBLISHING_EVENTS } from '../../event/choices';
import { meaningOf } from '../../event/draft-publish';
import { isSubscribed, type Wanted } from '../../event/wanted';
import { hasRow, MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { LISTED_AFTER_MS } from '../changes/late';
import { eventsBesidePublication, isTest } from '../parameters';
import { hintLeftOut } from './hints';
import { identify } from './once';
import type { Journey } from './journey';
import type { Site } from './site';

/*
 * "Page Published (First Time)". Expert sends no event when readers can first open a page: a new page can be a draft,
 * and a new text an edit. So the site is asked about new pages and first texts, and the drafts that it names are
 * remembered.
 *
 * A publication can bring several events, in any order, delivered or recovered, to any process. n8n's store of processed
 * items decides which one passes: each page has a row there, and of two inserts n8n's database lets one succeed. In one
 * row for all pages, two workers would lose each other's marks. The rows are deleted with the workflow.
 *
 * A page is known by its number. If a site that was restored from a backup reuses one, that page is left out.
 *
 * A test records nothing. An execution that a person runs again asks the store like any other: another event may have
 * announced the page meanwhile.
 */

const [CREATION, TEXT] = PUBLISHING_EVENTS;
/** Highest revision of a first text in events: docs/vendor-facts.md#what-the-site-tells-afterwards. */
const MAX_FIRST_REVISION = 1 + 2;

/** "Page Published (First Time)" in one execution. */
export class FirstPublications {
	private readonly context: IExecuteFunctions;
	private readonly site: Site;
	/** Events that are chosen themselves; `undefined` if first publications are not. */
	private readonly beside: Pick<Wanted, 'events' | 'allEvents'> | undefined;

	constructor(context: IExecuteFunctions, site: Site) {
		this.context = context;
		this.site = site;
		this.beside = eventsBesidePublication(context);
	}

	/** Whether the page decides on the journey. */
	isAbout({ event: { eventType } }: Journey): boolean {
		const isPublishing = eventType === CREATION || meaningOf(eventType) === TEXT;
		return this.beside !== undefined && isPublishing;
	}

	/** If the event itself says that it is no first text, the site need not be asked. */
	async leaveOutLaterTexts(journeys: Journey[]): Promise<void> {
		const judge = async (journey: Journey) => {
			if (await this.isLaterText(journey)) this.leaveOut(journey, WHY.edit);
		};
		await Promise.all(journeys.map(judge));
	}

	/** Whether only the site can decide, and may do so later. A refusal is final. */
	needsToAskAgain(journey: Journey): boolean {
		const { found, event } = journey;
		if (!(found instanceof ExpertError) || found.kind === 'anonymous') return false;
		if (!this.isAbout(journey) || this.isWantedAnyway(journey)) return false;
		return !found.isRefusal || found.lacksCall || isYoung(event);
	}

	async judge(journeys: Journey[]): Promise<void> {
		const decisive = journeys.filter((journey) => this.isAbout(journey));
		await Promise.all(decisive.map(async (journey) => await this.judgeOne(journey)));
	}

	/** Leaves out what was published before, and marks the first publication of each page. */
	async claim(journeys: Journey[]): Promise<void> {
		const deadline = waitUntil();
		/** Of two events of a page in one execution, the first one passes. */
		const claimed = new Set<string>();
		for (const journey of journeys) {
			const { publishes: row } = journey;
			if (row === undefined) continue;
			const claim = claimed.has(row) ? 'known' : await this.claimOf(row, journey, deadline);
			if (claim === 'known') {
				journey.hasRun = !this.isNewsAnyway(journey);
				continue;
			}
			claimed.add(row);
			journey.added.firstPublication = true;
			if (claim === 'again') journey.added.redelivered = true;
		}
		const known = journeys.filter(({ hasRun }) => hasRun).length;
		const message = (events: string) =>
			`${events} left out: the workflow has run for the first publication of this page before`;
		hintLeftOut(this.context, known, message);
	}

	private async isLaterText(journey: Journey): Promise<boolean> {
		const { event, named } = journey;
		const isLater = event.eventType === TEXT && Number(named?.revision) > MAX_FIRST_REVISION;
		if (!isLater || !this.isAbout(journey) || this.isWantedAnyway(journey)) return false;
		return (await this.wasDraft(named?.id)) === false;
	}

	private async judgeOne(journey: Journey): Promise<void> {
		const { found, named, page, event } = journey;
		const isBlind = found instanceof ExpertError;
		// A proxy that blocks the call says nothing of the page.
		const isGone = isBlind && found.isRefusal && !found.lacksCall && found.status !== 401;
		if (isGone && named !== undefined) return this.leaveOut(journey, WHY.gone);
		if (isGone || found === undefined) return this.leaveOutUnnamed(journey);
		const id = (isBlind ? undefined : found.id) ?? named?.id;
		const row = await this.rowOf('published', id);
		if (row === undefined) return isBlind ? this.siteCannotTell(journey) : this.leaveOutUnnamed(journey);
		const isCreation = event.eventType === CREATION;
		const wasDraft = isCreation || isFirstText(journey) || (await this.wasDraft(id));
		if (wasDraft === undefined) return this.databaseCannotTell(journey);
		if (!wasDraft) return isBlind ? this.siteCannotTell(journey) : this.leaveOut(journey, WHY.edit);
		if (page?.draftState === 'unpublished') return await this.rememberDraft(journey, id);
		// A new text of a draft causes no event.
		if (isBlind && isCreation && page?.draftState === undefined) return this.siteCannotTell(journey);
		journey.publishes = row;
	}

	/** Its page may be published later, with any revision. */
	private async rememberDraft(journey: Journey, id: unknown): Promise<void> {
		const row = (await this.rowOf('draft', id))!;
		const recorded = isTest(this.context) || recordInRow(this.context, row, []);
		const isRecorded = await beforeDeadline(waitUntil(), Promise.resolve(recorded));
		if (isRecorded === undefined) this.databaseCannotTell(journey);
		else this.leaveOut(journey, WHY.draft);
	}

	/** An edit is far likelier than a first text. A new page is announced by its creation. */
	private leaveOutUnnamed(journey: Journey): void {
		if (meaningOf(journey.event.eventType) === TEXT) this.leaveOut(journey, WHY.unnamed);
	}

	private leaveOut(journey: Journey, why: string): void {
		if (!this.isWantedAnyway(journey)) journey.leaveOut(`${PAGE_PUBLISHED.name}, because ${why}`);
	}

	siteCannotTell(journey: Journey): void {
		const error = journey.found as ExpertError;
		this.cannotTell(journey, failureOf(error).cause, {
			message: 'The site could not say whether a new page is a draft',
			description: `${error.message}. Nothing was passed on for it. Once the site responds as it should, choose "Retry execution" here. If the other event of the page has passed meanwhile, that leaves this one out.`,
		});
	}

	private databaseCannotTell(journey: Journey): void {
		this.cannotTell(journey, 'temporarily-unavailable', {
			message: "n8n's database, which knows the drafts, did not respond",
			description:
				'So nothing was passed on for a new page or text. Once the database responds, choose "Retry execution" here.',
		});
	}

	private cannotTell(journey: Journey, cause: FailureCause, says: UserMessage): void {
		if (this.isWantedAnyway(journey)) return;
		journey.undecided = operationError(this.context.getNode(), says, cause);
	}

	/** The event is chosen itself. */
	private isWantedAnyway({ event: { eventType } }: Journey): boolean {
		return isSubscribed({ type: eventType as string }, this.beside!);
	}

	/** Of a new page, the first text says no more than the creation. */
	private isNewsAnyway(journey: Journey): boolean {
		const isNews = this.beside!.allEvents || !isFirstText(journey);
		return isNews && this.isWantedAnyway(journey);
	}

	/** `undefined` if the page has no number yet, or n8n's database does not respond in time. */
	private async wasDraft(id: unknown): Promise<boolean | undefined> {
		const row = await this.rowOf('draft', id);
		return row === undefined ? undefined : await hasRow(this.context, row);
	}

	/** The row of a page in n8n's store; `undefined` if its number or site is unknown. */
	private async rowOf(kind: 'draft' | 'published', id: unknown): Promise<string | undefined> {
		if (typeof id !== 'string' || !/^\d{1,15}$/.test(id)) return undefined;
		const origin = await this.site.origin();
		return origin === undefined ? undefined : `${kind} ${pageNameOf(origin, id)}`;
	}

	/**
	 * Whether n8n's store knows another event that has announced the page.
	 *
	 * - `again`: this event may have passed before
	 */
	private async claimOf(row: string, { event }: Journey, deadline: number): Promise<'first' | 'known' | 'again'> {
		if (isTest(this.context)) return 'first';
		const { name } = identify(event);
		const fresh = await beforeDeadline(deadline, recordInRow(this.context, row, [name]));
		if (fresh === undefined) {
			this.context.logger.warn(
				`n8n's database could not say whether a page was published before, so its event runs with "redelivered" (node "${this.context.getNode().name}")`,
			);
			return 'again';
		}
		if (fresh.has(row)) return 'first';
		// Its execution was lost, or is run again. Or it was lost before the mark of another event could be removed.
		if (!fresh.has(name)) return 'again';
		// Otherwise it would pass when it comes again.
		await removeProcessed(this.context, row, [name]).catch(() => {});
		return 'known';
	}
}

/** Why an event is left out, for the workflow author. */
const WHY = {
	draft: 'the page is a draft',
	gone: 'the page was deleted or hidden meanwhile',
	edit: 'this is an edit',
	unnamed: 'the site does not say which page it was',
};

/** A replica of the site may not know a new page yet. Judged by n8n's clock alone, as the site's may differ. */
function isYoung({ receivedAt }: IDataObject): boolean {
	return Date.now() - Date.parse(String(receivedAt)) < LISTED_AFTER_MS;
}

function isFirstText({ event, found, named }: Journey): boolean {
	const { revision } = found instanceof ExpertError ? {} : (found ?? {});
	if (meaningOf(event.eventType) !== TEXT) return false;
	return revision === 1 || (event.eventType === TEXT && named?.revision === 1);
}

/** After that an execution goes on. The mark is still recorded if n8n's database responds within minutes. */
function waitUntil(): number {
	return performance.now() + MAX_WAIT_MS;
}
