import type { UserMessage } from '../../shared/failure-messages';
import type { LastRegistration } from '../publish/address';
import type { SyncResult } from '../../shared/webhook-sync';

/** What a check has led to. */
export type CheckOutcome =
	| { kind: 'up to date' }
	/** It was registered again, enabled or completed. */
	| { kind: 'repaired'; done: SyncResult }
	/** It is not as it should be, and stays so. */
	| { kind: 'left alone'; why: Exclude<LeftAlone, 'paused'> }
	| { kind: 'left alone'; why: 'paused'; message: UserMessage }
	| CouldNotAsk
	/** The workflow was unpublished or published again meanwhile: nothing is known, nothing is said. */
	| { kind: 'stopped' };

/** The site, or the credential, did not allow looking or repairing. */
export interface CouldNotAsk {
	kind: 'could not ask';
	message: UserMessage;
	isRefused: boolean;
}

export type LeftAlone =
	| 'disabled by a person'
	| 'not ours'
	| 'never registered'
	/** Expert keeps disabling it: the watch waits before it enables it again. */
	| 'paused'
	/** The same once more: it had been enabled after a pause. */
	| 'paused again'
	/** "Repair Webhook" is off. */
	| 'not wanted';

export interface CheckReport {
	outcome: CheckOutcome;
	/** The time at the site when it was asked, ISO 8601; absent when it did not say. */
	siteTime?: string;
	/** Origin of the site that was asked; absent when none was. */
	site?: string;
	/** Deliveries in a row that had failed when the site was asked, before any repair. */
	consecutiveFailures: number;
	/** An import or export was at work at the site. */
	isJobRunning: boolean;
	/** Where the webhook was registered last: `here` says that this n8n is no copy of another one. */
	registered: LastRegistration;
}
