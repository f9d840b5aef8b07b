import type { Locator } from 'playwright-core';
import type { Editor, Look } from '../support/browser/editor.mts';
import {
	EVENTS,
	IN_NODES_PANEL,
	PAGE,
	PAGE_CREATED,
	TOOL_IN_NODES_PANEL,
} from '../support/browser/names.mts';
import type { NodeView } from '../support/browser/node-view.mts';
import type { PictureName } from '../support/browser/picture-list.mts';
import type { BrowserStage } from '../support/browser/stage.mts';
import {
	actionNode,
	agentNode,
	inARow,
	manualStart,
	triggerNode,
} from '../support/browser/workflows.mts';
import { slackChannel } from '../support/e2e/outside/slack.mts';
import { chosen, importTemplate } from '../support/e2e/template.mts';
import type { Credential } from '../support/n8n/client.mts';

export interface Picture {
	look: Look;
	/** Brings the editor to where the picture is taken; returns what is on it, or all of the window. */
	set(stage: BrowserStage, editor: Editor): Promise<Locator | void>;
}

const CREATED = 'Page created';
const GET = 'Get the page';
const SMALL = { width: 1100, height: 460 };
const STEP = { width: 1280, height: 760 };
const CANVAS = { width: 1120, height: 700 };

/** What each picture shows. They are made in the order of the list, with one n8n. */
export const scenes: Record<PictureName, Picture> = {
	'nodes-panel-light': { look: SMALL, set: nodesPanel },
	'nodes-panel-dark': { look: { ...SMALL, theme: 'dark' }, set: nodesPanel },

	credential: {
		look: { width: 1000, height: 1020 },
		async set(stage, editor) {
			const view = await openTrigger(stage, editor, await helpCenter(stage));
			await view.openCredential();
			const dialog = await editor.openedCredential();
			await dialog.outcome();
			return dialog.root;
		},
	},

	'trigger-events': {
		look: STEP,
		async set(stage, editor) {
			const view = await openTrigger(stage, editor, await helpCenter(stage));
			await view.openList(EVENTS);
			await view.entries.getByText(PAGE_CREATED, { exact: true }).scrollIntoViewIfNeeded();
		},
	},

	listening: {
		look: STEP,
		async set(stage, editor) {
			const view = await listen(stage, editor, await helpCenter(stage));
			await view.root.getByText('Stop Listening').first().waitFor();
		},
	},

	'item-schema': {
		look: STEP,
		async set(stage, editor) {
			const view = await listen(stage, editor, await helpCenter(stage));
			stage.scene.site.site.createPage('Guides/Return_policy', {
				...{ title: 'Return policy', tags: ['article:guide'], by: 'editor' },
			});
			await view.hasOutput();
			await view.showOutput('Schema');
		},
	},

	'refused-delivery': {
		look: STEP,
		async set(stage, editor) {
			const credential = await stage.credential('Help Center', { signingSecret: 'mistyped' });
			const view = await listen(stage, editor, credential);
			stage.scene.site.site.createPage('Guides/Warranty', { title: 'Warranty' });
			await view.output.getByText('does not match the Signing Secret').first().waitFor();
		},
	},

	'new-page-to-slack-light': { look: CANVAS, set: newPageToSlack },
	'new-page-to-slack-dark': { look: { ...CANVAS, theme: 'dark' }, set: newPageToSlack },

	execution: {
		look: CANVAS,
		async set(stage, editor) {
			const id = await slackWorkflow(stage);
			await stage.scene.client.activate(id);
			stage.scene.site.site.createPage('Guides/Delivery', { title: 'Delivery', by: 'editor' });
			await stage.scene.client.waitForExecutions(id, 1);
			await stage.scene.client.deactivate(id);
			await editor.openWorkflow(id);
			await editor.openExecutions();
			await editor.byTestId('canvas-node-status-success').nth(1).waitFor();
			// n8n writes how the execution ended over the top of the canvas.
			await editor.zoomOut();
		},
	},

	'page-get': {
		look: STEP,
		async set(stage, editor) {
			const view = await openAction(stage, editor);
			await view.execute();
			await view.hasOutput();
			await view.showOutput('Schema');
		},
	},

	'list-search': {
		look: STEP,
		async set(stage, editor) {
			const view = await openAction(stage, editor);
			await view.fix(PAGE);
			await view.chooseMode(PAGE, 'From list');
			await view.searchList(PAGE, 'phone');
			await view.listItems.filter({ hasText: 'Reset the phone' }).waitFor();
		},
	},

	'publish-refused': {
		look: { width: 1100, height: 620 },
		async set(stage, editor) {
			const credential = await stage.credential('Help Center', { signingSecret: '' });
			const trigger = triggerNode(CREATED, credential, { events: ['page_create'] });
			await editor.openWorkflow(await stage.workflow('New page to Slack', inARow(trigger)));
			await editor.publish();
			await editor.toasts.filter({ hasText: 'could not be published' }).waitFor();
		},
	},

	'check-health': {
		look: STEP,
		async set(stage, editor) {
			const { client, site } = stage.scene;
			const watched = await slackWorkflow(stage);
			await client.activate(watched);
			for (const { id } of site.webhooks()) site.disableWebhook(id, '1');
			const parameters = { resource: 'webhook', operation: 'checkHealth' };
			const name = 'Check the webhooks';
			const steps = inARow(manualStart(), actionNode(name, await helpCenter(stage), parameters));
			await editor.openWorkflow(await stage.workflow('Watchdog', steps));
			const view = await editor.openNode(name);
			await view.execute();
			await view.hasOutput();
			await view.showOutput('Schema');
			await client.deactivate(watched);
		},
	},

	'ai-tool': {
		look: STEP,
		async set(stage, editor) {
			await helpCenter(stage);
			const steps = inARow(manualStart(), agentNode('AI Agent'));
			await editor.openWorkflow(await stage.workflow('Ask the help center', steps));
			await editor.openToolsPanel();
			await editor.searchNodes('cxone');
			await editor.found(TOOL_IN_NODES_PANEL).click();
			await editor.openedNode();
		},
	},

	simulator: {
		look: { width: 1280, height: 860 },
		async set(stage, editor) {
			const id = await slackWorkflow(stage);
			await stage.scene.client.activate(id);
			stage.scene.site.site.createPage('Guides/Complaints', { title: 'Complaints' });
			await stage.scene.client.waitForExecutions(id, 1);
			await editor.page.goto(stage.dashboardUrl);
			await stage.scene.client.deactivate(id);
		},
	},
};

