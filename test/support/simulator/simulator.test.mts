import { expect, it, onTestFinished } from 'vitest';
import { send } from '../http.mts';
import { elementAt } from '../present.mts';
import { SAMPLE as DRAFT } from '../unit/draft-samples.mts';
import { SAMPLE as FILE } from '../unit/file-samples.mts';
import { DELETED, INFO, MOVED } from '../unit/page-samples.mts';
import { LISTED as PROPERTIES } from '../unit/property-samples.mts';
import { eventBytes } from '../unit/samples.mts';
import { register, site } from '../unit/simulator-site.mts';
import { TAGS } from '../unit/tags-samples.mts';
import { SAMPLE as USER } from '../unit/user-samples.mts';
import { SAMPLE as WEBHOOK } from '../unit/webhook-samples.mts';
import {
	buildEvent,
	eventTypeOf,
	makeServerToken,
	signDelivery,
	startListener,
	vendorGuess,
} from './index.mts';
import { childrenOf, type Element, readXml } from './xml.mts';

/**
 * The samples of the vendor's specification: docs/vendor-facts.md#archive and
 * docs/vendor-facts.md#writing-pages.
 */
const ARCHIVED =
	'<page.archive id="149" href="https://site.example/@api/deki/archive/pages/149/info"><title>Category Two</title><path>Category_Two</path><contents type="application/vnd.deki1410+xml" href="https://site.example/@api/deki/archive/pages/149/contents"/><user.deleted anonymous="false" virtual="false" id="1" wikiid="site_1" href="https://site.example/@api/deki/users/1"><nick>admin</nick><username>admin</username><fullname/><email>admin@site.example</email></user.deleted><date.deleted>2023-04-04T15:17:37Z</date.deleted></page.archive>';

/* That the simulator is strict to what the vendor has shown; the tests of the nodes show the rest. */

/** The test vectors of docs/vendor-facts.md#signature. */
it.each([
	['v1', '1769792386', 'c1e57e45a08e00b6172a69c5be68774d5eb45f112077e556e83a9a0da86e0f04'],
	['b2', '1769792386', '34e98d701bd651ce37c13284427ecde96189008cc15a11ea47badc095a46f841'],
	['b3', '1769792386', 'd7f8f2ff1bd5e4d23b0c50a406388271fc706a7657f5adfddc3f362c479cb03c'],
	['v1', '1769792386000', 'ac6754a5e02c77096a068981556840e916b513617d26d24d9aee9c33713922e4'],
])('a signature of %s at %s matches the test vector', (name, timestamp, digest) => {
	const body = eventBytes(name);
	expect(signDelivery({ secret: 'whsec_test', timestamp, body })).toBe(`sha256=${digest}`);
});

it('the published thin event is built byte for byte', () => {
	const event = buildEvent(
		{
			type: eventTypeOf('page_create'),
			subject: { page: { id: 1, path: 'A' } },
			id: '143c3406-fdfd-11f0-8674-aa9553f76750',
			at: new Date('2026-01-30T16:59:45.652Z'),
			epochAt: Date.parse('2026-01-30T16:59:45.653Z'),
			body: 'thin',
			request: { id: '143c3406-fdfd-11f0-8674-2e3f57c9d8ea', seq: 1, count: 2 },
		},
		vendorGuess,
		'https://site.example',
	);
	expect(event.body).toEqual(eventBytes('v1'));
});

it('a delivery has the documented headers over the exact bytes of the event', async () => {
	const [simulator, endpoint] = [await site(), await startListener()];
	onTestFinished(() => endpoint.close());
	await register(simulator, endpoint.url, 'page_create');
	const event = elementAt(simulator.site.createPage('Catégorie/日本').events, 0);
	await simulator.idle();
	const { body, headers, rawHeaders } = elementAt(endpoint.received, 0);
	expect(body.toString()).toBe(event.xml);
	expect(rawHeaders).toEqual(
		expect.arrayContaining(['Authorization', 'X-Nexus-Signature-256', 'X-Nexus-Delivery-Id']),
	);
	const timestamp = String(headers['x-nexus-timestamp']);
	expect(timestamp).toMatch(/^\d{10}$/);
	expect(headers).toMatchObject({
		authorization: 'Bearer hook',
		'x-nexus-event-type': 'Page_Create',
		'content-type': 'text/xml',
		'x-nexus-signature-256': signDelivery({ secret: 'whsec_test', timestamp, body }),
	});
});

const PAGE = INFO.replace(/^<page[^>]*>|<\/page>$/g, '');
const ATTRIBUTES = 'id="" guid="" draft.state="" href="" deleted=""';

/** Names of the vendor's samples where no test of the nodes has them in a file. */
const CONTENTS =
	'<content revision="" type="" title=""><body>html</body><body target="toc"></body></content>';
const SUBPAGES = `<subpages totalcount="" count="" href=""><page.subpage ${ATTRIBUTES} revision="" terminal="" subpages="" files="">${PAGE}<date.modified/><article/></page.subpage></subpages>`;
const FOUND = `<pages count="" totalcount=""><page ${ATTRIBUTES}>${PAGE}<tags count=""><tag value=""><type/><title/></tag></tags><restriction/><date.modified/></page></pages>`;
const REVISIONS = `<pages><page ${ATTRIBUTES} revision="">${PAGE}<date.edited/><timeuuid/><description/><contents type="" href=""/></page></pages>`;
const SAVED = `<edit status=""><page ${ATTRIBUTES} revision="">${PAGE}</page></edit>`;
const FULL = `<page ${ATTRIBUTES} revision="">${PAGE}<article/><summary/><restriction/><user.createdby/><user.author/><date.edited/><date.modified/><timeuuid/><page.parent/><tags/></page>`;
const SEARCH =
	'<search ranking="" queryid="" sessionid="" querycount="" count.recommendations="" count=""><result><id/><uri/><uri.track/><rank/><title/><page guid=""><rating/><title/><path/><uri.ui/></page><author/><preview/><date.modified/><content/><type/><mime/><tag/></result></search>';
