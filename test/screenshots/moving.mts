import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Editor } from '../support/browser/editor.mts';
import { helpCenter, ON_PUBLISHED, PUBLISHED } from '../support/browser/pictures.mts';
import type { BrowserStage } from '../support/browser/stage.mts';
import { inARow, slackNode, triggerNode } from '../support/browser/workflows.mts';
import { findProgram } from '../support/programs.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { present } from '../support/present.mts';
import { waitFor, waitUntil } from '../support/wait.mts';
import { expectShown } from './shown.mts';

/** Of a frame, drawn with two pixels each: at 390 pixels, nearly all of a phone. */
const SIZE = { width: 320, height: 286 } as const;
/** Of the part of the editor, in pixels. */
const PART_HEIGHT = 131;
const LOOK = { width: 1200, height: 760, density: 2 } as const;
const SLACK = 'Tell Slack';
const TEXT = '=New page: {{ $json.title }}, by {{ $json.by }}';

/** The watch looks every five minutes, and n8n and the site are given time. */
const REPAIR = { timeoutMs: 600_000 };

/** What stands around a part of the editor. */
interface Frame {
	caption: string;
	/** What the site says of itself. */
	expert: string;
	part: Buffer;
	/** In hundredths of a second: as long as it takes to read. */
	time: number;
}

/**
 * Makes the moving picture: a page is published, and later another one while the webhook is gone. What it says of the
 * site and of Slack is read there, and its times are measured: with the defaults, it takes minutes.
 *
 * @param folder for its stills
 */
export async function makeMoving(stage: BrowserStage, folder: string, file: string): Promise<void> {
	const program = findProgram('magick', 'convert');
	if (program === undefined) {
		throw new Error('A moving picture needs ImageMagick: sudo apt-get install imagemagick');
	}
	const editor = await stage.editor(LOOK);
	const paper = await editor.page.context().newPage();
	await paper.setViewportSize(SIZE);
	const stills: string[] = [];
	await play(stage, editor, async ({ time, ...frame }) => {
		const still = join(folder, `${stills.length}.png`);
		await paper.setContent(drawing({ ...frame, messages: stage.slackMessages }));
		await writeFile(still, await paper.screenshot());
		stills.push('-delay', `${time}`, still);
	});
	await editor.close();
	// What stays as it was is not stored again.
	const look = ['+dither', '-colors', '64', '-layers', 'optimize'];
	await execa(program, ['-loop', '0', ...stills, ...look, file]);
}

type Take = (frame: Frame) => Promise<void>;

async function play(stage: BrowserStage, editor: Editor, take: Take): Promise<void> {
	const { client, site } = stage.scene;
	const id = await publishedWorkflow(stage);
	const [webhook] = site.webhooks();
	const publish = (title: string) => site.site.createPage(`Guides/${title}`, { title, by: 'editor' });

	await editor.openWorkflow(id);
	const expert = 'Edda Editor publishes “Returns”';
	await take({ caption: 'A page is published in Expert', expert, part: await canvas(editor), time: 250 });

	const published = performance.now();
	publish('Returns');
	await waitUntil('Slack has the page', () => stage.slackMessages.length === 1);
	const seconds = spoken(secondsSince(published), 'second');
	await openRun(stage, editor, id, 1);
	await take({ caption: `${seconds} later, Slack has it`, expert, part: await canvas(editor), time: 250 });

	await stage.scene.removeAtSite(present(webhook, 'webhook').id);
	const missed = performance.now();
	publish('Shipping');
	await site.idle();
	await editor.openWorkflow(id);
	const nothing = 'Webhook deleted, “Shipping” published';
	await take({ caption: 'The next page is missed', expert: nothing, part: await canvas(editor), time: 250 });

	await waitUntil('Slack has the missed page', () => stage.slackMessages.length === 2, REPAIR);
	const minutes = spoken(Math.ceil(secondsSince(missed) / 60), 'minute');
	const again = await waitFor('the webhook is back', () => site.webhooks().find(({ active }) => active));
	const back = { expert: `Webhook ${again.id} registered by n8n` };
	await openRun(stage, editor, id, 2);
	await take({ ...back, caption: `${minutes} later, it comes by itself`, part: await canvas(editor), time: 300 });
	await take({ ...back, caption: 'It is marked as recovered', part: await recoveredItem(editor), time: 300 });
	await client.deactivate(id);
}

