import { beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser/stage.mts';

describeInBrowser('the page of the simulated site', (suite) => {
	const said = async () => await suite.editor.page.getByRole('status').innerText();
	beforeAll(async () => {
		await suite.editor.page.goto(suite.stage.scene.site.localUrl);
	});

	it('a person saves a draft, and publishes it as the owner', async () => {
		const { page } = suite.editor;
		await page.getByLabel('Title').fill('Tried by hand');
		await page.getByRole('button', { name: 'Save as draft' }).first().click();
		await expect.poll(said).toBe('Saved as a draft: Tried_by_hand');
		await page.locator('select[name="page"]').selectOption({ label: 'Tried_by_hand (draft)' });
		await page.locator('select[name="by"]').last().selectOption('admin');
		await page.getByRole('button', { name: 'Publish', exact: true }).click();
		await expect.poll(said).toBe('Published: Tried_by_hand');
		const { draftState, author } = suite.stage.scene.site.site.page('Tried_by_hand');
		expect([draftState, author]).toEqual(['inactive', 'admin']);
	});

	it('what is chosen to go wrong stays to be seen until it is ended', async () => {
		const { page } = suite.editor;
		const apply = page.getByRole('button', { name: 'Apply' });
		for (const [label, how] of [
			['Webhooks are not enabled', 'noWebhooks'],
			['Not at all', 'none'],
		] as const) {
			await page.locator('select[name="how"]').selectOption({ label });
			await apply.click();
			await expect.poll(said).toBe(`The site misbehaves: ${label}`);
			expect(await page.locator('select[name="how"]').inputValue()).toBe(how);
			expect(suite.stage.scene.site.settings.webhooksFeature).toBe(how === 'none');
		}
	});
});
