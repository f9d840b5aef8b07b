/**
 * Everything the simulator assumes where the vendor is silent, one named setting each. The numbers
 * are choices, not vendor facts (docs/vendor-facts.md): `vendorGuess` is meant to feel like the
 * real site, `fastTest` keeps tests quick. What the vendor does state (1 s time-out, 2xx/4xx/5xx
 * meaning, header names) is a setting only where a test must be able to bend it.
 */
export interface Settings {
	/** Port on 127.0.0.1; 0 takes a free one. */
	port: number;
	/** The address that the site gives itself; the one it listens at when empty. Only for local use. */
	publicUrl: string;
	/** Where to find what a webhook's address begins with. Only for local use. */
	localAddresses: Record<string, string>;
	/**
	 * `event/@wikiid` and `user/@wikiid`; form seen in API samples:
	 * docs/vendor-facts.md#event-document.
	 */
	siteId: string;
	/** `event/@language` and the page language. */
	language: string;
	/**
	 * Schema version of events; 5 in the only published delivery:
	 * docs/vendor-facts.md#event-document.
	 */
	eventVersion: number;

	/** The site's clock runs this much ahead, or behind if negative. */
	clockSkewMs: number;

	/** Key, secret and user of the server API token: docs/vendor-facts.md#server-token. */
	tokenKey: string;
	tokenSecret: string;
	runAsUser: string;
	/**
	 * How long a server token is good, stated as 5 minutes (docs/vendor-facts.md#server-token); also
	 * the tolerated clock lead.
	 */
	serverTokenValidityMs: number;
	/**
	 * How long a long-term token is good, stated as ten years by its `exp`:
	 * docs/vendor-facts.md#long-term-token.
	 */
	longTermTokenValidityMs: number;
	/**
	 * A bad or expired token is user Anonymous, not 401; true gives 401 instead:
	 * docs/vendor-facts.md#anonymous-responses.
	 */
	refuseBadTokens: boolean;

	/**
	 * The feature may be off for a site; then every webhook call gives 403:
	 * docs/vendor-facts.md#webhook-calls.
	 */
	webhooksFeature: boolean;
	/** Which of the two error styles the API uses: docs/vendor-facts.md#error-bodies. */
	errorStyle: 'exception' | 'framework';
	/** Root element of the 201 body: docs/vendor-facts.md#registering-a-webhook. */
	createResponseRoot: string;
	/**
	 * The 201 body holds the full webhook object, or the ID alone:
	 * docs/vendor-facts.md#registering-a-webhook.
	 */
	createResponseFull: boolean;
	/**
	 * The 201 body names the signing secret, under this element name:
	 * docs/vendor-facts.md#signing-secret.
	 */
	secretInCreateResponse: boolean;
	/**
	 * So does each response that holds a webhook, list and PUT included:
	 * docs/vendor-facts.md#signing-secret.
	 */
	secretInEachResponse: boolean;
	secretElement: string;
	/** Accept http webhook URLs. Only for local use: docs/vendor-facts.md#webhook-url. */
	allowHttpUrls: boolean;
	/**
	 * Refuse a create without authorization-header with 400:
	 * docs/vendor-facts.md#registering-a-webhook.
	 */
	requireAuthorizationHeader: boolean;
	/**
	 * Schemes that authorization-header may have:
	 * docs/vendor-facts.md#authorization-header-of-deliveries.
	 */
	authorizationSchemes: string[];
	/**
	 * Elements missing in an update keep their value, or the update is refused with 400:
	 * docs/vendor-facts.md#webhook-calls.
	 */
	updateMissingFields: 'keep' | 'refuse';
	/**
	 * Maximum number of webhooks and length of a URL; no limit is known:
	 * docs/vendor-facts.md#webhook-calls.
	 */
	maxWebhooks: number;
	maxUrlLength: number;
	/**
	 * An update of a webhook takes its events away, as a sample of the vendor shows:
	 * docs/vendor-facts.md#updating-a-webhook.
	 */
	putClearsEvents: boolean;
	/**
	 * How the site writes down the URL of a webhook; nothing says it stays as sent:
	 * docs/vendor-facts.md#registering-a-webhook.
	 */
	webhookUrlSpelling: UrlSpelling;
	/** What GET gives after DELETE: docs/vendor-facts.md#webhook-calls. */
	afterDelete: 'notFound' | 'markedDeleted';
	/**
	 * Status for PUT of an unknown event type; 200 registers it as it was written:
	 * docs/vendor-facts.md#webhook-calls.
	 */
	unknownEventTypeStatus: number;
	/** Status for PUT of a type that is registered already: docs/vendor-facts.md#webhook-calls. */
	repeatedEventTypeStatus: number;
	/**
	 * PUT active=true enables a webhook again; false refuses it with 400:
	 * docs/vendor-facts.md#updating-a-webhook.
	 */
	reenableByApi: boolean;
	/**
	 * `consecutive-failures-disabled-reason` normally, and when disabled:
	 * docs/vendor-facts.md#webhook-documents.
	 */
	disabledReasonNormal: string;
	disabledReasonFailures: string;