async function publishedWorkflow(stage: BrowserStage): Promise<string> {
	const trigger = triggerNode(PUBLISHED, await helpCenter(stage), { ...ON_PUBLISHED, pageDetails: false });
	const [slack] = stage.outsideCredentials;
	const steps = inARow(trigger, slackNode(SLACK, present(slack, 'Slack'), TEXT));
	const id = await stage.workflow('New page to Slack', steps);
	await stage.scene.client.activate(id);
	return id;
}

/** e.g. `2 seconds`. */
function spoken(count: number, unit: 'second' | 'minute'): string {
	return count.toLocaleString('en', { style: 'unit', unit, unitDisplay: 'long' });
}

/** Rounded up: nobody is promised less. */
function secondsSince(start: number): number {
	return Math.ceil((performance.now() - start) / 1000);
}

/** The steps, and a little of what is around them. */
async function canvas(editor: Editor): Promise<Buffer> {
	await editor.byTestId('zoom-to-fit').click();
	const [first, last] = await Promise.all([editor.nodes.first().boundingBox(), editor.nodes.last().boundingBox()]);
	const [from, to] = [present(first ?? undefined, 'trigger'), present(last ?? undefined, 'Slack')];
	const width = to.x + to.width - from.x + 120;
	const clip = { x: from.x - 60, y: from.y - 30, width, height: from.height + 90 };
	return await editor.page.screenshot({ clip, animations: 'disabled' });
}

/** Opens the newest execution that has told Slack, which is the one with this number. */
async function openRun(stage: BrowserStage, editor: Editor, id: string, number: number): Promise<void> {
	const run = await waitFor('n8n has saved the execution', async () => {
		const all = await stage.scene.client.executionsWithData(id);
		const told = all.filter((each) => executionItems(each, SLACK).length > 0);
		return told.length === number ? told.toSorted((a, b) => Number(b.id) - Number(a.id))[0] : undefined;
	});
	await editor.openExecution(id, run.id);
	const ticks = editor.byTestId('canvas-node-status-success');
	await waitUntil('both steps have a tick', async () => (await ticks.count()) === 2);
}

async function recoveredItem(editor: Editor): Promise<Buffer> {
	const view = await editor.openNode(PUBLISHED);
	await view.hasOutput();
	await view.showSchema();
	await expectShown('the item', view.output, ['recovered true']);
	// The marks come last.
	const row = view.output.locator('[data-test-id="run-data-schema-item"]').last();
	await row.scrollIntoViewIfNeeded();
	const [all, last] = await Promise.all([view.output.boundingBox(), row.boundingBox()]);
	const { y, height } = present(last ?? undefined, 'row');
	const { x } = present(all ?? undefined, 'output');
	// The rows above it, as far as there is room.
	const clip = { x, y: y + height + 8 - PART_HEIGHT, width: SIZE.width, height: PART_HEIGHT };
	return await editor.page.screenshot({ clip, animations: 'disabled' });
}

function drawing({ caption, expert, part, messages }: Omit<Frame, 'time'> & { messages: string[] }): string {
	const picture = `data:image/png;base64,${part.toString('base64')}`;
	return `<style>body { margin: 0; font: 13px/1.3 sans-serif; color: #1f2937; background: #fff }
		h1 { margin: 0; padding: 8px 10px; font-size: 15px; color: #fff; background: #1f2937 }
		b { display: block; font-size: 10px; color: #6b7280; text-transform: uppercase }
		section { padding: 5px 10px; border-bottom: 1px solid #d1d5db }
		div { height: ${PART_HEIGHT}px; overflow: hidden } img { width: 320px; display: block }</style>
		<h1>${caption}</h1><section><b>Expert, simulated</b>${expert}</section>
		<section style="padding: 5px 0 0"><b style="padding: 0 10px">n8n</b><div><img src="${picture}"></div></section>
		<section><b>Slack, simulated</b>${messages.join('<br>') || '&nbsp;'}</section>`;
}
