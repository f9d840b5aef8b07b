import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { ExpertError, type UserMessage } from '../../api/expert-error';
import { type FailureCause, failureOf, operationError } from '../../api/node-error';
import { pageNameOf } from '../../event/change';
import { PAGE_PUBLISHED, PUBLISHING_EVENTS } from '../../event/choices';
import { meaningOf } from '../../event/draft-publish';
import { isSubscribed, type Wanted } from '../../event/filters';
import { hasRow, MAX_STORE_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { LISTED_AFTER_MS } from '../changes/late';
import { eventsBesidePublication, isTest } from '../parameters';
import { hintLeftOut } from './hints';
import { identify } from './once';
import type { StepItem } from './step-item';
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
/** Highest revision that an event of a first text has: docs/vendor-facts.md#what-the-site-tells-afterwards. */
const MAX_FIRST_REVISION = 1 + 2;

/** "Page Published (First Time)" in one execution. */
export class FirstPublications {
	private readonly context: IExecuteFunctions;
	private readonly site: Site;
	/** Events that are themselves chosen. `undefined` if first publications are not. */
	private readonly beside: Pick<Wanted, 'events' | 'allEvents'> | undefined;

	constructor(context: IExecuteFunctions, site: Site) {
		this.context = context;
		this.site = site;
		this.beside = eventsBesidePublication(context);
	}

	/** Whether the page decides about the item. */
	isAbout({ event: { eventType } }: StepItem): boolean {
		const isPublishing = eventType === CREATION || meaningOf(eventType) === TEXT;
		return this.beside !== undefined && isPublishing;
	}

	/** Leaves out items whose event says itself that it is no first text, so that the site need not be asked. */
	async leaveOutLaterTexts(items: StepItem[]): Promise<void> {
		const judge = async (item: StepItem) => {
			if (await this.isLaterText(item)) this.leaveOut(item, WHY.edit);
		};
		await Promise.all(items.map(judge));
	}

	/** Whether only the site can decide, and may still do so. A refusal is final. */
	needsToAskAgain(item: StepItem): boolean {
		const { found, event } = item;
		if (!(found instanceof ExpertError) || found.kind === 'anonymous') return false;
		if (!this.isAbout(item) || this.isWantedAnyway(item)) return false;
		return !found.isRefusal || found.lacksCall || isYoung(event);
	}

	async judge(items: StepItem[]): Promise<void> {
		const decisive = items.filter((item) => this.isAbout(item));
		await Promise.all(decisive.map(async (item) => await this.judgeOne(item)));
	}

	/** Leaves out pages that were published before, and marks the first publication of each other page. */
	async claim(items: StepItem[]): Promise<void> {
		const deadline = storeDeadline();
		/** The first of two events of a page in one execution passes. */
		const claimed = new Set<string>();
		for (const item of items) {
			const { publishes: row } = item;
			if (row === undefined) continue;
			const claim = claimed.has(row) ? 'known' : await this.claimOf(row, item, deadline);
			if (claim === 'known') {
				item.hasRun = !this.isNewsAnyway(item);
				continue;
			}
			claimed.add(row);
			item.added.firstPublication = true;
			if (claim === 'again') item.added.redelivered = true;
		}
		const known = items.filter(({ hasRun }) => hasRun).length;
		const message = (events: string) =>
			`${events} left out: the workflow has run for the first publication of this page before`;
		hintLeftOut(this.context, known, message);
	}

	private async isLaterText(item: StepItem): Promise<boolean> {
		const { event, named } = item;
		const isLater = event.eventType === TEXT && Number(named?.revision) > MAX_FIRST_REVISION;
		if (!isLater || !this.isAbout(item) || this.isWantedAnyway(item)) return false;
		return (await this.wasDraft(named?.id)) === false;
	}

	private async judgeOne(item: StepItem): Promise<void> {
		const { found, named, page, event } = item;
		const isBlind = found instanceof ExpertError;
		// A proxy that blocks the call says nothing about the page.
		const isGone = isBlind && found.isRefusal && !found.lacksCall && found.status !== 401;
		if (isGone && named !== undefined) return this.leaveOut(item, WHY.gone);
		if (isGone || found === undefined) return this.leaveOutUnnamed(item);
		const id = (isBlind ? undefined : found.id) ?? named?.id;
		const row = await this.rowOf('published', id);
		if (row === undefined) return isBlind ? this.siteCannotTell(item) : this.leaveOutUnnamed(item);
		const isCreation = event.eventType === CREATION;
		const wasDraft = isCreation || isFirstText(item) || (await this.wasDraft(id));
		if (wasDraft === undefined) return this.databaseCannotTell(item);
		if (!wasDraft) return isBlind ? this.siteCannotTell(item) : this.leaveOut(item, WHY.edit);
		if (page?.draftState === 'unpublished') return await this.rememberDraft(item, id);
		// A new text of a draft causes no event.
		if (isBlind && isCreation && page?.draftState === undefined) return this.siteCannotTell(item);
		item.publishes = row;
	}

	/** Remembers the draft, which may be published later, with any revision. */
	private async rememberDraft(item: StepItem, id: unknown): Promise<void> {
		const row = (await this.rowOf('draft', id))!;
		const recorded = isTest(this.context) || recordInRow(this.context, row, []);
		const isRecorded = await beforeDeadline(storeDeadline(), Promise.resolve(recorded));
		if (isRecorded === undefined) this.databaseCannotTell(item);
		else this.leaveOut(item, WHY.draft);
	}

	/**
	 * Treats an event without a page as an edit, which is likelier than a first text. A creation announces a new page.
	 */
	private leaveOutUnnamed(item: StepItem): void {
		if (meaningOf(item.event.eventType) === TEXT) this.leaveOut(item, WHY.unnamed);
	}

	private leaveOut(item: StepItem, why: string): void {
		if (!this.isWantedAnyway(item)) item.leaveOut(`${PAGE_PUBLISHED.name}, because ${why}`);
	}

	siteCannotTell(item: StepItem): void {
		const error = item.found as ExpertError;
		this.cannotTell(item, failureOf(error).cause, {
			message: 'The site could not say whether a new page is a draft',
			description: `${error.message}. Nothing was passed on for it. Once the site responds as it should, choose "Retry execution" here. If the other event of the page has passed meanwhile, that leaves this one out.`,
		});
	}

	private databaseCannotTell(item: StepItem): void {
		this.cannotTell(item, 'temporarily-unavailable', {
			message: "n8n's database, which knows the drafts, did not respond",
			description:
				'So nothing was passed on for a new page or text. Once the database responds, choose "Retry execution" here.',
		});
	}

	private cannotTell(item: StepItem, cause: FailureCause, says: UserMessage): void {
		if (this.isWantedAnyway(item)) return;
		item.undecided = operationError(this.context.getNode(), says, cause);
	}

	/** Whether the event is itself chosen. */
	private isWantedAnyway({ event: { eventType } }: StepItem): boolean {
		return isSubscribed({ type: eventType as string }, this.beside!);
	}

	/** Whether the event is wanted and news. The first text of a new page says no more than its creation. */
	private isNewsAnyway(item: StepItem): boolean {
		const isNews = this.beside!.allEvents || !isFirstText(item);
		return isNews && this.isWantedAnyway(item);
	}

	/** Whether the page was a draft. `undefined` if it has no number yet, or n8n's database does not respond. */
	private async wasDraft(id: unknown): Promise<boolean | undefined> {
		const row = await this.rowOf('draft', id);
		return row === undefined ? undefined : await hasRow(this.context, row);
	}

	/** Row of a page in n8n's store. `undefined` if its number or site is unknown. */
	private async rowOf(kind: 'draft' | 'published', id: unknown): Promise<string | undefined> {
		if (typeof id !== 'string' || !/^\d{1,15}$/.test(id)) return undefined;
		const origin = await this.site.origin();
		return origin === undefined ? undefined : `${kind} ${pageNameOf(origin, id)}`;
	}

	/**
	 * Asks n8n's store whether another event has announced the page.
	 *
	 * - `again`: this event may have passed before
	 */
	private async claimOf(row: string, { event }: StepItem, deadline: number): Promise<'first' | 'known' | 'again'> {
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
		// The execution was lost or is run again, or it was lost before it could remove the mark of another event.
		if (!fresh.has(name)) return 'again';
		// Remove the mark, because the event would otherwise pass when it comes again.
		await removeProcessed(this.context, row, [name]).catch(() => {});
		return 'known';
	}
}

/** Tells the workflow author why an event is left out. */
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

function isFirstText({ event, found, named }: StepItem): boolean {
	const { revision } = found instanceof ExpertError ? {} : (found ?? {});
	if (meaningOf(event.eventType) !== TEXT) return false;
	return revision === 1 || (event.eventType === TEXT && named?.revision === 1);
}

/** When to stop waiting for n8n's database. It still records the mark if it responds within minutes. */
function storeDeadline(): number {
	return performance.now() + MAX_STORE_WAIT_MS;
}
