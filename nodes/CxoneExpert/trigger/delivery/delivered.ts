import type { IWebhookFunctions } from 'n8n-workflow';

import { DAY_MS, HOUR_MS } from '../../durations';
import type { ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import { child, textOf, type XmlElement } from '../../api/xml';
import { perNode } from '../../memory';
import { type Change, changeOf, RECOVERABLE } from '../../event/change';
import type { ExpertEvent, Message, ReadableMessage } from '../../event/parse';
import { isSubscribed } from '../../event/filters';
import { type ComingChange, knownChangesOf } from '../ledger/known-changes';
import { isTest, type TriggerParameters } from '../parameters';
import { addressOf } from '../state/address';
import { heardBy } from '../state/heard';
import { changesAt, forgetOld, type NodeChanges } from '../state/progress';
import { storeKnowledge, takeOverStoredChanges } from '../state/stored';

interface Request {
	n8n: IWebhookFunctions;
	parameters: TriggerParameters;
	/** Unix ms. */
	receivedAt: number;
}

/**
 * Reports the changes of a delivery to a node that may recover them, too. A filtered event counts as received, so
 * recovery skips it.
 *
 * @returns a function that gives its changes while n8n saves its execution. Do not call it for copies, which may
 *   arrive long after the change
 */
export function reportToWatch(
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
	// Evict now, because the next delivery or recovery may be a long time off.
	forgetOld(n8n, parameters, receivedAt);
	if (changes.length > 0) storeNowAndThen(n8n);
	return () => [];
}

/** Reads the stored progress of the watch. Returns `undefined` if nobody recovers changes, and in tests. */
function readWatch({ n8n, parameters }: Request): NodeChanges | undefined {
	if (!parameters.recoverMissedChanges || isTest(n8n)) return undefined;
	const watch = takeOverStoredChanges(n8n);
	return watch.progress === undefined ? undefined : watch;
}

/** The changes that recovery could find, too. */
function recoverableChanges({ events }: ReadableMessage): Change[] {
	return events.flatMap((event) => (isUnpublishing(event) ? [] : (changeOf(event) ?? [])));
}

/** The audit learns of the changes as well, in the process that watches. */
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

/** A delivery was rejected, or Expert was told to retry and may give up. The next check finds the missed change. */
export function noteMissed(n8n: IWebhookFunctions): void {
	if (!isTest(n8n)) changesAt(n8n).openGap();
}

/** Storing is rare, because it makes n8n save the whole column. */
const STORE_EVERY_MS = HOUR_MS;
const storedAt = perNode(() => ({ at: -Infinity }));

/**
 * Stores what this process knows, once an hour. Otherwise each start of n8n would search a busy site for everything
 * since this workflow's last event.
 */
function storeNowAndThen(n8n: IWebhookFunctions): void {
	const stored = storedAt(n8n);
	if (performance.now() - stored.at < STORE_EVERY_MS) return;
	stored.at = performance.now();
	storeKnowledge(n8n);
}

const CREATION = { type: RECOVERABLE.created };
/** Signature of the call behind an event, as in the vendor's sample. */
const SAVE_OF_PAGE = 'POST:pages/*/contents';
/**
 * Unpublishing counts as an edit, which the site does not show. The signature is spelled by analogy: if it is spelled
 * differently, it can raise a doubt.
 */
const UNPUBLISHING = 'POST:drafts/*/unpublish';

function isUnpublishing({ xml }: ExpertEvent): boolean {
	return signatureOf(xml) === UNPUBLISHING;
}

function signatureOf(xml: XmlElement): string | undefined {
	return textOf(child(xml, 'request'), 'signature');
}

/** A process that watches knows the URL after this time, from its start or from publishing. */
const STARTED_AFTER_MS = HOUR_MS;
/** n8n's main process has recovered older changes after this time, or is away. */
const RECOVERED_AFTER_MS = DAY_MS;

/** In queue mode, deliveries can have a process of their own, which does not watch. */
function isWebhookProcess(n8n: IWebhookFunctions): boolean {
	return addressOf(n8n).served === undefined && performance.now() > STARTED_AFTER_MS;
}

/**
 * No other process can store the watch's progress in queue mode, so the cursor follows the deliveries a day behind.
 * Otherwise each start of n8n would search for everything since publication.
 */
function moveCursor(changes: NodeChanges, { events }: ReadableMessage): void {
	const newest = Math.max(...events.map((event) => changeOf(event)?.at ?? -Infinity));
	changes.reached(newest - RECOVERED_AFTER_MS);
}
