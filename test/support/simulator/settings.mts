/**
 * Everything the simulator assumes where the vendor is silent, one named setting each. The numbers
 * are choices, not vendor facts: `vendorGuess` is meant to feel like the real site, `fastTest` keeps
 * tests quick. What the vendor does state (1 s time-out, 2xx/4xx/5xx meaning, header names) is a
 * setting only where a test must be able to bend it.
 */
export interface Settings {
	/** Port on 127.0.0.1; 0 takes a free one. */
	port: number;
	/** `event/@wikiid` and `user/@wikiid`; form seen in API samples (§3.2). */
	siteId: string;
	/** `event/@language` and the page language. */
	language: string;
	/** Schema version of events; 5 in the only published delivery (§3.2). */
	eventVersion: number;

	/** The site's clock runs this much ahead, or behind if negative. */
	clockSkewMs: number;

	/** Key, secret and user of the server API token (§5.2). */
	tokenKey: string;
	tokenSecret: string;
	tokenUser: string;
	/** How long a server token is good, stated as 5 minutes (§5.2); also the tolerated clock lead. */
	serverTokenValidityMs: number;
	/** How long a long-term token is good, stated as ten years by its `exp` (§5.3, F-12). */
	longTermTokenValidityMs: number;
	/** U-22, §5.4: a bad or expired token is user Anonymous, not 401. True answers 401 instead. */
	refuseBadTokens: boolean;

	/** §1: the feature may be off for a site; then every webhook call answers 403. */
	webhooksFeature: boolean;
	/** U-12: which of the two error styles (§6.3) the API answers with. */
	errorStyle: 'exception' | 'framework';
	/** U-04: root element of the 201 body. */
	createAnswerRoot: string;
	/** U-04: the 201 body holds the full webhook object, or the id alone. */
	createAnswerFull: boolean;
	/** U-01, F-13: the 201 body names the signing secret, under this element name. */
	secretInCreateAnswer: boolean;
	/** U-01, F-13: so does each answer that holds a webhook, list and PUT included. */
	secretInEachAnswer: boolean;
	secretElement: string;
	/** U-13, G-02: accept http webhook URLs. Only for local use. */
	allowHttpUrls: boolean;
	/** U-12: refuse a create without authorization-header with 400. */
	requireAuthorizationHeader: boolean;
	/** G-03: schemes that authorization-header may have. */
	authorizationSchemes: string[];
	/** U-12: elements missing in an update keep their value, or the update is refused with 400. */
	updateMissingFields: 'keep' | 'refuse';
	/** U-12: largest number of webhooks and longest URL; no limit is known. */
	maxWebhooks: number;
	maxUrlLength: number;
	/** U-24: an update of a webhook takes its events away, as a sample of the vendor shows. */
	putClearsEvents: boolean;
	/** How the site writes down the URL of a webhook: no source says that it stays as it was sent. */
	webhookUrlSpelling: UrlSpelling;
	/** U-16: what GET answers after DELETE. */
	afterDelete: 'notFound' | 'markedDeleted';
	/** U-17: answer to PUT of an unknown event type; 200 registers it as it was written. */
	unknownEventTypeStatus: number;
	/** U-17: answer to PUT of a type that is registered already. */
	repeatedEventTypeStatus: number;
	/** U-19: PUT active=true switches a webhook on again; false refuses it with 400. */
	reenableByApi: boolean;
	/** U-15: `consecutive-failures-disabled-reason` normally, and after an auto-disable. */
	disabledReasonNormal: string;
	disabledReasonFailures: string;

	/** Most entries of a list that one call gives, whatever `limit` says; no limit is known. */
	maxPageSize: number;
	/** Lists begin at their start, whatever `offset` says. */
	ignoresOffset: boolean;

