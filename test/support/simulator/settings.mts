/**
 * Assumed behaviour of a site. Where the vendor is silent, there is a setting for each open
 * question (docs/vendor-facts.md), so that tests can try either answer; others are what tests must
 * be able to bend. Assumptions that no test varies are in `ASSUMED`, or where they apply.
 */
export const vendorGuess = {
	/** Port on 127.0.0.1; 0 takes a free one. */
	port: 0,
	/** The address that the site gives itself; the one it listens at when empty. Only for local use. */
	publicUrl: '',
	/** Where to find what a webhook's address begins with. Only for local use. */
	localAddresses: {} as Record<string, string>,
	/** Accept http webhook URLs. Only for local use: docs/vendor-facts.md#webhook-url. */
	allowHttpUrls: false,
	/** Deliver to https listeners with a self-signed certificate. Only for local use. */
	acceptSelfSigned: false,

	/** Key and secret of the server API token: docs/vendor-facts.md#server-token. */
	serverToken: { key: 'testkey', secret: 'testsecret' },
	/** The site's clock runs this much ahead, or behind if negative. */
	clockSkewMs: 0,
	/** Stated as ten years by its `exp`: docs/vendor-facts.md#long-term-token. */
	longTermTokenValidityMs: 315_360_000_000,
	/** 401 for a bad or expired token, not user Anonymous: docs/vendor-facts.md#anonymous-responses. */
	refuseBadTokens: false,
	/** What `authenticate=true` does; `refused` is 401, `invalid` 400, for good tokens, too: docs/vendor-facts.md#anonymous-responses. */
	authenticateParameter: 'heeded' as 'heeded' | 'ignored' | 'refused' | 'invalid',
	/** For what Anonymous may not do: docs/vendor-facts.md#anonymous-responses. */
	anonymousRefusal: 403 as 403 | 401,
	/** Which of the two error styles the API uses: docs/vendor-facts.md#error-bodies. */
	errorStyle: 'exception' as 'exception' | 'framework',

	/** Off, every webhook call gives 403: docs/vendor-facts.md#webhook-calls. */
	webhooksFeature: true,
	/** Root element of the 201 body: docs/vendor-facts.md#registering-a-webhook. */
	createResponseRoot: 'webhook',
	/** The 201 body is the full webhook, or its ID: docs/vendor-facts.md#registering-a-webhook. */
	createResponseFull: true,
	/** Each response with a webhook names the signing secret: docs/vendor-facts.md#signing-secret. */
	secretInEachResponse: false,
	/** What an update leaves out is kept, or missed (400): docs/vendor-facts.md#webhook-calls. */
	updateMissingFields: 'keep' as 'keep' | 'refuse',
	/** An update takes the events away: docs/vendor-facts.md#updating-a-webhook. */
	putClearsEvents: false,
	/** How the site stores a webhook's URL: docs/vendor-facts.md#registering-a-webhook. */
	webhookUrlSpelling: 'asSent' as UrlSpelling,
	/** What GET gives after DELETE: docs/vendor-facts.md#webhook-calls. */
	afterDelete: 'notFound' as 'notFound' | 'markedDeleted',
	/** For PUT of an unknown type; 200 registers it as written: docs/vendor-facts.md#webhook-calls. */
	unknownEventTypeStatus: 400,
	/** Off, PUT active=true gives 400: docs/vendor-facts.md#updating-a-webhook. */
	reenableByApi: true,

	/** Maximum number of entries in one response, whatever `limit` says. */
	maxPageSize: Number.MAX_SAFE_INTEGER,
	/** Lists begin at their start, whatever `offset` says. */
	ignoresOffset: false,
	/** A path without a page: docs/vendor-facts.md#virtual-pages-and-redirects. */
	missingPage: 'virtual' as 'virtual' | 'notFound',
	/** What becomes of redirects=0: docs/vendor-facts.md#virtual-pages-and-redirects. */
	redirectsParameter: 'heeded' as 'heeded' | 'ignored',
	/** A redirect that is not followed says that it is one: docs/vendor-facts.md#virtual-pages-and-redirects. */
	marksRedirects: true,
	/** Of a tag in two spellings: docs/vendor-facts.md#tags. */
	tagSpelling: 'each' as 'each' | 'one',
	/** How the text of a page comes in view mode: docs/vendor-facts.md#reading-pages. */
	viewedContents: 'asStored' as 'asStored' | 'rendered',
	/** Of passages: docs/vendor-facts.md#passages. */
	passagesStatus: 200 as 200 | 403 | 404,
	/** `find` shows what was changed so long ago: docs/vendor-facts.md#what-the-site-tells-afterwards. */
	listsLateBySeconds: 0,
	/** `find`, and `drafts` with `parentid`, see all pages below, or children only: docs/vendor-facts.md#reading-pages. */
	findDepth: 'tree' as 'tree' | 'children',
	/** One entry for each deletion, or for each page: docs/vendor-facts.md#archive. */
	archiveEntries: 'deletions' as 'deletions' | 'pages',
	/** What went with a deleted page, or the children of that: docs/vendor-facts.md#archive. */
	archivedSubpages: 'all' as 'all' | 'children',
	/** Of a save that `abort` forbids; 200 is `<edit status="conflict">`: docs/vendor-facts.md#writing-pages. */
	editConflictStatus: 409,
	/** `drafts/{id}` of a page without a draft: docs/vendor-facts.md#drafts. */
	draftOfPlainPage: 'inactive' as 'inactive' | 'notFound',
	/** `activate` of a page that has a draft: docs/vendor-facts.md#drafts. */
	activatedAgain: 'same' as 'same' | 'conflict',
	/** `nocache=true` keeps a content at the site, stated: docs/vendor-facts.md#content-network. */
	nocacheParameter: 'heeded' as 'heeded' | 'ignored',

	/** Off, its first publication does: docs/vendor-facts.md#drafts-and-publishing. */
	newDraftFiresPageCreate: true,
	/** The second event of a new page: docs/vendor-facts.md#drafts-and-publishing. */
	createFiresContentUpdate: true,
	/** What publishing a draft fires: docs/vendor-facts.md#drafts-and-publishing. */
	publicationFires: 'contentUpdate' as 'contentUpdate' | 'both' | 'draftPublish' | 'nothing',
	/** Webhooks take `draft_publish`: docs/vendor-facts.md#drafts-and-publishing. */
	knowsDraftPublish: false,
	/** Times of events are off by so much, those of pages are not: docs/vendor-facts.md#what-the-site-tells-afterwards. */
	eventSkewMs: 0,
	/** Events have IDs of pages that the API does not know: docs/vendor-facts.md#what-the-site-tells-afterwards. */
	otherIdsInEvents: false,
	/** Each event comes twice, with an ID each: docs/vendor-facts.md#responses-and-retries. */
	eventsComeTwice: false,
	/** Events count so much higher: docs/vendor-facts.md#what-the-site-tells-afterwards. */
	eventRevisionOffset: 0,
	/** Signs the deliveries; given out of band: docs/vendor-facts.md#signing-secret. */
	signingSecret: 'whsec_test',
	/** Without or with the children of its family: docs/vendor-facts.md#event-families. */
	eventBody: 'full' as 'thin' | 'full',
	/**
	 * What `request` of a full event tells about the caller (docs/vendor-facts.md#event-document). The
	 * user of a version-5 event is an ID without a name
	 * (`userId`): docs/vendor-facts.md#users-in-events.
	 */
	requestDetails: 'none' as 'none' | 'userId' | 'user',
	/** The two shapes of a page that the feed knows: docs/vendor-facts.md#event-document. */
	pageShape: 'short' as 'short' | 'full',
	/** Wrap the event in an `<events>` root: docs/vendor-facts.md#event-document. */
	wrapEvents: false,

	/** Start of request to end of response, stated: docs/vendor-facts.md#responses-and-retries. */
	deliveryTimeoutMs: 1000,
	/** Retries after the first attempt: docs/vendor-facts.md#responses-and-retries. */
	retries: 5,
	/** Doubled for each retry: docs/vendor-facts.md#responses-and-retries. */
	firstBackoffMs: 1000,
	maxBackoffMs: 60_000,
	/** Consecutive failures that disable a webhook: docs/vendor-facts.md#disabled-webhooks. */
	autoDisableAfter: 10,
	/** Concurrent deliveries per webhook: docs/vendor-facts.md#concurrency-and-order. */
	concurrencyPerWebhook: 4,
};

