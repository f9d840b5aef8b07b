import type { Locator } from 'playwright-core';
import type { Editor, Look } from './editor.mts';
import type { NodeView } from './node-view.mts';
import type { BrowserStage } from './stage.mts';
import { actionNode, inARow, manualStart, triggerNode } from './workflows.mts';
import { slackChannel, team, teamsChannel } from '../e2e/outside/service.mts';
import { chosen, importTemplate, template } from '../e2e/template.mts';
import { OFTEN } from '../e2e/watch.mts';
import type { Credential } from '../n8n/client.mts';
import { executionItems } from '../n8n/executions.mts';
import { present } from '../present.mts';
import { ASSUMED } from '../simulator/settings.mts';
import { waitFor } from '../wait.mts';

/** A screenshot, taken once everything it shows is visible. */
export interface Picture {
	look: Look;
	/** Texts that the picture must show. */
	shows: string[];
	/** Brings the editor to where the picture is taken; returns what is on it, or all of the window. */
	set(stage: BrowserStage, editor: Editor): Promise<Locator | void>;
}

export const PUBLISHED = 'Page published';
export const ON_PUBLISHED = { events: ['page_published'] };
const TEMPLATE = 'new-page-to-slack-and-teams';
const GET = 'Get the page';
/** Of a delivery that n8n refuses for a wrong secret: the cause, and what to do to its last word. */
const WRONG_SECRET = [
	'because its signature does not match the Signing Secret.',
	'Enter the Signing Secret of your site again in the CXone Expert API credential. If you do not have it, ask NiCE Support. While it changes, enter the old one as Previous Signing Secret. A proxy that changes the body has the same effect.',
];
const STEP = { width: 1280, height: 760 };
const CANVAS = { width: 1120, height: 700 };

/** The moving one: a page comes, and one that was missed. */
export const MOVING = 'published-and-recovered';

/** The other pictures of the documents, by the names of their files. */
export const pictures: Record<string, Picture> = {
	credential: {
		look: { width: 1000, height: 1020 },
		shows: ['Connection tested successfully', 'Site URL', 'Signing Secret'],
		async set(stage, editor) {
			const view = await openTrigger(stage, editor, await helpCenter(stage));
			await view.openCredential();
			const dialog = await editor.openedCredential();
			await dialog.outcome();
			return dialog.root;
		},
	},

	'item-schema': {
		look: STEP,
		shows: ['eventType', 'Return policy', 'article:guide', 'editor'],
		async set(stage, editor) {
			const view = await listen(stage, editor, await helpCenter(stage));
			stage.scene.site.site.createPage('Guides/Return_policy', {
				...{ title: 'Return policy', tags: ['article:guide'], by: 'editor' },
			});
			await view.hasOutput();
			await view.showSchema();
		},
	},

	'refused-delivery': {
		look: STEP,
		shows: ['its signature does not match the Signing Secret', 'Enter the Signing Secret'],
		async set(stage, editor) {
			const credential = await stage.credential('Help Center', { signingSecret: 'mistyped' });
			await listen(stage, editor, credential);
			stage.scene.site.site.createPage('Guides/Warranty', { title: 'Warranty' });
		},
	},

	'new-page-to-slack-light': { look: CANVAS, shows: textsOfTemplate(), set: newPageToSlack },
	'new-page-to-slack-dark': {
		look: { ...CANVAS, theme: 'dark' },
		shows: textsOfTemplate(),
		set: newPageToSlack,
	},

	'page-get': {
		look: STEP,
		shows: ['Category_1/Guide_1/Reset', 'Hold both buttons.'],
		async set(stage, editor) {
			const view = await openAction(stage, editor);
			await view.execute();
			await view.hasOutput();
			await view.showSchema();
		},
	},

	'check-health': {
		look: { ...STEP, height: 620 },
		shows: ['1 item', 'healthy false', 'n8n has refused the last', ...WRONG_SECRET],
		async set(stage, editor) {
			const { client, site } = stage.scene;
			const credential = await stage.credential('Help Center', { signingSecret: 'mistyped' });
			const id = await watched(stage, {}, credential);
			for (const title of ['Fees', 'Terms', 'Privacy']) {
				site.site.createPage(`Guides/${title}`, { title });
			}
			await site.idle();
			const parameters = { resource: 'webhook', operation: 'checkHealth' };
			const name = 'Check the webhooks';
			const steps = inARow(manualStart(), actionNode(name, credential, parameters));
			await editor.openWorkflow(await stage.workflow('Watchdog', steps));
			const view = await editor.openNode(name);
			await view.execute();
			await view.hasOutput();
			await view.showSchema();
			await client.deactivate(id);
			// Folded up: the finding below is long.
			await outputRow(view, 'events').locator('.toggle').click();
			return await outputFrom(view, 'healthy', WRONG_SECRET.at(-1));
		},
	},

	'recovered-item': {
		look: { width: 935, height: 620 },
		shows: ['1 item', 'Opening hours', 'recovered true'],
		async set(stage, editor) {
			const { client } = stage.scene;
			// With page details, the item would not fit into the window.
			const id = await watched(stage, { pageDetails: false, ...OFTEN });
			disableWebhooks(stage);
			stage.scene.site.site.createPage('Guides/Opening', {
				...{ title: 'Opening hours', by: 'editor' },
			});
			const found = await waitFor('the page is recovered', async () => {
				const executions = await client.executionsWithData(id);
				return executions.find((each) => executionItems(each, PUBLISHED).length > 0);
			});
			await client.deactivate(id);
			await editor.openExecution(id, found.id);
			const view = await editor.openNode(PUBLISHED);
			await view.hasOutput();
			await view.showSchema();
			// Folded up, so that the mark, which comes last, is on it.
			for (const field of [/^\s*page\s*$/, /^\s*user\s*$/]) await outputRow(view, field).locator('.toggle').click();
			return await outputFrom(view, 'title', /^\s*recovered\s*true/);
		},
	},
};

