import type { Locator, Page } from 'playwright-core';

/** A step that is open: input on the left, parameters in the middle, output on the right. */
export class NodeView {
	readonly root: Locator;
	private readonly page: Page;

	constructor(page: Page, root: Locator) {
		this.page = page;
		this.root = root;
	}

	byTestId(id: string): Locator {
		return this.root.locator(`[data-test-id="${id}"]`);
	}

	/** The value of a parameter, by the name that workflows store. */
	field(name: string): Locator {
		return this.byTestId(`parameter-input-${name}`);
	}

	/** The same with its label and buttons. */
	parameter(name: string): Locator {
		const field = this.page.locator(`[data-test-id="parameter-input-${name}"]`);
		return this.byTestId('parameter-item').filter({ has: field });
	}

	/** The red mark at a parameter. */
	mark(name: string): Locator {
		return this.parameter(name).locator('[data-test-id="parameter-issues"]');
	}

	/** The entries of the list that is open. */
	get entries(): Locator {
		return this.page.locator('.el-select-dropdown__item:visible');
	}

	async openList(name: string): Promise<void> {
		await this.field(name).click();
		await this.entries.first().waitFor();
	}

	/** Adds entries of a list to those that are chosen. */
	async choose(name: string, ...labels: string[]): Promise<void> {
		await this.openList(name);
		for (const label of labels) {
			await this.entries.filter({ has: this.page.getByText(label, { exact: true }) }).click();
		}
		await this.page.keyboard.press('Escape');
		await this.entries.first().waitFor({ state: 'hidden' });
	}

	/** "Fixed", where an expression was. */
	async fix(name: string): Promise<void> {
		await this.field(name).hover();
		await this.parameter(name).locator('[data-test-id="radio-button-fixed"]').first().click();
	}

	/** How a locator names its thing: "From list", "By ID" … */
	mode(name: string): Locator {
		return this.field(name).locator('[data-test-id="rlc-mode-selector"] input');
	}

	async chooseMode(name: string, label: string): Promise<void> {
		await this.mode(name).click();
		await this.entries.getByText(label, { exact: true }).click();
		await this.entries.first().waitFor({ state: 'hidden' });
	}

	/** Adds a filter, and its first row. */
	async addFilter(label: string, firstRow: string): Promise<void> {
		await this.byTestId('collection-parameter-add').first().click();
		await this.entries.getByText(label, { exact: true }).click();
		await this.root.getByText(firstRow, { exact: true }).click();
	}

	/** Opens the list of a locator and searches it. */
	async searchList(name: string, words: string): Promise<void> {
		await this.field(name).locator('[data-test-id="rlc-input"]').click();
		const search = this.page.locator('[data-test-id="rlc-search"]');
		await search.waitFor();
		const inner = search.locator('input');
		await ((await inner.count()) > 0 ? inner : search).fill(words);
	}

	get listItems(): Locator {
		return this.page.locator('[data-test-id="rlc-item"]');
	}

	/** The tab "Parameters": the editor may open a node with the tab that was open before. */
	async openParameters(): Promise<void> {
		await this.root.getByText('Parameters', { exact: true }).first().click();
	}

	/** The name of the credential that is chosen. */
	async credential(): Promise<string> {
		return await this.byTestId('node-credentials-select').locator('input').inputValue();
	}

	async openCredential(): Promise<void> {
		await this.byTestId('credential-edit-button').click();
	}

	async newCredential(): Promise<void> {
		await this.byTestId('node-credentials-select').click();
		await this.page.locator('[data-test-id="node-credentials-select-item-new"]').click();
	}

	async execute(): Promise<void> {
		await this.byTestId('node-execute-button').click();
	}

	/**
	 * The same for a trigger, until the editor says that it listens. n8n itself listens slightly
	 * earlier: after an event in between, the editor shows its item and keeps listening.
	 */
	async listen(): Promise<void> {
		await this.execute();
		await this.root.getByText('Listening for test event').first().waitFor();
	}

	get output(): Locator {
		return this.byTestId('output-panel');
	}

	/** Waits for the items of the step. */
	async hasOutput(): Promise<void> {
		await this.output.locator('[data-test-id="run-data-item-count"]').first().waitFor();
	}

	/** The items as a list of their fields. */
	async showSchema(): Promise<void> {
		await this.output.locator('[data-test-id="radio-button-schema"]').click();
		// Its rows come later than the panel.
		await this.output.locator('[data-test-id="run-data-schema-item-value"]').first().waitFor();
	}

	async close(): Promise<void> {
		await this.byTestId('ndv-close-button').click();
		await this.root.waitFor({ state: 'hidden' });
	}
}
