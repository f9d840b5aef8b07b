import { expect, it, onTestFinished } from 'vitest';
import { send } from '../http.mts';
import { elementAt } from '../present.mts';
import { eventBytes } from '../unit/samples.mts';
import { register, site } from '../unit/simulator-site.mts';
import {
	buildEvent,
	eventTypeOf,
	makeServerToken,
	settingsFrom,
	signDelivery,
	startListener,
	vendorGuess,
} from './index.mts';

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
	expect(rawHeaders).toEqual(expect.arrayContaining(['Authorization', 'X-Nexus-Signature-256', 'X-Nexus-Delivery-Id']));
	const timestamp = String(headers['x-nexus-timestamp']);
	expect(timestamp).toMatch(/^\d{10}$/);
	expect(headers).toMatchObject({
		authorization: 'Bearer hook',
		'x-nexus-event-type': 'Page_Create',
		'content-type': 'text/xml',
		'x-nexus-signature-256': signDelivery({ secret: 'whsec_test', timestamp, body }),
	});
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
	expect(golden).toBe('tkn_testkey_1704067200_=admin_6709ae6a4a96ff786a6e591cb75c1f2c6051789ed2ba66bcc2e76564282d5d4b');
	const { url } = await site();
	const caller = async (token: string) => {
		const headers = { 'X-Deki-Token': token };
		return (await send(`${url}/@api/deki/users/current`, { headers })).body;
	};
	const epoch = Math.floor(Date.now() / 1000);
	expect(await caller(makeServerToken({ ...parts, epoch }))).toContain('anonymous="false"');
	expect(await caller(golden)).toContain('anonymous="true"');
});

it('a setting is read by its type, and an unknown one is refused', () => {
	const texts = ['retries=2', 'webhooksFeature=false', 'signingSecret=a=b'];
	const expected = { retries: 2, webhooksFeature: false, signingSecret: 'a=b' };
	expect(settingsFrom(texts)).toEqual(expected);
	expect(() => settingsFrom(['retry=2'])).toThrow("There is no setting 'retry'");
});
