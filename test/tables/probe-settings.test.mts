import { describe, expect, it } from 'vitest';
import { furnishedSite, optionsFor, probeSite } from '../support/probe/simulated.mts';
import { fastTest, type Settings } from '../support/simulator/index.mts';
import { textOf } from '../support/unit/documents.mts';

/** What the probe says of an assumption at a site with these settings; the form has this in it. */
type Row = [settings: Partial<Settings>, name: string, verdict: 'holds' | 'other', form: string];

/** The secret that NiCE has named; the probe is given it unless the site tells it. */
const TOLD = { secretInEachResponse: true, signingSecret: 'whsec_that_the_site_tells' };

/**
 * Each setting that answers an open question of docs/vendor-facts.md, in each way but the usual one, of which
 * test/integration/probe-findings.txt tells. The form names the answer where more than two are possible.
 */
const rows: Row[] = [
	[{ longTermTokenValidityMs: 31_536_000_000 }, 'token-validity', 'other', '1 years'],
	[{ refuseBadTokens: true }, 'bad-token', 'other', '401'],
	[{ authenticateParameter: 'ignored' }, 'authenticate-parameter', 'other', '200 as Anonymous'],
	[{ authenticateParameter: 'invalid' }, 'authenticate-parameter', 'other', '400'],
	[{ anonymousRefusal: 401 }, 'anonymous-refusal', 'holds', '401'],
	[{ errorStyle: 'framework' }, 'error-style', 'other', 'title: text'],
	[{ webhooksFeature: false }, 'webhooks-for-admin', 'other', 'to an Admin: `403 error'],
	[{ allowHttpUrls: false }, 'http-url', 'holds', '400'],
	[{ createResponseRoot: 'subscription' }, 'created-id', 'holds', '201 subscription('],
	[{ createResponseFull: false }, 'created-id', 'holds', '`201 webhook(id: integer)`'],
	[{ signingSecret: 'whsec_another' }, 'signing-key', 'other', 'keys signs it'],
	[TOLD, 'signing-key', 'other', '`POST /webhooks: webhook/secret`'],
	[TOLD, 'signing-key', 'other', '`GET /webhooks/{id}: webhook/secret`'],
	[{ updateMissingFields: 'refuse' }, 'update-of-a-part', 'other', '400 error'],
	[{ putClearsEvents: true }, 'events-after-update', 'other', 'gone'],
	[{ webhookUrlSpelling: 'slashAtEnd' }, 'listed-url', 'holds', 'with a slash at the end'],
	[{ webhookUrlSpelling: 'hostInCapitals' }, 'listed-url', 'holds', 'in other case'],
	[{ webhookUrlSpelling: 'encoded' }, 'listed-url', 'holds', 'encoded in another way'],
	[{ webhookUrlSpelling: 'elsewhere' }, 'listed-url', 'other', 'another host'],
	[{ afterDelete: 'markedDeleted' }, 'webhook-after-delete', 'other', '`deleted` is true'],
	[{ unknownEventTypeStatus: 404 }, 'unknown-event-type', 'other', '404'],
	[{ unknownEventTypeStatus: 200 }, 'unknown-event-type', 'other', '200'],
	[{ reenableByApi: false }, 'enable-by-api', 'other', '400'],
	[{ plusInPath: 'space' }, 'plus-in-path', 'holds', 'another character'],
	[{ missingPage: 'notFound' }, 'missing-page', 'other', '404'],
	[{ redirectsParameter: 'ignored' }, 'redirects-parameter', 'other', 'moved page; provided for'],
	[{ marksRedirects: false }, 'redirects-parameter', 'other', 'gives a redirect without a mark'],
	[{ findDepth: 'children' }, 'find-depth', 'other', 'children only'],
	[{ archiveEntries: 'pages' }, 'archive-lists-subpages', 'other', 'too; provided for'],
	[{ archivedSubpages: 'children' }, 'archived-subpages', 'other', 'the children'],
	[{ editConflictStatus: 200 }, 'conflict-status', 'other', '200 edit(@status'],
	[{ draftOfPlainPage: 'notFound' }, 'draft-of-page', 'other', '404'],
	[{ nocacheParameter: 'ignored' }, 'file-without-cache', 'other', '302'],
	[{ newDraftFiresPageCreate: false }, 'event-of-new-draft', 'other', 'none'],
	[{ createFiresContentUpdate: false }, 'creation-alone', 'holds', '`page_create`'],
	[{ createFiresContentUpdate: false }, 'events-of-new-page', 'other', '`page_create`; provided'],
	[{ eventFeedStatus: 403 }, 'event-feed', 'other', '403'],
	[{ eventFeedStatus: 404 }, 'event-feed', 'other', '404'],
	[{ eventFeedStatus: 403 }, 'draft-feed', 'other', '403'],
	[{ eventFeedBundles: true }, 'feed-ids', 'holds', 'the same ID for 36 of 36'],
	[{ publicationFires: 'nothing' }, 'event-of-publication', 'other', 'none'],
	[{ publicationFires: 'nothing' }, 'events-of-publication', 'other', 'none'],
	[{ knowsDraftPublish: true }, 'type-of-publication', 'other', 'taken, not delivered'],
	[
		{ knowsDraftPublish: true, publicationFires: 'both' },
		...(['events-of-publication', 'holds', '`draft_publish`, `pagecontent_update`'] as const),
	],
	[
		{ knowsDraftPublish: true, publicationFires: 'draftPublish' },
		...(['type-of-publication', 'holds', 'taken and delivered'] as const),
	],
	[{ eventRevisionOffset: 2 }, 'revision-of-event', 'holds', 'differ by 2'],
	[{ eventRevisionOffset: 3 }, 'revision-of-event', 'other', 'differ by 3'],
	[{ eventBody: 'thin' }, 'event-names-page', 'other', 'event: `@id'],
	[{ requestDetails: 'userId' }, 'request-names-caller', 'other', 'user(@id: integer'],
	[{ requestDetails: 'userId' }, 'user-in-event', 'holds', '@seated: boolean'],
	[{ tagSpelling: 'one' }, 'accent-in-tag', 'holds', 'none is in its place'],
	[{ requestDetails: 'user' }, 'user-in-event', 'other', 'email: mail address'],
	[{ pageShape: 'full' }, 'shape-of-page', 'other', 'full'],
	[{ wrapEvents: true }, 'root-of-delivery', 'other', '<events>'],
];

