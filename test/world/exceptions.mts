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
	/** It was found, and what it would have started could not be saved. */
	isUnsaved: boolean;
	/** Somebody saw that the workflow could not be published. */
	isUnpublished: boolean;
	/** It happened while the trigger was disabled or the workflow not published. */
	isUnwanted: boolean;
}

export interface Exception {
	/** Words of a file in docs. */
	says: string;
	document: 'reliability' | 'trigger' | 'events';
	holds: (missing: Missing) => boolean;
}

export const EXCEPTIONS = {
	unwanted: {
		document: 'reliability',
		says: 'changes while the workflow was unpublished for a minute or more, or while a person had disabled the webhook',
		holds: ({ isUnwanted, isUnpublished }) => isUnwanted || isUnpublished,
	},
	'created and gone': {
		document: 'reliability',
		says: 'of a page that was created or edited and then deleted meanwhile: only the deletion.',
		holds: ({ isGone, kind }) => isGone && kind !== 'deleted',
	},
	'first text': {
		document: 'reliability',
		says: 'a page was created with its text at once, a creation is recovered, and an edit (revision 1) if your site has been seen to send both',
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
		says: 'an edit of a page of which a later edit has come, or that was deleted since',
		holds: ({ role, hasFailed, isForgiven, isOvertaken }) =>
			role === 'delivered' && hasFailed && isForgiven && isOvertaken,
	},
	'queue mode': {
		document: 'reliability',
		says: '**In queue mode** with deliveries to other processes, the trigger cannot compare.',
		holds: ({ role, hasFailed, isForgiven, isQueue }) =>
			role === 'delivered' && hasFailed && isForgiven && isQueue,
	},
} as const satisfies Record<string, Exception>;

export type ExceptionName = keyof typeof EXCEPTIONS;

/** @returns the first exception that explains why it is missing */
export function exceptionFor(missing: Missing): ExceptionName | undefined {
	const names = Object.keys(EXCEPTIONS) as ExceptionName[];
	return names.find((name) => EXCEPTIONS[name].holds(missing));
}