	/**
	 * A job says its type, status and progress in attributes, or in elements:
	 * docs/vendor-facts.md#site-jobs.
	 */
	siteJobForm: 'attributes' | 'elements';
	/** How the status of a job is named: docs/vendor-facts.md#site-jobs. */
	siteJobStatus: { running: string; ended: string };

	/** Most entries of a list that one call gives, whatever `limit` says; no limit is known. */
	maxPageSize: number;
	/** Lists begin at their start, whatever `offset` says. */
	ignoresOffset: boolean;

	/**
	 * A path without a page gives 200 `virtual="true"`, or 404:
	 * docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	missingPage: 'virtual' | 'notFound';
	/**
	 * A moved page leaves a redirect, which calls follow without redirects=0:
	 * docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	movesLeaveRedirects: boolean;
	/**
	 * Calls heed redirects=0, or follow redirects all the same:
	 * docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	redirectsParameter: 'heeded' | 'ignored';
	/**
	 * Single-encoded `=path` was seen to work, but is not to be relied on:
	 * docs/vendor-facts.md#identifiers.
	 */
	singleEncodedPaths: 'accept' | 'refuse';
	/**
	 * `find` looks at every page below, or at the children only: docs/vendor-facts.md#reading-pages.
	 */
	findDepth: 'tree' | 'children';
	/**
	 * Root of `revisions?revision=N`; the list's own, or the page alone:
	 * docs/vendor-facts.md#reading-pages.
	 */
	singleRevisionRoot: 'pages' | 'page';
	/**
	 * Status for a reader who asks for a page that is a draft only:
	 * docs/vendor-facts.md#reading-pages.
	 */
	hiddenDraftStatus: 403 | 404;
	/** HTTP status of `<edit status="conflict">`: docs/vendor-facts.md#writing-pages. */
	editConflictStatus: number;
	/** Text without a charset loses its non-ASCII characters: docs/vendor-facts.md#writing-pages. */
	asciiWithoutCharset: boolean;
	/**
	 * A saved draft fires pagecontent_update, as a saved page does; stated not to:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	draftSavesFireContentUpdate: boolean;
	/**
	 * A new draft fires page_create; off, its first publication does:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	newDraftFiresPageCreate: boolean;
	/**
	 * Publishing a draft, new or of a live page, fires pagecontent_update:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	publishFiresContentUpdate: boolean;
	/** Unpublishing a page fires pagecontent_update: docs/vendor-facts.md#drafts-and-publishing. */
	unpublishFiresContentUpdate: boolean;
	/**
	 * Tags or title alone fire no pagecontent_update; off, they do, too:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	onlyTextIsEdit: boolean;
	/**
	 * A new title is a page_move where the URL goes with it; off, a new title only:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	renameMovesMatchingUrl: boolean;
	/**
	 * A moved tree fires page_move for each page; off, one `cascading` tells of all:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	moveFiresForEachSubpage: boolean;
	/**
	 * `drafts/{id}` of a page without a draft is one with state inactive, or 404:
	 * docs/vendor-facts.md#drafts.
	 */
	draftOfPlainPage: 'inactive' | 'notFound';
	/**
	 * A property can be overwritten without its etag, or that gives 409:
	 * docs/vendor-facts.md#properties.
	 */
	propertyWithoutEtag: 'accept' | 'refuse';
	/**
	 * The archive names who deleted a page; the vendor's sample does not:
	 * docs/vendor-facts.md#archive.
	 */
	archiveNamesUser: boolean;
	/** The content of a file of a public page is redirected: docs/vendor-facts.md#content-network. */
	publicFiles: 'site' | 'cdn';
	/** The same for the content of a property, assumed: docs/vendor-facts.md#content-network. */
	publicProperties: 'site' | 'cdn';
	/** `nocache=true` keeps a content at the site, stated: docs/vendor-facts.md#content-network. */
	nocacheParameter: 'heeded' | 'ignored';
	/**
	 * Paths of pages that the site recommends with each search, unless recommendations=false:
	 * docs/vendor-facts.md#search.
	 */
	recommendedPages: string[];
	/**
	 * Missing parents of a new page are made with revision count 0:
	 * docs/vendor-facts.md#virtual-pages-and-redirects.
	 */
	makeMissingParents: boolean;
	/**
	 * One page create made 2 events; the second is assumed to be the content update:
	 * docs/vendor-facts.md#drafts-and-publishing.
	 */
	createFiresContentUpdate: boolean;
	/**
	 * By how much the revision in an event is higher than that of the API:
	 * docs/vendor-facts.md#what-the-site-tells-afterwards.
	 */
	eventRevisionOffset: number;

