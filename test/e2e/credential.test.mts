import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../support/e2e/scene.mts';
import { waitFor, waitUntil } from '../support/wait.mts';

describe('the credential, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.share()));
	afterAll(async () => await scene.close());

	/** The node gives a site five seconds, which a busy machine may need. */
	const test = async (changes: object) =>
		await waitFor('the site responds in time', async () => {
			const secrets = { ...scene.secrets, ...changes };
			const tested = await scene.client.testCredential(scene.credential, secrets);
			return /did not respond in time/.test(tested.message) ? undefined : tested;
		});

	it('the credential test accepts a long-term token of an admin', async () => {
		expect(await test({})).toEqual({
			status: 'OK',
			message: expect.stringMatching(/^Connected as admin\. The long-term token is valid until 20\d\d-\d\d-\d\d\.$/),
		});
	});

	it('the credential test fails for a site that cannot be reached', async () => {
		const { status, message } = await test({ siteUrl: 'http://127.0.0.1:1' });
		expect(status).toBe('Error');
		expect(message).toMatch(/could not be reached.*Check the Site URL/);
	});

	it('a new signing secret is accepted at once, and the old one is rejected soon after', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		expect((await workflow.deliver()).status).toBe(200);
		const data = { ...scene.secrets, signingSecret: 'whsec_new' };
		await scene.client.updateCredential(scene.credential, data);
		expect((await workflow.deliver({ secret: 'whsec_new' })).status).toBe(200);
		let accepted = 2;
		await waitUntil(
			'the old secret is refused',
			async () => {
				const { status } = await workflow.deliver();
				if (status === 200) accepted++;
				return status === 401;
			},
			{ intervalMs: 1000 },
		);
		expect((await workflow.deliver({ secret: 'whsec_new' })).status).toBe(200);
		expect(await workflow.executions(accepted + 1)).toHaveLength(accepted + 1);
	});
});
