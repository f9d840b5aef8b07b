/** Why a call of the API, or several that belong together, did not give what was asked for. */
export interface ApiFailure {
	kind:
		| 'anonymous' // the token is not accepted, and the site does not say so
		| 'budget-exceeded' // the time for the whole operation is over
		| 'timeout' // nothing within the time for one call
		| 'unreachable' // no connection: name, port, certificate, reset
		| 'redirect'
		| 'http-status' // an HTTP status of 400 and above
		| 'html' // a web page where XML was expected
		| 'unexpected' // a success whose content makes no sense
		| 'too-large' // a success that is longer than what is read at once
		| 'bad-site' // the Site URL is not an address
		| 'insecure-site'; // a Site URL with http: nothing was sent
	/** The HTTP status, if there was one. */
	status?: number;
	/** The response was a web page: that of a firewall or a proxy, maybe, and not what Expert says. */
	isWebPage?: true;
	/** What was being done. Absent for a call whose caller knows it better. */
	task?: Task;
	/** What the task was about, e.g. the name of an event. */
	subject?: string;
	/** The site asks to be left alone for so long (`Retry-After`). */
	retryAfterMs?: number;
	/** What the site said, redacted and shortened. */
	siteMessage?: string;
	/** Why there was no connection, e.g. `ECONNREFUSED`. */
	networkCode?: string;
	/** A sentence that a caller of the API has added. */
	detail?: string;
	/** Where a redirect leads, as the site put it. It can hold a signature: not for people. */
	location?: string;
}

/** What was being done; `shared/failure-messages.ts` says it to people. */
export type Task =
	| 'add-event'
	| 'check-token'
	| 'enable-webhook'
	| 'find-changes'
	| 'find-token-user'
	| 'list-archive'
	| 'list-revisions'
	| 'list-subpages'
	| 'list-webhooks'
	| 'look-up-users'
	| 'read-archived-page'
	| 'read-page'
	| 'read-webhook'
	| 'register-webhook'
	| 'remove-event'
	| 'remove-webhook'
	| 'restore-events'
	| 'set-up-webhook'
	| 'update-webhook';

/** Whether the site says that there is no such thing, or not any more. */
export function isNotFound({ kind, status }: ApiFailure): boolean {
	return kind === 'http-status' && (status === 404 || status === 410);
}

/** Whether asking again will not help. What a firewall says is no refusal of the site's. */
export function isRefusal({ kind, status = 0, isWebPage }: ApiFailure): boolean {
	return kind === 'http-status' && isWebPage === undefined && [401, 403, 404, 410].includes(status);
}
