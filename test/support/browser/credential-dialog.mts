import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page, Request } from 'playwright-core';
import { waitUntil } from '../wait.mts';

const TESTED = 'Connection tested successfully';
const REFUSED = /Couldn.t connect with these settings/;

const isTest = (request: Request) => request.url().endsWith('/rest/credentials/test');

/** The dialog in which a credential is entered and tested. */
export class CredentialDialog {
	readonly root: Locator;
	private readonly page: Page;

	constructor(page: Page, root: Locator) {
		this.page = page;
		this.root = root;
	}

	field(name: string): Locator {
		return this.root.locator(`[data-test-id="parameter-input-${name}"] input`);
	}

	async fill(values: Record<string, string>): Promise<void> {
		for (const [name, value] of Object.entries(values)) await this.field(name).fill(value);
	}

	/** An entry of a list. */
	async choose(name: string, label: string): Promise<void> {
		await this.field(name).click();
		const entries = this.page.locator('.el-select-dropdown__item:visible');
		await entries.getByText(label, { exact: true }).click();
		await entries.first().waitFor({ state: 'hidden' });
	}

	get saveButton(): Locator {
		return this.root.locator('[data-test-id="credential-save-button"]');
	}

	/** Saves, which n8n follows by its test. */
	async save(): Promise<void> {
		await this.testedBy(async () => await this.saveButton.click());
	}

	/** What a test has said before may still be fading out, with a button of its own. */
	private get retryButton(): Locator {
		return this.root.locator('button:visible').filter({ hasText: 'Retry' }).first();
	}

	/** Tests once more what is saved. A button that is fading out takes no click: then again. */
	async retry(): Promise<void> {
		await this.testedBy(async () => {
			const started = this.page.waitForRequest(isTest).then(() => true);
			await waitUntil('n8n tests the credential', async () => {
				await this.retryButton.click();
				return await Promise.race([started, sleep(5000, false)]);
			});
		});
	}

	/** Waits for the test that something brings about. */
	private async testedBy(act: () => Promise<void>): Promise<void> {
		const tested = this.page.waitForResponse((response) => isTest(response.request()));
		const [response] = await Promise.all([tested, act()]);
		await response.finished();
	}

	/** Green: what the dialog says; red: that and the details below "More details". */
	async outcome(): Promise<{ isGreen: boolean; text: string }> {
		const green = this.root.getByText(TESTED);
		const red = this.root.getByText(REFUSED);
		await green.or(red).first().waitFor();
		if (await green.isVisible()) return { isGreen: true, text: TESTED };
		const more = this.root.getByText('More details');
		if (await more.isVisible()) await more.click();
		return { isGreen: false, text: await this.root.innerText() };
	}

	async close(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.root.waitFor({ state: 'hidden' });
	}
}
