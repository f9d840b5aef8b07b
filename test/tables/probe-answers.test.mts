import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { questions } from '../support/probe/questions/index.mts';
import { furnishedSite, optionsFor, probeSite } from '../support/probe/simulated.mts';
import { fastTest, type Settings, type Simulator } from '../support/simulator/index.mts';

/** What happens at the site once the probe has said a line that begins so. */
type During = [line: string, act: (simulator: Simulator) => unknown];
type Row = [name: string, seen: string, site: Partial<Settings> | During];

/** The secret that NiCE has named; the probe is given it unless the site tells it. */
const TOLD = { secretInEachResponse: true, signingSecret: 'whsec_that_the_site_tells' };

/** An event more than the usual ones; it names no page, so it counts as the probe's. */
const oneMore = (step: string): During => [
	`${step}: `,
	(simulator) => simulator.emit('page_copy', { xml: '<event id="more" type="page:copy"/>' }),
];

/** The first response to a call like this, once the probe has said the line. */
const responds = (line: string, method: string, path: RegExp, raw: string): During => [
	line,
	({ faults }) =>
		faults.add({
			match: { method, path, times: 1 },
			effect: { status: 200, body: { raw }, applyThenFail: true },
		}),
];

const archived = (day: number) =>
	`<page.archive><date.deleted>2026-01-0${day}T00:00:00Z</date.deleted></page.archive>`;
const revisions = (edited: string) =>
	`<pages><page><date.created>2026-01-02T00:00:00Z</date.created><date.edited>${edited}</date.edited></page></pages>`;
const webhook = (inside: string) => `<webhook>${inside}</webhook>`;

/**
 * Each question in each answer but the usual one, which stands in test/integration/probe-findings.txt.
 * What is seen begins so.
 */
const rows: Row[] = [
	['bad-token', 'other: 401', { refuseBadTokens: true }],
	['authenticate-parameter', 'other: 200 as Anonymous', { authenticateParameter: 'ignored' }],
	['authenticate-parameter', 'other: 400', { authenticateParameter: 'invalid' }],
	['find-depth', 'other: children only; provided for', { findDepth: 'children' }],
	[
		'archive-order',
		'other: another order',
		responds(
			'find-depth: ',
			'GET',
			/archive/,
			`<pages.archive>${archived(1)}${archived(2)}</pages.archive>`,
		),
	],
	['listed-url', 'holds: in another spelling', { webhookUrlSpelling: 'slashAtEnd' }],
	['listed-url', 'other: another address', { webhookUrlSpelling: 'elsewhere' }],
	[
		'registered-types',
		'other: refused: none; under other names: `attachment_create`',
		responds(
			'event-user_update: ',
			'GET',
			/webhooks/,
			webhook('<events><event><event-type>odd</event-type></event></events>'),
		),
	],
	['type-of-publication', 'other: taken, not delivered', { knowsDraftPublish: true }],
	[
		'type-of-publication',
		'holds: taken and delivered',
		{ knowsDraftPublish: true, publicationFires: 'draftPublish' },
	],
	['events-after-update', 'other: gone; provided for', { putClearsEvents: true }],
	['reason-of-disable', 'other: disabled by the API: reason 1', ['disable: ', disabledByExpert]],
	['enable-by-api', 'other: `400 error', { reenableByApi: false }],
	['event-of-new-draft', 'other: none', { newDraftFiresPageCreate: false }],
	['event-of-draft-edit', 'other: `page_copy`', oneMore('draft-edit')],
	[
		'revision-of-draft',
		'other: revision 5',
		responds('draft-edit: ', 'GET', /pages\/\d+$/, '<page revision="5"/>'),
	],
	['events-of-publication', 'other: none', { publicationFires: 'nothing' }],
	[
		'events-of-publication',
		'holds: `draft_publish`, `pagecontent_update`',
		{ knowsDraftPublish: true, publicationFires: 'both' },
	],
	[
		'first-publication',
		'other: revision 5',
		responds('draft-publish: ', 'GET', /pages\/\d+$/, '<page revision="5"/>'),
	],
	[
		'first-revision',
		'holds: younger',
		responds('draft-publish: ', 'GET', /revisions/, revisions('2026-01-03T00:00:00Z')),
	],
	[
		'first-revision',
		'other: older',
		responds('draft-publish: ', 'GET', /revisions/, revisions('2026-01-01T00:00:00Z')),
	],
	['event-of-draft-of-page', 'other: `page_copy`', oneMore('draft-activate')],
	['event-of-edit', 'other: `page_copy`, `pagecontent_update`', oneMore('edit')],
	[
		'body-as-text',
		'other: changed',
		responds('edit: ', 'GET', /contents/, '<content><body>&amp;lt;p></body></content>'),
	],
	['event-and-api', 'holds: 2 revisions', { eventRevisionOffset: 2 }],
	['event-and-api', 'other: 3 revisions', { eventRevisionOffset: 3 }],
	['change-listed', 'not seen: not at once', { listsLateBySeconds: 3600 }],
	['event-of-tags', 'other: `page_copy`, `pagetag_update`', oneMore('tags')],
	['events-of-new-page', 'other: `page_create`; provided for', { createFiresContentUpdate: false }],
	[
		'failure-of-4xx',
		'other: consecutive-failures: 0',
		responds(
			'tags-400: ',
			'GET',
			/webhooks/,
			webhook('<consecutive-failures>0</consecutive-failures>'),
		),
	],
	['event-of-move', 'other: `page_copy`, `page_move`', oneMore('move')],
	[
		'target-path',
		'other: another path',
		responds(
			'tip-create: ',
			'POST',
			/move/,
			'<pages.moved><page><path>a</path></page></pages.moved>',
		),
	],
	[
		'redirects-parameter',
		'other: gives the moved page; provided for',
		{ redirectsParameter: 'ignored' },
	],
	['redirects-parameter', 'other: gives a redirect without a mark', { marksRedirects: false }],
	['deleted-tree', 'other: events for three pages: 2', oneMore('delete')],
	['deletion-time', 'other: ', responds('delete: ', 'GET', /archive.*info/, archived(1))],
	[
		'archive-lists-subpages',
		'other: what went along, too; provided for',
		{ archiveEntries: 'pages' },
	],
	['archived-subpages', 'other: the children; provided for', { archivedSubpages: 'children' }],
	['delivery-authorization', 'other: another text', ['update: ', changeAuthorization]],
	['signed-text', 'other: no key signs them', { signingSecret: 'whsec_another' }],
	['signing-key', 'other: none is known', { signingSecret: 'whsec_another' }],
	['signing-key', 'other: `create/secret`, `webhook/secret`, `update/secret`', TOLD],
	['event-names-page', 'other: no `page`; provided for', { eventBody: 'thin' }],
	['request-names-caller', 'other: `request(signature, user(', { requestDetails: 'userId' }],
];

