import type { Locator, Page } from 'playwright-core';

const TESTED = 'Connection tested successfully';
const REFUSED = /Couldn.t connect with these settings/;

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

	/** Tests once more what is saved. */
	async retry(): Promise<void> {
		await this.testedBy(async () => await this.retryButton.click());
	}

	/** Waits for the test that something brings about. */
	private async testedBy(act: () => Promise<void>): Promise<void> {
		const tested = this.page.waitForResponse((response) =>
			response.url().endsWith('/rest/credentials/test'),
		);
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