	/** Secret that signs the deliveries, given out of band: docs/vendor-facts.md#signing-secret. */
	signingSecret: string;
	/** Unit of X-Nexus-Timestamp: docs/vendor-facts.md#timestamp. */
	timestampUnit: 'seconds' | 'milliseconds';
	/**
	 * A retry is re-signed with a new timestamp, or repeats the first:
	 * docs/vendor-facts.md#timestamp.
	 */
	retryTimestamp: 'new' | 'same';
	/** Delivery ID of a retry: docs/vendor-facts.md#delivery-id. */
	deliveryIdOnRetry: 'same' | 'new';
	/**
	 * Body without (thin) or with (full) the children of its family:
	 * docs/vendor-facts.md#event-families.
	 */
	eventBody: 'thin' | 'full';
	/**
	 * What `request` of a full event tells about the caller; personal data
	 * (docs/vendor-facts.md#event-document). The user of a version-5 event is an ID without a name
	 * (`userId`): docs/vendor-facts.md#users-in-events.
	 */
	requestDetails: 'none' | 'userId' | 'user' | 'all';
	/**
	 * Pages in the short or the full shape of the two that the feed knows:
	 * docs/vendor-facts.md#event-document.
	 */
	pageShape: 'short' | 'full';
	/**
	 * `page/@revision` is 0 in every sample of the short shape; or the real number:
	 * docs/vendor-facts.md#event-document.
	 */
	pageRevisionInEvents: 'zero' | 'current';
	/** Wrap the event in an `<events>` root: docs/vendor-facts.md#event-document. */
	wrapEvents: boolean;
	/** Content-Type of a delivery; stated without a charset: docs/vendor-facts.md#event-document. */
	deliveryContentType: string;

	/**
	 * From the start of the request to the end of the response, stated:
	 * docs/vendor-facts.md#responses-and-retries.
	 */
	deliveryTimeoutMs: number;
	/** Retries after the first attempt: docs/vendor-facts.md#responses-and-retries. */
	retries: number;
	/** Exponential back-off: docs/vendor-facts.md#responses-and-retries. */
	firstBackoffMs: number;
	backoffFactor: number;
	maxBackoffMs: number;
	/** Add up to the same time again at random: docs/vendor-facts.md#responses-and-retries. */
	backoffJitter: boolean;
	/** 3xx is never followed; is it retried? docs/vendor-facts.md#responses-and-retries */
	retryRedirects: boolean;
	/**
	 * Connection refused, DNS and TLS errors are retried like a time-out:
	 * docs/vendor-facts.md#responses-and-retries.
	 */
	retryNetworkErrors: boolean;
	/** Consecutive failures that disable a webhook: docs/vendor-facts.md#disabled-webhooks. */
	autoDisableAfter: number;
	/**
	 * Count each failed attempt, or each delivery that failed in the end:
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	failureUnit: 'attempt' | 'delivery';
	/** A 4xx counts as a failure: docs/vendor-facts.md#disabled-webhooks. */
	clientErrorsCount: boolean;
	/**
	 * `consecutive-failures` after a webhook is enabled again:
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	failuresAfterReenable: number;
	/**
	 * Deliveries that wait for a retry when their webhook is disabled:
	 * docs/vendor-facts.md#disabled-webhooks.
	 */
	pendingWhenDisabled: 'drop' | 'finish';
	/** Concurrent deliveries, per webhook: docs/vendor-facts.md#concurrency-and-order. */
	concurrencyPerWebhook: number;
	/**
	 * Each first attempt waits a random time below this, which shuffles the order; 0 = off:
	 * docs/vendor-facts.md#concurrency-and-order.
	 */
	shuffleWithinMs: number;
	/**
	 * A bulk import pauses the deliveries until they are resumed:
	 * docs/vendor-facts.md#concurrency-and-order.
	 */
	pauseDuringImport: boolean;
	/** Deliver to https listeners with a self-signed certificate. Only for local use. */
	acceptSelfSigned: boolean;
	/** Keep connections to listeners open; off, as a listener may close an idle one at any time. */
	reuseConnections: boolean;

	/**
	 * Header line of the CSV; the names are ours, in this order: docs/vendor-facts.md#delivery-log.
	 */
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

/** The assumptions of docs/vendor-facts.md. */
export const vendorGuess: Settings = {
	port: 0,
	publicUrl: '',
	localAddresses: {},
	siteId: 'site_1',
	language: 'en-US',
	eventVersion: 5,
	clockSkewMs: 0,

	tokenKey: 'testkey',
	tokenSecret: 'testsecret',
	runAsUser: 'admin',
	serverTokenValidityMs: 300_000,
	longTermTokenValidityMs: 315_360_000_000,
	refuseBadTokens: false,

	webhooksFeature: true,
	errorStyle: 'exception',
	createResponseRoot: 'webhook',
	createResponseFull: true,
	secretInCreateResponse: false,
	secretInEachResponse: false,
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

	siteJobForm: 'attributes',
	siteJobStatus: { running: 'RUNNING', ended: 'COMPLETED' },

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
	archiveNamesUser: false,
	publicFiles: 'cdn',
	publicProperties: 'cdn',
	nocacheParameter: 'heeded',
	recommendedPages: [''],
	makeMissingParents: true,
	createFiresContentUpdate: true,
	eventRevisionOffset: 0,

	signingSecret: 'whsec_test',
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

/** Quick, and strict where a client must not rely on leniency. */
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
