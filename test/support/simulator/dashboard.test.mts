import { expect, it } from 'vitest';
import { type HttpResponse, submitForm } from '../http.mts';
import { site } from '../unit/simulator-site.mts';
import { settingsFrom, type Simulator } from './index.mts';
import { WAYS } from './misbehaviour.mts';

/* The page of the site, as a browser asks for it: what a person does there, the webhooks and the API show. */

async function press(
	{ url }: Simulator,
	action: string,
	fields: Record<string, string> = {},
): Promise<HttpResponse> {
	return await submitForm(`${url}/dashboard/action`, { action, ...fields });
}

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
		const simulator = await site();
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
