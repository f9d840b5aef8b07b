import { expect, it, onTestFinished } from 'vitest';
import { type HttpResponse, send, submitForm } from '../http.mts';
import { register, site } from '../unit/simulator-site.mts';
import { settingsFrom, type Simulator, startListener } from './index.mts';
import { WAYS } from './misbehaviour.mts';

/* The page of the site, as a browser asks for it: what a person does there, the webhooks and the API show. */

async function press(
	{ url }: Simulator,
	action: string,
	fields: Record<string, string> = {},
): Promise<HttpResponse> {
	return await submitForm(`${url}/dashboard/action`, { action, ...fields });
}

/** The site with one page, and the types of the events that it has delivered. */
async function openDashboard() {
	const simulator = await site({ requestDetails: 'user' });
	const endpoint = await startListener();
	onTestFinished(() => endpoint.close());
	const { pageId } = simulator.site.createPage('Guide');
	await register(simulator, endpoint.url, 'page_create', 'pagecontent_update');
	const delivered = async () => {
		await simulator.idle();
		return endpoint.received.map(({ headers }) => headers['x-nexus-event-type']);
	};
	return { simulator, endpoint, page: String(pageId), delivered };
}

it('a draft of a published page sends nothing until it is published', async () => {
	const { simulator, page, delivered } = await openDashboard();
	await press(simulator, 'draft', { page });
	expect(simulator.site.page('Guide')).toMatchObject({ draftState: 'active', revision: 1 });
	expect(await delivered()).toEqual([]);
	await press(simulator, 'publish', { page });
	expect(simulator.site.page('Guide')).toMatchObject({ draftState: 'inactive', revision: 2 });
	expect(await delivered()).toEqual(['PageContent_Update']);
});

it('a change is made by the user that is chosen, who stays chosen', async () => {
	const { simulator, endpoint, page, delivered } = await openDashboard();
	const { headers } = await press(simulator, 'edit', { page, by: 'admin' });
	await press(simulator, 'edit', { page, by: 'editor' });
	await delivered();
	const bodies = endpoint.received.map(({ body }) => body.toString());
	expect(bodies.map((body) => /<username>(\w+)</.exec(body)?.[1])).toEqual(['admin', 'editor']);
	const next = await send(`${simulator.url}${String(headers.location)}`);
	expect(next.body).toContain('<option value="admin" selected>');
});

/** What the nodes ask first, and what needs an admin and the webhooks of the site. */
async function answersOf(simulator: Simulator) {
	const user = await simulator.ask('GET', '/users/current').catch(() => undefined);
	const hooks = await simulator.ask('GET', '/webhooks').catch(() => undefined);
	const name = /<username>(\w+)</.exec(user?.body ?? '')?.[1];
	return [user?.status, name, hooks?.status, simulator.signingSecret];
}

it.each([
	['busy', [429, undefined, 429, 'whsec_test']],
	['unreachable', [undefined, undefined, undefined, 'whsec_test']],
	['expired', [200, 'Anonymous', 403, 'whsec_test']],
	['notAdmin', [200, 'admin', 403, 'whsec_test']],
	['noWebhooks', [200, 'admin', 403, 'whsec_test']],
	['otherSecret', [200, 'admin', 200, 'whsec_other']],
])(
	'a site that is to misbehave (%s) does only that, until it is told otherwise',
	async (how, answers) => {
		const { simulator } = await openDashboard();
		await press(simulator, 'misbehave', { how: 'slow' });
		expect(simulator.faults.next('GET', '/users/current')).toEqual({ delayMs: 10_000 });
		await press(simulator, 'misbehave', { how });
		expect(await answersOf(simulator)).toEqual(answers);
		const { status, body } = await press(simulator, 'misbehave', { how: 'otherwise' });
		expect([status, body]).toEqual([400, expect.stringContaining('Choose how')]);
		expect(body).toContain(`<option value="${how}" selected>${WAYS[how]!.label}</option>`);
		await press(simulator, 'misbehave', { how: 'none' });
		expect(await answersOf(simulator)).toEqual([200, 'admin', 200, 'whsec_test']);
	},
);

it('a setting is read by its type, and an unknown one is refused', () => {
	const texts = ['retries=2', 'webhooksFeature=false', 'signingSecret=a=b'];
	const expected = { retries: 2, webhooksFeature: false, signingSecret: 'a=b' };
	expect(settingsFrom(texts)).toEqual(expected);
	expect(() => settingsFrom(['retry=2'])).toThrow("There is no setting 'retry'");
});
