import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	NodeOperationError,
} from 'n8n-workflow';

import { beforeDeadline } from '../../api/deadline';
import { compact } from '../../api/elements';
import { counted, ExpertError } from '../../api/expert-error';
import { pageOfItem } from '../../event/item';
import { pageNameOf } from '../../event/change';
import { PAGE_PUBLISHED, PUBLISHING_EVENTS } from '../../event/choices';
import { isSubscribed, type Wanted } from '../../event/wanted';
import { hasRow, MAX_WAIT_MS, recordInRow, removeProcessed } from '../../n8n/processed-items';
import { eventsBesidePublication, isTest } from '../parameters';
import { readSite } from '../read-credential';
import { beginningOf, tellInOutput, withMarks } from './once';

/*
 * "Page Published (First Time)". No event of Expert's says that readers can open a page for the first time: a new page
 * can be a draft, and a new text an edit. So the site is asked about new pages and first texts, and the drafts that it
 * names are remembered.
 *
 * A publication can bring several events, in any order, delivered or recovered, to any process. n8n's store of processed
 * items decides which one passes: each page has a row of its own there, and of two inserts n8n's database lets one
 * succeed. In one row for all pages two workers would lose each other's marks. The rows go with the workflow.
 *
 * A page is known by its number: should a site that was restored from a backup give one again, that page is left out.
 *
 * A test records nothing in n8n's store. An execution that a person has run again asks it like any other: meanwhile
 * another event may have told of the page.
 */

const [CREATION, TEXT] = PUBLISHING_EVENTS;
/** A first text, as events may count it: docs/vendor-facts.md#what-the-site-tells-afterwards. */
const MAX_FIRST_REVISION = 1 + 2;

/** What the site says of a page, or why it does not; `undefined` where nobody can tell which page it is. */
export type Found = IDataObject | ExpertError | undefined;

/** An event that tells of the first publication of its page, unless n8n's store knows of one. */
interface Publication {
	/** Of its page in n8n's store. */
	row: string;
	/** Names the event. */
	event: string;
	/** It passes although another one has told of the page. */
	isWantedAnyway: boolean;
}

/** By item. */
export type Publications = Map<INodeExecutionData, Publication>;

/** What becomes of an item. */
export interface Judgement {
	/** Why it is left out, for the author of the workflow. */
	leftOutBy?: string | undefined;
	publication?: Publication;
	/** Why nobody can tell: a failed execution is seen, and can be retried. */
	undecided?: NodeOperationError;
}

/**
 * - `first`: readers can open the page, and no event may have said so before
 * - `draft`: its publication will be the first
 * - `gone`: deleted or hidden meanwhile
 * - `unnamed`: nobody can tell which page it is, as of all events that name none in a burst
 * - `unknown`: the site could not be asked
 * - `unstored`: n8n's database, which knows the drafts, could not be asked, or could not note one
 */
type Verdict = 'first' | 'draft' | 'gone' | 'unnamed' | 'unknown' | 'unstored' | 'other';

/** The rule of "Page Published (First Time)" in one execution. */
export class PublicationRule {
	private readonly context: IExecuteFunctions;
	/** The events that are wanted by themselves; `undefined` where the rule is not chosen. */
	private readonly beside: Pick<Wanted, 'events' | 'allEvents'> | undefined;
	/** Origin of the site. */
	private readonly site: string | undefined;

	private constructor(context: IExecuteFunctions, beside: typeof this.beside, site?: string) {
		this.context = context;
		this.beside = beside;
		this.site = site;
	}

	static async read(context: IExecuteFunctions): Promise<PublicationRule> {
		const beside = eventsBesidePublication(context);
		return new PublicationRule(context, beside, beside && (await readSite(context)));
	}

	/** Whether the rule has to know the page of an item. */
	isAbout({ eventType }: IDataObject): boolean {
		return this.beside !== undefined && (eventType === CREATION || eventType === TEXT);
	}

	/** Whether the event itself says that it is no first text, and nothing else asks for it. */
	async isLaterText(item: IDataObject): Promise<boolean> {
		const { id, revision } = pageOfItem(item) ?? {};
		const isLater = item.eventType === TEXT && Number(revision) > MAX_FIRST_REVISION;
		if (!isLater || !this.isAbout(item) || this.isWantedAnyway(item)) return false;
		return (await this.wasDraft(id)) === false;
	}

