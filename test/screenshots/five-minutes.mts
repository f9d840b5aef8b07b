import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Editor } from '../support/browser/editor.mts';
import { captionOf, type Still } from '../support/browser/captions.mts';
import { SITE_URL, type BrowserStage } from '../support/browser/stage.mts';
import { IN_NODES_PANEL, PAGE_PUBLISHED } from '../support/browser/workflows.mts';
import { findProgram } from '../support/programs.mts';
import { expectShown } from './shown.mts';

/** In hundredths of a second: as long as a caption takes to read, and a look at what it means. */
const FRAME_TIME = 300;

const LOOK = { width: 960, height: 600 } as const;
const TITLE = 'Return policy';

/** One still of the moving picture. */
type Take = (still: Still, ...shows: string[]) => Promise<void>;

/** README's five minutes, in one window, as somebody with a new site goes through them. */
async function play(stage: BrowserStage, editor: Editor, take: Take): Promise<void> {
	await editor.newWorkflow();
	await editor.openNodesPanel();
	await editor.searchNodes('cxone');
	await take('nodesPanel', IN_NODES_PANEL);

	await editor.found(IN_NODES_PANEL).click();
	await editor
		.byTestId('node-creator-item-name')
		.filter({ hasText: /^On page published/i })
		.click();
	const view = await editor.openedNode();
	await view.newCredential();
	const dialog = await editor.openedCredential();
	const { longTermToken } = stage.scene.site;
	await dialog.fill({ siteUrl: SITE_URL, longTermToken });
	await take('credential', 'Site URL', 'Long-Term Token');
	await dialog.turnOn('acceptUnsigned');
	await take('unsigned', 'Signatures are not verified');

	await dialog.save();
	await dialog.root.waitFor({ state: 'hidden' });
	await take('chosen', PAGE_PUBLISHED);

	await view.listen();
	await take('listening', 'Listening for test event');

	stage.scene.site.site.createPage('Guides/Returns', { title: TITLE, by: 'editor' });
	await view.hasOutput();
	await view.showSchema();
	await take('item', TITLE);

	await view.close();
	await editor.publish();
	await editor.publishedDialog.waitFor();
	await take('published', 'Expert now calls this workflow');
	// A published workflow would be in other pictures, too.
	const [, id = ''] = /\/workflow\/(\w+)/.exec(editor.page.url()) ?? [];
	await stage.scene.client.deactivate(id);
}

/**
 * Makes the moving picture.
 *
 * @param folder for its stills
 */
export async function makeFiveMinutes(stage: BrowserStage, folder: string, file: string): Promise<void> {
	const program = findProgram('magick', 'convert');
	if (program === undefined) {
		throw new Error('A moving picture needs ImageMagick: sudo apt-get install imagemagick');
	}
	const editor = await stage.editor(LOOK);
	const stills: string[] = [];
	await stage.noTestIsLeft();
	await play(stage, editor, async (name, ...shows) => {
		const caption = captionOf(name);
		await expectShown(caption, editor.page.locator('body'), shows);
		await editor.page.addStyleTag({ content: captionStyle(caption) });
		const still = join(folder, `${stills.length}.png`);
		await writeFile(still, await editor.picture());
		stills.push(still);
	});
	await editor.close();
	// What stays as it was is not stored again.
	const look = ['+dither', '-colors', '64', '-layers', 'optimize'];
	await execa(program, ['-delay', `${FRAME_TIME}`, '-loop', '0', ...stills, ...look, file]);
}

/** A line across the bottom of whatever is open. */
function captionStyle(caption: string): string {
	return `body::after { content: ${JSON.stringify(caption)}; position: fixed; inset: auto 0 0;
		z-index: 100000; padding: 10px 20px; background: #1f2937; color: #fff;
		font: 600 22px/1.3 sans-serif; text-align: center; }`;
}
