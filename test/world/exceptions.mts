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
	/** The page was restored before a poll had succeeded. */
	isBack: boolean;
	/** A later edit of the page has come. */
	isOvertaken: boolean;
	/** The site has tried to deliver it, never with success. */
	hasFailed: boolean;
	/** No attempt has succeeded, if there was one. */
	isUndelivered: boolean;
	/** Another delivery got through between the last attempt and the next check. */
	isForgiven: boolean;
	/** The workflow was published, or another version of it, within the hour in which nobody had compared yet. */
	isPublishedSince: boolean;
	/** Somebody saw that the workflow could not be published, or it took a minute. */
	isUnpublished: boolean;
	/** It happened while the trigger or the webhook was disabled, or Expert was still to deliver it then. */
	isUnwanted: boolean;
	/** No poll had looked for it when the trigger was disabled. */
	isBeforePublish: boolean;
	/** Only data under the node's former name told what had been polled. */
	isForgotten: boolean;
	/** A poll may have found it of which n8n could not save the execution. */
	isUnsaved: boolean;
	/** More than an hour later the site did not give the revisions of its page. */
	isShownLate: boolean;
}

/** A deed that has come although the trigger was disabled. */
export interface Unwanted {
	role: Role;
	/** n8n was started, or the package updated, after the last poll and before the trigger was enabled. */
	isMemoryLost: boolean;
	/** Older static data was put back since, and n8n started. */
	isPutBack: boolean;
}

/** A genuine delivery that was refused within *Max Age*. */
export interface Refused {
	/** Its token was replaced at the webhook since it was sent. */
	isOfOldToken: boolean;
	/** The secret was rotated, and it has the old signature. */
	isOfOldSecret: boolean;
	/** The token was renewed twice, and n8n may know the first renewal no more. */
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
		says: 'changes while the workflow was unpublished for a minute or more, or while a person had disabled the webhook, with what Expert had not delivered by then',
		holds: ({ isUnwanted, isUnpublished }) => isUnwanted || isUnpublished,
	},
	'before publish': {
		document: 'trigger',
		says: 'Nothing comes from before you publish, from a time in which the workflow was not published, however short, or in which the trigger was disabled for three minutes or more.',
		holds: ({ isBeforePublish }) => isBeforePublish,
	},
	renamed: {
		document: 'trigger',
		says: 'If you rename the node and n8n starts or updates the package between the last poll before and the first one after, or n8n starts with static data from before you renamed it, what has changed since the last poll does not come.',
		holds: ({ isForgotten }) => isForgotten,
	},
	unsaved: {
		document: 'trigger',
		says: 'What the poll found comes after the next start of n8n.',
		holds: ({ isUnsaved }) => isUnsaved,
	},
	'shown late': {
		document: 'trigger',
		says: 'What Expert lists, or shows revisions of, more than an hour late is not found.',
		holds: ({ role, isShownLate }) => role === 'polled' && isShownLate,
	},
	'listed late': {
		document: 'reliability',
		says: 'and ten minutes later once more, because a site can list changes late.',
		holds: ({ role, isShownLate }) => role === 'delivered' && isShownLate,
	},
	'created and gone': {
		document: 'reliability',
		says: 'creates a page, and deletes it; edits a page, and deletes it | deleted',
		holds: ({ isGone, kind }) => isGone && kind !== 'deleted',
	},
	'deleted and back': {
		document: 'trigger',
		says: 'deletes a page, and restores it | deleted | –',
		holds: ({ role, kind, isUndelivered, isBack }) =>
			kind === 'deleted' && isBack && (role === 'polled' || isUndelivered),
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
	'published since': {
		document: 'reliability',
		says: 'what was lost before you last published the workflow',
		holds: ({ role, hasFailed, isForgiven, isPublishedSince }) =>
			role === 'delivered' && hasFailed && isForgiven && isPublishedSince,
	},
	'queue mode': {
		document: 'reliability',
		says: 'Where others take deliveries, it starts one change of each kind at most, and then compares no more.',
		holds: ({ role, hasFailed, isForgiven, isQueue }) => role === 'delivered' && hasFailed && isForgiven && isQueue,
	},
} as const satisfies Record<string, Exception<Missing>>;

export const UNWANTED = {
	'memory lost': {
		document: 'trigger',
		says: "Only if n8n restarts or updates the package before you enable it, or n8n's command line publishes while n8n is stopped, what changed meanwhile comes.",
		holds: ({ role, isMemoryLost }) => role === 'polled' && isMemoryLost,
	},
	'old static data': {
		document: 'reliability',
		says: 'changes while the trigger was disabled in a workflow that stays published, if another node of it put back older static data and n8n was restarted',
		holds: ({ isPutBack }) => isPutBack,
	},
} as const satisfies Record<string, Exception<Unwanted>>;

/** A delivery that got 200, and of which there is no execution soon afterwards. */
export interface Unsaved {
	/** The database was slow or refused something, or n8n was killed. */
	wasTroubled: boolean;
}

export const UNSAVED = {
	'no commit': {
		document: 'trigger',
		says: 'If the database then fails to commit, the event is lost unless Expert sends a copy',
		holds: ({ wasTroubled }) => wasTroubled,
	},
} as const satisfies Record<string, Exception<Unsaved>>;

/** A webhook that is not whole at the first check after the accidents. */
export interface Broken {
	/** Expert has disabled it more than once. */
	wasDisabledAgain: boolean;
}

export const BROKEN = {
	pause: {
		document: 'reliability',
		says: 'waits 15 minutes, then 30, then 60, before enabling it',
		holds: ({ wasDisabledAgain }) => wasDisabledAgain,
	},
} as const satisfies Record<string, Exception<Broken>>;

export const REFUSED = {
	'old token': {
		document: 'credential',
		says: "the registered one is accepted until the trigger's next check, or a publish, updates the webhook",
		holds: ({ isOfOldToken }) => isOfOldToken,
	},
	'old secret': {
		document: 'credential',
		says: 'New secrets are accepted immediately, old ones for ten more seconds.',
		holds: ({ isOfOldSecret }) => isOfOldSecret,
	},
	'forgotten token': {
		document: 'credential',
		says: 'If it is renewed once more before a delivery has come, n8n may not know the registered one (in queue mode, after a restart, after older static data was put back): deliveries before that check are refused, and recovered.',
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
export function exceptionIn<Case>(exceptions: Record<string, Exception<Case>>, given: Case): string | undefined {
	return Object.keys(exceptions).find((name) => exceptions[name]!.holds(given));
}
