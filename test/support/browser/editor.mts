import type { Browser, Locator, Page } from 'playwright-core';
import { CredentialDialog } from './credential-dialog.mts';
import { IN_NODES_PANEL } from './workflows.mts';
import { NodeView } from './node-view.mts';
import { waitUntil } from '../wait.mts';

export interface Look {
	theme?: 'light' | 'dark';
	/** Pixels of the picture for one of the page. */
	density?: number;
	width?: number;
	height?: number;
}

interface Cookie {
	name: string;
	value: string;
	url: string;
}

/** Repeat a click if its effect has not appeared after this. */
const PATIENCE_MS = 5_000;

/** A limit for a machine that is busy with other things. */
const TIMEOUT_MS = 180_000;

/** A window with n8n's editor: what a person sees and does there. */
export class Editor {
	readonly page: Page;

	private constructor(page: Page) {
		this.page = page;
	}

	static async open(
		browser: Browser,
		baseURL: string,
		cookie: Cookie,
		{ theme = 'light', density = 1, width = 1440, height = 900 }: Look,
	): Promise<Editor> {
		const context = await browser.newContext({
			...{ baseURL, colorScheme: theme, deviceScaleFactor: density },
			viewport: { width, height },
			reducedMotion: 'reduce',
			locale: 'en-US',
			timezoneId: 'UTC',
		});
		context.setDefaultTimeout(TIMEOUT_MS);
		await context.addCookies([cookie]);
		// What the editor asks the internet for is nothing that a test is about.
		await context.route(
			({ hostname }) => hostname !== new URL(baseURL).hostname,
			async (route) => await route.abort(),
		);
		return new Editor(await context.newPage());
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}

	byTestId(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}

