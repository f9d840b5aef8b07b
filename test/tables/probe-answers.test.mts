import { describe, expect, it } from 'vitest';
import { furnishedSite, optionsFor, probeSite } from '../support/probe/simulated.mts';
import { fastTest, type Settings } from '../support/simulator/index.mts';

type Row = [name: string, seen: string, site: Partial<Settings>];

/**
 * What is seen, which begins so, at a site that differs from the usual one of test/integration/probe-findings.txt.
 */
const rows: Row[] = [
	['bad-token', 'other: 401', { refuseBadTokens: true }],
	['authenticate-parameter', 'other: 200 as Anonymous', { authenticateParameter: 'ignored' }],
	['authenticate-parameter', 'other: 400', { authenticateParameter: 'invalid' }],
	['find-depth', 'other: children only', { findDepth: 'children' }],
	['listed-url', 'holds: in another spelling', { webhookUrlSpelling: 'slashAtEnd' }],
	['listed-url', 'other: another address', { webhookUrlSpelling: 'elsewhere' }],
	['type-of-publication', 'other: taken, not delivered', { knowsDraftPublish: true }],
	['type-of-publication', 'holds: taken and delivered', { knowsDraftPublish: true, publicationFires: 'draftPublish' }],
	['events-after-update', 'other: gone; provided for', { putClearsEvents: true }],
	['enable-by-api', 'other: `400 error', { reenableByApi: false }],
	['event-of-new-draft', 'other: none', { newDraftFiresPageCreate: false }],
	['events-of-publication', 'other: none', { publicationFires: 'nothing' }],
	[
		'events-of-publication',
		'holds: `draft_publish`, `pagecontent_update`',
		{ knowsDraftPublish: true, publicationFires: 'both' },
	],
	['event-and-api', 'holds: 2 revisions', { eventRevisionOffset: 2 }],
	['event-and-api', 'other: 3 revisions', { eventRevisionOffset: 3 }],
	['change-listed', 'not seen: not at once', { listsLateBySeconds: 3600 }],
	['events-of-new-page', 'other: `page_create`; provided for', { createFiresContentUpdate: false }],
	['redirects-parameter', 'other: gives the moved page; provided for', { redirectsParameter: 'ignored' }],
	['redirects-parameter', 'other: gives a redirect without a mark', { marksRedirects: false }],
	['archive-lists-subpages', 'other: what went along, too', { archiveEntries: 'pages' }],
	['archived-subpages', 'other: the children; provided for', { archivedSubpages: 'children' }],
	['signed-text', 'other: no key signs them', { signingSecret: 'whsec_another' }],
	['signing-key', 'other: none is known', { signingSecret: 'whsec_another' }],
	['event-names-page', 'other: no `page`; provided for', { eventBody: 'thin' }],
	['request-names-caller', 'other: `request(signature, user(', { requestDetails: 'userId' }],
];

describe.concurrent('the probe sees how a site answers', () => {
	it.each(rows)('%s: %s', async (name, seen, settings) => {
		const simulator = await furnishedSite(settings);
		try {
			const options = await optionsFor(simulator);
			const { signingSecret } = fastTest;
			const credential = { ...options.credential, signingSecret };
			const { findings } = await probeSite(simulator, { ...options, credential });
			const { verdict, form } = findings.get(name)!;
			expect(`${verdict}: ${form}`.slice(0, seen.length)).toBe(seen);
			expect(simulator.webhooks()).toEqual([]);
		} finally {
			await simulator.close();
		}
	});
});
