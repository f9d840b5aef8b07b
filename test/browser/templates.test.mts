import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveDocsSite } from '../support/browser/docs-site.mts';
import { describeInBrowser } from '../support/browser/stage.mts';
import { inARow, triggerNode } from '../support/browser/workflows.mts';
import {
	codeOf,
	importTemplate,
	template,
	templateFile,
	templateNames,
	templateText,
} from '../support/e2e/template.mts';
import { send } from '../support/http.mts';
import type { LocalServer } from '../support/local-server.mts';
import { present } from '../support/present.mts';

/** Templates of each kind of step, and the steps in which something is to be filled in besides the credentials. */
const TO_FILL_IN: Record<string, string[]> = {
	'answers-chat': [],
	'answers-for-users': [],
	'edit-review': ['Keep it?', 'Say it was edited again'],
	'high-volume': ['Start the follow-up'],
	'new-page-to-slack-and-teams': ['Tell Slack', 'Tell Teams'],
	'search-gaps-and-broken-links-to-jira': ['Issue for links', 'Issue for searches'],
	'search-gaps-to-drafts': ['Publish it?', 'Say why it is not'],
	'vector-store': ['Remove the page', 'Store', 'What the store holds'],
};
const NOTE = 'n8n-nodes-base.stickyNote';
/** By the name of the node that they leave, and by kind. */
type Connections = Record<string, Record<string, unknown[][]>>;

describeInBrowser('ready-made workflows', (suite) => {
	let docsSite: LocalServer;
	let recipes: Page;

	beforeAll(async () => {
		docsSite = await serveDocsSite();
		const context = suite.editor.page.context();
		await context.grantPermissions(['clipboard-read', 'clipboard-write']);
		recipes = await context.newPage();
		await recipes.goto(`${docsSite.url}examples/workflows/`);
	});
	afterAll(async () => await docsSite?.close());

	/** All that the workflow has is on the canvas, and red marks are where something is to be filled in. */
	async function expectOnCanvas(name: string) {
		const { editor } = suite;
		const { nodes, connections } = template(name);
		const steps = nodes.filter(({ type }) => type !== NOTE);
		const lines = Object.values(connections as Connections).flatMap((kinds) => Object.values(kinds).flat(2));
		await expect.poll(async () => await editor.nodes.count()).toBe(steps.length);
		await expect.poll(async () => await editor.notes.count()).toBe(nodes.length - steps.length);
		await expect.poll(async () => await editor.byTestId('edge').count()).toBe(lines.length);
		for (const step of steps) {
			// n8n draws a question mark for a step that it does not know.
			await editor.node(step.name).locator('img, svg.n8n-icon, [data-icon]').first().waitFor();
		}
		const toFillIn = TO_FILL_IN[name];
		if (toFillIn === undefined) return;
		await expect.poll(async () => (await editor.markedNodes()).toSorted()).toEqual(toFillIn);
	}

	it('the page of recipes has a card for each workflow', async () => {
		const buttons = await recipes.locator('.copy-workflow').all();
		const files = await Promise.all(buttons.map(async (button) => await button.getAttribute('data-file')));
		expect(files.toSorted()).toEqual(templateNames().map((name) => `${name}.json`));
	});

	it.each(templateNames())('%s, copied on the page of recipes, is whole when it is pasted', async (name) => {
		const { editor } = suite;
		const { page } = editor;
		await recipes.bringToFront();
		const button = recipes.locator(`[data-file="${name}.json"]`);
		await button.click();
		await expect.poll(async () => await button.innerText()).toContain('Copied');
		expect(await recipes.evaluate('navigator.clipboard.readText()')).toBe(templateText(name));
		await page.bringToFront();
		await editor.newWorkflow();
		await page.keyboard.press('Control+v');
		await expectOnCanvas(name);
	});

	it('answers-chat, imported from its file, is whole', async () => {
		await suite.editor.importWorkflow(templateFile('answers-chat'));
		await expectOnCanvas('answers-chat');
	});
});

// Below the imports: with a credential for it, n8n would leave no red mark there.
describeInBrowser('the status page', (suite) => {
	const [user, password] = ['operator', 'a password of the tests'];
	const Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
	/** Names come from users. */
	const names = ['New pages <script>document.body.remove()</script>', 'Deleted pages'] as const;
	const ids: number[] = [];
	const published: string[] = [];
	let url: string;

	beforeAll(async () => {
		const { scene } = suite.stage;
		const basic = await scene.client.createCredential('Operators', 'httpBasicAuth', {
			user,
			password,
		});
		const jsCode = codeOf('status-page', 'Draw the page').replace('= 60', '= 10');
		const often = { 'Draw the page': { jsCode } };
		const page = await importTemplate(scene, 'status-page', [scene.credential, basic], often);
		for (const name of names) {
			const before = scene.site.webhooks().map(({ id }) => id);
			const trigger = triggerNode('Expert', scene.credential, {
				events: ['page_create'],
				additionalOptions: { repairWebhook: false },
			});
			published.push(await suite.stage.workflow(name, inARow(trigger)));
			await scene.client.activate(published.at(-1)!);
			ids.push(...scene.site.webhooks().flatMap(({ id }) => (before.includes(id) ? [] : [id])));
		}
		await scene.client.activate(page.id);
		published.push(page.id);
		url = `${scene.n8n.baseUrl}/webhook/cxone-expert-status`;
		await suite.editor.page.setExtraHTTPHeaders({ Authorization });
	});

	// The next file may find the same site, with no webhook of another.
	afterAll(async () => {
		for (const id of published) await suite.stage.scene.client.deactivate(id);
	});

	const card = (name: string): Locator => suite.editor.page.locator('section').filter({ hasText: name });
	const light = async (part: Locator) => await part.locator('.light').innerText();

	it('the status page asks for a password', async () => {
		const { status, headers } = await send(url);
		expect(status).toBe(401);
		expect(headers['www-authenticate']).toMatch(/^Basic /);
	});

	it('the status page shows each webhook with its workflow, counts a delivery by itself, and tells of a disabled webhook', async () => {
		const { site } = suite.stage.scene;
		const { page } = suite.editor;
		await page.goto(url);
		for (const name of names) {
			await expect.poll(async () => await card(name).locator('h2').innerText()).toContain(name);
			expect(await light(card(name))).toContain('Healthy');
		}
		const accepted = () => card(names[1]).locator('dd').first();
		await expect.poll(async () => await card(names[1]).innerText()).toMatch(/hours?: nothing/);
		site.emit('page_create');
		await site.idle();
		await expect.poll(async () => await accepted().innerText()).toBe('1');
		site.disableWebhook(present(ids[1], 'webhook'), '1');
		await expect.poll(async () => await card(names[1]).innerText()).toContain('Expert has disabled it');
		expect(await light(card(names[1]))).not.toContain('Healthy');
		expect(await light(card(names[0]))).toContain('Healthy');
	});
});
