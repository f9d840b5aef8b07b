import { BoundedCache, type Reading } from '../shared/bounded-cache';
import { figuresByUrl } from '../shared/delivery-figures';
import { MAX_NODES } from '../shared/node-key';
import { SecretReadings } from '../shared/secret-readings';
import { credentialReadings } from '../n8n/credential-cache';
import { observedReliances } from '../n8n/execution-persisted';
import { reportedReliances } from '../n8n/report-once';
import type { DeliveryStore, Limits } from './delivery/dedup/delivery-store';
import type { Line } from './delivery/batch/line';
import type { SiteSecrets } from './delivery/signing-hints';
import type { UserIds } from './users/user-ids';
import type { Progress } from './watch/gap';
import type { KnownChanges } from './watch/known';

/*
 * Everything that the trigger keeps in memory of its nodes, in one object. All of it can be lost: a
 * process that starts has none of it. What a layer below keeps for the trigger lies there, and is shown
 * and emptied here with all the rest. Not here: what is known of the machine's clock (clock.ts), and who
 * waits for n8n to save an execution (n8n/execution-persisted.ts).
 */

/** What is known of the deliveries of one trigger node, and how much of it is kept. */
export interface OpenedStore {
	store: DeliveryStore;
	limits: Limits;
}

export interface UserIdsReading extends Reading<UserIds> {
	/** See `lookupKey` in users/stored-ids.ts. */
	lookup: string;
}

/** The address of the webhook of one trigger node, as this process knows it. */
export interface WebhookAddress {
	/**
	 * What n8n serves while the workflow is published. A new object each time it is published: work that
	 * holds an older one has to stop.
	 */
	served?: ServedAddress;
	/** When n8n served it last; ms of the monotonic clock. */
	servedUntil?: number;
	/** What n8n serves while the editor listens for a test event, as publishing the test has told it. */
	testUrl?: string;
	/** Under which address the webhook was registered last, here or by a process before. */
	registeredUrl?: string;
	/** A check was ended while the site was registering a webhook: it may come to light later. */
	mayAppear?: boolean;
	/** A check was ended when the site had registered a webhook: the list may not show it yet. */
	unfinishedId?: string;
}

export interface ServedAddress {
	readonly url: string;
}

/** What a process knows of the changes at one trigger node. */
export interface NodeChanges {
	/** Absent until the node was published, or its stored progress was read. */
	progress?: Progress;
	readonly known: KnownChanges;
	/** A recovery takes as long as its executions do, and checks go on meanwhile. */
	isRecovering: boolean;
}

/** The row of an event in n8n's database. */
export interface EventRow {
	name: string;
	/** Ms of the monotonic clock. */
	dropAt: number;
}

/** `find` gives every page below the home page, or only those directly below it. */
export type FindReach = 'tree' | 'children';

/** A store whose node receives nothing for this long is evicted; its record stays in static data. */
const STORE_TTL_MS = 24 * 3_600_000;
/** The site is asked for its secrets again after this; for a wrong signature, after a second. */
const SITE_SECRETS_TTL_MS = 60_000;
/** The site is asked again after this, whether it responded or not. */
export const USER_IDS_TTL_MS = 60_000;

/** A line moves on each second; one that does not is evicted, and those in it go on all the same. */
const LINE_TTL_MS = 60_000;
/** Refusals in production make one failed execution in this time, whatever comes. */
export const REFUSAL_ALERT_TTL_MS = 3_600_000;

export const processState = {
	/** By node. A store that knows more than its record is not evicted to make room. */
	deliveryStores: new BoundedCache<OpenedStore>({
		maxEntries: MAX_NODES,
		ttlMs: STORE_TTL_MS,
		isPinned: ({ store }) => !store.isSettled,
	}),
	/** By node and version of its workflow: the deliveries that wait while n8n saves an execution. */
	lines: new BoundedCache<Line>({ maxEntries: MAX_NODES, ttlMs: LINE_TTL_MS }),
	/** By node and credential. */
	credentials: credentialReadings,
	/** By node, credential and webhook address. */
	siteSecrets: new SecretReadings<SiteSecrets>({
		maxEntries: MAX_NODES,
		ttlMs: SITE_SECRETS_TTL_MS,
	}),
	/** By node: who the users in the filters are, where publishing has not stored it. */
	userIds: new BoundedCache<UserIdsReading>({ maxEntries: MAX_NODES, ttlMs: USER_IDS_TTL_MS }),
	/** By node, and whether in a test: when it last told of refusals; ms of the monotonic clock. */
	refusalAlerts: new BoundedCache<number>({ maxEntries: MAX_NODES, ttlMs: REFUSAL_ALERT_TTL_MS }),
	/** Webhook addresses whose last publish failed. */
	unpublishedUrls: new BoundedCache<true>({ maxEntries: MAX_NODES, ttlMs: Infinity }),
	/** By node. That of a published workflow stays: only publishing tells it. */
	addresses: new BoundedCache<WebhookAddress>({
		maxEntries: MAX_NODES,
		ttlMs: Infinity,
		isPinned: ({ served }) => served !== undefined,
	}),
	/** By webhook address. The action node reads it, too. */
	figures: figuresByUrl,
	/** By node: which changes have come, and up to when. */
	changes: new BoundedCache<NodeChanges>({ maxEntries: MAX_NODES, ttlMs: STORE_TTL_MS }),
	/** By node: the rows of events that this worker has inserted, oldest first. */
	eventRows: new BoundedCache<EventRow[]>({ maxEntries: MAX_NODES, ttlMs: Infinity }),
	/** By site, as tried once: how deep `find` looks. */
	findReach: new BoundedCache<FindReach>({ maxEntries: MAX_NODES, ttlMs: Infinity }),
	/** What this n8n was seen to do. */
	observed: observedReliances,
	/** What the log has said already. */
	reported: reportedReliances,
};

/** As in a process that has just started. */
export function clearProcessState(): void {
	for (const part of Object.values(processState)) part.clear();
}