const JOBS =
	'<jobs><job id="" type="" status=""><submitted/><started/><lastmodified/><user/><completeditems/><totalitems/></job></jobs>';

async function furnished() {
	const simulator = await site();
	const pages = simulator.site;
	const tags = ['article:topic-guide'];
	pages.createPage('Guides', { tags });
	pages.createPage('Guides/Setup', { title: 'Setup', html: '<h2>a</h2>', tags });
	pages.setProperty('Guides/Setup', 'key', 'value');
	pages.attachFile('Guides/Setup', 'manual.txt');
	pages.createDraft('Drafted');
	pages.createPage('Gone');
	pages.deletePage('Gone');
	pages.createPage('Moving');
	pages.bulkImport(1);
	await register(simulator, 'http://127.0.0.1:1/hook', 'page_create', 'page_delete');
	return simulator;
}

const SETUP = '/pages/=Guides%252FSetup';

it.each([
	['GET', '/webhooks/1', WEBHOOK],
	['GET', '/webhooks', `<webhooks>${WEBHOOK}</webhooks>`],
	['PUT', '/webhooks/1/events/page_move', WEBHOOK],
	['GET', `${SETUP}/info`, INFO],
	['GET', SETUP, FULL],
	['GET', `${SETUP}/contents`, CONTENTS],
	['GET', '/pages/=Guides/subpages', SUBPAGES],
	['GET', '/pages/=Guides/find?include=tags', FOUND],
	['GET', `${SETUP}/revisions`, REVISIONS],
	['GET', `${SETUP}/tags`, TAGS],
	['GET', `${SETUP}/properties`, PROPERTIES],
	['POST', `${SETUP}/contents?edittime=now`, SAVED],
	['POST', '/pages/=Moving/move?to=Moved', MOVED],
	['POST', '/pages/=Moving/copy?to=Copied', MOVED.replaceAll('pages.moved', 'pages.copied')],
	['DELETE', SETUP, DELETED],
	['GET', '/drafts/=Drafted', DRAFT],
	['GET', '/files/1/info', FILE.replace(' type="custom"', '')],
	['GET', '/users/1', USER],
	['GET', '/archive/pages/5/info', ARCHIVED],
	['GET', '/site/query?q=setup', SEARCH],
	['GET', '/site/jobs', JOBS],
] as const)('%s %s responds with all that the sample has', async (method, path, sample) => {
	const sent = method === 'POST' ? '<content><body>text</body></content>' : undefined;
	const { status, body: text } = await (await furnished()).ask(method, path, sent);
	expect(status).toBe(200);
	const names = namesIn(readXml(text));
	expect([...namesIn(readXml(sample))].filter((name) => !names.has(name))).toEqual([]);
});

/** Each element and attribute by its path: `page`, `page/@id`, `page/title`. */
function namesIn(element: Element, before = ''): Set<string> {
	const path = before + element.nodeName;
	const attributes = [...element.attributes].map(({ name }) => `${path}/@${name}`);
	const below = childrenOf(element).flatMap((child) => [...namesIn(child, `${path}/`)]);
	return new Set([path, ...attributes, ...below]);
}

it('a webhook is registered in two steps; without events, <events> holds white space', async () => {
	const simulator = await site();
	expect(await register(simulator, 'http://127.0.0.1:1/hook')).toMatchObject({ status: 201 });
	expect((await simulator.ask('GET', '/webhooks/1')).body).toMatch(/<events>\s+<\/events>/);
	await simulator.ask('PUT', '/webhooks/1/events/page_create');
	expect(simulator.webhooks()).toMatchObject([{ events: ['Page_Create'] }]);
});

it('an error names exception, message, resource and arguments', async () => {
	const simulator = await furnished();
	const { body: text } = await simulator.ask('POST', `${SETUP}/copy`);
	expect(text).toBe(
		'<error><exception>MindTouch.Deki.Exceptions.BadRequestException</exception><message>The parameter \'to\' is missing but it is required.</message><resource>System.API.Error.missing-argument</resource><arguments count="1"><argument>to</argument></arguments><data/></error>',
	);
});

/** The golden vector of docs/vendor-facts.md#server-token, and who calls with a token of now. */
it('the server token has its hash, and a bad one runs as Anonymous', async () => {
	const parts = { key: 'testkey', secret: 'testsecret', user: '=admin' };
	const golden = makeServerToken({ ...parts, epoch: 1_704_067_200 });
	expect(golden).toBe(
		'tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b',
	);
	const { url } = await site();
	const caller = async (token: string) => {
		const headers = { 'X-Deki-Token': token };
		return (await send(`${url}/@api/deki/users/current`, { headers })).body;
	};
	const epoch = Math.floor(Date.now() / 1000);
	expect(await caller(makeServerToken({ ...parts, epoch }))).toContain('anonymous="false"');
	expect(await caller(golden)).toContain('anonymous="true"');
});