async function nodesPanel(_stage: BrowserStage, editor: Editor): Promise<void> {
	await editor.newWorkflow();
	await editor.openNodesPanel();
	await editor.searchNodes('cxone');
	await editor.found(IN_NODES_PANEL).waitFor();
}

async function newPageToSlack(stage: BrowserStage, editor: Editor): Promise<void> {
	await editor.openWorkflow(await slackWorkflow(stage));
	await editor.byTestId('zoom-to-fit').click();
}

/** The template as somebody has filled it in. */
async function slackWorkflow(stage: BrowserStage): Promise<string> {
	const credentials = [await helpCenter(stage), ...stage.outsideCredentials];
	const filledIn = { 'Tell Slack': { channelId: { ...chosen(slackChannel), mode: 'id' } } };
	return (await importTemplate(stage.scene, 'new-page-to-slack', credentials, filledIn)).id;
}

async function openTrigger(
	stage: BrowserStage,
	editor: Editor,
	credential: Credential,
): Promise<NodeView> {
	const trigger = triggerNode(CREATED, credential, { events: ['page_create'] });
	const id = await stage.workflow('New page to Slack', inARow(trigger));
	await editor.openWorkflow(id);
	return await editor.openNode(CREATED);
}

async function listen(
	stage: BrowserStage,
	editor: Editor,
	credential: Credential,
): Promise<NodeView> {
	const view = await openTrigger(stage, editor, credential);
	await view.listen();
	return view;
}

/** The action node behind a trigger that has had an event. */
async function openAction(stage: BrowserStage, editor: Editor): Promise<NodeView> {
	const credential = await helpCenter(stage);
	const { id, path, title } = stage.scene.site.site.page('Category_1/Guide_1/Reset');
	const page = { id: String(id), path, title };
	const steps = inARow(
		triggerNode(CREATED, credential, { events: ['page_create'] }),
		actionNode(GET, credential, {}),
	);
	const pinData = { [CREATED]: [{ json: { eventType: 'page_create', page } }] };
	await editor.openWorkflow(await stage.workflow('Read a page', { ...steps, pinData }));
	return await editor.openNode(GET);
}

const known = new WeakMap<BrowserStage, Promise<Credential>>();

/** The credential of all pictures but those of a wrong one. */
async function helpCenter(stage: BrowserStage): Promise<Credential> {
	const credential = known.get(stage) ?? stage.credential('Help Center', {});
	known.set(stage, credential);
	return await credential;
}