	/** §7.1: a path without a page is answered 200 `virtual="true"`, or 404. */
	missingPage: 'virtual' | 'notFound';
	/** §7.1: a page that is moved leaves a redirect, which calls follow unless they say redirects=0. */
	movesLeaveRedirects: boolean;
	/** §7.1: calls heed redirects=0, or follow redirects all the same. */
	redirectsParameter: 'heeded' | 'ignored';
	/** §7.1: single-encoded `=path` was seen to work, but is not to be relied on. */
	singleEncodedPaths: 'accept' | 'refuse';
	/** §7.2: `find` looks at every page below, or at the children only. */
	findDepth: 'tree' | 'children';
	/** §7.2: root of `revisions?revision=N`; the list's own, or the page alone. */
	singleRevisionRoot: 'pages' | 'page';
	/** Answer to a reader who asks for a page that is a draft only. */
	hiddenDraftStatus: 403 | 404;
	/** §7.3: HTTP status of `<edit status="conflict">`. */
	editConflictStatus: number;
	/** §7.3: text without a charset loses its non-ASCII characters. */
	asciiWithoutCharset: boolean;
	/** F-01: a saved draft fires pagecontent_update, as a saved page does. Stated not to. */
	draftSavesFireContentUpdate: boolean;
	/** F-01, U-25: a new draft fires page_create; off, its first publication does. */
	newDraftFiresPageCreate: boolean;
	/** F-01, U-25: publishing a draft, new or of a live page, fires pagecontent_update. */
	publishFiresContentUpdate: boolean;
	/** F-01: taking a page out of publication fires pagecontent_update. */
	unpublishFiresContentUpdate: boolean;
	/** F-01: tags or title alone fire no pagecontent_update; off, they do beside their own event. */
	onlyTextIsEdit: boolean;
	/** F-01: a new title is a page_move where the URL goes with it; off, a new title only. */
	renameMovesMatchingUrl: boolean;
	/** F-01: a moved tree fires page_move for each page; off, one `cascading` tells of all (§3.3). */
	moveFiresForEachSubpage: boolean;
	/** §7.5: `drafts/{id}` of a page without a draft is one with state inactive, or 404. */
	draftOfPlainPage: 'inactive' | 'notFound';
	/** §7.4: a property that is there is written over without its etag, or that answers 409. */
	propertyWithoutEtag: 'accept' | 'refuse';
	/** F-05: the content of a file of a public page is redirected to the content network. */
	publicFiles: 'site' | 'cdn';
	/** F-05, inferred: the same for the content of a property. */
	publicProperties: 'site' | 'cdn';
	/** F-05: `nocache=true` keeps a content at the site; stated. */
	nocacheParameter: 'heeded' | 'ignored';
	/** F-07: paths of pages that the site recommends with each search, unless recommendations=false. */
	recommendedPages: string[];
	/** §7.1: missing parents of a new page are made with revision count 0. */
	makeMissingParents: boolean;
	/** §3.2: one page create made 2 events; the second is taken to be the content update. */
	createFiresContentUpdate: boolean;

	/** U-01: secret that signs the deliveries, given out of band. */
	signingSecret: string;
	/** U-01, F-13: what the site signs with: that secret, or something that both sides have anyway. */
	signedWith: 'signingSecret' | 'authorization' | 'token' | 'guid' | 'tokenSecret';
	/** U-02: unit of X-Nexus-Timestamp. */
	timestampUnit: 'seconds' | 'milliseconds';
	/** U-03: a retry is signed anew with a new timestamp, or repeats the first. */
	retryTimestamp: 'new' | 'same';
	/** U-09: delivery id of a retry. */
	deliveryIdOnRetry: 'same' | 'new';
	/** U-05: body without (thin, §3.2) or with (full, §3.3) the children of the event family. */
	eventBody: 'thin' | 'full';
	/**
	 * §3.2: what `request` of a full event tells about the caller; personal data. F-03, U-26: the user
	 * of a version-5 event is an id without a name (`userId`).
	 */
	requestDetails: 'none' | 'userId' | 'user' | 'all';
	/** §3.2: pages in the short or the full shape of the two that the feed knows. */
	pageShape: 'short' | 'full';
	/** §3.3: `page/@revision` is 0 in every sample of the short shape; or the real number. */
	pageRevisionInEvents: 'zero' | 'current';
	/** U-10: wrap the event in an `<events>` root. */
	wrapEvents: boolean;
	/** U-11: Content-Type of a delivery; stated without a charset. */
	deliveryContentType: string;

	/** G-15: from the start of the request to the end of the answer; stated. */
	deliveryTimeoutMs: number;
	/** U-08: retries after the first attempt. */
	retries: number;
	/** U-08: exponential back-off (G-16). */
	firstBackoffMs: number;
	backoffFactor: number;
	maxBackoffMs: number;
	/** U-08: add up to the same time again at random. */
	backoffJitter: boolean;
	/** U-08: 3xx is never followed; is it tried again? */
	retryRedirects: boolean;
	/** U-08: connection refused, DNS and TLS errors are tried again like a time-out. */
	retryNetworkErrors: boolean;
	/** U-08: consecutive failures that disable a webhook (G-18). */
	autoDisableAfter: number;
	/** U-08: count each failed attempt, or each delivery that failed in the end. */
	failureUnit: 'attempt' | 'delivery';
	/** U-08: a 4xx counts towards auto-disable. */
	clientErrorsCount: boolean;
	/** §4.2: `consecutive-failures` after a webhook is switched on again. */
	failuresAfterReenable: number;
	/** §4.2: deliveries that wait for a retry when their webhook is disabled. */
	pendingWhenDisabled: 'drop' | 'finish';
	/** G-13: deliveries under way at the same time, per webhook. */
	concurrencyPerWebhook: number;
	/** U-18: each first attempt waits a random time below this, which shuffles the order; 0 = off. */
	shuffleWithinMs: number;
	/** G-14: a bulk import pauses the deliveries until they are resumed. */
	pauseDuringImport: boolean;
	/** Deliver to https listeners with a self-signed certificate. Only for local use. */
	acceptSelfSigned: boolean;
	/** Keep connections to listeners open; off, as a listener may close an idle one at any time. */
	reuseConnections: boolean;

