import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MOVING, pictures } from '../support/browser/pictures.mts';
import { BrowserStage } from '../support/browser/stage.mts';
import { packPackage } from '../support/n8n/pack.mts';
import { projectRoot } from '../support/n8n/runtime.mts';
import { makeMoving } from './moving.mts';
import { expectShown } from './shown.mts';

/*
 * Makes the pictures of the documents, in a real n8n with the packed package: `npm run build` first, and
 * `apt-get install imagemagick` for the moving one. All of them, or those that are named.
 */

/** Pixels of a picture for one of the page: sharp on any screen. */
const DENSITY = 2;

const known = [...Object.keys(pictures), MOVING];
const names = process.argv.length > 2 ? process.argv.slice(2) : known;
const strangers = names.filter((name) => !known.includes(name));
if (strangers.length > 0) throw new Error(`There is no picture ${strangers.join(', ')}`);

const tarball = await packPackage();
const stage = await BrowserStage.open(tarball);
try {
	for (const name of names) await (name === MOVING ? makeGif() : make(name));
} finally {
	await stage.close();
	await rm(dirname(tarball), { recursive: true, force: true });
}

async function make(name: string): Promise<void> {
	const { look, shows, set } = pictures[name]!;
	const editor = await stage.editor({ ...look, density: DENSITY });
	const part = (await set(stage, editor)) ?? undefined;
	await expectShown(name, part ?? editor.page.locator('body'), shows);
	await write(`${name}.png`, await editor.picture(part));
	await editor.close();
}

async function makeGif(): Promise<void> {
	await makeMoving(stage, dirname(tarball), imageFile(`${MOVING}.gif`));
}

async function write(name: string, picture: Buffer): Promise<void> {
	await writeFile(imageFile(name), picture);
	console.log(`${name}: ${Math.round(picture.length / 1000)} kB`);
}

function imageFile(name: string): string {
	return join(projectRoot, 'docs/images', name);
}
