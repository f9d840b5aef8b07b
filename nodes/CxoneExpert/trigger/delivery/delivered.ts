import type { IWebhookFunctions } from 'n8n-workflow';

import { child, textOf, type XmlElement } from '../../api/xml';
import { perNode } from '../../memory';
import { type Change, changeOf, RECOVERABLE } from '../../event/change';
import type { ExpertEvent, Message, ReadableMessage } from '../../event/parse';
import { isSubscribed } from '../../event/wanted';
import { type ComingChange, knownChangesOf } from '../ledger/known-changes';
import { isTest, type TriggerParameters } from '../parameters';
import { addressOf } from '../node/address';
import { heardBy } from '../node/heard';
import { changesAt, forgetOld, type NodeChanges } from '../node/progress';
import { storeKnowledge, takeOverStoredChanges } from '../node/stored';

interface Request {
	n8n: IWebhookFunctions;
	parameters: TriggerParameters;
	/** Unix ms. */
	now: number;
}

/** A delivery to a node that may recover the same changes. Tests take no part in that. */
export class WatchedDelivery {
	/**
	 * Changes that a recovery could find, too. None where an older version of the node published the
	 * workflow: then nobody watches, and recovery begins with the watch.
	 */
	private readonly changes: Change[];
	private readonly message: Message;
	private readonly site: string;
	private readonly request: Request;

	constructor(message: Message, site: string, request: Request) {
		this.message = message;
		this.site = site;
		this.request = request;
		const isWatched = this.isRecovering && takeOverStoredChanges(request.n8n).progress !== undefined;
		const events = isWatched && 'events' in message ? message.events : [];
		this.changes = events.flatMap((event) => (isUnpublishing(event) ? [] : (changeOf(event) ?? [])));
	}

	/** What is filtered out has come, too: no recovery need look for it. */
	arrived(isWanted: boolean): void {
		this.teachWatch();
		if (isWanted) return;
		for (const change of this.changes) this.known.noteDelivered(this.site, change);
		// The next delivery or recovery may be a long time off.
		this.forgetOld();
		if (this.changes.length > 0) storeNowAndThen(this.request.n8n);
	}

	forgetOld(): void {
		const { n8n, parameters, now } = this.request;
		forgetOld(n8n, parameters, now);
	}

	/** Its changes, while n8n saves its execution. Not for copies: they may come long after the change. */
	comingChanges(): ComingChange[] {
		this.report();
		return this.changes.map((change) => this.known.deliver(this.site, change));
	}

	private get known() {
		return knownChangesOf(this.request.n8n);
	}

	/** For the audit, in the process that watches. */
	private report(): void {
		const { n8n } = this.request;
		if (addressOf(n8n).served === undefined) return;
		for (const { kind } of this.changes) heardBy(n8n).report(kind);
	}

	/** Learns how the site sends events, and how far the watch need not look back. */
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
	 * Whether the site sends a page's first text as an edit: a save made both events, or an edit of
	 * revision 1 if *Page Created* is not subscribed. Publishing a draft makes them by another call.
	 */
	private hasFirstText({ events }: ReadableMessage): boolean {
		return events.some((event) => {
			const change = changeOf(event);
			const isSavedPage = signatureOf(event.xml) === SAVE_OF_PAGE;
			if (change?.page === undefined || change.kind === 'deleted' || !isSavedPage) return false;
			const isFirst = change.kind === 'created' || (change.revision ?? Infinity) <= 1;
			if (!isFirst) return false;
			if (!isSubscribed(CREATION, this.request.parameters)) return change.kind === 'edited';
			const other = change.kind === 'created' ? 'edited' : 'created';
			return this.known.hasNear(this.site, { ...change, kind: other });
		});
	}
}

/** Expert was refused, or told to retry and may give up: the next check finds what was missed. */
export function openGap(n8n: IWebhookFunctions): void {
	if (!isTest(n8n)) changesAt(n8n).openGap();
}

/** Rare, because storing makes n8n save the whole column. */
const STORE_EVERY_MS = 3_600_000;
const storedAt = perNode(() => ({ at: -Infinity }));

/**
 * Stores what this process knows, once an hour. Else each start of n8n would search a busy site for
 * everything since this workflow's last event.
 */
function storeNowAndThen(n8n: IWebhookFunctions): void {
	const stored = storedAt(n8n);
	if (performance.now() - stored.at < STORE_EVERY_MS) return;
	stored.at = performance.now();
	storeKnowledge(n8n);
}

const CREATION = { type: RECOVERABLE.created };
/** The call behind an event, as in the vendor's sample. */
const SAVE_OF_PAGE = 'POST:pages/*/contents';
/** Counts as an edit, which the site does not show. Spelled by analogy: another spelling can raise a doubt. */
const UNPUBLISHING = 'POST:drafts/*/unpublish';

function isUnpublishing({ xml }: ExpertEvent): boolean {
	return signatureOf(xml) === UNPUBLISHING;
}

function signatureOf(xml: XmlElement): string | undefined {
	return textOf(child(xml, 'request'), 'signature');
}

/** By then a process that watches knows the URL, from its start or from publishing. */
const STARTED_AFTER_MS = 3_600_000;
/** By then n8n's main process has recovered what was missed before, or it is away. */
const RECOVERED_AFTER_MS = 24 * 3_600_000;

/** In queue mode, deliveries can have a process of their own, which watches nothing. */
function isWebhookProcess(n8n: IWebhookFunctions): boolean {
	return addressOf(n8n).served === undefined && performance.now() > STARTED_AFTER_MS;
}

/**
 * No other process can store the watch's progress in queue mode, so the cursor follows the
 * deliveries a day behind. Else each start of n8n would search everything since publication.
 */
function moveCursor(changes: NodeChanges, { events }: ReadableMessage): void {
	const newest = Math.max(...events.map((event) => changeOf(event)?.at ?? -Infinity));
	changes.reached(newest - RECOVERED_AFTER_MS);
}