/** Current text of the template: its steps, and each line of its notes. */
function textsOfTemplate(): string[] {
	return template(TEMPLATE).nodes.flatMap(({ name, parameters: { content } }) =>
		typeof content === 'string' ? content.split(/\n+/).map(withoutMarkdown) : [name],
	);
}

function withoutMarkdown(line: string): string {
	return line.replace(/^(#+|-|\d+\.) |\*|`/g, '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}

async function newPageToSlack(stage: BrowserStage, editor: Editor): Promise<void> {
	await editor.openWorkflow(await slackWorkflow(stage));
	await editor.byTestId('zoom-to-fit').click();
}

/** The template, filled in. */
async function slackWorkflow(stage: BrowserStage): Promise<string> {
	const credentials = [await helpCenter(stage), ...stage.outsideCredentials];
	const byId = (value: string) => ({ ...chosen(value), mode: 'id' });
	const filledIn = {
		'Tell Slack': { channelId: byId(slackChannel) },
		'Tell Teams': { teamId: byId(team), channelId: byId(teamsChannel) },
	};
	return (await importTemplate(stage.scene, TEMPLATE, credentials, filledIn)).id;
}

/** A published workflow. */
async function watched(stage: BrowserStage, parameters: object, credential?: Credential): Promise<string> {
	const all = { ...ON_PUBLISHED, ...parameters };
	const trigger = triggerNode(PUBLISHED, credential ?? (await helpCenter(stage)), all);
	const id = await stage.workflow('Watched', inARow(trigger));
	await stage.scene.client.activate(id);
	return id;
}

/** As Expert does after failed deliveries. */
function disableWebhooks({ scene: { site } }: BrowserStage): void {
	for (const { id } of site.webhooks()) site.disableWebhook(id, ASSUMED.disabledReason.failures);
}

async function openTrigger(stage: BrowserStage, editor: Editor, credential: Credential): Promise<NodeView> {
	const trigger = triggerNode(PUBLISHED, credential, ON_PUBLISHED);
	await editor.openWorkflow(await stage.workflow('New page to Slack', inARow(trigger)));
	return await editor.openNode(PUBLISHED);
}

async function listen(stage: BrowserStage, editor: Editor, credential: Credential): Promise<NodeView> {
	const view = await openTrigger(stage, editor, credential);
	await stage.noTestIsLeft();
	await view.listen();
	return view;
}

/**
 * README shows two of these beside each other: a whole window would be too small to read.
 *
 * @param end text whose row must be on the picture to its last line
 */
async function outputFrom(view: NodeView, field: string, end?: string | RegExp): Promise<Locator> {
	const { output } = view;
	const toTop = (element: { scrollIntoView(): void }) => element.scrollIntoView();
	await outputRow(view, field).evaluate(toTop);
	if (end !== undefined) {
		const [ofText, ofPicture] = await Promise.all([bottom(outputRow(view, end)), bottom(output)]);
		if (ofText > ofPicture) throw new Error(`The picture cuts off "${String(end)}"`);
	}
	return output;
}

function outputRow({ output }: NodeView, text: string | RegExp): Locator {
	return output.locator('[data-test-id="run-data-schema-item"]').filter({ hasText: text }).first();
}

async function bottom(part: Locator): Promise<number> {
	const { y, height } = present((await part.boundingBox()) ?? undefined, 'box');
	return y + height;
}

/** The action node behind a trigger that has had an event. */
async function openAction(stage: BrowserStage, editor: Editor): Promise<NodeView> {
	const credential = await helpCenter(stage);
	const { id, path, title } = stage.scene.site.site.page('Category_1/Guide_1/Reset');
	const page = { id: String(id), path, title };
	const steps = inARow(triggerNode(PUBLISHED, credential, ON_PUBLISHED), actionNode(GET, credential, {}));
	const pinData = { [PUBLISHED]: [{ json: { eventType: 'page_create', page } }] };
	await editor.openWorkflow(await stage.workflow('Read a page', { ...steps, pinData }));
	return await editor.openNode(GET);
}

const known = new WeakMap<BrowserStage, Promise<Credential>>();

/** The credential of all pictures but those of a wrong one. */
export async function helpCenter(stage: BrowserStage): Promise<Credential> {
	const credential = known.get(stage) ?? stage.credential('Help Center', {});
	known.set(stage, credential);
	return await credential;
}