/** Why no probe, or no test, sees these. */
const unseen: Partial<Record<keyof Settings, string>> = {
	serverToken: 'names the token of the site; the probe is given it',
	deliveryTimeoutMs: 'measured by the clock: test/unit/probe/judges.test.mts',
	firstBackoffMs: 'measured by the clock: test/unit/probe/judges.test.mts',
	retries: 'a delivery would have to fail for minutes',
	autoDisableAfter: 'Expert would notify people that a webhook was disabled',
	concurrencyPerWebhook: 'a number that nothing relies on',
	viewedContents: 'the probe reads the text as it is edited',
	listsLateBySeconds: 'the probe waits for no list',
	eventLanguage: 'the pages of the probe have the language of the site',
	maxFoundPages: 'takes a thousand pages: test/integration/probe.test.mts',
	eventSkewMs: 'the regular look finds out: test/integration/watch-look.test.mts',
	otherIdsInEvents: 'the regular look finds out: test/integration/watch-look.test.mts',
	eventsComeTwice: 'copies are recognised, whatever the site sends',
	passagesStatus: 'each passage may count against the licence: test/integration/passage.test.mts',
	activatedAgain: 'either is taken: test/integration/draft.test.mts',
};

describe.concurrent('the probe names the setting of a site', () => {
	it.each(rows)('%j: %s is %s (%s)', async (settings, name, verdict, form) => {
		const simulator = await furnishedSite(settings);
		try {
			const isTold = settings.secretInEachResponse === true;
			const options = await optionsFor(simulator);
			const signingSecret = isTold ? '' : fastTest.signingSecret;
			const credential = { ...options.credential, signingSecret };
			const { findings } = await probeSite(simulator, { ...options, credential });
			expect(findings.get(name)).toMatchObject({ verdict, form: expect.stringContaining(form) });
			expect(simulator.webhooks().filter(({ deleted }) => !deleted)).toEqual([]);
		} finally {
			await simulator.close();
		}
	});
});

it('each setting that answers an open question is in the table, or is said to be unseen', () => {
	const questions = [
		...textOf('test/support/simulator/settings.mts').matchAll(
			/\/\*\*((?:(?!\*\/)[^])*?)\*\/\s*(\w+): /g,
		),
	]
		.filter(([, comment = '']) => comment.includes('docs/vendor-facts.md#'))
		.map(([, , name = '']) => name)
		.filter((name) => name in fastTest);
	const seen = rows.flatMap(([settings]) => Object.keys(settings));
	expect(questions.length).toBeGreaterThan(30);
	expect(questions.filter((name) => !seen.includes(name) && !(name in unseen))).toEqual([]);
});