/** Read from a header of a delivery: test/unit/probe/deliveries.test.mts. */
const elsewhere = ['id-of-retry', 'timestamp-unit'];

describe.concurrent('the probe sees how a site answers', () => {
	it.each(rows)('%s: %s', async (name, seen, at) => {
		const [line, act] = Array.isArray(at) ? at : [];
		const settings = Array.isArray(at) ? {} : at;
		const simulator = await furnishedSite(settings);
		try {
			const options = await optionsFor(simulator);
			const signingSecret = settings === TOLD ? '' : fastTest.signingSecret;
			const credential = { ...options.credential, signingSecret };
			const { findings } = await probeSite(simulator, { ...options, credential }, (said) => {
				if (line !== undefined && said.startsWith(line)) act?.(simulator);
			});
			const { verdict, form } = findings.get(name)!;
			expect(`${verdict}: ${form}`.slice(0, seen.length)).toBe(seen);
			expect(simulator.webhooks()).toEqual([]);
		} finally {
			await simulator.close();
		}
	});
});

it('each question is answered in two ways', () => {
	const usual = readFileSync('test/integration/probe-findings.txt', 'utf8')
		.split('\n')
		.map((line) => /^([\w-]+): (holds|other)/.exec(line)?.slice(1));
	const answers = [...usual, ...rows.map(([name, seen]) => [name, seen.split(':')[0]])];
	const answersTo = (name: string) =>
		new Set(answers.filter((answer) => answer?.[0] === name).map((answer) => answer?.[1]));
	const names = Object.keys(questions).filter((name) => !elsewhere.includes(name));
	expect(names.filter((name) => answersTo(name).size < 2)).toEqual([]);
});

function disabledByExpert(simulator: Simulator): void {
	for (const { id } of simulator.webhooks()) simulator.disableWebhook(id, '1');
}

function changeAuthorization(simulator: Simulator): void {
	const { current } = Reflect.get(simulator, 'hooks') as { current: object[] };
	for (const each of current) Object.assign(each, { authorizationHeader: 'Bearer another' });
}