	/** Whether the site decides on an item, and may say so later. Where it has refused, it will not. */
	needsToAskAgain(item: IDataObject, found: Found): boolean {
		if (!(found instanceof ExpertError) || found.kind === 'anonymous') return false;
		if (!this.isAbout(item) || this.isWantedAnyway(item)) return false;
		return !found.isRefusal || found.lacksCall || isYoung(item);
	}

	async judge(item: IDataObject, found: Found): Promise<Judgement> {
		if (!this.isAbout(item)) return {};
		const isWantedAnyway = this.isWantedAnyway(item);
		const verdict = found === undefined ? 'unnamed' : await this.verdictOn(item, found);
		if (verdict === 'first') {
			const row = rowOf('published', this.site, idOf(item, found!))!;
			// Of a new page its first text tells no more than its creation has.
			const isNews = this.beside!.allEvents || !isFirstText(item, found);
			return {
				publication: {
					row,
					event: beginningOf(item).name,
					isWantedAnyway: isWantedAnyway && isNews,
				},
			};
		}
		// An edit is far likelier than a first text; of a new page its creation tells.
		const isEdit = verdict === 'unnamed' && item.eventType === TEXT;
		if (isWantedAnyway || (verdict === 'unnamed' && !isEdit)) return {};
		if (verdict === 'unstored') return { undecided: this.databaseIsDown() };
		return verdict === 'unknown'
			? { undecided: this.couldNotTell(found) }
			: { leftOutBy: WHY[verdict] };
	}

	couldNotTell(found: Found): NodeOperationError {
		const { message } = found as ExpertError;
		return this.error(
			'The site could not say whether a new page is a draft',
			`${message}. Nothing was passed on for it. Once the site responds as it should, choose "Retry execution" here. If the other event of the page has passed meanwhile, that leaves this one out.`,
		);
	}

	private databaseIsDown(): NodeOperationError {
		return this.error(
			"n8n's database, which knows the drafts, did not respond",
			'So nothing was passed on for a new page or text. Once the database responds, choose "Retry execution" here.',
		);
	}

	private error(message: string, description: string): NodeOperationError {
		return new NodeOperationError(this.context.getNode(), message, { description });
	}

	private async verdictOn(item: IDataObject, found: IDataObject | ExpertError): Promise<Verdict> {
		const named = pageOfItem(item);
		const event = named ?? {};
		const isBlind = found instanceof ExpertError;
		// A proxy that does not let the call through says nothing of the page.
		if (isBlind && found.isRefusal && !found.lacksCall && found.status !== 401)
			return named === undefined ? 'unnamed' : 'gone';
		const { draftState = event.draftState } = isBlind ? ({} as IDataObject) : found;
		const id = idOf(item, found);
		if (rowOf('published', this.site, id) === undefined) return isBlind ? 'unknown' : 'unnamed';
		const isText = item.eventType === TEXT;
		const isFirst = !isText || isFirstText(item, found);
		const wasDraft = isFirst || (await this.wasDraft(id));
		if (wasDraft === undefined) return 'unstored';
		if (!wasDraft) return isBlind ? 'unknown' : 'other';
		if (draftState === 'unpublished') return await this.rememberDraft(id);
		// No event tells of a new text of a draft.
		return isBlind && !isText && draftState === undefined ? 'unknown' : 'first';
	}

	private isWantedAnyway({ eventType }: IDataObject): boolean {
		return isSubscribed({ type: eventType as string, xml: {} }, this.beside!);
	}

	/** `undefined` where the page has no number yet, or n8n's database does not say so in time. */
	private async wasDraft(id: unknown): Promise<boolean | undefined> {
		const row = rowOf('draft', this.site, id);
		return row === undefined ? undefined : await hasRow(this.context, row);
	}

	/** It may be published later with any revision. */
	private async rememberDraft(id: unknown): Promise<'draft' | 'unstored'> {
		if (isTest(this.context)) return 'draft';
		const recorded = recordInRow(this.context, rowOf('draft', this.site, id)!, []);
		return (await beforeDeadline(waitUntil(), recorded)) === undefined ? 'unstored' : 'draft';
	}
}

