import type { IDataObject } from 'n8n-workflow';
import { afterEach, expect, it, vi } from 'vitest';
import { sendDelivery, type SingleDelivery } from '../support/simulator/index.mts';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import type { Failure } from '../support/integration/host.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';

useScenes();
afterEach(() => void vi.useRealTimers());

type Changes = Partial<SingleDelivery>;

/** Sends a delivery to the test address while the editor listens; returns what the editor shows. */
async function shown(scene: Scene, changes: Changes, status: number): Promise<Failure> {
	const { site, host } = scene;
	await host.test.publish();
	const { authorizationHeader: authorization } = site.webhooks()[0]!;
	const genuine = { ...newDelivery(scene), authorization, secret: site.signingSecret };
	expectResponse(await sendDelivery(host.testUrl, { ...genuine, ...changes }), status);
	await host.idle();
	expect(host.failures).toHaveLength(1);
	expectNoSecretIn([host.executions, host.failures], scene);
	return host.failures[0]!;
}

const without = (name: string): Changes => ({ headers: { [name]: null } });

it.each<[what: string, status: number, changes: Changes, because: string, advice: RegExp]>([
	[
		'a wrong signature',
		401,
		{ secret: 'whsec_of-another-site' },
		'its signature does not match the Signing Secret',
		/Enter the Signing Secret of your site again in the CXone Expert API credential/,
	],
	['no signature', 401, without('X-Nexus-Signature-256'), 'it has no signature', /My Site Has No Signing Secret Yet/],
	[
		'a timestamp of the future',
		401,
		{ timestamp: now(30 * 60) },
		'it was signed 30 minutes in the future by the clock of n8n',
		/The clock of n8n is behind/,
	],
	[
		'a wrong Authorization',
		401,
		{ authorization: 'Bearer of-a-stranger' },
		'its Authorization is not what the trigger has registered at the site',
		/listen again.* somebody other than Expert/,
	],
])('a test event with %s gets %i and is shown with what to do', async (what, status, changes, because, advice) => {
	const scene = await openScene();
	const failure = await shown(scene, changes, status);
	// Only who knows the token is Expert.
	const who = what.endsWith('Authorization') ? 'A delivery' : 'A delivery from Expert';
	expect(failure).toEqual({
		message: `${who} has arrived, but ${because}`,
		description: expect.stringMatching(advice),
		isTest: true,
	});
	expect(failure.description).toMatch(new RegExp(`n8n responded ${status} to delivery .+\\.$`));
});

it('of several requests to the test address the first ends the listening, and the others do nothing', async () => {
	const scene = await openScene();
	const { host } = scene;
	await host.test.publish();
	const stranger = { ...newDelivery(scene), authorization: 'Bearer guess', secret: 'guess' };
	const all = Array.from({ length: 20 }, () => sendDelivery(host.testUrl, stranger));
	for (const response of await Promise.all(all)) expectResponse(response, 401);
	await host.idle();
	expect(host.executions).toHaveLength(1);
	expect(host.failures).toHaveLength(1);
	// Listening again, at once.
	await host.test.publish();
	expectResponse(await sendDelivery(host.testUrl, stranger), 401);
	await host.idle();
	expect(host.failures).toHaveLength(2);
});

it('another refusal ends the listening again after two minutes, where another process of n8n began it', async () => {
	vi.useFakeTimers({ toFake: ['performance'] });
	const scene = await openScene();
	const { host } = scene;
	await host.test.publish();
	const refuse = async () => {
		const stranger = { ...newDelivery(scene), authorization: 'Bearer guess', secret: 'guess' };
		expectResponse(await sendDelivery(host.testUrl, stranger), 401);
		await host.idle();
		return host.failures.length;
	};
	expect(await refuse()).toBe(1);
	vi.advanceTimersByTime(119_000);
	expect(await refuse()).toBe(1);
	vi.advanceTimersByTime(1_000);
	expect(await refuse()).toBe(2);
});

