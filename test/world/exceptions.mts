import type { Role } from './database.mts';

/*
 * When a deed may not come although nothing else is wrong: each exception once, with the sentence of the documents
 * that says so.
 */

/** A deed that has not come. */
export interface Missing {
	role: Role;
	kind: 'created' | 'edited' | 'published' | 'deleted';
	isQueue: boolean;
	/** The first text of a new page, which its creation tells of, too. */
	isFirstText: boolean;
	/** The page was deleted later. */
	isGone: boolean;
	/** A later edit of the page has come. */
	isOvertaken: boolean;
	/** The site has tried to deliver it, never with success. */
	hasFailed: boolean;
	/** The site counted no failure any more when it was asked for the first time after the last attempt. */
	isForgiven: boolean;
	/** Somebody saw that the workflow could not be published. */
	isUnpublished: boolean;
	/** It happened while the trigger was disabled or the workflow not published. */
	isUnwanted: boolean;
	/** No poll had looked for it when the trigger was disabled. */
	isBeforePublish: boolean;
	/** More than an hour later the site did not give the revisions of its page. */
	isShownLate: boolean;
}

/** A deed that has come although the trigger was disabled. */
export interface Unwanted {
	role: Role;
	/** n8n was started, or the package updated, after the last poll and before the trigger was enabled. */
	isMemoryLost: boolean;
}

/** A genuine delivery that was refused within *Max Age*. */
export interface Refused {
	/** Its token was replaced at the webhook since it was sent. */
	isOfOldToken: boolean;
	/** Static data has been put back, and the token renewed. */
	hasForgottenToken: boolean;
}

/** A deed that has come twice, without a mark that says so. */
export interface Repeated {
	role: Role;
	/** The package was updated while n8n worked on its delivery. */
	isAroundUpdate: boolean;
}

export interface Exception<Case> {
	/** Words of a file in docs. */
	says: string;
	document: 'reliability' | 'trigger' | 'credential';
	holds: (given: Case) => boolean;
}

export const MISSING = {
	unwanted: {
		document: 'reliability',
		says: 'changes while the workflow was unpublished for a minute or more, or while a person had disabled the webhook',
		holds: ({ isUnwanted, isUnpublished }) => isUnwanted || isUnpublished,
	},
	'before publish': {
		document: 'trigger',
		says: 'Nothing comes from before you publish, from a time in which the workflow was not published, however short, or in which the trigger was disabled for three minutes or more.',
		holds: ({ isBeforePublish }) => isBeforePublish,
	},
	'shown late': {
		document: 'trigger',
		says: 'What Expert lists, or shows revisions of, more than an hour late is not found.',
		holds: ({ role, isShownLate }) => role === 'polled' && isShownLate,
	},
	'created and gone': {
		document: 'reliability',
		says: 'creates a page, and deletes it; edits a page, and deletes it | deleted',
		holds: ({ isGone, kind }) => isGone && kind !== 'deleted',
	},
	'first text': {
		document: 'reliability',
		says: 'edited (if the site was seen to send it)',
		holds: ({ isFirstText }) => isFirstText,
	},
	'new page': {
		document: 'reliability',
		says: 'So a page of which no event arrived is lost, also for *Page Published (First Time)*, if another delivery gets through before the next check: the site then counts no failure any more',
		holds: ({ role, kind, hasFailed, isForgiven }) =>
			role === 'delivered' && hasFailed && isForgiven && ['created', 'published'].includes(kind),
	},
	overtaken: {
		document: 'reliability',
		says: 'edits a page, of which a later edit arrives',
		holds: ({ role, hasFailed, isForgiven, isOvertaken }) =>
			role === 'delivered' && hasFailed && isForgiven && isOvertaken,
	},
	'queue mode': {
		document: 'reliability',
		says: '**In queue mode** with deliveries to other processes, the trigger cannot compare.',
		holds: ({ role, hasFailed, isForgiven, isQueue }) =>
			role === 'delivered' && hasFailed && isForgiven && isQueue,
	},
} as const satisfies Record<string, Exception<Missing>>;

export const UNWANTED = {
	'memory lost': {
		document: 'trigger',
		says: "Only if n8n restarts or updates the package before you enable it, or n8n's command line publishes while n8n is stopped, what changed meanwhile comes.",
		holds: ({ role, isMemoryLost }) => role === 'polled' && isMemoryLost,
	},
} as const satisfies Record<string, Exception<Unwanted>>;

export const REFUSED = {
	'old token': {
		document: 'credential',
		says: "the registered one is accepted until the trigger's next check, or a publish, updates the webhook",
		holds: ({ isOfOldToken }) => isOfOldToken,
	},
	'put back': {
		document: 'credential',
		says: 'After older static data was put back, deliveries of that time are refused, and recovered.',
		holds: ({ hasForgottenToken }) => hasForgottenToken,
	},
} as const satisfies Record<string, Exception<Refused>>;

export const REPEATED = {
	update: {
		document: 'reliability',
		says: 'If the package is updated while n8n is saving a delivery, its retry runs once more.',
		holds: ({ role, isAroundUpdate }) => role === 'delivered' && isAroundUpdate,
	},
} as const satisfies Record<string, Exception<Repeated>>;

/** @returns the name of the first exception that explains it */
export function exceptionIn<Case>(
	exceptions: Record<string, Exception<Case>>,
	given: Case,
): string | undefined {
	return Object.keys(exceptions).find((name) => exceptions[name]!.holds(given));
}