/** Why an event is left out, for the author of the workflow. */
const WHY = {
	draft: `${PAGE_PUBLISHED.name}, because the page is a draft`,
	gone: `${PAGE_PUBLISHED.name}, because the page was deleted or hidden meanwhile`,
	other: `${PAGE_PUBLISHED.name}, because this is an edit`,
	unnamed: `${PAGE_PUBLISHED.name}, because the site does not say which page it was`,
};

/** What becomes of a text of which the event says so. */
export const NO_FIRST_TEXT: Judgement = { leftOutBy: WHY.other };

/** Ms for which a site may not know of a page yet, where a copy of it responds. */
const LATE_MS = 60_000;

function isYoung({ occurredAt }: IDataObject): boolean {
	return Math.abs(Date.now() - Date.parse(String(occurredAt))) < LATE_MS;
}

function isFirstText(item: IDataObject, found: Found): boolean {
	const { revision } = found instanceof ExpertError ? {} : (found ?? {});
	return item.eventType === TEXT && (revision === 1 || pageOfItem(item)?.revision === 1);
}

function idOf(item: IDataObject, found: IDataObject | ExpertError): unknown {
	return (found instanceof ExpertError ? undefined : found.id) ?? pageOfItem(item)?.id;
}

/** The row of a page in n8n's store. */
function rowOf(
	kind: 'draft' | 'published',
	site: string | undefined,
	id: unknown,
): string | undefined {
	const isNumber = typeof id === 'string' && /^\d{1,15}$/.test(id);
	return site !== undefined && isNumber ? `${kind} ${pageNameOf(site, id)}` : undefined;
}

/** Whoever cannot wait longer goes on; the mark is recorded if n8n's database responds within minutes. */
function waitUntil(): number {
	return performance.now() + MAX_WAIT_MS;
}

/** The items without those whose page was published before. The first publication of a page is marked as such. */
export async function claimPublications(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	publications: Publications,
): Promise<INodeExecutionData[]> {
	if (publications.size === 0) return items;
	const deadline = waitUntil();
	const passing: INodeExecutionData[] = [];
	/** Pages of this execution: of two events of a page the first one passes. */
	const claimed = new Set<string>();
	for (const item of items) {
		const publication = publications.get(item);
		const isSecond = publication !== undefined && claimed.has(publication.row);
		const claim = publication && !isSecond && (await claimOf(context, publication, deadline));
		if (claim === 'first' || claim === 'again') claimed.add(publication!.row);
		if (claim === 'first') passing.push(asFirst(item));
		else if (claim === 'again') passing.push(withMarks(asFirst(item), { redelivered: true }));
		else if (publication === undefined || publication.isWantedAnyway) passing.push(item);
	}
	const known = items.length - passing.length;
	const events = counted(known, 'event was', 'events were');
	const why = `${events} left out: the workflow has run for the first publication of this page before`;
	if (known > 0) tellInOutput(context, why);
	return passing;
}

/** With the mark where it is seen: other fields differ by the event that came first. */
function asFirst(item: INodeExecutionData): INodeExecutionData {
	const { eventType } = item.json;
	return { ...item, json: { ...compact({ eventType }), firstPublication: true, ...item.json } };
}

/**
 * Whether n8n's store knows another event that told of the page.
 *
 * - `again`: it may have passed before
 */
async function claimOf(
	context: IExecuteFunctions,
	{ row, event }: Publication,
	deadline: number,
): Promise<'first' | 'known' | 'again'> {
	if (isTest(context)) return 'first';
	const fresh = await beforeDeadline(deadline, recordInRow(context, row, [event]));
	if (fresh === undefined) {
		context.logger.warn(
			`n8n's database could not say whether a page was published before, so its event runs with "redelivered" (node "${context.getNode().name}")`,
		);
		return 'again';
	}
	if (fresh.has(row)) return 'first';
	// Its execution was lost, or is run again; or it was lost before the mark of another event could be removed.
	if (!fresh.has(event)) return 'again';
	// Else it would pass when it comes again.
	await removeProcessed(context, [event], { row }).catch(() => {});
	return 'known';
}
