import type { IWebhookFunctions } from 'n8n-workflow';

import { child, textOf } from '../../api/xml';
import type { Message, ReadableMessage } from '../event/parse';
import { isSubscribed } from '../event/wanted';
import { changeAt, changeOf, changesIn } from '../ledger/arrival';
import type { Ledger } from '../ledger/ledger';
import type { FoundChange } from '../ledger/rows';
import type { TriggerParameters } from '../parameters';
import { addressOf } from '../publish/address';
import { changeNameOf, editOf, RECOVERABLE } from './change';
import { changesAt, type NodeChanges } from './progress';
import { withStoredChanges } from './stored';

/** What is needed to tell what was delivered from what is recovered. */
interface Arrival {
	n8n: IWebhookFunctions;
	parameters: TriggerParameters;
	ledger: Ledger;
	/** Origin of the site. */
	site: string;
}

/**
 * The changes of a delivery that a recovery could find as well. None where nobody watches: nothing before the watch
 * begins is recovered. An older version of the node has published the workflow then.
 */
export function recoverableChanges(
	message: Message,
	arrival: Omit<Arrival, 'ledger'>,
): FoundChange[] {
	const { n8n, site } = arrival;
	if (!isRecoveryWanted(arrival) || withStoredChanges(n8n).progress === undefined) return [];
	return changesIn(message, site);
}

/** The message without the events whose change was recovered; `undefined` when none is left. */
export function withoutRecovered(message: Message, arrival: Arrival): Message | undefined {
	if ('unreadable' in message || !isRecoveryWanted(arrival)) return message;
	const { ledger, site } = arrival;
	const events = message.events.filter((event) => {
		const change = changeOf(event, site);
		return change === undefined || !ledger.takeRecovered(change);
	});
	return events.length === 0 ? undefined : { ...message, events };
}

/** What has come tells the watch how the site sends events, and how far it need not look back. */
export function noteArrival(message: Message, arrival: Arrival): void {
	if (!isRecoveryWanted(arrival) || 'unreadable' in message) return;
	const changes = changesAt(arrival.n8n);
	if (changes.progress === undefined) return;
	if (changes.firstTextsOf !== arrival.site && hasFirstText(message, arrival))
		changes.firstTextsOf = arrival.site;
	if (isWebhookProcess(arrival.n8n)) moveCursor(changes, message);
}

/** Expert was told to retry, and may give up, or was refused: the next check asks the site what was missed. */
export function expectMissing(n8n: IWebhookFunctions): void {
	if (n8n.getMode() === 'manual') return;
	changesAt(n8n).expectMissing();
}

/** "Listen for test event" remembers nothing: trying the same event twice is what tests are for. */
function isRecoveryWanted({ n8n, parameters }: Omit<Arrival, 'ledger'>): boolean {
	return parameters.recoverMissedChanges && n8n.getMode() !== 'manual';
}

/**
 * Whether the site sends the first text of a page as an edit: a page was saved that makes both events, or, where
 * *Page Created* is not there to show it, an edit of revision 1. A draft that is published makes them, too, by
 * another call.
 */
function hasFirstText(message: ReadableMessage, { parameters, ledger, site }: Arrival): boolean {
	return message.events.some((event) => {
		const name = changeNameOf(event);
		const isSavedPage = textOf(child(event.xml, 'request'), 'signature') === SAVE_OF_PAGE;
		if (name?.subject === undefined || name.kind === 'd' || !isSavedPage) return false;
		const isFirst = name.kind === 'c' || editOf(name.subject).revision <= 1;
		if (!isFirst) return false;
		const other = name.kind === 'c' ? 'e' : 'c';
		if (!isSubscribed(CREATION, parameters)) return name.kind === 'e';
		return ledger.hasNear({ ...changeAt(site, name), kind: other });
	});
}

const CREATION = { type: RECOVERABLE.c, xml: {} };
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
	const newest = Math.max(...events.map((event) => changeNameOf(event)?.at ?? -Infinity));
	changes.reached(newest - RECOVERED_AFTER_MS);
}
