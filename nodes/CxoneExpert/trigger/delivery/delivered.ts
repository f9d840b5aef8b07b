import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
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
	receivedAt: number;
}

/**
 * Tells a node that may recover the same changes of a delivery. What is filtered out starts nothing,
 * and counts as received, so recovery skips it.
 *
 * @returns call to get its changes while n8n saves its execution. Not for copies: they may come long after the change
 */
export function arriveAtWatch(
	message: Message,
	credential: ExpertCredential,
	isWanted: boolean,
	request: Request,
): () => ComingChange[] {
	const { n8n, parameters, receivedAt } = request;
	const site = siteOrigin(credential.siteUrl) ?? '';
	const watch = readWatch(request);
	const isWatched = watch !== undefined && 'events' in message;
	const changes = isWatched ? recoverableChanges(message) : [];
	if (isWatched) teachWatch(watch, message, site, request);
	if (isWanted) return () => comingChanges(changes, site, n8n);
	for (const change of changes) knownChangesOf(n8n).noteDelivered(site, change);
	// The next delivery or recovery may be a long time off.
	forgetOld(n8n, parameters, receivedAt);
	if (changes.length > 0) storeNowAndThen(n8n);
	return () => [];
}

/** Reads what is stored of the watch; `undefined` if nobody recovers changes. Tests take no part in that. */
function readWatch({ n8n, parameters }: Request): NodeChanges | undefined {
	if (!parameters.recoverMissedChanges || isTest(n8n)) return undefined;
	const watch = takeOverStoredChanges(n8n);
	return watch.progress === undefined ? undefined : watch;
}

/** Changes that a recovery could find, too. */
function recoverableChanges({ events }: ReadableMessage): Change[] {
	return events.flatMap((event) => (isUnpublishing(event) ? [] : (changeOf(event) ?? [])));
}

/** Tells the audit, too, in the process that watches. */
function comingChanges(changes: Change[], site: string, n8n: IWebhookFunctions): ComingChange[] {
	if (addressOf(n8n).served !== undefined) {
		for (const { kind } of changes) heardBy(n8n).report(kind);
	}
	return changes.map((change) => knownChangesOf(n8n).deliver(site, change));
}

/** Learns how the site sends events, and how far the watch need not look back. */
function teachWatch(watch: NodeChanges, message: ReadableMessage, site: string, request: Request): void {
	if (watch.firstTextsOf !== site && hasFirstText(message, site, request)) watch.firstTextsOf = site;
	const { n8n } = request;
	if (addressOf(n8n).served !== undefined) heardBy(n8n).hear();
	if (isWebhookProcess(n8n)) moveCursor(watch, message);
}

/**
 * Whether the site sends a page's first text as an edit: a save made both events, or an edit of
 * revision 1 if *Page Created* is not subscribed. Publishing a draft makes them by another call.
 */
function hasFirstText({ events }: ReadableMessage, site: string, { n8n, parameters }: Request): boolean {
	return events.some((event) => {
		const change = changeOf(event);
		const isSavedPage = signatureOf(event.xml) === SAVE_OF_PAGE;
		if (change?.page === undefined || change.kind === 'deleted' || !isSavedPage) return false;
		const isFirst = change.kind === 'created' || (change.revision ?? Infinity) <= 1;
		if (!isFirst) return false;
		if (!isSubscribed(CREATION, parameters)) return change.kind === 'edited';
		const other = change.kind === 'created' ? 'edited' : 'created';
		return knownChangesOf(n8n).hasNear(site, { ...change, kind: other });
	});
}

/** A delivery was rejected, or Expert told to retry and may give up: the next check finds what was missed. */
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