	async newWorkflow(): Promise<void> {
		await this.page.goto('/workflow/new', { waitUntil: 'commit' });
		await this.byTestId('canvas-add-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`/workflow/${id}`, { waitUntil: 'commit' });
		await this.nodes.first().waitFor();
	}

	async openExecution(workflowId: string, executionId: string): Promise<void> {
		await this.page.goto(`/workflow/${workflowId}/executions/${executionId}`);
		await this.byTestId('current-executions-list').waitFor();
	}

	/** "Import from File" into an empty workflow. */
	async importWorkflow(file: string): Promise<void> {
		await this.newWorkflow();
		await this.byTestId('workflow-import-input').setInputFiles(file);
		await this.nodes.first().waitFor();
	}

	/** All steps on the canvas; notes are none. */
	get nodes(): Locator {
		return this.page.locator('[data-test-id="canvas-node"][data-node-type]');
	}

	get notes(): Locator {
		return this.byTestId('sticky');
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** The names of the steps with a red mark. */
	async markedNodes(): Promise<string[]> {
		const marked = this.nodes.filter({ has: this.byTestId('node-issues') });
		return await attributes(marked, 'data-node-name');
	}

	/** n8n moves the steps into the view a moment after they are there: then a click can miss them. */
	async openNode(name: string): Promise<NodeView> {
		const view = this.byTestId('ndv');
		await waitUntil(`${name} is open`, async () => {
			if (await view.isVisible()) return true;
			await this.node(name)
				.dblclick({ timeout: PATIENCE_MS })
				.catch(() => {});
			return await appears(view, PATIENCE_MS);
		});
		return await this.openedNode();
	}

	/** The view of a step that has opened by itself. */
	async openedNode(): Promise<NodeView> {
		const view = this.byTestId('ndv');
		await view.waitFor();
		return new NodeView(this.page, view);
	}

	async openedCredential(): Promise<CredentialDialog> {
		const dialog = this.byTestId('editCredential-modal');
		await dialog.waitFor();
		return new CredentialDialog(this.page, dialog);
	}

	/** "Add first step" on an empty canvas. */
	async openNodesPanel(): Promise<void> {
		await this.byTestId('canvas-add-button').click();
		await this.byTestId('node-creator').waitFor();
	}

	/** Types into the search field of the nodes panel. */
	async searchNodes(words: string): Promise<void> {
		const field = this.byTestId('node-creator-search-bar');
		await field.fill('');
		// What was found before must not pass for what is found now.
		const ours = this.byTestId('node-creator-item-name').filter({ hasText: IN_NODES_PANEL });
		await ours.first().waitFor({ state: 'hidden' });
		await field.fill(words);
	}

	/** An entry of the nodes panel. */
	found(name: string): Locator {
		return this.byTestId('node-creator-item-name').getByText(name, { exact: true });
	}

	/** All entries of the nodes panel, from its top. */
	async foundNames(): Promise<string[]> {
		return await this.byTestId('node-creator-item-name').allInnerTexts();
	}

	/** The messages in the corner. */
	get toasts(): Locator {
		return this.page.locator('.el-notification');
	}

	/** The window, or a part of it, once nothing moves. Messages of success are not in the way. */
	async picture(part?: Locator): Promise<Buffer> {
		const noise = this.toasts.filter({ hasNotText: 'could not be published' });
		for (const close of await noise.locator('.el-notification__closeBtn').all()) {
			// It may go by itself meanwhile.
			await close.click({ timeout: 5000 }).catch(() => {});
		}
		await noise.first().waitFor({ state: 'hidden' });
		await this.page.evaluate('document.fonts.ready.then(() => undefined)');
		await this.page.waitForFunction('[...document.images].every((image) => image.complete)');
		return await (part ?? this.page).screenshot({ animations: 'disabled', caret: 'hide' });
	}

	async save(): Promise<void> {
		await this.page.keyboard.press('Control+s');
	}

	/** "Publish", and again in its dialog. */
	async publish(): Promise<void> {
		await this.byTestId('workflow-open-publish-modal-button').click();
		await this.byTestId('workflow-publish-button').click();
	}

	/** The dialog that says what publishing has done. */
	get publishedDialog(): Locator {
		return this.byTestId('activation-modal');
	}

	async openExecutions(): Promise<void> {
		await this.byTestId('radio-button-executions').click();
		await this.byTestId('current-executions-list').waitFor();
	}
}

/** An element as the browser has drawn it. */
interface Drawn {
	innerText: string;
	scrollHeight: number;
	clientHeight: number;
	querySelectorAll(selector: string): Iterable<Drawn>;
}

interface Observed {
	intersectionRatio: number;
}

/** Nothing of its text is cut off, and nothing of it has to be scrolled to, whatever scrolls around it. */
export async function isWhollyVisible(element: Locator): Promise<boolean> {
	return await element.evaluate(async (root: Drawn) => {
		const parts = [root, ...root.querySelectorAll('*')].filter(({ innerText }) => innerText);
		const isCut = parts.some(({ scrollHeight, clientHeight }) => clientHeight > 0 && scrollHeight > clientHeight + 1);
		if (isCut) return false;
		return await new Promise<boolean>((resolve) => {
			const { IntersectionObserver } = globalThis as unknown as {
				IntersectionObserver: new (seen: (all: Observed[]) => void) => { observe(element: unknown): void };
			};
			new IntersectionObserver(([{ intersectionRatio } = { intersectionRatio: 0 }]) =>
				resolve(intersectionRatio > 0.99),
			).observe(root);
		});
	});
}

async function appears(element: Locator, timeout: number): Promise<boolean> {
	return await element.waitFor({ timeout }).then(
		() => true,
		() => false,
	);
}

/**
 * Looks only at what is there now. A locator would wait for an element that may go, as in a closing
 * panel.
 */
async function attributes(locator: Locator, name: string): Promise<string[]> {
	const elements = await locator.elementHandles();
	return await Promise.all(elements.map(async (each) => (await each.getAttribute(name)) ?? ''));
}