it('nothing of a refused request is in the execution but the shortened delivery id', async () => {
	const scene = await openScene();
	const failure = await shown(
		scene,
		{
			body: '<event>MARK-body</event>',
			authorization: 'Bearer MARK-token',
			deliveryId: `id\u0085${'x'.repeat(60)}MARK-id`,
			headers: { 'X-Nexus-Event-Type': 'MARK-type', 'User-Agent': 'MARK-agent' },
		},
		401,
	);
	const { executions, highlighted } = scene.host;
	const text = JSON.stringify([failure, executions, highlighted]);
	const shortened = `id?${'x'.repeat(37)}…`;
	expect(highlighted).toEqual([{ deliveryId: shortened }]);
	expect(text).toContain(`to delivery ${shortened}.`);
	expect(text).not.toMatch(/MARK|\u0085/);
});

it('no event is taken for a refusal', async () => {
	const scene = await openPublished({ parameters: { simplify: false } });
	const refusal = '<rejectedDelivery message="x"><message>x</message><deliveryId>y</deliveryId></rejectedDelivery>';
	for (const body of [
		`<event type="page:create" rejectedDelivery="x">${refusal}<page id="1">${refusal}</page></event>`,
		'rejectedDelivery',
	]) {
		expectResponse(await send(scene, { ...newDelivery(scene), body }), 200);
	}
	await scene.host.idle();
	expect(scene.host.executions).toHaveLength(2);
	expect(scene.host.failures).toEqual([]);
});

it.each<[string, IDataObject]>([
	['Page Paths', { pathPrefixes: ['Guides'] }],
	['Exclude Users', { excludeUsers: ['editor'] }],
	['Exclude Users', { excludeUsers: ['4'] }],
	['Ignore Own Changes', { ignoreOwnChanges: true }],
])('an event that %s leaves out ends the listening, and the output names the filter', async (name, filters) => {
	const scene = await openScene({ parameters: { filters }, site: { requestDetails: 'userId' } });
	const { site, host } = scene;
	site.site.createPage('Guides');
	await host.test.publish();
	const by = filters.ignoreOwnChanges ? 'admin' : 'editor';
	site.site.createPage('Elsewhere', { by });
	await site.idle();
	await host.idle();
	expect(host.outputs[0]).toEqual([]);
	const because = filters.ignoreOwnChanges ? ', because admin is the user of the token' : '';
	expect(host.hints[0]).toBe(`1 event was left out by: ${name}${because}`);
	expect(host.highlighted[0]).toEqual({ leftOut: name });
	expect(JSON.stringify(host.executions[0])).not.toContain('Elsewhere');
});

it('the output names Ignore Own Changes alone when the site or n8n does not say who the user is', async () => {
	const parameters = { filters: { ignoreOwnChanges: true } };
	const { site, host } = await openScene({ parameters, site: { requestDetails: 'userId' } });
	const read = host.credential;
	for (const isReadable of [true, false]) {
		await host.test.publish();
		site.faults.add({ match: { path: '/users/current' }, effect: { status: 500 } });
		let readings = 0;
		host.credential = () => (isReadable || readings++ === 0 ? read() : refuseReading());
		site.site.createPage(`Page ${isReadable}`, { by: 'admin' });
		await site.idle();
		await host.idle();
		site.faults.clear();
		host.credential = read;
	}
	expect(host.hints).toEqual(Array(2).fill('1 event was left out by: Ignore Own Changes'));
});

function refuseReading(): never {
	throw new Error('n8n does not give the credential');
}

it('an event that is not chosen does not end the listening', async () => {
	const scene = await openScene({ parameters: { events: ['page_delete'] } });
	const { host, site } = scene;
	await host.test.publish();
	const { authorizationHeader: authorization } = site.webhooks()[0]!;
	const parts = { ...newDelivery(scene), authorization, secret: site.signingSecret };
	expectResponse(await sendDelivery(host.testUrl, parts), 200);
	expect(host.executions).toEqual([]);
});
