import type { IWebhookFunctions } from 'n8n-workflow';

import { child, textOf } from '../../api/xml';
import type { TriggerParameters } from '../parameters';
import { perNode } from '../../shared/per-node';
import { presentMoment } from '../clock';
import type { Message } from '../event/parse';
import { isSubscribed } from '../event/wanted';
import { addressOf } from '../subscription/address';
import { type ChangeName, changeNameOf, editOf, RECOVERABLE } from './change-key';
import { withOpenGap } from './gap';
import type { KnownChanges } from './known';
import { changesAt, evictKnown, type NodeChanges } from './node-changes';
import { injectKnowledge, storeWatch, withStoredChanges } from './stored';

/*
 * Deliveries and recovered changes must not meet: which changes a delivery tells of is noted beside the
 * record of the delivery itself, and an event whose change was recovered starts nothing.
 */

/** What is needed to tell the two apart. */
interface Arrival {
	n8n: IWebhookFunctions;
	parameters: TriggerParameters;
}

/** The message without the events whose change was recovered; `undefined` when none is left. */
export function withoutRecovered(message: Message, arrival: Arrival): Message | undefined {
	if ('unreadable' in message || !isRecoveryWanted(arrival)) return message;
	const { known } = withStoredChanges(arrival.n8n);
	const events = message.events.filter((event) => {
		const change = changeNameOf(event);
		return change === undefined || !known.takeRecovered(change);
	});
	return events.length === 0 ? undefined : { ...message, events };
}

/**
 * n8n is given the events: no recovery may take them until it is clear what has become of them.
 *
 * @param isOpen whether that is not clear yet
 */
export function beginDelivery(message: Message, isOpen: () => boolean, arrival: Arrival): void {
	if (!isRecoveryWanted(arrival)) return;
	const { known, progress } = changesAt(arrival.n8n);
	if (progress === undefined) return;
	for (const change of changesIn(message)) {
		known.begin(change, { way: 'delivered', isOpen });
	}
}

/** Once so often, what is not wanted has all of it stored: n8n saves the whole column. */
const STORE_EVERY_MS = 3_600_000;
const storedAt = perNode(() => ({ at: -Infinity }));

/**
 * Notes a delivery of which nothing is wanted: a recovery might want it. Without storing that now and then, a
 * workflow for a small part of a busy site would look through all since its own last event at each start of n8n.
 */
export function noteFiltered(message: Message, arrival: Arrival): void {
	noteDelivery(message, arrival);
	const { n8n } = arrival;
	const stored = storedAt(n8n);
	const isSoon = performance.now() - stored.at < STORE_EVERY_MS;
	if (isSoon || !isRecoveryWanted(arrival) || changesAt(n8n).progress === undefined) return;
	stored.at = performance.now();
	storeWatch(n8n);
	// What this process knows of deliveries goes along, so that nothing older takes its place.
	injectKnowledge(n8n);
}

/**
 * Notes what was delivered and n8n has saved. It is stored with the record of the delivery.
 *
 * Nothing is noted where nobody watches: nothing before the watch begins is recovered, and nothing would
 * ever be dropped. An older version of the node has published the workflow then.
 */
export function noteDelivery(message: Message, arrival: Arrival): void {
	if (!isRecoveryWanted(arrival)) return;
	const changes = withStoredChanges(arrival.n8n);
	if (changes.progress === undefined) return;
	const delivered = changesIn(message);
	const now = presentMoment().steady;
	for (const change of delivered) changes.known.noteDelivered(change, now);
	const { known } = changes;
	if (!known.sendsFirstTexts && hasFirstText(message, arrival.parameters, known))
		known.noteFirstText();
	if (isWebhookProcess(arrival.n8n)) moveCursor(changes, delivered);
	evictKnown(changes);
}

/** Expert was told to retry, and may give up, or was refused: the next check asks the site what was missed. */
export function expectMissing(n8n: IWebhookFunctions): void {
	if (n8n.getMode() === 'manual') return;
	const changes = changesAt(n8n);
	if (changes.progress !== undefined) changes.progress = withOpenGap(changes.progress);
}

/** "Listen for test event" remembers nothing: trying the same event twice is what tests are for. */
function isRecoveryWanted({ n8n, parameters }: Arrival): boolean {
	return parameters.recoverMissedChanges && n8n.getMode() !== 'manual';
}

/**
 * Whether the site sends the first text of a page as an edit: a page was saved that makes both events, or, where
 * *Page Created* is not there to show it, an edit of revision 1. A draft that is published makes them, too, by
 * another call.
 */
function hasFirstText(
	message: Message,
	parameters: TriggerParameters,
	known: KnownChanges,
): boolean {
	if ('unreadable' in message) return false;
	return message.events.some((event) => {
		const change = changeNameOf(event);
		const isSavedPage = textOf(child(event.xml, 'request'), 'signature') === SAVE_OF_PAGE;
		if (change?.subject === undefined || !isSavedPage) return false;
		if (isSubscribed(CREATION, parameters)) return known.isWithFirstText(change);
		return change.kind === 'e' && editOf(change.subject).revision <= 1;
	});
}

const CREATION = { type: RECOVERABLE.c, xml: {} };
/** The call behind an event, as the vendor's sample names it. */
const SAVE_OF_PAGE = 'POST:pages/*/contents';

function changesIn(message: Message): ChangeName[] {
	if ('unreadable' in message) return [];
	return message.events.flatMap((event) => changeNameOf(event) ?? []);
}

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
function moveCursor(changes: NodeChanges, delivered: ChangeName[]): void {
	if (changes.progress === undefined) return;
	const newest = Math.max(...delivered.map(({ at }) => at), -Infinity);
	const cursor = Math.max(changes.progress.cursor, newest - RECOVERED_AFTER_MS);
	changes.progress = { ...changes.progress, cursor };
}
