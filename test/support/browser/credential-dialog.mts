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

	/** A switch. */
	async turnOn(name: string): Promise<void> {
		await this.root.locator(`[data-test-id="parameter-input-${name}"] .el-switch`).click();
	}

	/**
	 * Saves, which n8n follows by its test. A button that is fading out, or whose dialog has not taken in what was typed,
	 * takes no click: then again.
	 */
	async save(): Promise<void> {
		const button = this.root.locator('[data-test-id="credential-save-button"]');
		const tested = this.page.waitForResponse((response) => isTest(response.request()));
		// Who fails below does not wait for it.
		tested.catch(() => {});
		const started = this.page.waitForRequest(isTest).then(() => true);
		const click = async () => {
			await button.click({ timeout: 5000 }).catch(() => {});
			return await sleep(5000, false);
		};
		const isStarted = async () => await Promise.race([started, click()]);
		await waitUntil('n8n tests the credential', isStarted);
		await (await tested).finished();
	}

	/** Green: what the dialog says; red: that and the details below "More details". */
	async outcome(): Promise<{ isGreen: boolean; text: string }> {
		const green = this.root.getByText(TESTED);
		const red = this.root.getByText(REFUSED);
		await green.or(red).first().waitFor();
		if (await green.isVisible()) return { isGreen: true, text: TESTED };
		const more = this.root.getByText('More details');
		// It goes when it was clicked, or when the message is short.
		if (await more.isVisible()) await more.click({ timeout: 1000 }).catch(() => {});
		return { isGreen: false, text: await this.root.innerText() };
	}
}
