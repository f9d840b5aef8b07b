import type { IWebhookFunctions } from 'n8n-workflow';

import { child, textOf } from '../../api/xml';
import { perNode } from '../../memory';
import { type Change, changeOf, RECOVERABLE } from '../../event/change';
import type { Message, ReadableMessage } from '../../event/parse';
import { isSubscribed } from '../../event/wanted';
import { type ComingChange, knownChangesOf } from '../ledger/known-changes';
import { isTest, type TriggerParameters } from '../parameters';
import { addressOf } from '../node/address';
import { changesAt, forgetOld, type NodeChanges } from '../node/progress';
import { storeKnowledge, withStoredChanges } from '../node/stored';

/** Where a delivery has come, and when. */
interface Request {
	n8n: IWebhookFunctions;
	parameters: TriggerParameters;
	/** Unix ms. */
	now: number;
}

/** A delivery at a node whose workflow may run for the same changes by a recovery. A test takes no part in that. */
export class WatchedDelivery {
	/**
	 * What a recovery could find as well. None where nobody watches: nothing before the watch begins is recovered. An
	 * older version of the node has published the workflow then.
	 */
	private readonly changes: Change[];
	private readonly message: Message;
	private readonly site: string;
	private readonly request: Request;

	/** @param site its origin */
	constructor(message: Message, site: string, request: Request) {
		this.message = message;
		this.site = site;
		this.request = request;
		const isWatched = this.isRecovering && withStoredChanges(request.n8n).progress !== undefined;
		const events = isWatched && 'events' in message ? message.events : [];
		this.changes = events.flatMap((event) => changeOf(event) ?? []);
	}

	/** It has come. What is filtered out has come, too: no recovery need look for it. */
	arrived(isWanted: boolean): void {
		this.teachWatch();
		if (isWanted) return;
		for (const change of this.changes) this.known.noteDelivered(this.site, change);
		// There may be no other delivery for long, nor a recovery.
		this.forgetOld();
		if (this.changes.length > 0) storeNowAndThen(this.request.n8n);
	}

	/** Forgets what nobody asks for any more. */
	forgetOld(): void {
		const { n8n, parameters, now } = this.request;
		forgetOld(n8n, parameters, now);
	}

	/** Its changes, while n8n saves an execution for it. */
	comingChanges(): ComingChange[] {
		return this.changes.map((change) => this.known.deliver(this.site, change));
	}

	private get known() {
		return knownChangesOf(this.request.n8n);
	}

	/** How the site sends events, and how far the watch need not look back. */
	private teachWatch(): void {
		const { message, site } = this;
		const { n8n } = this.request;
		const changes = changesAt(n8n);
		if (!this.isRecovering || changes.progress === undefined || 'unreadable' in message) return;
		if (changes.firstTextsOf !== site && this.hasFirstText(message)) changes.firstTextsOf = site;
		if (isWebhookProcess(n8n)) moveCursor(changes, message);
	}

	private get isRecovering(): boolean {
		const { n8n, parameters } = this.request;
		return parameters.recoverMissedChanges && !isTest(n8n);
	}

	/**
	 * Whether the site sends the first text of a page as an edit: a page was saved that makes both events, or, where
	 * *Page Created* is not there to show it, an edit of revision 1. A draft that is published makes them, too, by
	 * another call.
	 */
	private hasFirstText({ events }: ReadableMessage): boolean {
		return events.some((event) => {
			const change = changeOf(event);
			const isSavedPage = textOf(child(event.xml, 'request'), 'signature') === SAVE_OF_PAGE;
			if (change?.page === undefined || change.kind === 'deleted' || !isSavedPage) return false;
			const isFirst = change.kind === 'created' || (change.revision ?? Infinity) <= 1;
			if (!isFirst) return false;
			if (!isSubscribed(CREATION, this.request.parameters)) return change.kind === 'edited';
			const other = change.kind === 'created' ? 'edited' : 'created';
			return this.known.hasNear(this.site, { ...change, kind: other });
		});
	}
}

/** Expert was told to retry, and may give up, or was refused: the next check asks the site what was missed. */
export function openGap(n8n: IWebhookFunctions): void {
	if (!isTest(n8n)) changesAt(n8n).openGap();
}

/** What is filtered out has all of it stored once so often: n8n then saves the whole column. */
const STORE_EVERY_MS = 3_600_000;
const storedAt = perNode(() => ({ at: -Infinity }));

/**
 * Stores all that this process knows, if that is an hour ago. Without it, a workflow for a small part of a busy site
 * would look through all since its own last event at each start of n8n.
 */
function storeNowAndThen(n8n: IWebhookFunctions): void {
	const stored = storedAt(n8n);
	if (performance.now() - stored.at < STORE_EVERY_MS) return;
	stored.at = performance.now();
	storeKnowledge(n8n);
}

const CREATION = { type: RECOVERABLE.created, xml: {} };
/** The call behind an event, as the vendor's sample names it. */
const SAVE_OF_PAGE = 'POST:pages/*/contents';

/** In a process that watches, n8n has told the address at its start or with the publication. */
const STARTED_AFTER_MS = 3_600_000;
/** Within this the main process of n8n has recovered what was missed before, or it is away. */
const RECOVERED_AFTER_MS = 24 * 3_600_000;

/** In queue mode deliveries can have a process of their own, which watches nothing. */
function isWebhookProcess(n8n: IWebhookFunctions): boolean {
	return addressOf(n8n).served === undefined && performance.now() > STARTED_AFTER_MS;
}

/**
 * Nobody else can store how far the watch has got there. So the cursor follows the deliveries a day
 * behind: without that, each start of n8n would look through all that was changed since the publication.
 */
function moveCursor(changes: NodeChanges, { events }: ReadableMessage): void {
	const newest = Math.max(...events.map((event) => changeOf(event)?.at ?? -Infinity));
	changes.reached(newest - RECOVERED_AFTER_MS);
}
