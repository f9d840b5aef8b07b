import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BrowserStage } from '../support/browser/stage.mts';
import { slackChannel } from '../support/e2e/outside/service.mts';
import { chosen, importTemplate } from '../support/e2e/template.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { projectRoot } from '../support/n8n/runtime.mts';

/*
 * Makes the pictures of the README, in a real n8n with the packed package: a ready-made workflow as
 * somebody has filled it in, light and dark. `npm run build` first.
 */

/** Pixels of a picture for one of the page: sharp on any screen. */
const DENSITY = 2;

const tarball = await packPackage();
const stage = await BrowserStage.open(tarball);
try {
	const credentials = [await stage.credential('Help Center', {}), ...stage.outsideCredentials];
	const filledIn = { 'Tell Slack': { channelId: { ...chosen(slackChannel), mode: 'id' } } };
	const { id } = await importTemplate(stage.scene, 'new-page-to-slack', credentials, filledIn);
	for (const theme of ['light', 'dark'] as const) await make(id, theme);
} finally {
	await stage.close();
	await rm(dirname(tarball), { recursive: true, force: true });
}

async function make(workflowId: string, theme: 'light' | 'dark'): Promise<void> {
	const editor = await stage.editor({ width: 1120, height: 700, theme, density: DENSITY });
	await editor.openWorkflow(workflowId);
	await editor.byTestId('zoom-to-fit').click();
	const file = join(projectRoot, 'docs/images', `new-page-to-slack-${theme}.png`);
	await writeFile(file, await editor.picture());
	await editor.close();
}