	/** G-11, G-21: header line of the CSV; the names are ours, in this order. */
	csvHeaders: string[];
}

/** `elsewhere`: the site writes down another address, from which ours cannot be known again. */
export type UrlSpelling =
	| 'asSent'
	| 'slashAtEnd'
	| 'hostInCapitals'
	| 'withPort'
	| 'encoded'
	| 'elsewhere';

/** The "default" column of §4.2. */
export const vendorGuess: Settings = {
	port: 0,
	siteId: 'site_1',
	language: 'en-US',
	eventVersion: 5,
	clockSkewMs: 0,

	tokenKey: 'testkey',
	tokenSecret: 'testsecret',
	tokenUser: 'admin',
	serverTokenValidityMs: 300_000,
	longTermTokenValidityMs: 315_360_000_000,
	refuseBadTokens: false,

	webhooksFeature: true,
	errorStyle: 'exception',
	createAnswerRoot: 'webhook',
	createAnswerFull: true,
	secretInCreateAnswer: false,
	secretInEachAnswer: false,
	secretElement: 'secret',
	allowHttpUrls: false,
	requireAuthorizationHeader: true,
	authorizationSchemes: ['Bearer', 'Basic'],
	updateMissingFields: 'keep',
	maxWebhooks: Number.MAX_SAFE_INTEGER,
	maxUrlLength: Number.MAX_SAFE_INTEGER,
	putClearsEvents: false,
	webhookUrlSpelling: 'asSent',
	afterDelete: 'notFound',
	unknownEventTypeStatus: 400,
	repeatedEventTypeStatus: 200,
	reenableByApi: true,
	disabledReasonNormal: '0',
	disabledReasonFailures: '1',

	maxPageSize: Number.MAX_SAFE_INTEGER,
	ignoresOffset: false,

	missingPage: 'virtual',
	movesLeaveRedirects: true,
	redirectsParameter: 'heeded',
	singleEncodedPaths: 'accept',
	findDepth: 'tree',
	singleRevisionRoot: 'pages',
	hiddenDraftStatus: 404,
	editConflictStatus: 200,
	asciiWithoutCharset: true,
	draftSavesFireContentUpdate: false,
	newDraftFiresPageCreate: true,
	publishFiresContentUpdate: true,
	unpublishFiresContentUpdate: true,
	onlyTextIsEdit: true,
	renameMovesMatchingUrl: true,
	moveFiresForEachSubpage: true,
	draftOfPlainPage: 'inactive',
	propertyWithoutEtag: 'accept',
	publicFiles: 'cdn',
	publicProperties: 'cdn',
	nocacheParameter: 'heeded',
	recommendedPages: [''],
	makeMissingParents: true,
	createFiresContentUpdate: true,

	signingSecret: 'whsec_test',
	signedWith: 'signingSecret',
	timestampUnit: 'seconds',
	retryTimestamp: 'new',
	deliveryIdOnRetry: 'same',
	eventBody: 'full',
	requestDetails: 'none',
	pageShape: 'short',
	pageRevisionInEvents: 'zero',
	wrapEvents: false,
	deliveryContentType: 'text/xml',

	deliveryTimeoutMs: 1000,
	retries: 5,
	firstBackoffMs: 1000,
	backoffFactor: 2,
	maxBackoffMs: 60_000,
	backoffJitter: false,
	retryRedirects: false,
	retryNetworkErrors: true,
	autoDisableAfter: 10,
	failureUnit: 'attempt',
	clientErrorsCount: true,
	failuresAfterReenable: 0,
	pendingWhenDisabled: 'drop',
	concurrencyPerWebhook: 4,
	shuffleWithinMs: 0,
	pauseDuringImport: false,
	acceptSelfSigned: false,
	reuseConnections: false,

	csvHeaders: [
		'delivery_timestamp',
		'response_status_code',
		'response_time',
		'failure_reasons',
		'retry_attempts',
		'delivery_id',
		'webhook_id',
		'event_type',
	],
};

/** The "test profile" column of §4.2; strict where a client must not rely on leniency. */
export const fastTest: Settings = {
	...vendorGuess,
	allowHttpUrls: true,
	singleEncodedPaths: 'refuse',
	retries: 3,
	firstBackoffMs: 20,
	maxBackoffMs: 200,
	autoDisableAfter: 3,
	concurrencyPerWebhook: 2,
};