export type Settings = typeof vendorGuess;

/**
 * Parses `--set NAME=VALUE`, each value with the setting's type.
 *
 * @throws for a name that is no setting
 */
export function settingsFrom(texts: string[]): Partial<Settings> {
	return Object.fromEntries(texts.map(settingOf));
}

function settingOf(text: string): [string, unknown] {
	const [name = '', ...rest] = text.split('=');
	const value = rest.join('=');
	const known = vendorGuess[name as keyof Settings];
	if (known === undefined) throw new Error(`There is no setting '${name}'.`);
	return [name, typeof known === 'string' ? value : JSON.parse(value)];
}

/** `elsewhere`: the site stores another address, by which ours cannot be recognised. */
export type UrlSpelling = 'asSent' | 'slashAtEnd' | 'hostInCapitals' | 'withPort' | 'encoded' | 'elsewhere';

export const fastTest: Settings = {
	...vendorGuess,
	allowHttpUrls: true,
	retries: 3,
	firstBackoffMs: 20,
	maxBackoffMs: 200,
	autoDisableAfter: 3,
	concurrencyPerWebhook: 2,
};

/** Values that no test needs to differ. */
export const ASSUMED = {
	/** `wikiid` of events and users, as in the API samples: docs/vendor-facts.md#event-document. */
	siteId: 'site_1',
	/** Of the site and of its users. */
	language: 'en-US',
	/** The owner, whose server API token it is: docs/vendor-facts.md#server-token. */
	owner: 'admin',
	/** `consecutive-failures-disabled-reason`: docs/vendor-facts.md#webhook-documents. */
	disabledReason: { none: '0', failures: '1' },
} as const;

/**
 * The site's clock. All its times come from here: dates of pages and webhooks, events, deliveries,
 * and `Date` of responses.
 */
export function siteNow({ clockSkewMs }: Pick<Settings, 'clockSkewMs'>): Date {
	return new Date(Date.now() + clockSkewMs);
}

/**
 * A site that delivers by the vendor's rules, with more patience than we guess the vendor to have, and
 * short pauses: n8n is away for seconds when it is killed and started again, and a delivery can meet
 * several such outages in a row. With the guessed five retries the site itself would give some up, and
 * the tenth failed attempt in a row would disable the webhook; neither says anything about what n8n and
 * the node do with a delivery.
 */
export const quickPatientSite: Settings = {
	...vendorGuess,
	allowHttpUrls: true,
	autoDisableAfter: Number.POSITIVE_INFINITY,
	retries: 300,
	firstBackoffMs: 200,
	maxBackoffMs: 1_000,
};
