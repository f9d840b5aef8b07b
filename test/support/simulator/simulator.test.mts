import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { send } from '../http.mts';
import { elementAt } from '../present.mts';
import { eventBytes } from '../unit/samples.mts';
import { register, site } from '../unit/simulator-site.mts';
import {
	buildEvent,
	eventTypeOf,
	makeServerToken,
	signDelivery,
	startListener,
	vendorGuess,
} from './index.mts';
import { childrenOf, childText, readXml } from './xml.mts';

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

it('a webhook is registered in two steps; without events, <events> holds white space', async () => {
	const simulator = await site();
	expect(await register(simulator, 'http://127.0.0.1:1/hook')).toMatchObject({ status: 201 });
	expect((await simulator.ask('GET', '/webhooks/1')).body).toMatch(/<events>\s+<\/events>/);
	await simulator.ask('PUT', '/webhooks/1/events/page_create');
	expect(simulator.webhooks()).toMatchObject([{ events: ['Page_Create'] }]);
});

it('an error names exception, message, resource and arguments', async () => {
	const simulator = await site();
	const { body: text } = await simulator.ask('POST', '/pages/home/copy');
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

it('a value of allow that is not one of the call gets 400', async () => {
	const simulator = await site();
	simulator.site.createPage('a');
	const tag = async (allow: string) =>
		(await simulator.ask('PUT', `/pages/=a/tags?allow=${allow}`, '<tags/>')).status;
	expect(await tag('idferrors')).toBe(200);
	expect(await tag('idferrors,deleteredirects')).toBe(400);
});

it('a list that is late shows pages as they were', async () => {
	const simulator = await site({ listsLateBySeconds: 60 });
	const ago = (seconds: number) => ({ at: new Date(Date.now() - seconds * 1000) });
	const { page } = simulator.site.createPage('a', ago(120));
	simulator.site.createPage('b', ago(30));
	simulator.site.editPage(page, ago(30));
	const { body } = await simulator.ask('GET', '/pages/home/find');
	expect([...body.matchAll(/<path [^>]*>(.*?)</g)].map(([, path]) => path)).toEqual(['a']);
	expect(body).toContain(page.revisions[0]!.date.toISOString().slice(0, 19));
});

/** What docs/vendor-facts.md has as the ancestor did, and where the nodes never see it. */
describe('the site does as its ancestor', () => {
	const POST = '?edittime=now';
	const TEXT = '<content><body><p>One <b>word</b>.</p></body></content>';
	const OTHERS = '<p>Other changes:</p>';

	it('refuses paths that no page can have, and a section of a page that is not there', async () => {
		const simulator = await site();
		const statusOf = async (path: string, query = POST) =>
			(await simulator.ask('POST', `/pages/=${path}/contents${query}`, TEXT)).status;
		expect(await statusOf('a%252F..%252Fb')).toBe(409);
		expect(await statusOf('x'.repeat(256))).toBe(409);
		expect(await statusOf('a', `${POST}&section=0`)).toBe(400);
		expect(await statusOf('x'.repeat(255))).toBe(200);
		expect(simulator.site.pages.current).toHaveLength(2);
	});

	it('has a redirect without a mark, which a write by its ID follows unless it is not to', async () => {
		const simulator = await site({ marksRedirects: false });
		const { page } = simulator.site.createPage('old', { html: '<p>moved</p>' });
		simulator.site.movePage(page, 'new');
		const { body } = await simulator.ask('GET', '/pages/=old/info?redirects=0');
		const id = /^<page id="(\d+)"/.exec(body)?.[1];
		expect({ body, id }).not.toMatchObject({ id: String(page.id) });
		expect(body).not.toContain('redirect="true"');
		const { body: text } = await simulator.ask('GET', `/pages/${id}/contents?redirects=0`);
		expect(text).toContain('#REDIRECT [[new]]');
		await simulator.ask('POST', `/pages/${id}/contents${POST}`, TEXT);
		const followed = page.html;
		expect(followed).toContain('One');
		await simulator.ask('PUT', `/pages/${id}/tags?redirects=0`, '<tags><tag value="t"/></tags>');
		await simulator.ask(
			'POST',
			`/pages/${id}/contents${POST}&redirects=0`,
			'<content><body>x</body></content>',
		);
		expect(page).toMatchObject({ path: 'new', html: followed, tags: [] });
		expect(simulator.site.page('old')).toMatchObject({ id: Number(id), html: 'x', tags: ['t'] });
	});

	it('names in a refusal the rights that are needed and those of the caller', async () => {
		const { url, editorJwt } = await site();
		const headers = { Authorization: `Bearer ${editorJwt}` };
		const { body } = await send(`${url}/@api/deki/archive/pages`, { headers });
		expect(body).toMatch(
			/required are \{ADMIN\}\. Operations allowed are \{LOGIN,.*CHANGEPERMISSIONS/,
		);
	});

	it('tidies a text, and takes the same one again for no change', async () => {
		const simulator = await site();
		const path = `/pages/=a/contents${POST}`;
		await simulator.ask('POST', path, TEXT);
		const again = await simulator.ask('POST', path, TEXT);
		expect(again.body).toMatch(/^<edit status="success"><page [^>]*revision="1"/);
		expect(simulator.site.page('a')).toMatchObject({
			revision: 1,
			html: '<p>One <strong>word</strong>.</p>',
		});
	});

	it('sets properties with 200, and removes one that comes without contents', async () => {
		const simulator = await site();
		const put = async (property: string) => {
			const body = `<properties>${property}</properties>`;
			const { status, body: text } = await simulator.ask('PUT', '/pages/home/properties', body);
			return `${status} ${/count="\d+"/.exec(text)?.[0]}`;
		};
		const etag = (text: string) => /etag="([^"]+)"/.exec(text)![1]!;
		expect(await put('<property name="a"><contents>1</contents></property>')).toBe('200 count="1"');
		const { body } = await simulator.ask('GET', '/pages/home/properties');
		const b = '<property name="b"><contents/></property>';
		expect(await put(`${b}<property name="a"><contents>2</contents></property>`)).toBe(
			'207 count="1"',
		);
		expect(await put(`<property name="a" etag="${etag(body)}"/>`)).toBe('200 count="0"');
		expect([...simulator.site.pages.home.properties]).toMatchObject([['b', { value: '' }]]);
	});

	it.each(['never', 'modified'])(
		'lets the first alone of two write a page at once (abort=%s)',
		async (abort) => {
			const simulator = await site();
			const { page } = simulator.site.createPage('a');
			const path = `/pages/=a/contents?edittime=29991231235959&abort=${abort}`;
			simulator.faults.add({ match: { times: 1 }, effect: { delayMs: 200 } });
			const writing = simulator.ask('POST', path, TEXT);
			await vi.waitFor(() => expect(simulator.openCalls).toBe(1));
			expect((await simulator.ask('POST', path, TEXT)).status).toBe(200);
			const late = await writing;
			expect(late.status).toBe(409);
			expect(late.body).toMatch(/A newer version of page .* Try the request again/);
			expect(page.revision).toBe(2);
		},
	);

	it.each([
		['usernamefilter=edit', ['editor']],
		['usernamefilter=ditor', []],
		['usernamefilter=nobody&fullnamefilter=rita', ['reader']],
		['usernameemailfilter=editor@', ['editor']],
		['usernameemailfilter=site.example', []],
	])('finds users by the start of a text: %s', async (query, names) => {
		const simulator = await site();
		const { body } = await simulator.ask('GET', `/users?${query}`);
		expect([...body.matchAll(/<username>(\w+)/g)].map(([, name]) => name)).toEqual(names);
	});

	it.each([
		...['One!', '(', '[x', '*', '?', 'AND', '~', 'llamas^'].map((query) => ['not', query] as const),
		...['"open', 'a\\'].map((query) => ['broken', query] as const),
		...['one', '"one page"', 'one AND page', 'one\\!', '+one -two', 'C++', 'on*', 'pay?'].map(
			(query) => ['parsed', query] as const,
		),
	])('a query is %s: %s', async (what, query) => {
		const simulator = await site();
		simulator.site.createPage('p', { title: 'One page!', html: 'c++ pay' });
		const path = `/site/query?q=${encodeURIComponent(query)}&recommendations=false`;
		const { status, body } = await simulator.ask('GET', path);
		expect(`${status} ${body}`).toMatch(
			{
				not: /^200 <documents error="Cannot parse &lt;strong/,
				broken: /^500 .*Cannot/,
				parsed: /^200 .*querycount="1"/,
			}[what],
		);
	});

	it.each([
		['a word', 'a <em>b</em>', 'a <em>c</em>', 'a <em><ins>c</ins><del>b</del></em>'],
		['a paragraph', '<p>a</p>', '<p>a</p><p>b</p>', '<p>a</p><p><ins>b</ins></p>'],
		['a picture', '<p>a</p>', '<p>a <img alt="" src="b"/></p>', ''],
		['white space', '<p>a b</p>', '<p>a  b </p>', ''],
		[
			'an attribute',
			'<p>a</p>',
			'<p class="x">a</p>',
			`${OTHERS}<ol><li>p/@class: <ins>"x"</ins></li></ol>`,
		],
	])('marks the words that differ, of %s', async (_what, before, after, marked) => {
		const simulator = await site();
		simulator.site.createPage('a', { html: before });
		simulator.site.editPage('a', { html: after });
		const query = 'previous=1&revision=2&diff=combined';
		const { body } = await simulator.ask('GET', `/pages/=a/diff?${query}`);
		expect(readXml(body).textContent).toBe(marked);
	});

	it.each([
		['P/C#_notes', 'P/C%23_notes'],
		['P/q?x=1', 'P/q%3Fx=1'],
		['P/back\\slash', 'P/back%5Cslash'],
		['Größe', 'Gr%C3%B6%C3%9Fe'],
		['P/a%2Fb', 'index.php?title=P%2Fa%252Fb'],
		['P/a&b', 'index.php?title=P%2Fa%26b'],
	])('encodes the address of a page at %s', async (path, address) => {
		const simulator = await site();
		const { pageId } = simulator.site.createPage(path);
		const { body } = await simulator.ask('GET', `/pages/${pageId}/info`);
		expect(childText(readXml(body), 'uri.ui')).toBe(`${simulator.url}/${address}`);
	});

	it('tells tags by their prefix, in no order', async () => {
		const simulator = await site();
		const tags = ['x', 'define:Word', 'date:2026-01-30', 'user:a'];
		simulator.site.createPage('Words', { tags });
		const listed = readXml((await simulator.ask('GET', '/site/tags')).body);
		expect(childrenOf(listed).map((tag) => tag.getAttribute('value'))).toEqual(tags);
		const types = childrenOf(listed).map((tag) => childText(tag, 'type'));
		expect(types).toEqual(['text', 'define', 'date', 'user']);
		expect(childText(childrenOf(listed)[1]!, 'uri')).toBe(`${simulator.url}/Words`);
	});

	it('takes // for a slash within a name', async () => {
		const { site: pages } = await site();
		const { page } = pages.createPage('A/B//C');
		expect(page.title).toBe('B/C');
		const below = (path: string) => pages.pages.below(pages.page(path)).map((each) => each.path);
		pages.createPage('A/B');
		expect([below('A'), below('A/B')]).toEqual([['A/B//C', 'A/B'], []]);
		expect(pages.pages.childrenOf(pages.page('A'))).toHaveLength(2);
	});

	it('refuses to move or delete the home page, and a file that is a web page', async () => {
		const simulator = await site();
		const calls = [
			simulator.ask('POST', '/pages/home/move?to=x'),
			simulator.ask('DELETE', '/pages/home'),
			simulator.ask('PUT', '/pages/home/files/x.html', 'x'),
		];
		expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([409, 409, 400]);
	});

	it('lets a title that was never set follow the path', async () => {
		const { site: pages } = await site();
		const titles = ['own', undefined].map((title, index) => {
			const { page } = pages.createPage(`Old_${index}`, { title });
			pages.movePage(page, `New_${index}`);
			return page.title;
		});
		expect(titles).toEqual(['own', 'New 1']);
	});

	it('describes revisions by their words and titles', async () => {
		const simulator = await site();
		const { page } = simulator.site.createPage('a', { html: '<p>one two three</p>' });
		simulator.site.editPage(page, { html: '<p>one 2 three</p>', comment: 'Why' });
		simulator.site.editPage(page, { html: '<p>one 2  three</p>', title: 'b' });
		await simulator.ask('POST', '/pages/=a/revert?fromrevision=1');
		expect(page.revisions.map(({ description }) => description)).toEqual([
			'page created, 3 words added',
			'Why; 1 words added, 1 words removed',
			"no changes; page display name changed to 'b'",
			"Reverted to earlier version; 1 words added, 1 words removed; page display name changed to 'a'",
		]);
	});

	it('says in a 500 what broke, and no more', async () => {
		const simulator = await site();
		simulator.site.restorePage = () => {
			throw new Error('a slip');
		};
		simulator.site.deletePage(simulator.site.createPage('a').page);
		const { status, body } = await simulator.ask('POST', '/archive/pages/2/restore?to=a');
		expect(status).toBe(500);
		expect(body).toBe('<exception><message>a slip</message></exception>');
	});
});
